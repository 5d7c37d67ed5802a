"""T33 for every export that leaves by a link, T22 for every file that somebody uploads.

An address alone opens nothing: each download wants the session of the very person who asked for it, for as long as the
person may see it, the academy is open and the file has not expired.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from blueprints.files.show import INLINE
from blueprints.hosts import HostedFlask
from core import clock, sessions
from core.academies.models import Academy
from core.db import CORE, db
from tenants.files.actions import store_document, store_file
from tenants.files.looks import NotThat
from tenants.people.models import MemberRole, MemberSession
from tenants.reports.models import ReportFile
from tenants.resolve import resolver
from tenants.transfer.models import Transfer
from tests.cast import Cast
from tests.courses.writing import member
from tests.files.making import captions, picture
from tests.reports.sending import work, write_taken_course

NO_SCRIPT = "default-src 'none'; frame-ancestors 'none'; sandbox"


def course_archive(app: HostedFlask, cast: Cast, course: UUID) -> str:
    """Return the link to an archive of the course."""
    author = cast.client(app, "author")
    author.post(f"/courses/{course}/exports")
    work()
    return found(r'href="(/courses/exports/[^"]+/archive)"', author.get(f"/courses/{course}/exports").text)


def report_file(app: HostedFlask, cast: Cast, course: UUID) -> str:
    """Return the link to a report that was made in the background."""
    owner = cast.client(app, "owner")
    owner.post("/reports/files", data={"kind": "matrix", "extension": "xlsx", "course": str(course)})
    work()
    return found(r'href="(/reports/files/[^"]+/content)"', owner.get("/reports/files").text)


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None
    return match[1]


KINDS: dict[str, tuple[str, str, Callable[[HostedFlask, Cast, UUID], str], type[Transfer] | type[ReportFile]]] = {
    "course archive": ("author", "owner", course_archive, Transfer),
    "report": ("owner", "trainer", report_file, ReportFile),
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_T33_an_export_opens_for_who_asked_and_for_nobody_else(app: HostedFlask, casts: tuple[Cast, Cast], kind: str) -> None:
    cast, other = casts
    who, colleague, make, model = KINDS[kind]
    link = make(app, cast, write_taken_course(cast))
    mine = cast.client(app, who)
    answer = mine.get(link)
    assert answer.status_code == 200 and answer.data.startswith(b"PK") and "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert cast.client(app, None).get(link).location.startswith("/sign-in"), "the link alone opens nothing"
    assert cast.client(app, colleague).get(link).status_code == 404
    assert cast.client(app, "participant").get(link).status_code == 403
    assert other.client(app, who).get(link).status_code == 404
    with db.scope(cast.academy.scope, commit=True):
        db.session.scalars(sa.select(model)).one().expires_at = clock.now() - timedelta(seconds=1)
    assert mine.get(link).status_code in (404, 410)


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("lost", ["role", "session", "academy"])
def test_T33_an_export_closes_with_the_role_the_session_and_the_academy(app: HostedFlask, casts: tuple[Cast, Cast], kind: str, lost: str) -> None:
    cast = casts[0]
    who, _colleague, make, _model = KINDS[kind]
    link = make(app, cast, write_taken_course(cast))
    mine = cast.client(app, who)
    assert mine.get(link).status_code == 200
    if lost == "academy":
        close(cast)
    else:
        with db.scope(cast.academy.scope, commit=True):
            model = MemberRole if lost == "role" else MemberSession
            db.session.execute(sa.delete(model).where(model.member_id == cast.ids[who]))
    answer = mine.get(link)
    assert answer.status_code in ((403, 404) if lost == "role" else (302,) if lost == "session" else (404, 410)), answer.status_code
    assert not answer.data.startswith(b"PK")


def close(cast: Cast) -> None:
    """Fence the academy, as closing it does."""
    with db.scope(CORE, commit=True):
        db.session.execute(sa.update(Academy).where(Academy.number == cast.academy.number).values(state="fenced"))
    resolver.forget()


def test_T33_own_work_is_made_for_the_session_that_asks(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    cast, other = casts
    write_taken_course(cast)
    with db.scope(cast.academy.scope, commit=True):
        member(cast, "participant").first_name = "Sanne Only"
    answer = cast.client(app, "participant").get("/own-work.zip")
    pack = zipfile.ZipFile(io.BytesIO(answer.data))
    assert b"Sanne Only" in b"".join(pack.read(name) for name in pack.namelist())
    assert "no-store" in answer.headers["Cache-Control"]
    assert cast.client(app, None).get("/own-work.zip").location.startswith("/sign-in")
    for stranger in (cast.client(app, "second"), other.client(app, "participant")):
        pack = zipfile.ZipFile(io.BytesIO(stranger.get("/own-work.zip").data))
        assert b"Sanne Only" not in b"".join(pack.read(name) for name in pack.namelist())
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.delete(MemberSession).where(MemberSession.member_id == cast.ids["participant"]))
    assert cast.client(app, "participant").get("/own-work.zip").location.startswith("/sign-in")
    assert sessions.cookie_name() in cast.cookie_header("participant")


PAGE = b"<!doctype html><html><body><script>alert(1)</script></body></html>"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HOSTILE: dict[str, bytes] = {
    "page.html": PAGE, "page.txt": PAGE, "page.png": PAGE, "drawing.svg": DRAWING, "drawing.png": DRAWING, "drawing.txt": b"  \n" + DRAWING,
    "marked.md": b"\xef\xbb\xbf" + PAGE, "xml.txt": b'<?xml version="1.0"?>' + DRAWING, "wide.txt": PAGE.decode().encode("utf-16"),
    "behind.txt": b"Dear trainer,\n" + PAGE, "behind.csv": b"a;b\n" + DRAWING, "pixels.png": picture().getvalue() + PAGE,
    "paper.pdf": b"%PDF-1.7\n" + PAGE, "captions.vtt": captions("<script>alert(1)</script>").getvalue(), "loader.gif": b"GIF89a/*" + PAGE,
}  # fmt: skip
RUNS = ("html", "svg", "xml", "javascript", "pdf", "octet")


def test_T22_what_is_uploaded_is_never_shown_as_a_page_here(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    """Each hostile file is offered as every kind of file: it is refused, drawn anew, or only ever downloaded."""
    cast, taken = casts[0], dict[UUID, str]()
    for name, content in HOSTILE.items():
        for kind in ("image", "video", "captions", "audio", "document"):
            with suppress(NotThat), db.scope(cast.academy.scope, commit=True):
                file = store_file(kind, io.BytesIO(content), name, member(cast, "author"))
                taken[file.id] = f"{name} as {kind}"
        with suppress(NotThat), db.scope(cast.academy.scope, commit=True):
            file = store_document(io.BytesIO(content), name, member(cast, "author"))
            taken[file.id] = f"{name} handed in"
    assert len(taken) >= 3, "some of them hold a picture or a text, and are taken"
    reader = cast.client(app, "author")
    for file_id, what in taken.items():
        answer = reader.get(f"/files/{file_id}")
        assert answer.status_code == 200, what
        assert not any(one in answer.mimetype for one in RUNS) or answer.headers["Content-Disposition"].startswith("attachment"), what
        assert answer.headers["Content-Disposition"].startswith("attachment") or answer.mimetype in INLINE, what
        assert answer.headers["Content-Security-Policy"] == NO_SCRIPT and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert b"alert(1)" not in answer.data or answer.mimetype in ("text/plain", "text/csv", "text/markdown", "text/vtt", "application/pdf"), what
    assert not any(kind in one for one in INLINE for kind in RUNS)
