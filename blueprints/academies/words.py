"""What states, steps and refusals are called on the pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

STATES = {
    "active": _l("Open"),
    "suspended": _l("Suspended"),
    "closing": _l("Closing"),
    "fenced": _l("Being destroyed"),
    "closed": _l("Closed"),
}
STATE_TAGS = {"active": "ok", "suspended": "warn", "closing": "warn", "fenced": "warn", "closed": ""}

SLUG_PROBLEMS = {
    "shape": _l("Use 3 to 40 small letters, digits and single hyphens, and begin with a letter."),
    "reserved": _l("This address is kept for the platform. Choose another one."),
    "alike": _l("This address can be mistaken for another one. Choose one that looks different."),
    "taken": _l("This address is taken. Choose another one."),
    "resting": _l("An academy that was closed had this address not long ago. Choose another one."),
}

STEPS = {
    "waiting": _l("The days to undo are over"),
    "fence": _l("Nobody can enter any more"),
    "drain": _l("Everybody who was inside is out"),
    "cancel": _l("Waiting work is cancelled"),
    "export": _l("The final export is made and checked"),
    "drop": _l("All tables, the schema and its role are dropped"),
    "files": _l("All files are deleted"),
    "key": _l("The key is destroyed and the master key renewed"),
}

TABLES = {
    "members": _l("people"),
    "courses": _l("courses"),
    "lessons": _l("lessons"),
    "enrolments": _l("enrolments"),
    "answers": _l("answers"),
    "attempts": _l("attempts"),
    "progress": _l("progress records"),
}
