"""Mail to the platform's own address that a person has to read: a list, one mail, done with it. For operators."""

from __future__ import annotations

from typing import cast
from urllib.parse import quote, urlencode
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.wrappers import Response

from blueprints.credentials import here
from core.access import operator
from core.db import db
from core.errors import NotFound
from core.mail import inbound
from core.mail.models import InboundMail

inbox = Blueprint("inbox", __name__, url_prefix="/operator/mail")
WHYS = {
    "unclear": _l("Not clear to a machine"),
    "automatic": _l("Written by a machine"),
    "trouble": _l("Something went wrong on our side"),
}


@inbox.get("/", endpoint="index")
@operator
def show_all() -> str:
    """Show the mails that wait, or those that were handled; 25 on a page."""
    is_handled, number = request.args.get("show") == "handled", max(1, request.args.get("page", 1, type=int))
    found, total = inbound.mails(is_handled, number)
    last = max(1, -(-total // inbound.PAGE))
    return render_template("inbox/index.html", mails=found, is_handled=is_handled, whys=WHYS, page=number, last=last,
                           total=total, waiting=inbound.waiting_count())  # fmt: skip


@inbox.get("/<uuid:mail_id>")
@operator
def show(mail_id: UUID) -> str:
    """Show one mail, with an address that opens an answer in the operator's own mail program."""
    mail = _mail(mail_id)
    return render_template("inbox/mail.html", mail=mail, whys=WHYS, answer_url=answer_url(mail))


@inbox.post("/<uuid:mail_id>/handled")
@operator
def handle(mail_id: UUID) -> Response:
    """Note that the operator was done with it."""
    inbound.handle(_mail(mail_id), _my_id())
    return here(url_for(".index"), _("The mail is handled. It is deleted in 90 days."))


@inbox.post("/<uuid:mail_id>/waiting")
@operator
def take_back(mail_id: UUID) -> Response:
    """Put it among those that wait again."""
    inbound.take_back(_mail(mail_id), _my_id())
    return here(url_for(".show", mail_id=mail_id), _("The mail waits again."))


def answer_url(mail: InboundMail) -> str | None:
    """Return the mailto address of an answer below the mail, or None where nobody can be answered."""
    if "@" not in (mail.sender or "") or mail.why == "automatic":
        return None
    subject = mail.subject or ""
    facts = {"subject": subject if subject.lower().startswith("re:") else f"Re: {subject}"}
    if mail.mail_id:
        facts["In-Reply-To"] = mail.mail_id
    return f"mailto:{quote(mail.sender or '', safe='@')}?{urlencode(facts, quote_via=quote)}"


def _mail(mail_id: UUID) -> InboundMail:
    found = db.session.get(InboundMail, mail_id)
    if found is None:
        raise NotFound("no such mail")
    return found


def _my_id() -> UUID:
    return cast(UUID, current_user.id)
