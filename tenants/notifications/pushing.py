"""Tells browsers: the kind of the event in words, and where it leads. What it is about stays behind signing in."""

from __future__ import annotations

import hashlib
import http.client
import json
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock, egress, limits, push, queue
from core.config import config
from core.db import db
from core.errors import KweekError, Refused, TooMany
from core.i18n import speaking
from core.sealed import matches
from tenants.mail.actions import sender
from tenants.notifications import words
from tenants.notifications.choices import choices_of
from tenants.notifications.models import Notice, PushBrowser
from tenants.notifications.queries import lines_of
from tenants.notifications.rules import Choice
from tenants.people.models import Member
from tenants.people.queries import own_academy

MOST_BROWSERS = 10
LIVES_S = 24 * 3600
GONE = frozenset({404, 410})
AGAIN = frozenset({408, 425, 429})


# Three messages through all their tries: who lets us wait so often in a day is no push service, and is called no more.
MOST_WAITED = 24
DAY_S = 24 * 3600


class NotTaken(KweekError):
    """The push service did not take it now; a later try may succeed."""


def server_key() -> str | None:
    """Return the server's public key for browsers, or None where the operator has set none: then there is no push."""
    return push.public_key(push.private_key(key)) if (key := config().vapid_key) else None


def add_browser(member: Member, browser: push.Browser, device: str) -> PushBrowser:
    """Tell this browser from now on; one that was another member's is theirs no longer. Raises Refused."""
    if server_key() is None or not push.is_browser(browser):
        raise Refused("notice browser")
    egress.checked(browser.endpoint)
    db.session.execute(sa.delete(PushBrowser).where(matches(PushBrowser, "endpoint", browser.endpoint)))
    mine = sa.select(PushBrowser).where(PushBrowser.member_id == member.id).order_by(PushBrowser.id.desc())
    for old in db.session.scalars(mine.offset(MOST_BROWSERS - 1)).all():
        db.session.delete(old)
    row = PushBrowser(member_id=member.id, endpoint=browser.endpoint, public_key=browser.public_key, secret=browser.secret, device=device[:300])
    db.session.add(row)
    db.session.flush()
    return row


def browsers_of(member: Member) -> list[PushBrowser]:
    """Return the member's browsers, the newest first."""
    return list(db.session.scalars(sa.select(PushBrowser).where(PushBrowser.member_id == member.id).order_by(PushBrowser.id.desc())))


def remove_browser(member: Member, browser_id: UUID) -> bool:
    """Tell this browser no longer; return whether it was the member's."""
    mine = sa.delete(PushBrowser).where(PushBrowser.id == browser_id, PushBrowser.member_id == member.id)
    return bool(db.session.execute(mine.returning(PushBrowser.id)).all())


def queue_due(late: timedelta = timedelta()) -> int:
    """Queue the telling of everybody's browsers for whom something is due since `late`; return for how many."""
    due = (Notice.push_at <= clock.now() - late, Notice.pushed_at.is_(None))
    found = db.session.scalars(sa.select(Notice.member_id).where(*due).distinct().order_by(Notice.member_id)).all()
    for member_id in found:
        queue.later("notifications.push", member_id=member_id, once=f"notifications.push.{member_id.hex}", priority=4)
    return len(found)


def push_to(member_id: UUID) -> int:
    """Queue one message for each line that is due and each browser of the member; return how many."""
    due = (Notice.member_id == member_id, Notice.push_at <= clock.now(), Notice.pushed_at.is_(None))
    wanted = sa.select(Notice).where(*due).order_by(Notice.id.desc()).with_for_update().execution_options(populate_existing=True)
    notices, member = list(db.session.scalars(wanted)), db.session.get(Member, member_id)
    for notice in notices:
        notice.pushed_at = clock.now()
    db.session.flush()
    if not notices or member is None or not member.is_active or server_key() is None:
        return 0
    browsers, choices = browsers_of(member), choices_of(member)
    fresh = [one for one in notices if one.read_at is None and choices.get(one.kind, Choice()).push]
    with speaking(member.language or own_academy()[1]):
        lines = [line for line in lines_of(fresh, member) if any(said.is_open for said in line.said)] if browsers else []
    for line in lines:
        for browser in browsers:
            queue.later("notifications.push_one", browser_id=browser.id, notice_id=line.newest.id, count=len(line.notices), priority=6)
    return len(lines) * len(browsers)


def push_one(browser_id: UUID, notice_id: UUID, count: int) -> None:
    """Send one message to one browser, unless it was read meanwhile. A browser that is gone, or that let us wait too
    often, is forgotten. Raises NotTaken."""
    browser, notice = db.session.get(PushBrowser, browser_id), db.session.get(Notice, notice_id)
    key = config().vapid_key
    if browser is None or notice is None or notice.read_at is not None or notice.member_id != browser.member_id or key is None:
        return
    to = push.Browser(browser.endpoint or "", browser.public_key or "", browser.secret or "")
    body = push.encrypt(message_of(notice, db.session.get_one(Member, notice.member_id), count), to)
    headers = {
        "Authorization": push.signed(to.endpoint, push.private_key(key), f"mailto:{config().mail_from}"), "TTL": str(LIVES_S),
        "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream", "Topic": _tag(notice), "Urgency": "normal",
    }  # fmt: skip
    db.release()
    _note(browser_id, _sent(browser_id, to.endpoint, body, headers))


def _sent(browser_id: UUID, endpoint: str, body: bytes, headers: dict[str, str]) -> int:
    """Return the status by which the push service answered; 410 for an address that we do not call, or no more. Raises
    NotTaken."""
    try:
        return egress.post(endpoint, body, headers).status
    except egress.NotPublic:
        return 410
    except TimeoutError as error:
        try:
            limits.spend([limits.Limit("push waited", (browser_id.hex,), MOST_WAITED, DAY_S)])
        except TooMany:
            return 410
        raise NotTaken(type(error).__name__) from None
    except (OSError, http.client.HTTPException) as error:
        raise NotTaken(type(error).__name__) from None


def _note(browser_id: UUID, status: int) -> None:
    if status in AGAIN or status >= 500:
        raise NotTaken(str(status))
    if status in GONE:
        db.session.execute(sa.delete(PushBrowser).where(PushBrowser.id == browser_id))
    elif status < 300:
        db.session.execute(sa.update(PushBrowser).where(PushBrowser.id == browser_id).values(told_at=clock.now()))
    else:
        raise queue.GiveUp("refused for good")


def message_of(notice: Notice, member: Member, count: int) -> bytes:
    """Return what the browser shows: the academy's name, the kind in words, and the path behind it."""
    with speaking(member.language or own_academy()[1]):
        shown = words.lock_screen_words(notice.kind, count)
    return json.dumps({"title": sender().name, "body": shown, "url": f"/notifications/{notice.id}", "tag": _tag(notice)}, ensure_ascii=False).encode()


def _tag(notice: Notice) -> str:
    """Return by what a later message takes the place of an earlier one; it says nothing."""
    return push.coded(hashlib.sha256(f"{notice.member_id}{notice.kind}{notice.thread_id}".encode()).digest()[:18])
