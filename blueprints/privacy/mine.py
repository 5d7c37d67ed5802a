"""One's own data: seen and taken along, after the password was given again."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l

from blueprints import credentials
from blueprints.academies.me import me
from blueprints.privacy.blueprint import privacy
from blueprints.privacy.words import FIELDS, MACHINE, TOLD
from blueprints.proof import ProofForm, ask_for_proof, is_proven
from core import clock
from core.access import signed_in
from core.accounts import signing
from core.audit.actions import record
from core.i18n import format_moment
from core.privacy import finding
from core.privacy.finding import Fact, Found
from core.sessions import token_of
from core.urls import safe_next

MOST_SHOWN = 50


@privacy.route("/me/proof", methods=["GET", "POST"])
@signed_in
def prove() -> Any:
    """Ask for the password again."""
    form = ProofForm(data={"next": request.args.get("next", "")})
    if form.validate_on_submit():
        if signing.prove(me().id, token_of(request) or "", form.password.data, credentials.address()):
            return redirect(safe_next(form.next.data, url_for(".mine")), 303)
        form.refuse()
    return credentials.page("privacy/proof.html", form)


@privacy.get("/me/data")
@signed_in
def mine() -> Any:
    """Show all that is kept about oneself: what, why, for how long, and what happens to it at the end."""
    if not is_proven():
        return ask_for_proof()
    found = finding.held(me())
    return render_template("privacy/mine.html", found=[one for one in found if one.rows], empty=[one for one in found if not one.rows], told=TOLD,
                           lines=lines, most=MOST_SHOWN)  # fmt: skip


@privacy.get("/me/data.zip")
@signed_in
def take() -> Any:
    """Give all of it as one file: a page to read, and the same for programs."""
    if not is_proven():
        return ask_for_proof()
    record("account.data_taken", actor_id=me().id)
    name = f"kweek-{clock.now():%Y-%m-%d}.zip"
    return Response(packed(), mimetype="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"})


def packed() -> bytes:
    """Return the ZIP."""
    found, out = finding.held(me()), io.BytesIO()
    page = render_template("privacy/taken.html", found=found, told=TOLD, lines=lines, at=clock.now(), person=me())
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", page)
        archive.writestr("data.json", json.dumps(for_programs(found), ensure_ascii=False, indent=2))
    return out.getvalue()


def for_programs(found: list[Found]) -> dict[str, Any]:
    """Return all of it with what the tables declare: {"made": moment, "tables": {table: {"columns": {...}, "rows": [...]}}}."""
    tables = {
        one.table: {
            "title": str(TOLD[one.table].title), "why": str(TOLD[one.table].why), "kept": str(TOLD[one.table].kept), "at_the_end": str(TOLD[one.table].end),
            "columns": {fact.name: {key: fact.info.get(key) for key in ("purpose", "personal", "retention", "on_erasure")} for fact in (one.rows[0] if one.rows else [])},
            "rows": [{fact.name: plain(fact.value) for fact in row} for row in one.rows],
        }
        for one in found
    }  # fmt: skip
    return {"made": clock.now().isoformat(), "tables": tables}


def plain(value: Any) -> Any:
    """Return a value as JSON knows it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def lines(row: list[Fact]) -> list[tuple[str, str]]:
    """Return what a person reads of a row: label and value, without what only the machine needs and what is empty."""
    return [(str(FIELDS[fact.name]), shown(fact.value)) for fact in row if fact.name not in MACHINE and fact.value not in (None, "", {}, [])]


def shown(value: Any) -> str:
    """Return a value in words."""
    if isinstance(value, bool):
        return str(_l("Yes") if value else _l("No"))
    if isinstance(value, datetime):
        return format_moment(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
