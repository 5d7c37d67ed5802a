"""The door through which an academy makes a public key known: whose it is, is read from the role."""

from __future__ import annotations

# The thumbprint is made here, never taken: an academy can add its own key and touch no other one.
KEYS_SQL = r"""
CREATE OR REPLACE FUNCTION local.keep_issuer_key(public_key text)
RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
  WITH asking AS (SELECT local.asking_number() AS number),
  named AS (
    SELECT number, translate(rtrim(encode(sha256(convert_to(
             '{"crv":"Ed25519","kty":"OKP","x":"' || public_key || '"}', 'UTF8')), 'base64'), '='), '+/', '-_') AS id
      FROM asking
     WHERE number IS NOT NULL AND public_key ~ '^[A-Za-z0-9_-]{43}$'
       AND (SELECT count(*) FROM core.issuer_keys k WHERE k.number = asking.number) < 50
  ), put AS (
    INSERT INTO core.issuer_keys (id, x, number, made_on) SELECT id, public_key, number, current_date FROM named
    ON CONFLICT DO NOTHING
  ) SELECT id FROM named;
END;
REVOKE ALL ON FUNCTION local.keep_issuer_key(text) FROM PUBLIC;
"""

KEYS_GRANT = "GRANT EXECUTE ON FUNCTION local.keep_issuer_key(text) TO {role};\n"
