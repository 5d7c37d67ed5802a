"""Pure rules about people."""

from __future__ import annotations

import pytest

from core.accounts.rules import clean_email, clean_name, device_parts, is_email, password_weakness
from tenants.people import rules


@pytest.mark.parametrize(
    ("text", "found"),
    [("a@b.nl", ["a@b.nl"]), ("A@B.nl, a@b.nl", ["a@b.nl"]), ("Sanne de Wit <sanne@b.nl>; x@y.org", ["sanne@b.nl", "x@y.org"]),
     ("a@b.nl c@d.nl\n\n e@f.nl", ["a@b.nl", "c@d.nl", "e@f.nl"]), ("", [])],
)  # fmt: skip
def test_addresses_are_found_in_what_people_paste(text: str, found: list[str]) -> None:
    assert rules.addresses(text) == (found, [])


def test_what_is_no_address_is_named() -> None:
    assert rules.addresses("a@b.nl, sanne, x@") == (["a@b.nl"], ["sanne", "x@"])


@pytest.mark.parametrize("email", ["a@b.nl", "first.last+tag@sub.example.co.uk", "o'neil@example.org", "ünal@bücher.de"])
def test_real_addresses_pass(email: str) -> None:
    assert is_email(clean_email(email))


@pytest.mark.parametrize(
    "email",
    ["", "a", "a@b", "a@b.c", "a b@c.nl", "a@@b.nl", "a@b..nl", "a@-b.nl", "a@b.nl\nBcc: x@y.nl", "<a@b.nl>", "a@b.nl,c@d.nl",
     "a" * 65 + "@b.nl", "a@" + "b" * 250 + ".nl", "a@127.0.0.1"],
)  # fmt: skip
def test_no_addresses_do_not(email: str) -> None:
    assert not is_email(email)


@pytest.mark.parametrize(
    ("password", "weakness"),
    [("short", "short"), ("x" * 201, "long"), ("wachtwoord", "common"), ("Password123", "common"), ("Welkom2026!", "common"),
     ("1234567890", "common"), ("0987654321", "common"), ("abcabcabcabc", "common"), ("aaaaaaaaaaa", "common"),
     ("sannedewit", "personal"), ("Sanne de Wit", "personal"), ("sanne@example.org", "personal"),
     ("sannesanne", "personal"), ("sanne123456", "personal"),
     ("vier losse woorden", None), ("correct horse battery", None), ("tK9$vbz!Qm", None), ("  ruimte om  me ", None)],
)  # fmt: skip
def test_passwords(password: str, weakness: str | None) -> None:
    assert password_weakness(password, "sanne@example.org", "Sanne de Wit") == weakness


def test_only_givable_roles_change() -> None:
    assert rules.new_roles({"owner", "trainer"}, {"author"}, {"owner"}) == {"owner", "author"}
    assert rules.new_roles({"manager", "trainer"}, {"owner", "author"}, {"manager"}) == {"manager", "author"}
    assert rules.givable({"trainer", "author", "participant"}) == frozenset()
    assert not rules.may_give({"owner"}, set())


def test_names_lose_control_signs_and_double_spaces() -> None:
    assert clean_name("  Zoë\r\nBcc:\u202e  x ") == "Zoë Bcc: x"
    assert len(clean_name("x" * 500)) == 80


def test_devices_have_readable_names() -> None:
    chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
    assert device_parts(chrome) == ("Chrome", "Linux")
    assert device_parts(chrome + " Edg/142.0") == ("Edge", "Linux")
    assert device_parts("curl/8") == (None, None)
