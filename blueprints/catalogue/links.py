"""Links to join by: made, printed, withdrawn."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import segno
from flask import flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from blueprints.catalogue import catalogue
from blueprints.catalogue.fields import Day, Whole
from blueprints.catalogue.pages import Answer
from blueprints.catalogue.words import today
from blueprints.me import me, sent_id
from core.access import roles
from core.accounts.rules import is_email
from core.urls import academy_url, platform_url
from tenants.catalogue import links as acts
from tenants.catalogue.links import MAX_COURSES, MAX_LABEL, LinkTerms
from tenants.catalogue.models import JoinLink
from tenants.catalogue.rules import MAX_PLACES, domains_in
from tenants.courses.choices import courses_to_join


class LinkForm(FlaskForm):  # type: ignore[misc]
    """What a link leads to and whom it lets in."""

    label = StringField(_l("Name of the link"), [Length(max=MAX_LABEL)], description=_l("Only you and your colleagues see it."))
    course_ids = SelectMultipleField(_l("Courses"), coerce=str)
    most_uses = Whole(_l("How many people may use it"), most=MAX_PLACES, description=_l("Leave it empty for no limit."))
    last_day = Day(_l("Works until and including"), description=_l("Leave it empty to let it work until you withdraw it."))
    domains = TextAreaField(
        _l("Only for addresses at"), [Length(max=2000)], render_kw={"rows": 2, "spellcheck": "false"},
        description=_l("Such as example.org, one per line. Leave it empty to let every address in. Members can use the link anyway."),
    )

    def validate_course_ids(self, field: SelectMultipleField) -> None:
        """Refuse more courses than a link may lead to."""
        if len(field.data or ()) > MAX_COURSES:
            raise ValidationError(_("Choose at most %(most)d courses.", most=MAX_COURSES))

    def validate_last_day(self, field: Day) -> None:
        """Refuse a day that has passed."""
        last: date | None = field.data
        if last and last < today():
            raise ValidationError(_("Choose today or a later day."))

    def validate_domains(self, field: TextAreaField) -> None:
        """Refuse what cannot be the part of an address after the @."""
        wrong = [one for one in domains_in(field.data or "") if not is_email(f"a@{one}")]
        if wrong:
            raise ValidationError(_("These are not domains: %(list)s. Write them like example.org.", list=", ".join(wrong[:5])))

    @property
    def terms(self) -> LinkTerms:
        """Return what was chosen."""
        courses = [UUID(one) for one in self.course_ids.data or ()]
        return LinkTerms(self.label.data or "", courses, self.most_uses.data, self.last_day.data,
                         domains_in(self.domains.data or ""))  # fmt: skip


@catalogue.get("/links")
@roles("manager", "owner")
def links() -> str:
    """List the links to join by, with how often each was used."""
    return render_template("catalogue/links.html", listed=acts.links_made(me()))


@catalogue.route("/links/new", methods=["GET", "POST"])
@roles("manager", "owner")
def new_link() -> Answer:
    """Make a link; its address is shown once."""
    acts.check_may_link(me())
    if not me().is_confirmed:
        return render_template("people/confirm_first.html", platform=platform_url("/me"))
    form = LinkForm()
    form.course_ids.choices = [SelectChoice(*pair) for pair in courses_to_join()]
    if form.validate_on_submit():
        return link_page(*acts.make_link(form.terms, me(), sent_id()))
    return render_template("catalogue/link_new.html", form=form), 422 if form.errors else 200


def link_page(link: JoinLink, token: str) -> str:
    """Return the one page that shows the address of a link, as words and as a QR code to print."""
    url = academy_url(g.academy.slug, url_for("catalogue.join", token=token))
    code = segno.make(url, error="m").svg_inline(scale=6, border=3, dark="#000", light="#fff", omitsize=False)
    return render_template("catalogue/link.html", link=link, url=url, code=Markup(code))  # noqa: S704  segno draws it


@catalogue.post("/links/<uuid:link_id>/address")
@roles("manager", "owner")
def renew_link(link_id: UUID) -> str:
    """Give the link a new address; what was printed before leads nowhere."""
    link = acts.link_to_manage(me(), link_id)
    return link_page(link, acts.renew_token(link, me()))


@catalogue.post("/links/<uuid:link_id>/withdrawal")
@roles("manager", "owner")
def revoke_link(link_id: UUID) -> Response:
    """Make the link useless."""
    acts.revoke(acts.link_to_manage(me(), link_id), me())
    flash(_("The link no longer works. Who joined by it stays."))
    return redirect(url_for(".links"), 303)
