"""What stands under the tables: roles, schemas, functions and grants. Idempotent; run at each set-up.

Four kinds of roles: platform_owner (owns every object), platform_app (logs in, has no right on any
table, may call core.resolve_host and assume roles), core_web (tables of core and local) and ac_<n>.
"""

from __future__ import annotations

from psycopg import sql

from core.issuers.functions import KEYS_GRANT, KEYS_SQL
from core.outbox.functions import ACADEMY_GRANTS, FUNCTIONS_SQL
from core.owner import Connection

OWNER, APP, CORE_WEB = "platform_owner", "platform_app", "core_web"

# The only thing that the login role itself may do: ask which academy a host is.
RESOLVE_SQL = """
CREATE OR REPLACE FUNCTION core.resolve_host(wanted_slug text, wanted_host text)
RETURNS TABLE (number bigint, id uuid, slug text, name text, state text, cluster text, colour text,
               language text, zone text, plan text, revision text, closes_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT a.number, a.id, coalesce(a.slug, wanted_slug), a.name,
         CASE WHEN a.state = 'closing' AND c.was_suspended THEN 'suspended' ELSE a.state END,
         a.cluster, a.colour, a.language, a.zone, a.plan, r.revision, c.undo_until
    FROM core.academies a LEFT JOIN local.revisions r ON r.number = a.number
    LEFT JOIN LATERAL (SELECT undo_until, was_suspended FROM core.closings
      WHERE number = a.number AND undone_at IS NULL ORDER BY asked_at DESC LIMIT 1) c ON true
   WHERE a.slug = wanted_slug
      OR a.id = (SELECT d.academy_id FROM core.domains d WHERE d.host = wanted_host AND d.proven_at IS NOT NULL)
      OR (a.state = 'closed' AND a.number = (SELECT s.number FROM core.resting_slugs s WHERE s.slug = wanted_slug))
   ORDER BY (a.state = 'closed') LIMIT 1;
END;

-- With what came later: a process of the release before asks resolve_host, whose columns therefore stay as they are.
CREATE OR REPLACE FUNCTION core.resolve_academy(wanted_slug text, wanted_host text)
RETURNS TABLE (number bigint, id uuid, slug text, name text, state text, cluster text, colour text,
               language text, zone text, plan text, revision text, closes_at timestamptz, wording jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  SELECT f.*, a.wording FROM core.resolve_host(wanted_slug, wanted_host) f JOIN core.academies a ON a.number = f.number;
END;
REVOKE ALL ON FUNCTION core.resolve_host(text, text), core.resolve_academy(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION core.resolve_host(text, text), core.resolve_academy(text, text) TO platform_app, core_web;
"""

GRANTS_SQL = """
GRANT USAGE ON SCHEMA core TO platform_app, core_web;
GRANT USAGE ON SCHEMA local TO core_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA core, local TO core_web;
GRANT USAGE ON SEQUENCE local.academy_numbers TO core_web;
REVOKE UPDATE, DELETE ON core.audit FROM core_web;
REVOKE UPDATE, DELETE ON core.legal_acceptances FROM core_web;
GRANT UPDATE (ends_at) ON core.legal_acceptances TO core_web;
REVOKE INSERT, UPDATE, DELETE ON core.issuer_keys FROM core_web;
"""


def make_roles(superuser: Connection, app_password: str, owner_password: str) -> None:
    """Create the login roles and core_web, or set their passwords anew. Needs a superuser (or CREATEROLE)."""
    _make_role(superuser, OWNER, f"LOGIN CREATEROLE NOSUPERUSER PASSWORD {_quoted(superuser, owner_password)}")
    _make_role(superuser, APP, f"LOGIN NOINHERIT NOSUPERUSER PASSWORD {_quoted(superuser, app_password)}")
    _make_role(superuser, CORE_WEB, "NOLOGIN NOSUPERUSER")
    superuser.execute(f"GRANT {CORE_WEB} TO {APP}")
    superuser.execute(f"ALTER ROLE {APP} SET idle_in_transaction_session_timeout = '60s'")


def make_schemas(superuser: Connection) -> None:
    """Create schemas core and local, owned by platform_owner, who may create academies' schemas too."""
    database = superuser.info.dbname
    superuser.execute(sql.SQL("GRANT CONNECT, CREATE, TEMPORARY ON DATABASE {} TO platform_owner").format(
        sql.Identifier(database)))
    superuser.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO platform_app").format(sql.Identifier(database)))
    for schema in ("core", "local"):
        superuser.execute(f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {OWNER}")


def finish(owner: Connection) -> None:
    """Create functions and grants over the existing tables. Runs as platform_owner after migrations."""
    owner.execute("CREATE SEQUENCE IF NOT EXISTS local.academy_numbers")
    owner.execute(RESOLVE_SQL)
    owner.execute(FUNCTIONS_SQL)
    owner.execute(KEYS_SQL)
    owner.execute(GRANTS_SQL)


def academy_grants(role: str) -> str:
    """Return the SQL that lets an academy's role tell the platform what it may tell."""
    return (ACADEMY_GRANTS + KEYS_GRANT).format(role=role)


def _make_role(connection: Connection, name: str, options: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    connection.execute(f"{'ALTER' if known else 'CREATE'} ROLE {name} {options}")


def _quoted(connection: Connection, text: str) -> str:
    return sql.Literal(text).as_string(connection)
