"""Checks a badge without a network: `python -m tenants.certificates.check badge.json [--key key.json]`.

Stands alone: this one file and the package `cryptography` are enough. It takes the badge as .jwt or as .json.
`--key` names the issuer's public key (JWK), saved once from the address that the badge names; without it the file's own
key shows only that nothing was changed. Exit: 0 genuine, 1 not genuine or not valid, 3 unchanged by an unnamed signer.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GENUINE, WRONG, UNNAMED = 0, 1, 3
ENVELOPE = "data:application/vc+jwt,"
MAX_BYTES = 1 << 20


class NotGenuine(Exception):
    """The badge is not what its issuer signed, or it is not valid now; the message says why."""


@dataclass(frozen=True)
class Checked:
    """A badge whose signature fits: what it says, who signed, and whether that key was named by whoever checks."""

    credential: dict[str, Any]
    kid: str
    is_named: bool


def check(content: str, key: dict[str, Any] | None = None, now: datetime | None = None) -> Checked:
    """Return what the badge says. Raises NotGenuine."""
    token = token_of(content)
    parts = token.split(".")
    if len(parts) != 3:
        raise NotGenuine("This file holds no signed badge.")
    header, payload = _json(parts[0]), _json(parts[1])
    if header.get("alg") != "EdDSA" or header.get("typ", "JWT") != "JWT":
        raise NotGenuine("This badge is signed in another way than EdDSA; this program cannot check it.")
    used = key or header.get("jwk")
    _check_key(header, used)
    _check_signature(parts, used)
    _check_claims(payload, str(header["kid"]))
    _check_time(payload, now or datetime.now(UTC))
    return Checked(payload, str(header["kid"]), key is not None)


def token_of(content: str) -> str:
    """Return the compact JWS in a .jwt file or in an EnvelopedVerifiableCredential. Raises NotGenuine."""
    text = content.strip()
    if not text.startswith("{"):
        return text
    try:
        name = json.loads(text).get("id", "")
    except ValueError:
        raise NotGenuine("This file is no JSON.") from None
    if not isinstance(name, str) or not name.startswith(ENVELOPE):
        raise NotGenuine("This file holds no signed badge.")
    return name.removeprefix(ENVELOPE)


def _check_key(header: dict[str, Any], key: Any) -> None:
    """See that the key is the one that the badge names: its address ends in the key's thumbprint."""
    if not isinstance(key, dict) or key.get("kty") != "OKP" or key.get("crv") != "Ed25519" or "x" not in key:
        raise NotGenuine("The key is no Ed25519 public key.")
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": key["x"]}, separators=(",", ":"), sort_keys=True)
    print_ = urlsafe_b64encode(hashlib.sha256(members.encode()).digest()).rstrip(b"=").decode()
    if str(header.get("kid", "")).rpartition("/")[2] != print_:
        raise NotGenuine("The badge was signed with another key than this one.")


def _check_signature(parts: list[str], key: Any) -> None:
    try:
        public = Ed25519PublicKey.from_public_bytes(_bytes(str(key["x"])))
        public.verify(_bytes(parts[2]), f"{parts[0]}.{parts[1]}".encode())
    except (InvalidSignature, ValueError):
        raise NotGenuine("The signature does not fit: the badge was changed.") from None


def _check_claims(payload: dict[str, Any], kid: str) -> None:
    """See that the claims repeat what the credential says, as Open Badges 3.0 asks."""
    try:
        same = (
            payload["iss"] == payload["issuer"]["id"] == kid
            and payload["sub"] == payload["credentialSubject"]["id"]
            and payload["jti"] == payload["id"]
            and payload["nbf"] == _seconds(payload["validFrom"])
            and ("validUntil" not in payload or payload["exp"] == _seconds(payload["validUntil"]))
            and "OpenBadgeCredential" in payload["type"]
        )
    except (KeyError, TypeError, ValueError):
        same = False
    if not same:
        raise NotGenuine("The badge contradicts itself.")


def _check_time(payload: dict[str, Any], now: datetime) -> None:
    if now.timestamp() < payload["nbf"]:
        raise NotGenuine(f"The badge is valid from {payload['validFrom']} on.")
    if "exp" in payload and now.timestamp() > payload["exp"]:
        raise NotGenuine(f"The badge was valid until {payload.get('validUntil', payload['exp'])}.")


def _json(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part))
    except ValueError:
        raise NotGenuine("This file holds no signed badge.") from None
    if not isinstance(found, dict):
        raise NotGenuine("This file holds no signed badge.")
    return found


def _bytes(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp())


def main(arguments: list[str] | None = None) -> int:
    """Check one file and say what came of it; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tenants.certificates.check", description="Checks a badge offline.")
    parser.add_argument("file", type=Path, help="the badge, .jwt or .json")
    parser.add_argument("--key", type=Path, help="the issuer's public key as JWK, saved from the badge's key address")
    given = parser.parse_args(arguments)
    try:
        key = json.loads(given.key.read_bytes()[:MAX_BYTES]) if given.key else None
        found = check(given.file.read_bytes()[:MAX_BYTES].decode("utf-8", "replace"), key)
    except (NotGenuine, OSError, ValueError) as error:
        print(f"Not genuine. {error}")
        return WRONG
    return _tell(found)


def _tell(found: Checked) -> int:
    subject, issuer = found.credential["credentialSubject"], found.credential["issuer"]
    names = [one.get("identityHash") for one in subject.get("identifier", []) if one.get("identityType") == "name"]
    print(f"{found.credential.get('name')}\nfor     {', '.join(map(str, names)) or 'nobody named'}\n"
          f"by      {issuer.get('name')}\nsince   {found.credential['validFrom']}\n"
          f"until   {found.credential.get('validUntil', 'no end')}\nkey     {found.kid}")  # fmt: skip
    if found.is_named:
        print("Genuine: unchanged, and signed with the key that you gave.")
        return GENUINE
    print("Unchanged. Who signed it is not shown yet: save the key from its address above and give it with --key.")
    return UNNAMED


if __name__ == "__main__":
    sys.exit(main())
