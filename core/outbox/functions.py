"""The doors through which a role tells the platform of work: who asks is read from the role, never from an argument."""

from __future__ import annotations

# The asking role as an academy's number; NULL for core_web; any other role gets nothing in.
FUNCTIONS_SQL = r"""
CREATE OR REPLACE FUNCTION local.asking_number() RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN CASE WHEN current_setting('role') ~ '^ac_[0-9]+$' THEN substr(current_setting('role'), 4)::bigint END;

-- NULL says that it was refused: too large, or far too much waits already. An academy that has a good deal of
-- urgent work waiting gets its next piece in after that of the others, and never before the platform's own.
CREATE OR REPLACE FUNCTION local.put_work(work_id uuid, job text, args jsonb, due timestamptz, priority int, once text)
RETURNS uuid LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  WITH asking AS (SELECT local.asking_number() AS number),
  allowed AS (
    SELECT number, CASE WHEN number IS NULL THEN greatest(1, least(priority, 9))
                        WHEN (SELECT count(*) FROM (SELECT 1 FROM local.outbox w WHERE w.number = asking.number
                               AND w.priority < 5 AND w.done_at IS NULL AND w.failed_at IS NULL LIMIT 200) u) = 200
                        THEN greatest(5, least(priority, 9))
                        ELSE greatest(2, least(priority, 9)) END AS rank
      FROM asking
     WHERE current_setting('role') ~ '^(ac_[0-9]+|core_web)$'
       AND length(job) <= 64 AND coalesce(length(once), 0) <= 64 AND pg_column_size(args) <= 4096
       AND (number IS NULL OR NOT EXISTS (SELECT 1 FROM local.outbox w WHERE w.number = asking.number
             AND w.done_at IS NULL AND w.failed_at IS NULL OFFSET 50000))
  ), put AS (
    INSERT INTO local.outbox (id, number, job, args, once, priority, due_at, made_at, tries)
    SELECT work_id, number, job, args, once, rank, coalesce(due, now()), now(), 0 FROM allowed
    ON CONFLICT DO NOTHING
  ) SELECT work_id FROM allowed;
END;

CREATE OR REPLACE FUNCTION local.finish_work(work_id uuid, held uuid)
RETURNS uuid LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  UPDATE local.outbox SET done_at = now(), lease = NULL, leased_until = NULL
   WHERE id = work_id AND lease = held AND done_at IS NULL
     AND number IS NOT DISTINCT FROM local.asking_number()
     AND current_setting('role') ~ '^(ac_[0-9]+|core_web)$'
  RETURNING id;
END;

CREATE OR REPLACE FUNCTION local.own_academy()
RETURNS TABLE (name text, slug text, colour text, language text, zone text, state text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT a.name, a.slug, a.colour, a.language, a.zone, a.state
    FROM core.academies a WHERE a.number = local.asking_number();
END;

CREATE OR REPLACE FUNCTION local.own_wording() RETURNS TABLE (wording jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT a.wording FROM core.academies a WHERE a.number = local.asking_number();
END;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA local FROM PUBLIC;
GRANT EXECUTE ON FUNCTION local.put_work(uuid, text, jsonb, timestamptz, int, text),
  local.finish_work(uuid, uuid), local.asking_number() TO core_web;
"""

ACADEMY_GRANTS = """
GRANT USAGE ON SCHEMA local TO {role};
GRANT EXECUTE ON FUNCTION local.put_work(uuid, text, jsonb, timestamptz, int, text),
  local.finish_work(uuid, uuid), local.own_academy(), local.own_wording() TO {role};
"""
