"""How somebody wants to be told: a table of events and ways, quiet hours, the time zone, a pause."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, cast
from zoneinfo import available_timezones

from flask import g, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import credentials
from blueprints.credentials import device_name
from blueprints.me import me
from blueprints.notifications.blueprint import notifications
from core import clock
from core.access import signed_in
from tenants.notifications import choices, pushing, words
from tenants.notifications.models import HOW
from tenants.notifications.rules import KINDS, LONGEST_PAUSE, Choice, Mail, Times, clock_minutes, clock_words, is_zone


@notifications.route("/me/notifications", methods=["GET", "POST"])
@signed_in
def choose() -> Any:
    """Show and change how one is told. What cannot be used is said, and everything typed stays."""
    if request.method == "GET":
        return _page(choices.choices_of(me()), _typed_of(choices.times_of(me())), {})
    chosen, typed = _chosen(), {name: request.form.get(name, "").strip()[:60] for name in ("zone", "quiet_from", "quiet_until", "paused_until")}
    typed["is_quiet"] = "1" if request.form.get("is_quiet") else ""
    times, errors = read_times(typed)
    if times is None:
        return _page(chosen, typed, errors)[0], 422
    present = choices.choices_of(me())
    choices.choose(me(), {name: choice for name, choice in chosen.items() if choice != present[name]})
    choices.choose_times(me(), typed["zone"], times.is_quiet, times.quiet_from, times.quiet_until, times.paused_until)
    return credentials.here(url_for(".choose"), _("Your notifications are saved."))


@notifications.post("/me/notifications/usual")
@signed_in
def usual() -> Response:
    """Go back to how people with one's roles are usually told; times and browsers stay."""
    choices.forget(me())
    return credentials.here(url_for(".choose"), _("Your notifications are as usual again."))


def _chosen() -> dict[str, Choice]:
    """Return the table as it was sent; what is no word of ours stays as it is."""
    present = choices.choices_of(me())
    return {
        name: Choice(f"app-{name}" in request.form, _how(request.form.get(f"mail-{name}"), choice.mail),
                     f"push-{name}" in request.form if pushing.server_key() else choice.push)
        for name, choice in present.items()
    }  # fmt: skip


def _how(sent: str | None, present: Mail) -> Mail:
    return cast(Mail, sent) if sent in HOW else present


def _typed_of(times: Times) -> dict[str, str]:
    day = ""
    if times.paused_until is not None and times.paused_until > clock.now():
        day = times.paused_until.astimezone(clock.ZoneInfo(times.zone)).date().isoformat()
    return {"zone": times.zone, "quiet_from": clock_words(times.quiet_from), "quiet_until": clock_words(times.quiet_until),
            "paused_until": day, "is_quiet": "1" if times.is_quiet else ""}  # fmt: skip


def read_times(typed: Mapping[str, str]) -> tuple[Times | None, dict[str, str]]:
    """Return the times, or None and a sentence for each field that cannot be read."""
    errors: dict[str, str] = {}
    zone = typed["zone"] or g.academy.zone
    if not is_zone(zone):
        errors["zone"] = _("Choose a time zone from the list, such as Europe/Amsterdam.")
    begin, end = (clock_minutes(typed[name]) for name in ("quiet_from", "quiet_until"))
    for name, found in (("quiet_from", begin), ("quiet_until", end)):
        if found is None:
            errors[name] = _("Write a time like 22:00.")
    paused = None if errors.get("zone") else _pause(typed["paused_until"], zone, errors)
    if errors or begin is None or end is None:
        return None, errors
    return Times(zone, bool(typed["is_quiet"]), begin, end, paused), errors


def _pause(text: str, zone: str, errors: dict[str, str]) -> datetime | None:
    """Return the beginning of the day on which mail begins again, None for no pause."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
        found = datetime.combine(day, time(), clock.ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        errors["paused_until"] = _("Choose a day from the calendar.")
        return None
    if found > clock.now() + LONGEST_PAUSE - timedelta(days=1):
        errors["paused_until"] = _("Choose a day within a year.")
    return found if found > clock.now() else None


def _page(chosen: Mapping[str, Choice], typed: Mapping[str, str], errors: Mapping[str, str]) -> tuple[str, int]:
    rows = [{"name": name, "label": words.kind_words(name), "choice": chosen[name], "is_usual": chosen[name] == KINDS[name].default_for(me().roles)}
            for name in chosen]  # fmt: skip
    hows = [("at_once", _("At once")), ("morning", _("Each morning")), ("weekly", _("Each Monday")), ("off", _("No mail"))]
    return credentials.page(
        "notifications/choose.html", None, rows=rows, hows=hows, typed=typed, errors=errors, zones=zones(), server_key=pushing.server_key(),
        browsers=pushing.browsers_of(me()), device_name=device_name, may_mail=me().can_be_mailed, today=clock.today(g.academy.zone).isoformat(),
    )  # fmt: skip


@cache
def zones() -> list[str]:
    """Return the zones to choose from: those of a place."""
    parts = ("Africa/", "America/", "Antarctica/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return [*sorted(name for name in available_timezones() if name.startswith(parts)), "UTC"]
