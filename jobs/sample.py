"""The short course that a new academy begins with: what a course looks like, told by a course."""

from __future__ import annotations

from dataclasses import dataclass

from tenants.courses.actions import add_lesson, add_module, create_course
from tenants.courses.block_actions import ChoiceDraft, QuestionDraft, add_block, save_question
from tenants.courses.publishing import publish_course


@dataclass(frozen=True)
class Words:
    """The course in one language."""

    title: str
    summary: str
    module: str
    first: str
    first_text: str
    second: str
    second_text: str
    prompt: str
    right: str
    wrong: tuple[str, str]
    feedback_right: str
    feedback_again: str


DUTCH = Words(
    title="Zo werkt een cursus",
    summary="Twee korte lessen die laten zien hoe leren hier gaat. Pas ze aan, of gooi ze weg.",
    module="Kennismaken",
    first="Een les lezen",
    first_text=(
        "Een cursus bestaat uit modules, een module uit lessen. Bovenaan zie je altijd waar je bent, en als je "
        "stopt, ga je de volgende keer verder op precies deze plek.\n\n"
        "Deze les is klaar als je op **Afronden en verder** klikt. Bij elke les staat wat hem klaar maakt; "
        "er verandert nooit iets aan je voortgang zonder dat jij het doet."
    ),
    second="Een vraag beantwoorden",
    second_text=(
        "Een les kan eindigen met een vraag. Je antwoord wordt bewaard terwijl je werkt, en je mag het zo vaak "
        "proberen als je wilt. Deze les is klaar zodra je antwoord klopt."
    ),
    prompt="Je stopt halverwege een les. Waar begin je de volgende keer?",
    right="Op de plek waar ik gebleven was",
    wrong=("Weer bij de eerste les", "Bij de volgende les"),
    feedback_right="Klopt. Ook op een ander apparaat.",
    feedback_again="Nog niet. Lees de eerste les er nog eens op na.",
)
ENGLISH = Words(
    title="How a course works",
    summary="Two short lessons that show how learning goes here. Change them, or throw them away.",
    module="Getting to know it",
    first="Reading a lesson",
    first_text=(
        "A course has modules, and a module has lessons. The top of the page always shows where you are, and when "
        "you stop, you go on from exactly this place the next time.\n\n"
        "This lesson is done when you choose **Mark as done and continue**. Every lesson says what makes it done; "
        "nothing in your progress ever changes unless you do it."
    ),
    second="Answering a question",
    second_text=(
        "A lesson may end with a question. Your answer is kept while you work, and you may try as often as you "
        "like. This lesson is done as soon as your answer is right."
    ),
    prompt="You stop halfway through a lesson. Where do you begin the next time?",
    right="At the place where I stopped",
    wrong=("At the first lesson again", "At the next lesson"),
    feedback_right="Right. On another device, too.",
    feedback_again="Not yet. Read the first lesson once more.",
)


def write(language: str) -> None:
    """Write and publish the course in the present academy, in `language` ("nl", else English)."""
    words = DUTCH if language == "nl" else ENGLISH
    course = create_course(
        words.title, by=None, module_title="", lesson_title="", language="nl" if words is DUTCH else "en",
        summary=words.summary, empty=True,
    )  # fmt: skip
    module = add_module(course, words.module)
    first = add_lesson(module, words.first, minutes=2)
    add_block(first, "text", {"markdown": words.first_text})
    second = add_lesson(module, words.second, minutes=3, done_when="question")
    add_block(second, "text", {"markdown": words.second_text})
    save_question(add_block(second, "question"), _question(words))
    publish_course(course)


def _question(words: Words) -> QuestionDraft:
    choices = [ChoiceDraft(text=words.wrong[0]), ChoiceDraft(text=words.right, is_right=True),
               ChoiceDraft(text=words.wrong[1])]  # fmt: skip
    return QuestionDraft("single", words.prompt, words.feedback_right, words.feedback_again, choices)
