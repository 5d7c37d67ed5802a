"""T21: what attacks a page through text is shown as text, everywhere, in a real browser.

Each attack is written into every field that people fill in. On every page that shows it nothing runs, no element or
address of the attack is in the document, and the policy has nothing to stop: the text was harmless before it came to
that. The ZIP of one's own work has no policy to protect it, so its page is opened without one.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from blueprints.hosts import HostedFlask
from core import sessions
from core.academies.models import Academy
from core.db import CORE, db
from tenants.courses import actions, block_actions, publishing
from tenants.courses.block_actions import ChoiceDraft, QuestionDraft
from tenants.courses.models import Lesson
from tenants.files.actions import store_file
from tenants.learning import actions as learning
from tenants.learning import queries
from tenants.people.actions import update_profile
from tenants.people.models import Member
from tests.browser.site import Site
from tests.cast import Cast
from tests.courses.writing import member
from tests.files.making import captions, film, picture

RUN = "window.ran=(window.ran||0)+1"
ATTACKS = [
    f"<script>{RUN}</script>", f"</textarea></title></style><script>{RUN}</script>", f'"><img src=x onerror="{RUN}">',
    f"'><svg onload='{RUN}'>", f"<svg><script>{RUN}</script></svg>", f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"[press](javascript:{RUN})", f"[press](JaVa\tScRiPt:{RUN})", f"[press](&#106;avascript:{RUN})",
    f"![see](javascript:{RUN})", f"<javascript:{RUN}>", f"[press](data:text/html,<script>{RUN}</script>)",
    f"[press]: javascript:{RUN}\n\n[press]", f'[press](http://x.example "onmouseover={RUN}")',
    f"<details open ontoggle={RUN}>", f"<input autofocus onfocus={RUN}>", f"<video><source onerror={RUN}></video>",
    f"<body onload={RUN}>", f"<a href='javascript:{RUN}'>press</a>", f"<form action='javascript:{RUN}'><button>go</button></form>",
    f"<math><maction actiontype='statusline' xlink:href='javascript:{RUN}'>x</maction></math>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>", "<base href='http://evil.example/'>",
    "<link rel=stylesheet href='http://evil.example/x.css'>", "<style>body{display:none}</style>",
    f"<!--><script>{RUN}</script>-->", f"`</code><script>{RUN}</script>`", f"```\n</pre><script>{RUN}</script>\n```",
    f"<object data='data:text/html,<script>{RUN}</script>'></object>", f"<embed src='javascript:{RUN}'>",
    f"<button formaction='javascript:{RUN}'>go</button>", f"<template><script>{RUN}</script></template>",
    "{{ 7 * 191 }}", "${7 * 191}", "{% print(7 * 191) %}", f"\u2028<script>{RUN}</script>", f"<scr<script>ipt>{RUN}</script>",
]  # fmt: skip
LOOK = """() => ({
  ran: window.ran || 0,
  handlers: [...document.querySelectorAll('*')].flatMap(e => [...e.attributes].filter(a => /^on/i.test(a.name)).map(a => e.outerHTML.slice(0, 120))),
  addresses: [...document.querySelectorAll('[href],[src],[action],[formaction],[data],[srcdoc]')].flatMap(e => [...e.attributes]
    .filter(a => /^\\s*(javascript|vbscript|data:text)/i.test(a.value.replace(/[\\t\\n\\r]/g, '')) || a.name == 'srcdoc'
      || /evil\\.example/.test(e.href || e.src || '')).map(a => e.outerHTML.slice(0, 120))),
  strange: [...document.querySelectorAll('main script, main iframe:not(.mail-frame[sandbox]), main object, main embed, main base, main meta, main style, main math')]
    .map(e => e.outerHTML.slice(0, 120)),
  counted: /1337/.test(document.body.innerText),
})"""
pytestmark = pytest.mark.browser


def bunch(number: int, most: int) -> str:
    """Return several attacks, another choice for each number, of at most `most` signs."""
    text = ""
    for place in range(len(ATTACKS)):
        attack = ATTACKS[(place + number) % len(ATTACKS)]
        if len(text) + len(attack) + 2 > most:
            break
        text += ("\n\n" if most > 1000 else " ") + attack
    return text.strip()


def attack_everything(cast: Cast) -> dict[str, UUID]:
    """Write attacks into every field of the academy; return ids of what shows them."""
    everything, number = bunch(0, 40_000), iter(range(1000))
    with db.scope(CORE, commit=True):
        db.session.query(Academy).filter_by(number=cast.academy.number).one().name = bunch(next(number), 80)
    with db.scope(cast.academy.scope, commit=True):
        author = member(cast, "author")
        for who in cast.ids:
            person = member(cast, who)
            update_profile(person, bunch(next(number), 100), bunch(next(number), 100), "en", "auto")
        course = actions.create_course(
            bunch(next(number), 200), by=author, module_title=bunch(next(number), 200),
            lesson_title=bunch(next(number), 200), language="en", cover="circles",
        )  # fmt: skip
        lesson = course.live_modules[0].live_lessons[0]
        block_actions.add_block(lesson, "text", {"markdown": everything})
        image = store_file("image", picture(), f"{bunch(next(number), 150)}.png", author)
        block = block_actions.add_block(lesson, "image")
        block_actions.save_body(block, {"file_id": str(image.id), "width": 60, "height": 40, "alt": bunch(next(number), 900),
                                        "caption": bunch(next(number), 900)})  # fmt: skip
        video = store_file("video", film(), "film.mp4", author)
        track = store_file("captions", captions(bunch(next(number), 300).replace("\n", " ")), "c.vtt", author)
        block = block_actions.add_block(lesson, "video")
        block_actions.save_body(block, {"file_id": str(video.id), "seconds": 90, "media_type": "video/mp4",
                                        "title": bunch(next(number), 200), "transcript": everything,
                                        "captions": [{"file_id": str(track.id), "language": "en"}]})  # fmt: skip
        attack_pieces(lesson, author, iter(range(40, 1000)))
        block = block_actions.add_block(lesson, "question")
        choices = [ChoiceDraft(None, bunch(next(number), 900), place == 0, bunch(next(number), 900)) for place in range(8)]
        block_actions.save_question(block, QuestionDraft("multiple", everything[:3900], bunch(next(number), 3900),
                                                         bunch(next(number), 3900), choices))  # fmt: skip
        asking = block_actions.add_block(lesson, "question")
        block_actions.save_question(asking, QuestionDraft("open", bunch(next(number), 3900), everything[:3900], "", []))
        publishing.publish_course(course, author)
        participant = member(cast, "participant")
        learning.enrol(participant, course, author)
        db.session.flush()
        open_ = queries.lesson_for(participant, course.id, lesson.id, lock=True)
        assert asking.question is not None
        learning.check_answer(open_, asking.question.id, {"choices": [], "text": everything}, asking.id)
        return {"course": course.id, "lesson": lesson.id, "participant": participant.id}


def attack_pieces(lesson: Lesson, author: Member, number: Iterator[int]) -> None:
    """Write attacks into files, sound, callouts, checklists and accordions, and into the title of a film of another site."""
    rows = [{"id": f"row-{n}", "text": bunch(next(number), 480), "title": bunch(next(number), 180),
             "markdown": bunch(next(number), 9_000)} for n in range(5)]  # fmt: skip
    paper = store_file("document", io.BytesIO(b"%PDF-1.7 "), f"{bunch(next(number), 150)}.pdf", author)
    sound = store_file("audio", io.BytesIO(b"RIFF....WAVEfmt "), "talk.wav", author)
    bodies: dict[str, dict[str, Any]] = {
        "file": {"file_id": str(paper.id), "title": bunch(next(number), 190), "media_type": bunch(next(number), 90), "size_bytes": 9},
        "audio": {"file_id": str(sound.id), "title": bunch(next(number), 190), "transcript": bunch(0, 40_000)},
        "callout": {"tone": bunch(next(number), 90), "title": bunch(next(number), 190), "markdown": bunch(0, 40_000)},
        "checklist": {"title": bunch(next(number), 190), "items": rows}, "accordion": {"sections": rows},
        "embed": {"url": "https://youtu.be/dQw4w9WgXcQ", "title": bunch(next(number), 190)},
    }  # fmt: skip
    for kind, body in bodies.items():
        block_actions.add_block(lesson, kind, body)


def test_T21_no_attack_through_text_runs_anywhere(site: Site, browser: Any, casts: tuple[Cast, Cast], app: HostedFlask) -> None:
    cast = casts[0]
    ids = attack_everything(cast)
    course, lesson = ids["course"], ids["lesson"]
    pages = {
        "participant": ["/", f"/learn/{course}", f"/learn/{course}/{lesson}", "/own-work", "/me"],
        "trainer": ["/reports", f"/reports/{course}/people/{ids['participant']}"],
        "author": ["/courses", f"/courses/{course}", f"/courses/{course}/lessons/{lesson}", f"/courses/{course}/changes",
                   f"/courses/{course}/lessons/{lesson}/preview"],
        "owner": ["/people", f"/people/{ids['participant']}", "/people/invite", "/settings", f"/courses/{course}/people"],
    }  # fmt: skip
    for who, paths in pages.items():
        context = browser.new_context()
        origin = f"http://{cast.host}:{site.port}"
        context.add_cookies([{"name": sessions.cookie_name(), "value": cast.token(who), "url": origin}])
        page, said = context.new_page(), []
        page.on("console", lambda message, said=said: said.append(message.text) if "Content Security" in message.text else None)
        page.on("request", lambda asked, said=said: said.append(asked.url) if "evil" in asked.url else None)
        page.on("dialog", lambda dialog, said=said: (said.append(dialog.message), dialog.dismiss()))
        for path in paths:
            answer = page.goto(f"{origin}{path}")
            assert answer.status == 200, path
            page.mouse.move(400, 400)
            page.wait_for_timeout(150)
            seen = page.evaluate(LOOK)
            assert seen == {"ran": 0, "handlers": [], "addresses": [], "strange": [], "counted": False}, (path, seen)
            assert said == [], path
        context.close()


def test_T21_the_page_of_ones_own_work_needs_no_policy(browser: Any, casts: tuple[Cast, Cast], app: HostedFlask) -> None:
    cast = casts[0]
    attack_everything(cast)
    pack = zipfile.ZipFile(io.BytesIO(cast.client(app, "participant").get("/own-work.zip").data))
    names = [name for name in pack.namelist() if name.endswith(".html")]
    page = browser.new_context().new_page()
    assert names
    for name in names:
        page.set_content(pack.read(name).decode())
        page.wait_for_timeout(200)
        seen = page.evaluate(LOOK)
        assert (seen["ran"], seen["handlers"], seen["addresses"], seen["counted"]) == (0, [], [], False), seen


def test_the_attacks_are_attacks(browser: Any) -> None:
    """Without us most of them run or load something: the look above can see them."""
    page, worked = browser.new_context().new_page(), 0
    for attack in ATTACKS:
        page.set_content(f"<main>{attack}</main>")
        page.wait_for_timeout(60)
        seen = page.evaluate(LOOK)
        worked += bool(seen["ran"] or seen["handlers"] or seen["addresses"] or seen["strange"])
    assert worked >= 22, worked
