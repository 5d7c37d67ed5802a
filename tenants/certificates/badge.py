"""Open Badges 3.0: the credential of a certificate, and its signature as a JSON Web Token (VC-JWT, EdDSA).

The key's id ends in the key's own thumbprint (RFC 7638), so a file that carries its key shows by itself whether the
two belong together. Pure: neither database nor Flask.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tenants.certificates.rules import WORDS, Facts, said, values_of

CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
ENVELOPE = "data:application/vc+jwt,"


@dataclass(frozen=True)
class Awarded:
    """What a credential is made of: the certificate's own facts, and who says so where."""

    id: UUID
    course_id: UUID | None
    number: str
    name: str
    earned_at: datetime
    issued_on: date
    expires_on: date | None
    facts: Facts
    issuer: str
    academy_url: str
    zone: str


@dataclass(frozen=True)
class Signer:
    """A private key with its public half as base64url."""

    secret: bytes
    x: str

    @classmethod
    def new(cls) -> Signer:
        """Return a fresh key."""
        key = Ed25519PrivateKey.generate()
        return cls(key.private_bytes_raw(), b64(key.public_key().public_bytes_raw()))

    @property
    def jwk(self) -> dict[str, str]:
        """Return the public key as JWK."""
        return {"crv": "Ed25519", "kty": "OKP", "x": self.x}

    @property
    def thumbprint(self) -> str:
        """Return the name of the public key."""
        return thumbprint(self.x)


def thumbprint(x: str) -> str:
    """Return the RFC 7638 thumbprint of an Ed25519 public key."""
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"), sort_keys=True)
    return b64(hashlib.sha256(members.encode()).digest())


def credential(awarded: Awarded) -> dict[str, Any]:
    """Return the OpenBadgeCredential, unsigned."""
    facts = awarded.facts
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "id": awarded.id.urn,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{facts.title}: {facts.course}",
        "issuer": {"id": awarded.issuer, "type": ["Profile"], "name": facts.academy, "url": awarded.academy_url},
        "validFrom": stamp(awarded.earned_at),
        "credentialSubject": {
            "id": uuid5(awarded.id, "holder").urn,
            "type": ["AchievementSubject"],
            "identifier": [{"type": "IdentityObject", "hashed": False, "identityHash": awarded.name,
                            "identityType": "name"}],
            "achievement": achievement(awarded),
        },
    }  # fmt: skip
    if awarded.expires_on is not None:
        found["validUntil"] = stamp(end_of(awarded.expires_on, awarded.zone))
    return found


def achievement(awarded: Awarded) -> dict[str, Any]:
    """Return what was achieved: the course."""
    facts = awarded.facts
    narrative = said(facts.body, values_of(facts, awarded.name, awarded.issued_on, awarded.number))
    return {
        "id": (awarded.course_id or uuid5(awarded.id, "course")).urn,
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": facts.course,
        "description": facts.summary or facts.course,
        "criteria": {"narrative": narrative or facts.course},
        "humanCode": f"{WORDS[facts.language]['number']} {awarded.number}",
        "inLanguage": facts.language,
    }


def end_of(day: date, zone: str) -> datetime:
    """Return the last second of the day in the zone."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone))


def stamp(moment: datetime) -> str:
    """Return a moment as credentials write it, to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def signed(found: dict[str, Any], signer: Signer) -> str:
    """Return the credential as a compact JWS. The payload is the credential with the claims that repeat it."""
    header = {"alg": "EdDSA", "typ": "JWT", "kid": found["issuer"]["id"], "jwk": signer.jwk}
    claims = {"iss": found["issuer"]["id"], "jti": found["id"], "sub": found["credentialSubject"]["id"],
              "nbf": seconds(found["validFrom"])}  # fmt: skip
    if "validUntil" in found:
        claims["exp"] = seconds(found["validUntil"])
    said_ = ".".join(b64(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode())
                     for part in (header, {**found, **claims}))  # fmt: skip
    return f"{said_}.{b64(Ed25519PrivateKey.from_private_bytes(signer.secret).sign(said_.encode()))}"


def seconds(moment: str) -> int:
    """Return a credential's moment in seconds since 1970."""
    return int(datetime.fromisoformat(moment).timestamp())


def enveloped(token: str) -> dict[str, Any]:
    """Return the JWS as a JSON document (EnvelopedVerifiableCredential of the W3C data model 2.0)."""
    return {"@context": CONTEXT[0], "id": f"{ENVELOPE}{token}", "type": "EnvelopedVerifiableCredential"}


def b64(content: bytes) -> str:
    """Return base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Return what `b64` was given."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
