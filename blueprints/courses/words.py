"""Sentences of the editor: what keeps a course from being published, what is wrong with an upload."""

from __future__ import annotations

from flask import g
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from blueprints.courses import courses
from tenants.courses.content import snapshot_of
from tenants.courses.markup import html_of
from tenants.courses.models import Course
from tenants.courses.rules import Problem, warnings_of
from tenants.files.documents import MAX_AUDIO_BYTES, MAX_DOCUMENT_BYTES
from tenants.files.looks import MAX_CAPTIONS_BYTES, MAX_IMAGE_BYTES, MAX_VIDEO_BYTES
from tenants.settings import choices

MB = 1024 * 1024


@courses.app_template_global()
def problem_words(problem: Problem) -> str:
    """Return what has to be mended before publishing."""
    return {
        "waits_for_later": _("This lesson waits for a lesson that does not come before it, so nobody could open it."),
        "no_lessons": _("The course has no lessons yet. Add one first."),
        "no_title": _("This lesson has no title."),
        "no_question": _("This lesson is done when its question is right, but it has no question."),
        "no_exercise": _("This lesson is done when its exercises are approved, but it has none."),
        "no_test": _("This lesson is done when its test is passed, but it is no test. Choose something else, or make it a test."),
        "empty_test": _("A test needs at least one question, or a draw from the question bank."),
        "more_than_test": _("A test cannot hold an exercise or a survey. Put it in another lesson."),
        "no_exercise_title": _("An exercise has no title yet."),
        "no_task": _("An exercise has no task yet. Say what participants do."),
        "asks_nothing": _("An exercise asks for nothing. Ask for a text, for files or for both."),
        "rubric_unfinished": _("Give each criterion a title and at least two levels, each with a title and points."),
        "no_image": _("An image block has no image yet. Upload one or delete the block."),
        "no_alt": _("Describe the image in words, or say that it is decorative."),
        "no_video": _("A video block has no video yet. Upload one or delete the block."),
        "no_transcript": _("A sound has no transcript yet, so people who cannot hear it miss what is said."),
        "video_making": _("A video is still being made playable. Wait until it is done, then publish."),
        "video_failed": _("A video could not be made playable. Open it to see what to do."),
        "no_captions": _("Add captions to the video, or say that nobody speaks in it."),
        "no_file": _("A file block has no file yet. Upload one or delete the block."),
        "no_audio": _("An audio block has no sound yet. Upload one or delete the block."),
        "no_callout": _("A callout says nothing yet. Give it a title or a text."),
        "no_items": _("A checklist has no items yet. Write at least one."),
        "no_sections": _("Give each section of the accordion a title."),
        "no_embed": _("Give the address of a video on YouTube or Vimeo."),
        "no_prompt": _("A question has no text yet."),
        "few_choices": _("A question needs at least two answers, each with a text."),
        "no_right": _("Say which answer is right."),
        "no_survey": _("A survey needs at least one question, each with its words, and two options to choose from."),
        "no_accepted": _("Write at least one answer that counts as right."),
        "no_number": _("Write the right number, such as 12 or 12.5."),
        "few_pairs": _("A match needs at least two pairs, each with both sides."),
        "few_items": _("An order needs at least two lines."),
        "no_gaps": _("Put at least one gap in the text, such as [[heart]], and 30 at most."),
        "empty_gap": _("A gap has no right answer. Write it between the brackets."),
        "few_areas": _("An image needs at least two spots, each with a name and a size."),
        "no_tolerance": _("The margin is a number such as 0.5, or empty."),
    }[problem.kind]


@courses.app_template_global()
def captions_block() -> bool:
    """Return whether missing captions block publishing here; asked once a request."""
    if "captions_block" not in g:
        g.captions_block = choices.captions_block()
    return bool(g.captions_block)


@courses.app_template_global()
def course_warnings(course: Course) -> list[Problem]:
    """Return what shuts people out of the course although it may be published."""
    return warnings_of(snapshot_of(course))


def upload_words(why: str, kind: str) -> str:
    """Return why an upload was refused, and what to do."""
    limits = {"image": MAX_IMAGE_BYTES, "video": MAX_VIDEO_BYTES, "captions": MAX_CAPTIONS_BYTES,
              "audio": MAX_AUDIO_BYTES, "document": MAX_DOCUMENT_BYTES}  # fmt: skip
    limit = limits[kind] // MB
    return {
        "empty": _("No file was chosen, or it is empty. Choose a file."),
        "too_large": _("This file is too large. It may be %(limit)d MB at most.", limit=limit),
        "too_many_pixels": _("This image has too many pixels. Make it smaller than 40 megapixels."),
        "not_an_image": _("This file is not an image that we can show. Use JPEG, PNG, WebP or GIF."),
        "not_a_video": _("This file is not a video that browsers play. Use MP4, WebM or MOV."),
        "needs_h264": _("Browsers do not play this video, and this platform cannot convert it. Save it as MP4 (H.264) and upload that; on an iPhone, choose Settings, Camera, Formats, Most Compatible. Nothing was changed here."),
        "not_a_sound": _("This file is not a sound that browsers play. Use MP3, M4A or WAV."),
        "not_a_document": _("This file cannot be offered. Use PDF, Word, Excel, PowerPoint, text, an image or a sound."),
        "has_macros": _("This file holds macros, which can do harm. Save it without macros and try again."),
        "not_captions": _("This file does not hold WebVTT captions. It has to begin with WEBVTT."),
    }[why]


@courses.app_template_global()
def publish_words(course: Course, changes: int) -> str:
    """Return the label of the publish button."""
    if course.publication_id is None:
        return _("Publish")
    if not changes:
        return _("Published")
    return ngettext("Publish %(num)d change", "Publish %(num)d changes", changes)


@courses.app_template_filter()
def markdown(text: str | None) -> Markup:
    """Return the Markdown as safe HTML, as participants read it."""
    return Markup(html_of(text or ""))  # noqa: S704  html_of cleans what it returns
