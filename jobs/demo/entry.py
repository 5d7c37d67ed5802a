"""How the demo courses are entered: shown in the catalogue, one on approval with a request, and a path over them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.ids import uuid7
from jobs.demo.cast import BREAD, MED, PRIVACY
from tenants.catalogue import entering, paths
from tenants.catalogue.entering import Terms
from tenants.courses.models import Course
from tenants.people.models import Member


@dataclass(frozen=True)
class DemoEntry:
    """Of one academy: terms by course, a request (who, for what, why), and a path with its followers."""

    terms: Mapping[str, Terms]
    request: tuple[str, str, str]
    path: tuple[str, str, tuple[str, ...], tuple[str, ...]]


ENTRIES = {
    "zorgwijs": DemoEntry(
        {MED: Terms("approval", places=20, is_listed=True), PRIVACY: Terms("free", lasts_days=365, may_renew=True, is_listed=True)},
        ("joris", MED, "Ik neem in maart de groep van Noor over en wil zien wat de deelnemers leren."),
        ("Startklaar in de thuiszorg", "Na dit leerpad kun je zelfstandig op pad.", (PRIVACY, MED), ("sanne", "yusuf")),
    ),
    "crumb": DemoEntry(
        {BREAD: Terms("approval", places=12, is_listed=True)},
        ("", BREAD, "I would like to bake along this autumn."),
        ("Home baker", "You bake a loaf every week and know why it works.", (BREAD,), ()),
    ),
}  # fmt: skip


def write_entry(slug: str, members: Mapping[str, Member], courses: Mapping[str, Course], takers: Mapping[str, list[str]]) -> None:
    """Set the terms, ask once, and lay the path; nobody comes into a course that they do not take already.

    `takers`: the keys of those who take each course.
    """
    entry = ENTRIES.get(slug)
    if entry is None:
        return
    owner = next(member for member in members.values() if "owner" in member.roles)
    for course, terms in entry.terms.items():
        entering.save_entry(courses[course], terms, owner)
    who, wanted, reason = entry.request
    asking = who or next((key for key in members if key not in takers.get(wanted, [])), "")
    if asking:
        entering.ask(members[asking], courses[wanted], reason)
    _path(entry, members, courses, takers, owner)


def _path(
    entry: DemoEntry, members: Mapping[str, Member], courses: Mapping[str, Course], takers: Mapping[str, list[str]],
    owner: Member,
) -> None:
    title, summary, steps, followers = entry.path
    path = paths.create_path(uuid7(), title, owner)
    paths.change_path(path, title, summary, is_sequential=True)
    for course in steps:
        paths.add_step(path, [courses[course].id])
    paths.publish_path(path, owner)
    ready = [key for key in (followers or takers.get(steps[0], ())) if all(key in takers.get(one, []) for one in steps)]
    paths.follow(path, [members[key] for key in ready], owner)
