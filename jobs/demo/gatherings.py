"""Sessions and a survey of the demo world: one online hour, one evening in a classroom, what people thought."""

from __future__ import annotations

from datetime import time, timedelta

from core import clock
from core.i18n import ZONE
from jobs.demo.cast import DemoAcademy
from tenants.courses.models import Course
from tenants.people.models import Member
from tenants.sessions.actions import Draft, plan_session
from tenants.sessions.queries import may_take_seat
from tenants.sessions.seats import Mark, record_attendance, take_seat
from tenants.surveys.actions import empty_body, publish_survey, save_course_survey
from tenants.surveys.rules import new_question

WORDS = {
    "nl": ("Vragenuur online", "Oefenavond", "Lokaal 2", "Dorpsstraat 1, Utrecht", "Wat vond je van deze cursus?",
           "Ik kan dit morgen gebruiken op mijn werk", "Hoe waarschijnlijk is het dat je deze cursus aanraadt?", "Wat kan beter?"),
    "en": ("Question hour online", "Practice evening", "Room 2", "1 Mill Lane, York", "What did you think of this course?",
           "I can use this tomorrow", "How likely is it that you recommend this course?", "What could be better?"),
}  # fmt: skip


def gather(demo: DemoAcademy, members: dict[str, Member], courses: list[Course]) -> None:
    """Plan two sessions of the first published course and ask a survey at its end."""
    course = next((one for one in courses if one.state == "published"), None)
    if course is None:
        return
    trainer = members[demo.people[1].key]
    _meet(demo, course, trainer, members)
    _ask(demo, course, trainer)


def _meet(demo: DemoAcademy, course: Course, trainer: Member, members: dict[str, Member]) -> None:
    online, evening, room, address, *_ = WORDS[demo.language]
    day = clock.today(ZONE)
    _hold(Draft(online, "online", ZONE, day - timedelta(days=12), time(16), time(17, 30), course.id, trainer_ids=[trainer.id]), trainer, members)
    drafts = (
        Draft(online, "online", ZONE, day + timedelta(days=4), time(16), time(17), course.id,
              join_url="https://meet.example/question-hour", trainer_ids=[trainer.id]),
        Draft(evening, "classroom", ZONE, day + timedelta(days=11), time(19), time(21, 30), course.id, room, address,
              places=3, leave_ahead=1440, trainer_ids=[trainer.id]),
    )  # fmt: skip
    for draft in drafts:
        session = plan_session(draft, trainer)
        for member in members.values():
            if may_take_seat(member, session):
                take_seat(session, member)


def _hold(draft: Draft, trainer: Member, members: dict[str, Member]) -> None:
    """Plan a session that was held two weeks ago, and record who came."""
    with clock.shifted(timedelta(days=-15)):
        session = plan_session(draft, trainer)
        seats = [take_seat(session, member) for member in members.values() if may_take_seat(member, session)]
    record_attendance(session, {seat.id: Mark("present" if number else "late") for number, seat in enumerate(seats[:4])}, trainer)


def _ask(demo: DemoAcademy, course: Course, trainer: Member) -> None:
    *_, title, scale, recommend, open_ = WORDS[demo.language]
    questions = [new_question("scale", scale), new_question("nps", recommend), new_question("open", open_)]
    survey = save_course_survey(course, empty_body(title, questions=questions), trainer)
    publish_survey(survey, trainer)
