"""What the product does for each role, as the public pages say it. Only what is there."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _


@dataclass(frozen=True)
class Role:
    """One role: how it is called, what it is about, and what it can do, the most wanted first."""

    title: str
    lead: str
    lines: tuple[str, ...]


def roles() -> list[Role]:
    """Return the roles in the order in which people come to an academy."""
    return [
        Role(_("Participants"), _("Learn in small steps, and always know what counts."), (
            _("Resume where you stopped, on any device, also after the connection was lost."),
            _("Practise with answers that explain themselves, and take tests that lose nothing."),
            _("Hand in exercises, and talk with your trainer at the lesson that it is about."),
            _("Receive certificates that anybody can verify, and keep them."),
            _("Choose yourself what is mailed to you, and when it is quiet."),
        )),
        Role(_("Trainers"), _("Give feedback that people use, without looking for work."), (
            _("Review hand-ins one after the other on one screen, with rubrics and saved phrases."),
            _("See who needs help, and why, before they give up."),
            _("Plan sessions, keep attendance, and invite calendars."),
            _("Talk with groups and courses, and announce what everybody must know."),
        )),
        Role(_("Authors"), _("Write courses the way they will look."), (
            _("Text, films, questions of eleven kinds, exercises and surveys, edited in place."),
            _("Publish changes when they are ready; who is under way keeps their progress."),
            _("Bring questions along from Moodle XML, GIFT, Aiken and spreadsheets, with a report of each line."),
            _("Copy whole courses between academies, as one documented file."),
        )),
        Role(_("Owners and managers"), _("Run the academy, and answer for its data."), (
            _("Invite people by mail, by link or from a spreadsheet; nothing is half imported."),
            _("Groups, client organisations, learning paths, requests and waiting lists."),
            _("Reports that you can look at, take along, or have mailed every week."),
            _("Remove a person with everything of theirs, or close the academy with a receipt."),
        )),
    ]  # fmt: skip
