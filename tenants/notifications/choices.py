"""How members want to be told: what they chose, else what their roles usually get; and the token that stops one kind."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from core import clock, keystore
from core.crypto import blind_index
from core.db import db
from core.errors import Refused
from core.urls import academy_url
from tenants.notifications.models import HOW, Notice, NoticeChoice, NoticeTimes
from tenants.notifications.rules import KINDS, LONGEST_PAUSE, Choice, Mail, Times, is_zone, kinds_for
from tenants.people.models import Member

# In place of a kind, in the link under a mail of many kinds: it stops them all.
EVERYTHING: Final = "everything"


@dataclass(frozen=True)
class Wish:
    """How and when one member wants to be told of one kind."""

    member: Member
    choice: Choice
    times: Times


def wishes(member_ids: Collection[UUID], kind: str) -> list[Wish]:
    """Return the wishes of those of these members who may sign in, in the order of their ids. Three statements."""
    known = sa.select(Member).where(Member.id.in_(list(member_ids)), Member.state == "active").order_by(Member.id)
    members = db.session.scalars(known).unique().all()
    rows = db.session.execute(
        sa.select(NoticeChoice, NoticeTimes).select_from(Member)
        .outerjoin(NoticeChoice, sa.and_(NoticeChoice.member_id == Member.id, NoticeChoice.kind == kind))
        .outerjoin(NoticeTimes, NoticeTimes.member_id == Member.id)
        .where(Member.id.in_([one.id for one in members]), sa.or_(NoticeChoice.kind.is_not(None), NoticeTimes.quiet_from.is_not(None)))
    ).all()  # fmt: skip
    chosen = {row.member_id: _choice(row) for row, _times in rows if row is not None}
    times = {row.member_id: row for _choice_row, row in rows if row is not None}
    zone = own_zone()
    return [Wish(one, chosen.get(one.id) or KINDS[kind].default_for(one.roles), _times(times.get(one.id), zone)) for one in members]


def wish_of(member: Member, kind: str) -> Choice:
    """Return how the member is told of one kind. One statement."""
    row = db.session.get(NoticeChoice, (member.id, kind), populate_existing=True)
    return KINDS[kind].default_for(member.roles) if row is None else _choice(row)


def wants_letter(member: Member, kind: str) -> bool:
    """Return whether a letter of a feature's own, which says it at once, may go to the member now. Quiet hours do not hold it."""
    if not member.email or wish_of(member, kind).mail != "at_once":
        return False
    times = db.session.get(NoticeTimes, member.id)
    return times is None or times.paused_until is None or times.paused_until <= clock.now()


def choices_of(member: Member) -> dict[str, Choice]:
    """Return how the member is told of each kind that concerns them. One statement."""
    rows = db.session.scalars(sa.select(NoticeChoice).where(NoticeChoice.member_id == member.id))
    chosen = {row.kind: _choice(row) for row in rows}
    return {kind.name: chosen.get(kind.name) or kind.default_for(member.roles) for kind in kinds_for(member.roles)}


def _choice(row: NoticeChoice) -> Choice:
    return Choice(row.app, cast(Mail, row.mail), row.push)


def times_of(member: Member) -> Times:
    """Return when the member wants to be left alone."""
    return _times(db.session.get(NoticeTimes, member.id), own_zone())


def own_zone() -> str:
    """Return the academy's zone, as core tells the asking role."""
    return str(db.session.scalar(sa.text("SELECT zone FROM local.own_academy()")))


def _times(row: NoticeTimes | None, zone: str) -> Times:
    if row is None:
        return Times(zone)
    return Times(row.zone or zone, row.is_quiet, row.quiet_from, row.quiet_until, row.paused_until)


def choose(member: Member, choices: Mapping[str, Choice]) -> None:
    """Tell the member of these kinds so from now on; what waits goes by the new choice too. Raises Refused."""
    for name, choice in choices.items():
        if name not in KINDS or choice.mail not in HOW:
            raise Refused("notice choice")
        values = {"app": choice.app, "mail": choice.mail, "push": choice.push}
        made = insert(NoticeChoice).values(member_id=member.id, kind=name, **values)
        db.session.execute(made.on_conflict_do_update(index_elements=["member_id", "kind"], set_=values))
        db.session.flush()


def forget(member: Member) -> None:
    """Tell the member again as people with their roles usually are."""
    db.session.execute(sa.delete(NoticeChoice).where(NoticeChoice.member_id == member.id))


def choose_times(member: Member, zone: str, is_quiet: bool, quiet_from: int, quiet_until: int, paused_until: datetime | None) -> None:
    """Leave the member alone then; `zone` empty: by the academy's clock. Raises Refused."""
    if zone and not is_zone(zone):
        raise Refused("notice zone")
    if paused_until is not None and paused_until > clock.now() + LONGEST_PAUSE:
        raise Refused("notice pause")
    row = db.session.get(NoticeTimes, member.id) or NoticeTimes(member_id=member.id)
    row.zone, row.is_quiet, row.quiet_from, row.quiet_until, row.paused_until = zone or None, is_quiet, quiet_from, quiet_until, paused_until
    db.session.add(row)
    db.session.flush()


def stop_token(member_id: UUID, kind: str) -> str:
    """Return the token of a link by which mail of this kind to this member is stopped. It never expires, and does no more."""
    return f"{_coded(member_id.bytes)}.{kind}.{_coded(_sign(member_id, kind))}"


def stop_url(member_id: UUID, kind: str, slug: str) -> str:
    """Return the address that stops mail of this kind to this member: for people, and for mail programs (RFC 8058)."""
    return academy_url(slug, f"/notifications/stop/{stop_token(member_id, kind)}")


def read_token(token: str) -> tuple[UUID, str] | None:
    """Return member and kind of a token of this academy, or None."""
    parts = token.split(".")
    if len(parts) != 3 or parts[1] not in (*KINDS, EVERYTHING):
        return None
    try:
        member_id, sign = UUID(bytes=_decoded(parts[0])), _decoded(parts[2])
    except (ValueError, binascii.Error):
        return None
    return (member_id, parts[1]) if hmac.compare_digest(sign, _sign(member_id, parts[1])) else None


def mail_by_token(token: str, mail: Mail | None) -> tuple[str, Mail] | None:
    """Return the kind of the token and how it is mailed from now on (`mail`; None changes nothing), or None for a token
    that is not of this academy or whose member is gone."""
    found = read_token(token)
    member = None if found is None else db.session.get(Member, found[0])
    if found is None or member is None:
        return None
    if found[1] == EVERYTHING:
        return EVERYTHING, _mail_of_everything(member, mail)
    present = wish_of(member, found[1])
    if mail is None or mail == present.mail:
        return found[1], present.mail
    choose(member, {found[1]: Choice(present.app, mail, present.push)})
    if mail == "off":
        _mail_no_more(member, Notice.kind == found[1])
    return found[1], mail


def _mail_of_everything(member: Member, mail: Mail | None) -> Mail:
    """Stop the mail of every kind ("off"), let each come as it usually does (another word), or change nothing (None); return
    "off" where nothing is mailed."""
    present = choices_of(member)
    if mail == "off":
        choose(member, {name: Choice(one.app, "off", one.push) for name, one in present.items()})
        _mail_no_more(member)
    elif mail is not None:
        usual = {name: KINDS[name].default_for(member.roles).mail for name in present}
        choose(member, {name: Choice(one.app, usual[name], one.push) for name, one in present.items()})
    return "off" if all(one.mail == "off" for one in choices_of(member).values()) else "at_once"


def _mail_no_more(member: Member, *which: sa.ColumnElement[bool]) -> None:
    waiting = (Notice.member_id == member.id, Notice.mailed_at.is_(None), Notice.mail_at.is_not(None), *which)
    db.session.execute(sa.update(Notice).where(*waiting).values(mailed_at=clock.now()))


def usual_mail(kind: str) -> Mail:
    """Return how a kind is mailed that somebody wants again."""
    usual: Mail = "at_once" if kind == EVERYTHING else KINDS[kind].usual.mail
    return "at_once" if usual == "off" else usual


def language_of_token(token: str) -> str | None:
    """Return the language that the token's member chose, None if none or for a token that is no good."""
    found = read_token(token)
    return None if found is None else db.session.scalar(sa.select(Member.language).where(Member.id == found[0]))


def stop_by_token(token: str) -> tuple[str, Mail] | None:
    """Stop mail of the token's kind; return the kind and "off", or None for a token that is no good. Twice is once."""
    return mail_by_token(token, "off")


def _sign(member_id: UUID, kind: str) -> bytes:
    return blind_index(keystore.open(db.current().holder), "stop-notices", f"{member_id}:{kind}")


def _coded(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """Return the bytes. Raises ValueError for another writing of the same bytes too: a token is written in one way."""
    plain = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    if _coded(plain) != text:
        raise ValueError("not as it was written")
    return plain
