"""The demo world's certificates: the first course of each academy gives one; past results were taken over."""

from __future__ import annotations

from decimal import Decimal

from tenants.certificates import design_actions
from tenants.certificates.design_actions import DesignDraft
from tenants.courses.models import Course
from tenants.imports.reading import table_of
from tenants.past import actions as past
from tenants.people.models import Member

BODY = {
    "nl": "Hiermee verklaren wij dat\n\n{name}\n\nop {date} de cursus {course} heeft afgerond.\n\nStudielast: {hours}.",
    "en": "This is to certify that\n\n{name}\n\nhas completed the course {course} on {date}.\n\nStudy load: {hours}.",
}
PAST = {"nl": ("Bedrijfshulpverlening", "Sociale hygiëne", "Geslaagd"), "en": ("Food hygiene", "First aid", "Passed")}


def write(language: str, course: Course, owner: Member, trainer: Member, learner: Member) -> None:
    """Give the course a certificate, signed by the trainer, and the learner one from another system."""
    title = {"nl": "Certificaat", "en": "Certificate"}[language]
    draft = DesignDraft(title, BODY[language], f"{trainer.name}, trainer", language=language, valid_months=24)
    design_actions.certify(course, design_actions.create_design(draft, owner), Decimal("12.5"), True, owner)
    _take_past(language, course, owner, learner)


def _take_past(language: str, course: Course, owner: Member, learner: Member) -> None:
    """Take over what the learner did elsewhere: a certificate with hours, an older result, and one with a problem left out."""
    first, second, words = PAST[language]
    rows = ["email,course,date,result,hours,points,certificate number,valid until",
            f"{learner.email},{first},2025-01-17,87%,12.5,,2025-0117,2027-01-17", f"{learner.email},{second},2023-05-09,{words},6,2,,",
            f"{learner.email},{course.title},2024-03-11,7,,,,", f"someone@example.org,{first},2025-01-17,,,,,"]  # fmt: skip
    draft = past.keep(table_of("\n".join(rows).encode()), "results.csv", owner)
    past.confirm(owner, draft.id, leave_wrong=True)
    past.take(draft.id)
    past.keep(table_of("\n".join([rows[0], rows[1], f"{owner.email},{second},2022-11-02,=1+1,4,,,", rows[4]]).encode()), "more.csv", owner)
