"""Reports in the demo world: the trainer gets the matrix of their course each Monday, and has a file of it; the owner too."""

from __future__ import annotations

from tenants.courses.models import Course
from tenants.people.models import Member
from tenants.reports import files, schedules
from tenants.reports.asking import Asked
from tenants.reports.schedules import Rhythm


def write(language: str, course: Course, owner: Member, trainer: Member) -> None:
    """Write schedules and files of both."""
    for member, kind, rhythm in ((trainer, "matrix", Rhythm("week", 1, "xlsx")), (owner, "help", Rhythm("month", 31, "csv"))):
        asked = Asked(course.id if kind == "matrix" else None)
        schedules.add_schedule(member, kind, asked, rhythm, language)
        files.make_file(files.ask_file(member, kind, rhythm.extension, asked, language).id, tell=False)
