"""RFC 8291: the example of the standard comes out to the byte."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from core import push

BROWSER = push.Browser(
    "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", "BTBZMqHH6r4Tts7J_aSIgg",
)  # fmt: skip
SAID = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4M"
    "qgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_rfc_8291() -> None:
    own = push.private_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    salt = push.decoded("DGv6ra1nlYgDCS1FRnbzlw")
    made = push.encrypt(b"When I grow up, I want to be a watermelon", BROWSER, own=own, salt=salt)
    assert push.coded(made) == SAID


def test_a_key_is_made_kept_and_read() -> None:
    key = push.make_key()
    assert len(key) == 43 and len(push.decoded(push.public_key(push.private_key(key)))) == 65
    with pytest.raises(ValueError):
        push.private_key("short")


@pytest.mark.parametrize(("key", "secret"), [("", BROWSER.secret), (BROWSER.public_key, "AAAA"), ("A" * 87, BROWSER.secret), ("B" + "A" * 86, BROWSER.secret), ("é", "é")])
def test_what_is_no_key_is_no_browser(key: str, secret: str) -> None:
    assert not push.is_browser(push.Browser(BROWSER.endpoint, key, secret))
    assert push.is_browser(BROWSER)


def test_a_message_that_a_push_service_would_not_take_is_refused() -> None:
    assert len(push.encrypt(b"x" * push.MOST_BYTES, BROWSER)) <= 4096
    with pytest.raises(ValueError):
        push.encrypt(b"x" * (push.MOST_BYTES + 1), BROWSER)


def test_each_message_has_a_key_and_salt_of_its_own() -> None:
    first, second = push.encrypt(b"same", BROWSER), push.encrypt(b"same", BROWSER)
    assert first[:16] != second[:16] and first[21:86] != second[21:86]
    ec.EllipticCurvePublicKey.from_encoded_point(push.CURVE, first[21:86])
