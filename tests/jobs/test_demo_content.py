"""The demo content holds together: courses parse, questions can be answered, media exist and are small."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image

from jobs.demo.cast import ACADEMIES, DemoAcademy, Person, Stand
from jobs.demo.content import (
    CONTENT,
    MEDIA,
    ContentError,
    DemoBlock,
    DemoCourse,
    DemoLesson,
    load_courses,
    parse_course,
)

COVERS = {"pills", "bread", "lock", "bubbles", "circles", "book"}
IMAGE_LIMIT_BYTES, VIDEO_LIMIT_BYTES = 60_000, 400_000
FRONT = (
    "---\nslug: s\nacademy: a\ntitle: T\ncover: book\nsummary: S\nlanguage: en\nstate: draft\ntrainer: t\n---\n"
    "# Part\n## One\nminutes: 5\ndone: marked\n\n"
)
COURSES = load_courses()
LESSONS = [(course, lesson) for course in COURSES for lesson in course.lessons]
BLOCKS = [(lesson, block) for _, lesson in LESSONS for block in lesson.blocks]
QUESTIONS = [(lesson, question) for _, lesson in LESSONS for question in lesson.questions]


def course(slug: str) -> DemoCourse:
    """Return the demo course with this slug."""
    return next(one for one in COURSES if one.slug == slug)


def blocks(kind: str) -> list[tuple[DemoLesson, DemoBlock]]:
    """Return all blocks of one kind with their lessons."""
    return [(lesson, block) for lesson, block in BLOCKS if block.kind == kind]


def test_every_file_is_a_course_with_the_promised_lessons() -> None:
    assert len(COURSES) == len(list(CONTENT.glob("*.md")))
    assert {one.slug: (one.state, one.language, len(one.lessons)) for one in COURSES} == {
        "medicatieveiligheid": ("published", "nl", 15),
        "privacy-op-het-werk": ("published", "nl", 8),
        "moeilijke-gesprekken": ("draft", "nl", 3),
        "bread-that-works": ("published", "en", 10),
    }


def test_double_check_is_lesson_eleven() -> None:
    assert course("medicatieveiligheid").lessons[10].title == "De dubbele controle bij risicovolle medicatie"


@pytest.mark.parametrize("one", COURSES, ids=lambda one: one.slug)
def test_course_names_its_cover_summary_and_a_trainer_of_its_academy(one: DemoCourse) -> None:
    people = {academy.slug: academy.people for academy in ACADEMIES}[one.academy]
    assert one.cover in COVERS
    assert 40 < len(one.summary) < 250
    assert "trainer" in next(person.roles for person in people if person.key == one.trainer)


def test_lesson_titles_are_unique_in_their_course() -> None:
    for one in COURSES:
        titles = [lesson.title for lesson in one.lessons]
        assert len(titles) == len(set(titles))


def test_every_lesson_takes_minutes_and_has_one_to_six_blocks() -> None:
    for _, lesson in LESSONS:
        assert 3 <= lesson.minutes <= 20, lesson.title
        assert 1 <= len(lesson.blocks) <= 6, lesson.title
        assert lesson.done_when in ("marked", "question"), lesson.title


def test_lesson_that_counts_its_question_has_one() -> None:
    for _, lesson in LESSONS:
        assert lesson.done_when == "marked" or lesson.questions, lesson.title


def test_most_lessons_ask_something() -> None:
    asking = [lesson for _, lesson in LESSONS if lesson.questions]
    assert len(asking) / len(LESSONS) > 0.8


def test_text_has_no_heading_above_level_three_and_no_fence() -> None:
    for lesson, block in blocks("text"):
        assert not re.search(r"^#{1,2} |^:::", block.markdown, re.MULTILINE), lesson.title


def test_single_choice_has_one_right_answer_and_multiple_choice_some_of_each() -> None:
    for lesson, question in QUESTIONS:
        right = [choice.is_right for choice in question.choices].count(True)
        if question.kind not in ("single", "multiple", "truefalse"):
            assert not question.choices, lesson.title
            assert bool(question.rule) is (question.kind != "open"), lesson.title
            continue
        assert len(question.choices) >= 2, lesson.title
        assert right == 1 if question.kind == "single" else 1 <= right < len(question.choices), lesson.title


def test_every_question_and_choice_says_something_back() -> None:
    for lesson, question in QUESTIONS:
        assert question.prompt, lesson.title
        assert question.feedback_right, lesson.title
        assert question.kind == "open" or question.feedback_again, lesson.title
        assert all(choice.text and choice.feedback for choice in question.choices), lesson.title


def test_right_answers_do_not_always_stand_first_or_last() -> None:
    places = {
        [choice.is_right for choice in question.choices].index(True)
        for _, question in QUESTIONS
        if question.kind == "single"
    }
    assert len(places) >= 3


def test_every_image_opens_is_small_and_is_described() -> None:
    assert blocks("image")
    for lesson, block in blocks("image"):
        content = (MEDIA / block.file).read_bytes()
        assert len(content) < IMAGE_LIMIT_BYTES, block.file
        assert Image.open(BytesIO(content)).size == (1200, 675), block.file
        assert len(block.alt) > 20, lesson.title
        assert block.caption, lesson.title


def test_every_video_is_small_has_a_transcript_and_captions_in_two_languages() -> None:
    assert len(blocks("video")) == 2
    for lesson, block in blocks("video"):
        content = (MEDIA / block.file).read_bytes()
        assert content.startswith(b"\x1a\x45\xdf\xa3"), block.file  # the first bytes of each WebM file
        assert len(content) < VIDEO_LIMIT_BYTES, block.file
        assert block.title, lesson.title
        assert len(block.transcript) > 100, lesson.title
        assert {caption.language for caption in block.captions} == {"nl", "en"}, lesson.title


def test_captions_run_forward_and_say_what_the_transcript_says() -> None:
    tracks = [(one, caption, block) for one, lesson in LESSONS for block in lesson.blocks for caption in block.captions]
    assert len(tracks) == 4
    for one, caption, block in tracks:
        text = (MEDIA / caption.file).read_text(encoding="utf-8")
        assert text.startswith("WEBVTT\n\n"), caption.file
        times = re.findall(r"\d\d:\d\d:\d\d\.\d{3}", text)
        assert times == sorted(times) and len(times) >= 8, caption.file
        if caption.language == one.language:
            said = re.sub(r"WEBVTT|.*-->.*", "", text).split()
            assert said == block.transcript.split(), caption.file


def test_no_media_file_lies_unused() -> None:
    used = {block.file for _, block in BLOCKS} | {one.file for _, block in BLOCKS for one in block.captions}
    assert {path.name for path in MEDIA.iterdir()} == used - {""}


def stands() -> list[tuple[DemoAcademy, Person, Stand]]:
    """Return where everybody stands."""
    return [(academy, person, stand) for academy in ACADEMIES for person in academy.people for stand in person.stands]


def test_everybody_stands_in_a_published_course_of_their_own_academy() -> None:
    for academy, person, stand in stands():
        taken = course(stand.course)
        assert (taken.academy, taken.state) == (academy.slug, "published"), person.key
        assert stand.done + stand.begun <= len(taken.lessons), person.key


def test_nobody_answers_more_open_questions_than_they_reached() -> None:
    for _, person, stand in stands():
        done = course(stand.course).lessons[: stand.done]
        asked = sum(question.kind == "open" for lesson in done for question in lesson.questions)
        assert len(stand.said) <= asked, (person.key, stand.course)


def test_cast_has_owners_trainers_and_participants_at_different_places() -> None:
    for academy in ACADEMIES:
        keys = [person.key for person in academy.people]
        assert len(keys) == len(set(keys))
        assert "owner" in academy.people[0].roles
        assert [person for person in academy.people[1:] if "trainer" in person.roles]
    places = [(stand.done, stand.begun) for _, _, stand in stands() if stand.course == "medicatieveiligheid"]
    assert len(places) >= 10
    assert len(set(places)) >= 8


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("# Part\n", "front matter"),
        (FRONT.replace("cover: book\n", ""), "cover"),
        (FRONT.replace("cover: book\n", "colour: red\ncover: book\n"), "colour"),
        (FRONT.replace("minutes: 5", "minutes: many"), "minutes"),
        (FRONT.replace("# Part\n", "lost words\n# Part\n"), "lost words"),
        (FRONT + ":::single\nWho?\n+ me\n", "not closed"),
        (FRONT + ":::poem\nroses\n:::\n", "poem"),
    ],
)
def test_broken_file_is_refused_with_its_fault(text: str, complaint: str) -> None:
    with pytest.raises(ContentError, match=complaint):
        parse_course(text)


def test_text_around_a_question_keeps_its_order() -> None:
    parsed = parse_course(FRONT + "Before.\n\n:::single\nWho?\n+ me | yes\n- you\nright: R\nagain: A\n:::\n\nAfter.\n")
    before, asked, after = parsed.lessons[0].blocks
    assert (before.markdown, after.markdown) == ("Before.", "After.")
    assert asked.question is not None
    assert [(one.text, one.is_right, one.feedback) for one in asked.question.choices] == [
        ("me", True, "yes"), ("you", False, "")
    ]  # fmt: skip
    assert (asked.question.prompt, asked.question.feedback_right, asked.question.feedback_again) == ("Who?", "R", "A")
