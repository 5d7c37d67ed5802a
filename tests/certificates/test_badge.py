"""The badge: Open Badges 3.0 as a signed JWT, checked without a network."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tenants.certificates import badge, check
from tenants.certificates.badge import Awarded, Signer, b64, unb64
from tenants.certificates.check import NotGenuine
from tenants.certificates.rules import Facts

KEY = Signer.new()
ISSUER = f"https://kweek.example/issuers/{KEY.thumbprint}"
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def awarded(expires: date | None = date(2028, 11, 23)) -> Awarded:
    facts = Facts("Certificate", "{name} did {course}.", (), "Bread", "Flour and water.", "Bakery", language="en")
    return Awarded(UUID(int=7), UUID(int=8), "2345-6789-ABCD", "Sanne de Wit", datetime(2026, 11, 23, 12, 30, 5, 99, UTC),
                   date(2026, 11, 23), expires, facts, ISSUER, "https://bakery.kweek.example/", "Europe/Amsterdam")  # fmt: skip


def token(**more: Any) -> str:
    return badge.signed({**badge.credential(awarded()), **more}, KEY)


def parts(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, payload, _ = text.split(".")
    return json.loads(unb64(header)), json.loads(unb64(payload))


def test_the_thumbprint_is_that_of_rfc_8037() -> None:
    """The key and thumbprint of RFC 8037, appendix A.3."""
    assert badge.thumbprint("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo") == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_it_is_an_open_badge_with_the_claims_that_the_standard_asks() -> None:
    header, payload = parts(token())
    assert header == {"alg": "EdDSA", "typ": "JWT", "kid": ISSUER, "jwk": {"crv": "Ed25519", "kty": "OKP", "x": KEY.x}}
    assert "d" not in header["jwk"]
    assert payload["@context"] == ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
    assert payload["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert payload["iss"] == payload["issuer"]["id"] == ISSUER and payload["jti"] == payload["id"]
    assert payload["validFrom"] == "2026-11-23T12:30:05Z" and payload["nbf"] == 1795437005
    assert payload["validUntil"] == "2028-11-23T22:59:59Z", "the last second of the day in the academy"
    subject = payload["credentialSubject"]
    assert payload["sub"] == subject["id"] and subject["type"] == ["AchievementSubject"]
    assert subject["identifier"][0]["identityHash"] == "Sanne de Wit"
    achievement = subject["achievement"]
    assert achievement["type"] == ["Achievement"] and achievement["criteria"]["narrative"] == "Sanne de Wit did Bread."
    assert {"id", "name", "description"} <= set(achievement)


def test_without_an_end_there_is_none() -> None:
    _, payload = parts(badge.signed(badge.credential(awarded(None)), KEY))
    assert not {"exp", "validUntil"} & set(payload)


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_genuine_badge_is_accepted_with_the_issuers_key(wrapped: bool) -> None:
    content = json.dumps(badge.enveloped(token())) if wrapped else token() + "\n"
    assert check.check(content, {"kid": "x", **KEY.jwk}, NOW).is_named
    assert not check.check(content, None, NOW).is_named


def test_every_flipped_byte_is_found() -> None:
    text = token()
    for place in range(0, len(text), 7):
        other = "A" if text[place] != "A" else "B"
        with pytest.raises(NotGenuine):
            check.check(text[:place] + other + text[place + 1 :], KEY.jwk, NOW)


def test_a_forger_with_a_key_of_their_own_is_found() -> None:
    forger = Signer.new()
    for issuer in (ISSUER, f"https://kweek.example/issuers/{forger.thumbprint}"):
        found = badge.credential(awarded())
        found["issuer"]["id"] = issuer
        with pytest.raises(NotGenuine, match=r"another key|does not fit"):
            check.check(badge.signed(found, forger), KEY.jwk, NOW)
    with pytest.raises(NotGenuine, match="another key"):
        check.check(badge.signed(badge.credential(awarded()), forger), None, NOW)


@pytest.mark.parametrize("alg", ["none", "HS256", "RS256", ""])
def test_another_algorithm_is_refused(alg: str) -> None:
    _, payload, signature = token().split(".")
    header = b64(json.dumps({"alg": alg, "kid": ISSUER, "jwk": KEY.jwk}).encode())
    with pytest.raises(NotGenuine):
        check.check(f"{header}.{payload}.{signature}", KEY.jwk, NOW)


@pytest.mark.parametrize(
    "change", [{"id": "urn:uuid:1"}, {"validFrom": "2020-01-01T00:00:00Z"}, {"iss": "x"}, {"sub": "x"}, {"exp": 9}, {"type": []}]
)
def test_a_badge_that_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    header, payload, _ = token().split(".")
    said = f"{header}.{b64(json.dumps({**json.loads(unb64(payload)), **change}).encode())}"
    signature = b64(Ed25519PrivateKey.from_private_bytes(KEY.secret).sign(said.encode()))
    with pytest.raises(NotGenuine, match="contradicts"):
        check.check(f"{said}.{signature}", KEY.jwk, NOW)


def test_before_its_day_and_after_its_end_it_is_not_valid() -> None:
    with pytest.raises(NotGenuine, match="valid from"):
        check.check(token(), KEY.jwk, datetime(2026, 11, 23, tzinfo=UTC))
    assert check.check(token(), KEY.jwk, datetime(2028, 11, 23, 22, 59, 59, tzinfo=UTC))
    with pytest.raises(NotGenuine, match="valid until"):
        check.check(token(), KEY.jwk, datetime(2028, 11, 23, 22, 59, 59, tzinfo=UTC) + timedelta(seconds=1))


@pytest.mark.parametrize("content", ["", "{}", "{", "[]", "a.b.c", "a.b", '{"id": 3}', "....", "\x00", '{"id": "data:application/vc+jwt,x"}'])
def test_rubbish_is_refused_in_words(content: str) -> None:
    with pytest.raises(NotGenuine):
        check.check(content, KEY.jwk, NOW)


def test_the_program_needs_no_house_and_says_what_came_of_it(tmp_path: Path) -> None:
    alone = tmp_path / "check.py"
    alone.write_bytes(Path(check.__file__).read_bytes())
    (tmp_path / "badge.jwt").write_text(token(validFrom="2026-01-01T00:00:00Z", validUntil="2126-11-23T22:59:59Z"))
    (tmp_path / "key.json").write_text(json.dumps(KEY.jwk))
    (tmp_path / "broken.jwt").write_text(token()[:-4] + "AAAA")

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([sys.executable, "-I", str(alone), *arguments], cwd=tmp_path, capture_output=True, text=True)
        assert done.stderr == ""
        return done.returncode, done.stdout

    status, said = run("badge.jwt", "--key", "key.json")
    assert status == 0 and "Sanne de Wit" in said and "Bakery" in said and "Genuine" in said
    status, said = run("badge.jwt")
    assert status == 3 and "not shown yet" in said
    assert run("broken.jwt", "--key", "key.json")[0] == 1
    assert run("absent.jwt")[0] == 1
