"""T36: a dump, the WAL, the Redis memory, files and the outbox hold none of what people wrote."""

from __future__ import annotations

import os
import subprocess
from uuid import uuid4

import pytest
import redis
import sqlalchemy as sa

from core import clock, queue
from core.config import config
from core.db import db
from core.owner import connect
from tenants.learning.models import Answer, Attempt, Enrolment
from tenants.mail.actions import write_letter
from tenants.people.models import Invitation, Member
from tests.conftest import Platform
from tests.factories import published_course
from tests.opened import Opened

SEEDED = ("Zeldzamenaam", "Uniekevoornaam", "verborgen.adres@geheim.example", "Het antwoord dat niemand mag lezen",
          "uitgenodigd@geheim.example", "Geheimnummer-4711", "Fijn dat jij komt, geheim")  # fmt: skip


def seed(academy: Opened) -> None:
    """Write one of everything personal."""
    with db.scope(academy.scope, commit=True):
        member = Member(first_name=SEEDED[1], last_name=SEEDED[0], email=SEEDED[2], number=SEEDED[5])
        db.session.add(member)
        db.session.flush()
        course, page = published_course(member)
        enrolment = Enrolment(member_id=member.id, course_id=course.id)
        db.session.add(enrolment)
        db.session.flush()
        answer = Answer(enrolment_id=enrolment.id, lesson_id=page.lesson_id, question_id=uuid4(), page_id=page.id,
                        given=SEEDED[3], save_id=uuid4())  # fmt: skip
        db.session.add(answer)
        db.session.flush()
        db.session.add(Attempt(answer_id=answer.id, number=1, given=SEEDED[3]))
        db.session.add(Invitation(email=SEEDED[4], number=SEEDED[5], note=SEEDED[6], roles=["participant"], token_hash=uuid4().bytes,
                                  expires_at=clock.now()))  # fmt: skip
        write_letter(SEEDED[2], "reset_password", "nl", name=SEEDED[1], url="https://x.example", minutes=60)
        queue.later("mail.send", letter_id=uuid4())


def hits(content: bytes) -> list[str]:
    return [word for word in SEEDED if word.encode() in content]


def test_the_search_finds_what_lies_open(academy: Opened) -> None:
    assert hits(f"-- {SEEDED[0]} --".encode()) == [SEEDED[0]]


def test_T36_a_dump_holds_no_personal_string(platform: Platform, academy: Opened) -> None:
    seed(academy)
    socket, port = platform.postgres.socket_dir, platform.postgres.port
    dump = subprocess.run(
        [str(platform.postgres.binary("pg_dump")), "-h", str(socket), "-p", str(port), "-U", "postgres", "kweek"],
        env={**os.environ, "PGPASSWORD": platform.postgres._password("postgres")}, capture_output=True, check=True,
    ).stdout  # fmt: skip
    assert b"attempts" in dump, "the dump is whole"
    assert hits(dump) == []
    # bytea columns are dumped as hex: look there too
    assert [word for word in SEEDED if word.encode().hex().encode() in dump] == []


def test_T36_the_write_ahead_log_and_the_data_files_hold_none(platform: Platform, academy: Opened) -> None:
    seed(academy)
    with connect(platform.postgres.superuser_url) as superuser:
        superuser.execute("CHECKPOINT")
    found: dict[str, list[str]] = {}
    looked = 0
    for path in platform.postgres.data.rglob("*"):
        if path.is_file():
            looked += 1
            words = hits(path.read_bytes())
            if words:
                found[str(path)] = words
    assert looked > 500
    assert found == {}


def test_T36_redis_holds_none(academy: Opened) -> None:
    seed(academy)
    server = redis.Redis.from_url(config().redis_url)
    dumped = b"".join(server.dump(key) or b"" for key in server.keys("*"))
    assert dumped
    assert hits(dumped) == []


def test_T36_the_keystore_and_the_files_hold_none(platform: Platform, academy: Opened) -> None:
    seed(academy)
    for directory in (config().keystore_dir, config().files_dir, platform.home / "redis"):
        for path in directory.rglob("*"):
            if path.is_file():
                assert hits(path.read_bytes()) == [], path


@pytest.mark.parametrize("column", ["email", "first_name", "last_name"])
def test_personal_columns_are_not_text(academy: Opened, column: str) -> None:
    with db.scope(academy.scope):
        kind = db.session.scalar(
            sa.text("SELECT data_type FROM information_schema.columns WHERE table_name = 'members'"
                    " AND table_schema = current_schema() AND column_name = :name"), {"name": f"{column}_sealed"},
        )  # fmt: skip
    assert kind == "bytea"
