"""The main navigation of each side, by what the person may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from flask import g, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from blueprints.me import me
from core.figures import Figure, numbers_of
from tenants.exercises.desk import waiting_figure


@dataclass(frozen=True)
class Item:
    """One place in the main navigation."""

    label: str
    url: str
    icon: str
    current: bool
    endpoint: str = ""
    short: str = ""

    @cached_property
    def count(self) -> int:
        """Return the number behind it, 0 for none; asked for only by a page that draws the navigation."""
        return counts().get(self.endpoint, 0) if self.endpoint in _counters else 0

    @property
    def live_for(self) -> str:
        """Return for whom the number keeps up while the page is open (static/js/chat-badge.js); nothing if it does not."""
        return str(current_user.id) if self.endpoint == "chat.index" else ""

    @property
    def count_words(self) -> str:
        """Return of what the number is."""
        return str(_counters[self.endpoint][1]) if self.endpoint in _counters else ""


Counter = Callable[[frozenset[str]], Figure | None]
MOST_COUNTED = 99
_counters: dict[str, tuple[Counter, object]] = {}


def counted(endpoint: str, counter: Counter, words: object) -> None:
    """Show the number `counter(roles)`, if there is one, beside the entry of `endpoint`; `words` say of what, for those who hear the page."""
    _counters[endpoint] = (counter, words)


def counts() -> dict[str, int]:
    """Return the numbers of this page's navigation by endpoint, asked once a request in one statement; none while Postgres
    is away."""
    if "nav_counts" not in g:
        roles: frozenset[str] = current_user.roles
        figures = {endpoint: counter(roles) for endpoint, (counter, _words) in _counters.items()}
        try:
            found_now = numbers_of({endpoint: figure for endpoint, figure in figures.items() if figure is not None})
            g.nav_counts = {endpoint: min(MOST_COUNTED, number) for endpoint, number in found_now.items()}
        except DBAPIError:
            g.nav_counts = {}
    found: dict[str, int] = g.nav_counts
    return found


# endpoint, label, icon, roles that see it (empty: everybody)
ACADEMY = (
    ("learning.home", _l("My learning"), "home", frozenset[str]()),
    ("chat.index", _l("Messages"), "chat", frozenset[str]()),
    ("reviews.index", _l("Review"), "pen", frozenset({"trainer", "manager", "owner"})),
    ("reports.index", _l("Progress"), "list", frozenset({"trainer", "manager", "owner"})),
    ("courses.index", _l("Courses"), "books", frozenset({"author", "manager", "owner"})),
    ("bank.index", _l("Question bank"), "quiz", frozenset({"author", "manager", "owner"})),
    ("media.index", _l("Media"), "image", frozenset({"author", "manager", "owner"})),
    ("people.index", _l("People"), "user", frozenset({"manager", "owner"})),
    ("groups.index", _l("Groups"), "people", frozenset({"trainer", "manager", "owner"})),
    ("catalogue.index", _l("Catalogue"), "search", frozenset[str]()),
    ("sessions.agenda", _l("Agenda"), "cal", frozenset[str]()),
    ("certificates.index", _l("Certificates"), "award", frozenset[str]()),
    ("settings.show", _l("Settings"), "gear", frozenset({"manager", "owner"})),
)


def nav_items() -> list[Item]:
    """Return what the signed-in person sees in the main navigation."""
    if not current_user.is_authenticated:
        return []
    return _academy_items() if g.get("side") == "academy" else _platform_items()


def _academy_items() -> list[Item]:
    roles: frozenset[str] = current_user.roles
    seen = [entry for entry in ACADEMY if not entry[3] or entry[3] & roles]
    return [_item(endpoint, str(label), icon) for endpoint, label, icon, _ in seen]


def _platform_items() -> list[Item]:
    operates = request.path.startswith("/operator/")
    items = [Item(str(_l("Your academies")), url_for("academies.index"), "home",
                  request.blueprint == "academies" and not operates, short=str(_l("My own")))]  # fmt: skip
    if current_user.is_operator:
        items.append(Item(str(_l("All academies")), url_for("academies.all"), "books", operates and request.blueprint in ("academies", "legal", "privacy", "processing"), short=str(_l("Academies"))))
        items.append(Item(str(_l("Demo requests")), url_for("leads.index"), "people", request.blueprint == "leads", short=str(_l("Demos"))))
        items.append(Item(str(_l("Newsletter")), url_for("newsletter.index"), "text", request.blueprint == "newsletter"))
        items.append(Item(str(_l("Mail")), url_for("inbox.index"), "mail", request.blueprint == "inbox"))
    return items


# Pages of other features that stand under one of these.
BELONGS = {
    "study.own": "certificates.index", "study.person": "reports.index", "past.upload": "certificates.index", "past.show": "certificates.index",
    "member_privacy.desk": "people.index", "member_privacy.request_page": "people.index", "member_privacy.enter": "people.index",
}  # fmt: skip


def _item(endpoint: str, label: str, icon: str) -> Item:
    blueprint = endpoint.split(".")[0]
    here = endpoint in (request.endpoint, BELONGS.get(request.endpoint or "")) or (request.blueprint == blueprint and not _has_own_entry(request.endpoint))
    return Item(label, url_for(endpoint), icon, here, endpoint)


def _has_own_entry(endpoint: str | None) -> bool:
    return endpoint in {entry[0] for entry in ACADEMY}


def count_hand_ins(roles: frozenset[str]) -> Figure | None:
    """Return the number of hand-ins that wait in the person's own queue."""
    return waiting_figure(me()) if roles & {"trainer", "manager", "owner"} else None


counted("reviews.index", count_hand_ins, _l("hand-ins to review"))
