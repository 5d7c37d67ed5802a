"""Writes the demo world by the same verbs that people use, once. Runs with the owner's credentials."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.academies.models import Academy
from core.accounts.models import Account
from core.accounts.passwords import hash_password
from core.db import CORE, academy_scope, db
from core.ids import uuid7
from core.outbox.models import Work
from core.owner import owner_connection
from core.sealed import matches
from core.urls import academy_url, platform_url
from jobs.demo import (
    agreements,
    bank,
    certificates,
    chat,
    groups,
    inbox,
    invitations,
    leads,
    newsletter,
    notices,
    organisations,
    people,
    portraits,
    reports,
    transfer,
)
from jobs.demo.answers import rightly, wrongly
from jobs.demo.assessments import add_test, sit
from jobs.demo.cast import ACADEMIES, DEMO_PASSWORD, OPERATOR, DemoAcademy, Person, Stand
from jobs.demo.content import MEDIA, DemoBlock, DemoCourse, DemoQuestion, load_courses
from jobs.demo.entry import write_entry
from jobs.demo.exercises import add_exercise, hand_in_all
from jobs.demo.gatherings import gather
from tenants.courses.actions import add_lesson, add_module, create_course
from tenants.courses.block_actions import ChoiceDraft, QuestionDraft, add_block, save_picture, save_question
from tenants.courses.models import Course, Lesson
from tenants.courses.publishing import publish_course
from tenants.files.actions import store_file
from tenants.files.models import File
from tenants.learning import actions as learning
from tenants.learning.queries import OpenLesson, course_for, lesson_for, questions_of
from tenants.opening import open_academy
from tenants.people.models import Member, MemberRole
from tenants.people.queries import member_by_email, member_of_account
from tenants.provision import refill_spares

UNDECIDED = {"nl": "Daar wil ik nog over nadenken.", "en": "I want to think about this a little longer."}


def load(print_only: bool = False) -> None:
    """Write the demo world unless it stands, or only print who may sign in where."""
    if not print_only:
        for demo in ACADEMIES:
            _load_academy(demo)
        return
    print("\n".join(_logins()), flush=True)


def _logins() -> Iterable[str]:
    yield f"\nDemo logins, all with the password  {DEMO_PASSWORD}"
    for demo in ACADEMIES:
        learner = next(person for person in demo.people if person.roles == ("participant",))
        yield f"  {academy_url(demo.slug)}   {demo.name}"
        for word, person in (("participant", learner), ("trainer", demo.people[1])):
            yield f"      {word:<12} {demo.email(person)}"
        yield f"      {'without mail':<12} {invitations.WORDS[demo.language].people[0][0]}"
    yield f"  {platform_url()}   the platform"
    for demo in ACADEMIES:
        yield f"      {'owner':<12} {demo.email(demo.people[0])}"
    yield f"      {'operator':<12} {OPERATOR}"
    yield f"  Mail that was written: {platform_url('/_dev/mail/')}, and /_dev/mail/ at each academy\n"


def _load_academy(demo: DemoAcademy) -> None:
    """Open the academy and fill it; one that is open already stays as people left it."""
    with db.scope(CORE):
        if db.session.scalar(sa.select(Academy.number).where(Academy.slug == demo.slug)) is not None:
            return
    with owner_connection() as owner:
        refill_spares(owner, 1)
    print(f"Writing the demo academy {demo.name} ...", flush=True)
    number, owner_id = _open(demo)
    with db.scope(academy_scope(number), commit=True):
        fill(demo, owner_id)


def fill(demo: DemoAcademy, owner_id: UUID | None) -> dict[str, Member]:
    """Write the academy's people and all that they made, in the academy at hand; return the people by key."""
    members = _people(demo, owner_id)
    courses = {course.slug: (_course(course, members), course) for course in load_courses(demo.slug)}
    db.session.flush()
    learner = next(person for person in demo.people if person.roles == ("participant",))
    certificates.write(demo.language, next(iter(courses.values()))[0],
                       *(members[person.key] for person in (demo.people[0], demo.people[1], learner)))  # fmt: skip
    for person in demo.people:
        for stand in person.stands:
            _enrol(members[person.key], courses[stand.course][0], stand)
    for slug, (course, _) in courses.items():
        hand_in_all(slug, course, members)
    for person in demo.people:
        for stand in person.stands:
            _walk(members[person.key], *courses[stand.course], stand)
    takers = {slug: [person.key for person in demo.people for stand in person.stands if stand.course == slug] for slug in courses}
    write_entry(demo.slug, members, {slug: course for slug, (course, _) in courses.items()}, takers)
    gather(demo, members, [course for course, _ in courses.values()])
    bank.write(demo, [course for course, _ in courses.values()], members[demo.people[1].key])
    slug, published = next((slug, course) for slug, (course, _) in courses.items() if course.state == "published")
    lead, trainer = (members[one.key] for one in demo.people[:2])
    invitations.write(demo, lead, published, _password())
    groups.add_group(demo.language, lead, trainer, [members[key] for key in takers[slug][:5]], published)
    reports.write(demo.language, published, lead, trainer)
    transfer.write(next(iter(courses.values()))[0], members[demo.people[1].key])
    organisations.write(demo, members, published)
    people.write(demo, members[demo.people[0].key])
    portraits.write(members)
    chat.write(demo.slug, members, {slug: course for slug, (course, _) in courses.items()})
    notices.write(members.values())
    return members


def _open(demo: DemoAcademy) -> tuple[int, UUID]:
    """Return the number of the opened academy and its owner's account; the demo brings its own courses."""
    with db.scope(CORE, commit=True):
        operator = _account(OPERATOR, "Olivier", "Operator", is_operator=True)
        leads.write(operator)
        newsletter.write(operator)
        inbox.write(operator)
        first = demo.people[0]
        owner = _account(demo.email(first), first.first_name, first.last_name, language=demo.language)
        academy = open_academy(demo.name, demo.slug, owner, demo.colour, demo.language)
        agreements.write(academy, owner, demo.language)
        db.session.execute(
            sa.update(Work).where(Work.once == f"furnish-{academy.number}")
            .values(done_at=clock.now())
        )  # fmt: skip
        return academy.number, owner.id


def _account(email: str, first: str, last: str, is_operator: bool = False, language: str = "nl") -> Account:
    known = db.session.scalar(sa.select(Account).where(matches(Account, "email", email)))
    if known is not None:
        return known
    account = Account(email=email, first_name=first, last_name=last, language=language, is_operator=is_operator,
                      password_hash=_password(), email_confirmed_at=clock.now())  # fmt: skip
    db.session.add(account)
    db.session.flush()
    agreements.accept_all(account)
    return account


@functools.cache
def _password() -> str:
    """Return one hash for all: they share the password, and argon2id is slow on purpose."""
    return hash_password(DEMO_PASSWORD)


def _people(demo: DemoAcademy, owner_id: UUID | None) -> dict[str, Member]:
    return {person.key: _member(demo, person, owner_id if person is demo.people[0] else None) for person in demo.people}


def _member(demo: DemoAcademy, person: Person, account_id: UUID | None) -> Member:
    known = member_of_account(account_id) if account_id else member_by_email(demo.email(person))
    member = known or Member(email=demo.email(person), first_name=person.first_name, last_name=person.last_name)
    member.password_hash, member.email_confirmed_at, member.language = _password(), clock.now(), demo.language
    have = member.roles
    member.role_rows.extend(MemberRole(role=role) for role in person.roles if role not in have)
    db.session.add(member)
    db.session.flush()
    return member


def _course(demo: DemoCourse, members: dict[str, Member]) -> Course:
    trainer = members[demo.trainer]
    course = create_course(demo.title, by=trainer, module_title="", lesson_title="", language=demo.language,
                           cover=demo.cover, summary=demo.summary, trainer=trainer, empty=True)  # fmt: skip
    for part in demo.modules:
        module = add_module(course, part.title)
        for one in part.lessons:
            lesson = add_lesson(module, one.title, minutes=one.minutes, done_when=one.done_when)
            for block in one.blocks:
                _block(lesson, block, trainer)
    add_exercise(demo.slug, course)
    add_test(demo.slug, course)
    if demo.state == "published":
        publish_course(course, trainer)
    return course


def _block(lesson: Lesson, demo: DemoBlock, by: Member) -> None:
    if demo.kind == "text":
        add_block(lesson, "text", {"markdown": demo.markdown})
    elif demo.kind == "image":
        file = _file("image", demo.file, by)
        add_block(lesson, "image", {"file_id": str(file.id), "alt": demo.alt, "caption": demo.caption,
                                    "width": file.width, "height": file.height})  # fmt: skip
    elif demo.kind == "video":
        file = _file("video", demo.file, by)
        captions = [{"file_id": str(_file("captions", one.file, by).id), "language": one.language}
                    for one in demo.captions]  # fmt: skip
        add_block(lesson, "video", {"file_id": str(file.id), "title": demo.title, "transcript": demo.transcript,
                                    "captions": captions, "media_type": file.media_type, "seconds": file.seconds})  # fmt: skip
    elif demo.file:
        file = _file("document" if demo.kind == "file" else "audio", demo.file, by)
        facts = {"file_id": str(file.id), "media_type": file.media_type, "size_bytes": file.size_bytes}
        add_block(lesson, demo.kind, {**demo.body, **facts})
    elif demo.question is None:
        add_block(lesson, demo.kind, demo.body)
    else:
        block = add_block(lesson, "question")
        save_question(block, _draft(demo.question))
        if demo.question.file:
            picture = _file("image", demo.question.file, by)
            save_picture(block, {"file_id": str(picture.id), "width": picture.width, "height": picture.height})


def _file(kind: str, name: str, by: Member) -> File:
    with (MEDIA / name).open("rb") as source:
        return store_file(kind, source, name, by)


def _draft(demo: DemoQuestion) -> QuestionDraft:
    choices = [ChoiceDraft(text=one.text, is_right=one.is_right, feedback=one.feedback) for one in demo.choices]
    return QuestionDraft(kind=demo.kind, prompt=demo.prompt, feedback_right=demo.feedback_right,
                         feedback_again=demo.feedback_again, choices=choices, hint=demo.hint, rule=dict(demo.rule))  # fmt: skip


def _enrol(member: Member, course: Course, stand: Stand) -> None:
    start = stand.days_ago + max(stand.done, 1) * 0.8
    with clock.shifted(timedelta(days=-start)):
        learning.enrol(member, course)


def _walk(member: Member, course: Course, demo: DemoCourse, stand: Stand) -> None:
    """Let the member learn as far as the stand says, over the days before today."""
    said = list(stand.said)
    steps = course_for(member, course.id).way.steps
    for number, (step, _) in enumerate(zip(steps, demo.lessons, strict=True)):
        if number > stand.done or (number == stand.done and not stand.begun):
            break
        ago = stand.days_ago + (stand.done - number) * 0.8
        with clock.shifted(timedelta(days=-ago)):
            here = lesson_for(member, course.id, UUID(step.id))
            learning.open_lesson(here.taken, here.step)
            if here.step.kind == "test":
                sit(member, here, passes=number < stand.done)
            elif number < stand.done:
                _finish(here, said, stand.hesitant and number % 2 == 0)
            else:
                _stop_halfway(here)
    db.session.flush()


def _stop_halfway(here: OpenLesson) -> None:
    """Stop a third into the lesson's film, or at its middle block."""
    blocks = here.page.content["blocks"]
    film = next((block for block in blocks if block["kind"] == "video" and block["seconds"]), None)
    if film is not None:
        learning.save_place(here, film["id"], second=film["seconds"] / 3)
    else:
        learning.save_place(here, blocks[len(blocks) // 2]["id"])


def _finish(here: OpenLesson, said: list[str], hesitates: bool) -> None:
    for question in questions_of(here.page.content):
        if question["kind"] == "open":
            text = said.pop(0) if said else UNDECIDED[here.taken.course.language]
            learning.check_answer(here, UUID(question["id"]), {"text": text}, uuid7())
            continue
        for given in [wrongly(question), rightly(question)] if hesitates else [rightly(question)]:
            learning.check_answer(here, UUID(question["id"]), given, uuid7())
    learning.mark_done(here)
