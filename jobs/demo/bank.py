"""The question bank of the demo world: questions of the courses, and a file of another platform that waits for a look."""

from __future__ import annotations

from jobs.demo.cast import DemoAcademy
from tenants.bank.actions import bank_block, label_item
from tenants.bank.formats.reading import read_file
from tenants.bank.importing import keep_draft
from tenants.courses.models import Block, Course
from tenants.people.models import Member

KEPT_OF_EACH = 6
TRUE_FALSE = {"nl": ("Waar", "Niet waar"), "en": ("True", "False")}
NAMES = {"nl": "herhaling.gift", "en": "revision.gift"}
FILES = {
    "nl": """$CATEGORY: Herhaling/Veilig werken

::Wanneer overleggen::Met wie overleg je het eerst als je twijfelt? {=Een collega ~Niemand ~De buren}

::Vijf minuten::Hoeveel minuten duurt een kwartier? {#15}

::Zonder goed antwoord::Welke kleur heeft een lijst? {~Rood ~Blauw}
""",
    "en": """$CATEGORY: Revision/Working safely

::When in doubt::Whom do you ask first when you doubt? {=A colleague ~Nobody ~The neighbours}

::Quarter::How many minutes are in a quarter of an hour? {#15}

::Without a right answer::Which colour has a list? {~Red ~Blue}
""",
}


def write(demo: DemoAcademy, courses: list[Course], author: Member) -> None:
    """Keep questions of each course under a tag of its name, and upload a file that nobody has confirmed yet."""
    for course in courses:
        blocks = [block for module in course.live_modules for lesson in module.live_lessons for block in lesson.live_blocks]
        for block in [block for block in blocks if _is_whole(block)][:KEPT_OF_EACH]:
            item = bank_block(block, by=author, language=demo.language)
            label_item(item, title=item.title, tags=[course.title], language=demo.language)
    form, reading = read_file(FILES[demo.language].encode(), NAMES[demo.language], "")
    keep_draft(reading, name=NAMES[demo.language], form=form, language=demo.language, tags=[],
               true_false=TRUE_FALSE[demo.language], by=author)  # fmt: skip


def _is_whole(block: Block) -> bool:
    return block.question is not None and bool(block.question.prompt.strip())
