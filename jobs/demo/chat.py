"""Talks of the demo world: questions at lessons, a course, a group, people by themselves; and one message that was reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from core import clock
from core.db import db
from core.ids import uuid7
from tenants.chat import actions, announcing, moderating, standing
from tenants.chat.models import Message, Room
from tenants.courses.models import Course
from tenants.groups.models import Group
from tenants.learning.queries import course_for
from tenants.people.models import Member


@dataclass(frozen=True)
class Said:
    """What somebody says, so many hours ago. `to`: how many messages before it answers; `signs`: who puts which sign under it."""

    ago: float
    who: str
    words: str
    to: int = 0
    signs: Mapping[str, str] = field(default_factory=dict)
    kind: str = "text"
    edited: str = ""


@dataclass(frozen=True)
class DemoTalk:
    """A talk: where (two people, or a kind), what was said, and who has read all of it."""

    where: tuple[str, ...]
    said: tuple[Said, ...]
    read: tuple[str, ...] = ()


ZORGWIJS = (
    DemoTalk(("lesson", "sanne", "medicatieveiligheid", "Een dosis berekenen"), (
        Said(50, "sanne", "Hoi Noor, bij voorbeeld 2 kom ik op 0,5 ml uit en de uitwerking zegt 0,05. Waar zit mijn fout?"),
        Said(47.5, "noor", "Goed dat je het vraagt, Sanne. Kijk nog eens naar de eenheid:\n\n- op het etiket staat **microgram**\n- jij rekende met *milligram*\n\nZet ze eerst allebei om naar dezelfde eenheid. Kom je er dan uit?", 1, {"sanne": "👍"}),
        Said(46, "sanne", "Ja! Ik deelde door 100 in plaats van 1000. Dank je wel."),
        Said(45.9, "noor", "Precies. In de praktijk reken je altijd met zijn tweeën, zie ook de les over de dubbele controle.", 0, {"sanne": "❤️"}),
        Said(3.2, "sanne", "Nog één: reken ik bij druppels ook eerst om, of mag ik daar de tabel gebruiken?"),
    ), ("sanne",)),
    DemoTalk(("lesson", "fatma", "medicatieveiligheid", "Als een cliënt weigert"), (
        Said(26, "fatma", "Mag ik de pil toch geven als de dochter zegt dat het moet, en mevrouw zelf niet wil?"),
    ), ("fatma",)),
    DemoTalk(("course", "medicatieveiligheid"), (
        Said(172, "noor", "Welkom allemaal. Vragen over een les? Zet ze bij de les zelf, dan zie ik waar je bent. Hier kun je elkaar helpen.", 0, {"sanne": "👍", "fatma": "👍", "mei": "😊"}),
        Said(150, "mei", "Heeft iemand het oefenmodel voor injecteren al gevonden? In het skillslab lag het niet."),
        Said(149.6, "ngozi", "Het ligt bij de balie, je moet ernaar vragen. @Mei Chen", 1, {"mei": "👏"}),
        Said(149.5, "mei", "Top, dank je."),
        Said(28, "yusuf", "Dit filmpje over de vijf juistheden hielp mij: https://www.vilans.nl/kennis/medicatieveiligheid"),
        Said(27.8, "fatma", "Fijn. Ik zet ze nu op een kaartje:\n\n1. juiste cliënt\n2. juiste medicijn\n3. juiste dosis\n4. juiste tijd\n5. juiste manier", 0, {"yusuf": "✅", "ngozi": "👍"}),
        Said(5, "noor", "Vrijdag van 14 tot 15 uur zit ik in lokaal 2 voor wie de eindtoets wil oefenen. Neem je rekenmachine mee.", 0, {"fatma": "👍"}, "notice"),
        Said(1.4, "ngozi", "Ik kom! Wie rijdt er mee vanuit Amersfoort?"),
        Said(1.3, "ngozi", "Er is nog plek voor twee."),
    ), ("yusuf", "ngozi")),
    DemoTalk(("course", "privacy-op-het-werk"), (
        Said(90, "tim", "Is een mail naar de verkeerde collega ook al een datalek?"),
        Said(88, "yusuf", "Ja, als er persoonsgegevens in staan. Zie de les over datalekken: meld het, je teamleider bepaalt de rest.", 1, {"tim": "✅"}),
    ), ("tim", "sanne", "yusuf")),
    DemoTalk(("group",), (
        Said(75, "noor", "Dag team Noord. Hier spreken we af wie met wie meeloopt."),
        Said(73, "lieke", "Ik kan dinsdag en donderdag."),
        Said(72.5, "sanne", "Dinsdag past mij ook. Samen?", 1, {"lieke": "👍"}),
        Said(72.4, "lieke", "Gezellig."),
        Said(20, "daan", "Ik ben donderdag vrij. @Noor kun jij mij indelen?"),
    ), ("noor", "lieke")),
    DemoTalk(("direct", "sanne", "yusuf"), (
        Said(30, "yusuf", "Hé Sanne, heb jij de opdracht over de opiaten al af?"),
        Said(29.8, "sanne", "Bijna. Ik twijfel over de laatste zin, wanneer je belt."),
        Said(29.7, "yusuf", "Ik heb gezet: meteen als iemand minder dan 10 keer per minuut ademt.", 1),
        Said(29.6, "sanne", "Zo doe ik het ook 👍"),
        Said(2.1, "yusuf", "Gelukt? De mijne is goedgekeurd."),
        Said(2.0, "yusuf", "Koffie morgen voor het begint?"),
    ), ("yusuf",)),
    DemoTalk(("direct", "sanne", "noor"), (
        Said(120, "noor", "Dag Sanne, je bent mooi op weg. Lukt het met de planning?"),
        Said(118, "sanne", "Jawel, ik doe elke avond één les. In het weekend niet.", 0, {}, "text", "Jawel, ik doe elke avond één les. In het weekend rust ik."),
        Said(117, "noor", "Verstandig.", 1),
    ), ("sanne", "noor")),
    DemoTalk(("direct", "bram", "rosa"), (
        Said(60, "rosa", "Zullen we samen de eindtoets doorlezen?"),
        Said(59, "bram", "Nee, met jou werk ik echt niet samen. Je snapt er toch niks van."),
        Said(58, "rosa", "Dat vind ik niet aardig."),
    ), ("rosa", "bram")),
)  # fmt: skip
CRUMB = (
    DemoTalk(("lesson", "priya", "bread-that-works", ""), (
        Said(40, "priya", "My starter smells of nail polish. Do I throw it away?"),
        Said(38, "tomas", "No, it is only hungry. Feed it **twice a day** for two days: one part starter, two flour, two water.", 1, {"priya": "❤️"}),
        Said(6, "priya", "It smells of yoghurt now. Is that right?"),
    ), ("priya",)),
    DemoTalk(("course", "bread-that-works"), (
        Said(140, "tomas", "Welcome to the bakery. Show us your loaves here, the flat ones too."),
        Said(70, "callum", "First one with a real ear. I baked it ten minutes longer than the recipe says.", 0, {"tomas": "👏", "jonas": "👏", "priya": "👍"}),
        Said(69, "jonas", "Which flour do you use, @Callum Reid?", 1),
        Said(68.5, "callum", "Half white, half spelt from the mill in town."),
        Said(26, "jonas", "This table helped me with the water: https://www.theperfectloaf.com/guides"),
        Said(4, "tomas", "The workshop on Saturday begins at ten, not at nine. Bring your own starter.", 0, {"jonas": "✅"}, "notice"),
        Said(1, "aisha", "Can I bring my sister?"),
    ), ("callum", "jonas")),
    DemoTalk(("group",), (
        Said(80, "tomas", "Saturday class: this is our corner. Who brings the butter?"),
        Said(79, "jonas", "I do."),
        Said(77, "aisha", "Then I bring jam.", 0, {"tomas": "😊"}),
    ), ("tomas", "jonas")),
    DemoTalk(("direct", "priya", "callum"), (
        Said(31, "callum", "Hi Priya, did the long proof work in the fridge?"),
        Said(30.5, "priya", "Sixteen hours, and it still sprang. I was amazed.", 1),
        Said(2, "callum", "Then I try twenty. I will tell you how it goes."),
    ), ("callum",)),
    DemoTalk(("direct", "aisha", "jonas"), (
        Said(52, "jonas", "You always ask the same thing. Just read the lesson for once."),
        Said(51, "aisha", "Please do not write to me like that."),
    ), ("aisha", "jonas")),
)  # fmt: skip
TALKS = {"zorgwijs": ZORGWIJS, "crumb": CRUMB}
REASONS = {"zorgwijs": ("rosa", "niks van", "Hij doet vaker zo. Ik vind het niet prettig."), "crumb": ("aisha", "for once", "He is rude to me every week.")}


def write(slug: str, members: Mapping[str, Member], courses: Mapping[str, Course]) -> None:
    """Write the academy's talks, and report one message."""
    for talk in TALKS.get(slug, ()):
        _write(talk, members, courses)
    who, words, reason = REASONS[slug]
    row = next(row for row in db.session.scalars(sa.select(Message).order_by(Message.id)) if words in (row.body or ""))
    moderating.report(members[who], row, reason)
    db.session.flush()


def _write(talk: DemoTalk, members: Mapping[str, Member], courses: Mapping[str, Course]) -> None:
    room, rows = _room(talk, members, courses), list[Message]()
    for said in talk.said:
        with clock.shifted(timedelta(hours=-said.ago)):
            rows.append(_say(room, said, members[said.who], rows))
        with clock.shifted(timedelta(hours=-said.ago + 0.1)):
            for who, sign in said.signs.items():
                actions.react(members[who], _again(rows[-1]), sign)
            if said.edited:
                actions.edit_message(members[said.who], _again(rows[-1]), said.edited)
    db.session.refresh(room)
    for who in talk.read:
        standing.read_up_to(members[who], room, room.last_number)


def _say(room: Room, said: Said, who: Member, before: list[Message]) -> Message:
    if said.kind == "notice" and room.course_id is not None:
        return announcing.announce(who, room.course_id, said.words, uuid7())
    answered = before[-said.to].id if said.to else None
    return actions.post_message(who, room.id, said.words, uuid7(), answered).message


def _again(row: Message) -> Message:
    """Return the message with its room at hand."""
    return db.session.scalars(
        sa.select(Message).where(Message.id == row.id).options(sa.orm.joinedload(Message.room)).execution_options(populate_existing=True)
    ).one()


def _room(talk: DemoTalk, members: Mapping[str, Member], courses: Mapping[str, Course]) -> Room:
    kind, *rest = talk.where
    if kind == "direct":
        return actions.open_direct(members[rest[0]], members[rest[1]])
    if kind == "course":
        return actions.open_course(courses[rest[0]].id)
    if kind == "group":
        return actions.open_group(db.session.scalars(sa.select(Group.id).order_by(Group.made_at).limit(1)).one())
    taken = course_for(members[rest[0]], courses[rest[1]].id)
    steps = taken.way.steps
    return actions.open_lesson(taken, UUID(next((step.id for step in steps if step.title == rest[2]), steps[1].id)))


