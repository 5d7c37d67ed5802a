"""Operators: the table of rules with what each destroyed, who waits for a decision, and receipts of ended accounts."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.academies.me import me
from blueprints.credentials import here
from blueprints.privacy.blueprint import privacy
from blueprints.privacy.words import REASONS, RULES, WHYS
from core.access import operator
from core.checks import actions as checks
from core.privacy import erasing, retention, rules


@privacy.get("/operator/privacy")
@operator
def desk() -> str:
    """Show what is kept for how long, what was destroyed, and what a person has to decide."""
    return render_template("privacy/desk.html", rules=rules.RULES, words=RULES, runs=retention.last_runs(), cases=retention.cases(), reasons=REASONS,
                           receipts=erasing.receipts(), whys=WHYS, check=checks.last())  # fmt: skip


@privacy.post("/operator/privacy/cases/<uuid:case_id>/keeping")
@operator
def keep(case_id: UUID) -> Response:
    """Keep an account for a year more."""
    retention.keep(case_id, me())
    return here(url_for(".desk"), _("The account stays for a year more."))


@privacy.post("/operator/privacy/cases/<uuid:case_id>/ending")
@operator
def end_case(case_id: UUID) -> Response:
    """End an account after all, in seven days."""
    retention.end(case_id, me())
    return here(url_for(".desk"), _("The account ends in seven days; its holder gets a mail and can take it back."))
