"""A member looks at what is kept about them and who sees it, and takes it along after their password."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, render_template
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import DataRequired, Length

from blueprints import credentials
from blueprints.me import me
from blueprints.member_privacy.kinds import kinds_of
from blueprints.member_privacy.seen import doors_of
from core import clock, limits
from core.access import signed_in
from tenants.certificates.queries import certificates_of
from tenants.chat import queries as chat
from tenants.groups.queries import own_groups
from tenants.learning import own_work as work
from tenants.organisations.queries import organisation_of
from tenants.people import rules, signing
from tenants.people.models import Member
from tenants.privacy import stored

member_privacy = Blueprint("member_privacy", __name__)


class TakeForm(FlaskForm):  # type: ignore[misc]
    """The password: what is downloaded tells everything, so an open screen is not enough."""

    password = PasswordField(_l("Your password"), [DataRequired(_l("Fill in your password.")), Length(max=1000)])

    def refuse(self) -> None:
        """Say that the password is another one."""
        self.password.errors = [_l("This is not your present password. Try again, or sign out and set a new one.")]


@member_privacy.get("/me/data")
@signed_in
def show() -> str:
    """Show what is kept about oneself, why, how long, and what removing does."""
    return render_template("member_privacy/show.html", kinds=kinds_of(stored.counts(me())))


@member_privacy.get("/me/data/seen")
@signed_in
def seen() -> str:
    """Show who sees what of oneself here."""
    member = me()
    return render_template("member_privacy/seen.html", doors=doors_of(member), manners=chat.manners(),
                           groups=own_groups(member), organisation=organisation_of(member.id),
                           public=sum(one.share != "nothing" for one in certificates_of(member)))  # fmt: skip


@member_privacy.route("/me/data/archive", methods=["GET", "POST"])
@signed_in
def archive() -> Any:
    """Download all that is kept about oneself, after the password."""
    form = TakeForm()
    if form.validate_on_submit():
        if _is_me(me(), form.password.data):
            return _archive(me())
        form.refuse()
    return credentials.page("member_privacy/archive.html", form)


def _archive(member: Member) -> Response:
    rows, found = stored.stored(member), work.own_work(member)
    kinds = kinds_of({name: len(of_table) for name, of_table in rows.items()})
    index = render_template("member_privacy/index_file.html", kinds=kinds, rows=rows, work=found, day=clock.now())
    page = render_template("learning/own_work_file.html", work=found, day=clock.now())
    texts = {"index.html": index, "stored.json": json.dumps(rows, ensure_ascii=False, indent=2)}
    headers = {"Content-Disposition": f'attachment; filename="my-data-{clock.now():%Y-%m-%d}.zip"'}
    return Response(work.pieces(found, page, texts), mimetype="application/zip", headers=headers)


def _is_me(member: Member, password: str) -> bool:
    """Return whether the password is the member's; tries are counted. Raises TooMany."""
    counted = limits.sign_in_limits(rules.clean_said(member.called), credentials.address())
    limits.spend(counted)
    if not signing.has_password(member, password):
        return False
    limits.forgive(counted)
    return True
