"""Believable words for the component page and the drawn screens."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

MINUTES = (6.0, 9.0, 8.0, 5.0, 12.0, 7.0, 8.0, 10.0, 8.0, 14.0, 12.0, 11.0, 8.0, 6.0, 12.0)
WOUND = (7.0, 12.0, 9.0, 15.0, 8.0, 11.0, 6.0, 14.0, 10.0)
TALKS = (9.0, 11.0, 7.0, 13.0, 8.0, 12.0, 10.0)


class SampleForm(FlaskForm):
    """One field of every kind."""

    name = StringField("Name of the academy", default="Zorgwijs")
    email = EmailField("Work e-mail", default="sanne@zorgwijs")
    password = PasswordField("Password")
    role = SelectField("Role", choices=[("participant", "Participant"), ("trainer", "Trainer")])
    minutes = IntegerField("Time needed", default=12)
    about = TextAreaField("What is it about?", default="Safe medication at home.")
    pace = RadioField("Pace", choices=[("own", "Own pace"), ("group", "With a group")], default="own")
    agree = BooleanField("I have read the agreement")
    questions = BooleanField("Participants can ask questions", default=True)
    picture = FileField("Picture")
    colour = StringField("Brand colour", default="#14685a")

    def show_errors(self) -> None:
        """Put two errors on the form, as if it had come back."""
        self.email.errors = ["This address has no domain. Write it like name@example.nl."]
        self.password.errors = ["Use at least 12 characters."]


def segments(minutes: tuple[float, ...], done: int, part: float = 0.0) -> list[tuple[float, str, float]]:
    """Return ruler segments with the first `done` lessons done and the next one begun for `part`."""
    states = ["done" if n < done else "here" if n == done and part else "todo" for n in range(len(minutes))]
    return [(m, state, part) for m, state in zip(minutes, states, strict=True)]


def lesson(title: str, length: str, state: str = "done") -> dict[str, Any]:
    """Return one line of the lesson thread."""
    return {"title": title, "url": "#l", "state": state, "length": length, "current": state == "here"}


def outline() -> list[dict[str, Any]]:
    """Return the outline of the drawn course."""
    return [
        {
            "title": "Module 1: Why it matters",
            "lessons": [
                lesson("What can go wrong", "6:00"),
                lesson("Your role and the law", "9:10"),
                lesson("Reporting without blame", "8:30"),
            ],
        },
        {
            "title": "Module 2: Getting ready",
            "lessons": [
                lesson("Reading the medication order", "5:20"),
                lesson("Calculating a dose", "12:00"),
                lesson("Storage and expiry", "7:15"),
            ],
        },
        {
            "title": "Module 3: Giving medication",
            "lessons": [
                lesson("The five rights", "8:40"),
                lesson("Injections at home", "14:05"),
                lesson("The double check for high-risk medication", "11:20", "here"),
                lesson("When a client refuses", "8:00", "todo"),
                lesson("Final test", "12:00", "locked"),
            ],
        },
    ]


EDITOR_OUTLINE = [
    (
        "1. Why it matters",
        [
            ("What can go wrong", "video", 6),
            ("Your role and the law", "text", 9),
            ("Reporting without blame", "text", 8),
        ],
    ),
    (
        "2. Getting ready",
        [("Reading the order", "video", 5), ("Calculating a dose", "quiz", 12), ("Storage and expiry", "text", 7)],
    ),
    (
        "3. Giving medication",
        [
            ("The five rights", "video", 8),
            ("Injections at home", "video", 14),
            ("The double check for high-risk medication", "video", 12),
            ("When a client refuses", "pen", 8),
            ("Final test", "quiz", 12),
        ],
    ),
]

PEOPLE = [
    {"name": "Sanne de Wit", "place": "Lesson 11 of 15", "seen": "today", "score": 82},
    {"name": "Milan Okafor", "place": "Lesson 4 of 15", "seen": "12 days ago", "score": 61},
    {"name": "Fatima el Amrani", "place": "Done", "seen": "yesterday", "score": 95},
]
COLUMNS = [
    {"key": "name", "label": "Name", "url": "#name", "sort": "ascending"},
    {"key": "place", "label": "Where", "url": "#place"},
    {"key": "seen", "label": "Last seen"},
    {"key": "score", "label": "Score", "numeric": True},
]


def nav() -> list[dict[str, Any]]:
    """Return the links of the drawn dashboard."""
    return [
        {"label": "My learning", "short": "Learning", "url": "#", "icon": "home", "current": True},
        {"label": "Catalogue", "url": "#catalogue", "icon": "books"},
        {"label": "Messages", "url": "#messages", "icon": "chat", "count": 2},
    ]


def samples() -> dict[str, Any]:
    """Return everything that the drawn screens show."""
    return {
        "nav_items": nav(),
        "outline": outline(),
        "editor_outline": EDITOR_OUTLINE,
        "people": PEOPLE,
        "columns": COLUMNS,
        "medication": segments(MINUTES, 10, 0.33),
        "wound": segments(WOUND, 3),
        "talks": segments(TALKS, 0),
        "events": EVENTS,
        "tab_items": TABS,
    }


EVENTS = [
    {
        "title": "Published 3 changes",
        "text": "Medication safety in home care",
        "time": "today, 14:02",
        "moment": "2026-11-23T14:02:00+01:00",
        "icon": "check",
    },
    {
        "title": "Invited 4 people",
        "text": "Group North",
        "time": "21 November",
        "moment": "2026-11-21T09:10:00+01:00",
        "icon": "mail",
    },
    {"title": "Opened the academy", "time": "2 November", "moment": "2026-11-02T10:00:00+01:00", "icon": "building"},
]
TABS = [
    {"label": "Lessons", "url": "#", "current": True},
    {"label": "People", "url": "#people", "count": 14},
    {"label": "Settings", "url": "#settings"},
]
