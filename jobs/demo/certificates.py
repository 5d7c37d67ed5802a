"""The demo world's certificates: the first course of each academy gives one; one past certificate was taken over."""

from __future__ import annotations

from decimal import Decimal

from tenants.certificates import design_actions, importing
from tenants.certificates.design_actions import DesignDraft
from tenants.courses.models import Course
from tenants.people.models import Member

BODY = {
    "nl": "Hiermee verklaren wij dat\n\n{name}\n\nop {date} de cursus {course} heeft afgerond.\n\nStudielast: {hours}.",
    "en": "This is to certify that\n\n{name}\n\nhas completed the course {course} on {date}.\n\nStudy load: {hours}.",
}
PAST = {"nl": "Bedrijfshulpverlening", "en": "Food hygiene"}


def write(language: str, course: Course, owner: Member, trainer: Member, learner: Member) -> None:
    """Give the course a certificate, signed by the trainer, and the learner one from another system."""
    title = {"nl": "Certificaat", "en": "Certificate"}[language]
    draft = DesignDraft(title, BODY[language], f"{trainer.name}, trainer", language=language, valid_months=24)
    design_actions.certify(course, design_actions.create_design(draft, owner), Decimal("12.5"), True, owner)
    importing.take(f"number,email,course,date\n2025-0117,{learner.email},{PAST[language]},2025-01-17", owner)
