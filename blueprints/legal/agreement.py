"""The agreement on processing: read and accepted for an academy by somebody who may sign for it; on paper afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, make_response, redirect, request, url_for
from flask_babel import gettext as _

from blueprints.academies.me import me, own
from blueprints.agreeing import AgreementForm, agreement_page, places, shown
from blueprints.credentials import here
from blueprints.legal.blueprint import legal
from blueprints.legal.reading import title_of
from core.academies.models import Academy
from core.academies.queries import academy_by_id
from core.access import operator, signed_in
from core.audit.actions import record
from core.errors import NotFound, Refused
from core.i18n import language
from core.legal import actions, printing, queries
from core.legal.models import Acceptance, Version
from core.legal.rules import OF_ACADEMIES
from core.urls import safe_next


@legal.route("/academies/<uuid:academy_id>/agreement", methods=["GET", "POST"])
@signed_in
def agree(academy_id: UUID) -> Any:
    """Show the agreement that an academy waits for, and make it."""
    academy = own(academy_id)
    asked = queries.agreement_of(academy).asked
    if asked is None or academy.state == "closed":
        return redirect(url_for("academies.show", academy_id=academy.id))
    form = AgreementForm(data={"organisation": academy.name, "version": str(asked.version.id)})
    if form.validate_on_submit():
        if accepted(form, academy):
            return here(_after(academy), _("The agreement is made. You can download it here at any time."))
        form.show_again(queries.current(OF_ACADEMIES))
    return agreement_page("legal/agree.html", form, me(), academy=academy, asked=asked)


def _after(academy: Academy) -> str:
    going = safe_next(request.args.get("next"), "")
    return url_for("academies.index", enter=academy.slug, next=going) if going else url_for("academies.show", academy_id=academy.id)


def accepted(form: AgreementForm, academy: Academy) -> bool:
    """Accept for the academy what the form showed; return False when another version holds by now."""
    try:
        actions.accept_for_academy(academy, me(), shown(form), language(), form.signer(me().name))
    except Refused:
        return False
    return True


@legal.get("/academies/<uuid:academy_id>/agreements/<uuid:acceptance_id>.pdf")
@signed_in
def paper(academy_id: UUID, acceptance_id: UUID) -> Response:
    """Give an owner the agreement with both parties as PDF."""
    return _paper(own(academy_id), acceptance_id)


@legal.get("/operator/academies/<uuid:academy_id>/agreements/<uuid:acceptance_id>.pdf")
@operator
def their_paper(academy_id: UUID, acceptance_id: UUID) -> Response:
    """Give an operator the agreement of an academy; the academy's audit says so."""
    academy = academy_by_id(academy_id)
    response = _paper(academy, acceptance_id)
    record("legal.agreement read", actor_id=me().id, number=academy.number, acceptance=str(acceptance_id))
    return response


def _paper(academy: Academy, acceptance_id: UUID) -> Response:
    row, version = _accepted_by(academy, acceptance_id)
    words = version.text(row.language)
    others = queries.at("subprocessors", row.accepted_at)
    content = printing.agreement(row, actions.signer_of(row), version, words, others.text(row.language) if others else None, places())
    response = make_response(content)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{academy.slug or academy.number}-{title_of(version).lower().replace(" ", "-")}-{version.number}.pdf"'
    return response


def _accepted_by(academy: Academy, acceptance_id: UUID) -> tuple[Acceptance, Version]:
    for row, version in queries.acceptances_for(academy.number):
        if row.id == acceptance_id:
            return row, version
    raise NotFound("agreement")
