"""Public keys of issuers on the platform's host, for anyone who checks a certificate."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from core.access import public
from core.issuers.queries import public_key
from core.urls import platform_url

issuers = Blueprint("issuers", __name__)
DAY_S = 86_400


@issuers.get("/issuers/<key_name>")
@public
def show(key_name: str) -> Response:
    """Return the public key as JWK; the academy that it belongs to may be long closed."""
    key = public_key(key_name)
    answer = jsonify(kty="OKP", crv="Ed25519", x=key.x, alg="EdDSA", use="sig", kid=platform_url(f"/issuers/{key.id}"))
    answer.mimetype = "application/jwk+json"
    answer.headers["Cache-Control"] = f"public, max-age={DAY_S}"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


__all__ = ["issuers"]
