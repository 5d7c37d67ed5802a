"""Mail as it leaves the house (T34), sealed where it waits."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa

from core.db import db
from core.mail.compose import BadHeader, Sender, compose
from core.mail.smtp import message
from tenants.mail.actions import write_letter
from tests.opened import Opened

VALUES = {"name": "Sanne", "url": "https://x.example/y", "minutes": 60}


@pytest.mark.parametrize("field", ["sender", "recipient", "subject"])
@pytest.mark.parametrize("evil", ["a\r\nBcc: b@c.example", "a\nb", "a\rb", "a\x00b"])
def test_T34_line_breaks_in_headers_are_refused(field: str, evil: str) -> None:
    parts = {"sender": "Zorgwijs", "recipient": "a@b.example", "subject": "Hello", field: evil}
    with pytest.raises(BadHeader):
        message(uuid4(), parts["sender"], parts["recipient"], parts["subject"], "text", "<p>html</p>")


@pytest.mark.parametrize("address", ["a@b.example,c@d.example", "a b@c.example", "<a@b.example>", "a@b@c", "a"])
def test_T34_a_recipient_is_exactly_one_address(address: str) -> None:
    with pytest.raises(BadHeader):
        message(uuid4(), "Zorgwijs", address, "Hello", "text", "<p>html</p>")


def test_T34_a_name_with_a_line_break_stays_out_of_the_subject() -> None:
    mail = compose("invitation", "en", Sender("Zorgwijs"), academy="Zorgwijs\r\nBcc: x@y.example",
                   inviter="Noor", url="https://x.example", until=_soon())  # fmt: skip
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject


def test_mail_has_a_plain_and_a_rich_twin_in_both_languages() -> None:
    for language, word in (("nl", "wachtwoord"), ("en", "password")):
        mail = compose("reset_password", language, Sender("Zorgwijs", "#14685a"), **VALUES)
        assert word in mail.text
        assert word in mail.html
        assert "https://x.example/y" in mail.text
        assert 'href="https://x.example/y"' in mail.html


def test_mail_escapes_what_people_typed() -> None:
    mail = compose("reset_password", "en", Sender("<script>"), **{**VALUES, "name": "<b>Sanne</b>"})
    assert "<script>" not in mail.html
    assert "<b>" not in mail.html


def test_a_waiting_letter_is_sealed(academy: Opened) -> None:
    with db.scope(academy.scope, commit=True):
        letter = write_letter("sanne@post.example", "reset_password", "en", **VALUES)
    with db.scope(academy.scope):
        stored = db.session.execute(sa.text("SELECT * FROM letters WHERE id = :id"), {"id": letter.id}).one()
        assert b"sanne@post.example" not in b"".join(bytes(v) for v in stored if isinstance(v, (bytes, memoryview)))


def _soon() -> object:
    from datetime import timedelta

    from core import clock

    return clock.now() + timedelta(days=7)
