"""An academy speaks with je or u and with its own words for roles: pages, mails, reports; nobody else's academy does."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa
from babel.support import Translations
from flask_babel import gettext

from blueprints.hosts import HostedFlask
from core import catalogue, clock, formal, wording
from core.academies.models import Academy
from core.db import BARE, CORE, db
from core.formal import FAMILIAR, draft, forms_of
from core.i18n import speaking
from core.mail.compose import TEMPLATES, Sender, compose
from core.wording import USUAL, Wording, choices, in_words, spoken, uncovered
from tenants.audit.models import Event
from tenants.imports.rules import ROLES
from tenants.people.models import Member
from tests.cast import Cast, make_cast
from tests.conftest import Pool
from tests.doors import letters
from tests.statements import note

CHOSEN = {"address": "u", "participant_nl": "cursist", "participant_en": "employee", "trainer_nl": "docent", "trainer_en": "instructor"}
OWN = Wording.of(CHOSEN)
BENT = re.compile(r"\bu (?:ben|heb|zal|wil|word|vind|doe|ga|zie|krijg)\b|\b(?:ben|heb|kun|wil|word|vind|doe|ga|zie|krijg|kies) u\b")
FOREIGN = re.compile(r"\b(je|jij|jou|jouw|jezelf|jullie)\b|deelnemer|trainer", re.IGNORECASE)


def choose(app: HostedFlask, cast: Cast, who: str = "owner", **more: str) -> int:
    """Send the form; return the status."""
    return cast.client(app, who).post("/settings/words", data=CHOSEN | more).status_code


def speak_dutch(cast: Cast) -> None:
    """Let everybody in the academy read Dutch."""
    with db.scope(cast.academy.scope, commit=True):
        db.session.execute(sa.update(Member).values(language="nl"))


def test_a_manager_chooses_and_every_page_speaks_so_at_once(app: HostedFlask, cast: Cast) -> None:
    speak_dutch(cast)
    before = cast.client(app, "participant").get("/me").text
    assert "Je profiel" in before or "je " in before
    assert choose(app, cast, "manager") == 303
    profile = cast.client(app, "participant").get("/me").text
    assert "Uw profiel" in profile and not FAMILIAR.search(re.sub(r"<[^>]*>", " ", profile))
    with db.scope(CORE):
        assert db.session.scalar(sa.select(Academy.wording).where(Academy.number == cast.academy.number)) == CHOSEN
    with db.scope(cast.academy.scope):
        event = db.session.scalars(sa.select(Event)).one()
        assert (event.act, event.actor_id, event.facts) == ("settings.words", cast.ids["manager"], CHOSEN)
    english = {"address": "je", "participant_nl": "deelnemer", "trainer_nl": "trainer"}
    assert choose(app, cast, "owner", **english) == 303
    assert "Je profiel" in cast.client(app, "participant").get("/me").text


@pytest.mark.parametrize("who", ["participant", "trainer", "author"])
def test_others_may_not(app: HostedFlask, cast: Cast, who: str) -> None:
    client = cast.client(app, who)
    assert client.get("/settings/words").status_code == choose(app, cast, who) == 403
    assert client.post("/settings/words/example", data=CHOSEN).status_code == 403


@pytest.mark.parametrize("wrong", [{"address": "gij"}, {"participant_nl": "klant"}, {"trainer_en": ""}, {"trainer_nl": "<b>"}])
def test_a_word_that_is_not_offered_is_refused_and_the_rest_stays(app: HostedFlask, cast: Cast, wrong: dict[str, str]) -> None:
    client = cast.client(app, "owner")
    page = client.post("/settings/words", data=CHOSEN | wrong)
    assert page.status_code == 422
    kept = next(value for name, value in CHOSEN.items() if name not in wrong and name.startswith("participant"))
    assert re.search(rf'<option selected value="{kept}"', page.text) and "<b>" not in page.text
    with db.scope(CORE):
        assert db.session.scalar(sa.select(Academy.wording).where(Academy.number == cast.academy.number)) == {}


def test_the_example_shows_both_languages_and_stores_nothing(app: HostedFlask, cast: Cast) -> None:
    client = cast.client(app, "owner")
    for path, more in (("/settings/words/example", {}), ("/settings/words", {"do": "example"})):
        page = client.post(path, data=CHOSEN | more)
        assert page.status_code == 200
        assert "Uw docent leest dit." in page.text and "A fellow employee waits" in page.text
    assert "Je trainer leest dit." in client.get("/settings/words").text
    with db.scope(CORE):
        assert db.session.scalar(sa.select(Academy.wording).where(Academy.number == cast.academy.number)) == {}


def test_two_academies_in_one_process_never_mix(app: HostedFlask, cast: Cast, pool: Pool) -> None:
    other_academy = pool.take()
    try:
        other = make_cast(other_academy)
        speak_dutch(cast)
        speak_dutch(other)
        choose(app, cast)
        for turn in range(3):
            assert "Uw profiel" in cast.client(app, "participant").get("/me").text
            assert "Je profiel" in other.client(app, "participant").get("/me").text
            for one, says in ((cast, "nodigt u uit"), (other, "nodigt je uit")):
                one.client(app, "owner").post("/people/invite", data={"emails": f"new{turn}@example.org", "roles": ["participant"]})
                assert says in letters(one.academy, "invitation", f"new{turn}@example.org")[-1][1]
    finally:
        pool.give_back(other_academy)


def test_no_statement_is_added_to_a_page(app: HostedFlask, cast: Cast) -> None:
    def cost() -> list[str]:
        seen: list[str] = []
        cast.client(app, "participant").get("/")
        engine = db.engine_of(cast.academy.scope)
        sa.event.listen(engine, "before_cursor_execute", listener := lambda *args: note(seen, args[2]))
        try:
            assert cast.client(app, "participant").get("/").status_code == 200
        finally:
            sa.event.remove(engine, "before_cursor_execute", listener)
        return seen

    before = len(cost())
    choose(app, cast)
    assert len(cost()) == before


def test_the_platform_and_strangers_hear_je(app: HostedFlask, cast: Cast) -> None:
    choose(app, cast)
    client = app.test_client()
    client.set_cookie("lang", "nl", domain="localhost")
    page = client.get("/", base_url="http://localhost").text
    assert "deelnemers" in page.lower() and "cursist" not in page.lower()


def test_a_job_speaks_as_its_academy_does(app: HostedFlask, cast: Cast) -> None:
    choose(app, cast)
    with db.scope(cast.academy.scope), speaking("nl"):
        assert str(gettext("Your trainer reads this. The feedback appears here.")).startswith("Uw docent")
        with speaking("en"):
            assert gettext("Participants") == "Employees"
        assert gettext("Participants") == "Cursisten"
    with db.scope(CORE), speaking("nl"):
        assert gettext("Participants") == "Deelnemers"


def test_every_mail_in_formal_dutch_says_no_je() -> None:
    values = dict.fromkeys(("academy", "inviter", "writer", "name", "title", "when", "where", "reason", "minutes", "words", "label", "subject", "organisation"), "Waarde") | {"count": 2, "days": 7}
    kinds = sorted(path.stem for path in TEMPLATES.glob("mail/*.txt"))
    assert len(kinds) >= 20
    links = dict.fromkeys(("url", "reset_url", "schedules", "settings_url", "all_url", "leave_url"), "https://example.org/x")
    days = {name: clock.now() for name in ("day", "until")} | {"note": ["Waarde"], "may_answer": True, "asks": True, "summary": "Waarde", "names": ["Waarde"], "left": 9, "parts": [], "lines": [{"words": "Waarde", "label": "Waarde", "url": "https://example.org/x"}]}
    for kind in kinds:
        academies = [{"name": "Waarde", "url": "https://example.org"}]
        mail = compose(kind, "nl", Sender("Waarde", wording=OWN), academies=academies, **values, **links, **days)
        assert not FOREIGN.search(mail.subject + mail.text), mail
        usual = compose(kind, "nl", Sender("Waarde"), academies=academies, **values, **links, **days)
        assert not re.search(r"\b(u|uw)\b", usual.text, re.IGNORECASE), usual.text


def test_a_process_of_the_release_before_still_learns_whose_host_it_is(cast: Cast) -> None:
    """It takes exactly these columns; the new ones come by another function."""
    question = sa.text("SELECT * FROM core.resolve_host(:slug, NULL)")
    with db.scope(BARE):
        row = db.session.execute(question, {"slug": cast.academy.slug}).one()
    assert list(row._mapping) == ["number", "id", "slug", "name", "state", "cluster", "colour", "language", "zone", "plan", "revision", "closes_at"]


def test_what_somebody_typed_is_never_changed() -> None:
    name = "De deelnemer van je trainer"
    mail = compose("reset_password", "nl", Sender("Je trainers", wording=OWN), name=name, minutes="30", url="https://example.org")
    assert f"Hallo {name}" in mail.text.replace("Dag", "Hallo").replace("Beste", "Hallo") and "Je trainers" in mail.text


def test_every_sentence_of_both_languages_can_be_had_in_every_word() -> None:
    """All choices over the whole catalogue: no usual word is left, placeholders stay, and no article is wrong."""
    for participant_nl in choices()["participant_nl"][1:]:
        for trainer_nl in choices()["trainer_nl"][1:]:
            how = Wording("u", participant_nl, "employee", trainer_nl, "instructor")
            for message in catalogue.load():
                english = [message.id] if isinstance(message.id, str) else list(message.id)
                for text in filter(None, english):
                    said = spoken("nl", how).ugettext(text)
                    bare = re.sub(r"%\(\w+\)[sd]", "", said)
                    assert not FOREIGN.search(bare), said
                    assert not re.search(r"\bhet (?:cursist|student|leerling|medewerker|docent|begeleider|coach)", bare), said
                    said = spoken("en", how).ugettext(text)
                    bare = re.sub(r"%\(\w+\)[sd]", "", said)
                    assert not re.search(r"participant|trainer|\ba (?:employee|instructor)", bare, re.IGNORECASE), said
                    assert re.findall(r"%\(\w+\)[sd]", said) == re.findall(r"%\(\w+\)[sd]", text)


@pytest.mark.parametrize(("usual", "own"), [
    ("Een mededeelnemer wacht.", "Een collega wacht."), ("Mededeelnemers", "Collega's"),
    ("De deelnemerslijst van deelnemers", "De medewerkerslijst van medewerkers"), ("Trainers en %(trainer)s", "Coaches en %(trainer)s"),
    ("Het trainersoverleg", "Het coachoverleg"), ("Deelnemen kan; je deelname telt.", "Deelnemen kan; je deelname telt."),
])  # fmt: skip
def test_dutch_forms(usual: str, own: str) -> None:
    assert in_words(usual, "nl", Wording(participant_nl="medewerker", trainer_nl="coach")) == own


def test_english_articles_and_capitals() -> None:
    how = Wording(participant_en="employee", trainer_en="instructor")
    said = in_words("A trainer helps a participant; the participant's trainer. Participants: {participant}", "en", how)
    assert said == "An instructor helps an employee; the employee's instructor. Employees: {participant}"


def test_a_form_that_nobody_knows_is_found() -> None:
    assert uncovered("Het deelnemertje en de deelnemers", "nl") == ["deelnemertje"]
    assert uncovered("A nonparticipant, %(participant)s", "en") == ["nonparticipant"]


def test_what_another_release_stored_does_no_harm() -> None:
    assert Wording.of({"address": "u", "participant_nl": "pupil", "lesson_nl": "stap", "trainer_en": 3}) == Wording("u")
    assert Wording.of(None) == USUAL and USUAL.stored() == {}
    assert isinstance(spoken("nl", USUAL), Translations)


def test_a_file_with_people_may_say_any_of_the_words() -> None:
    for word in ("deelnemer", "cursist", "student", "leerling", "medewerker", "employee"):
        assert ROLES[word] == "participant"
    for word in ("trainer", "docent", "coach", "instructor"):
        assert ROLES[word] == "trainer"
    assert ROLES["auteur"] == "author"


def test_formal_dutch_is_complete_of_the_present_dutch_and_compiled() -> None:
    assert list(catalogue.find_formal_problems()) == []


def test_formal_dutch_keeps_every_placeholder_and_says_u() -> None:
    book, dutch = catalogue.load("formal"), catalogue.load()
    assert len(book) > 400
    for message in book:
        if not message.id:
            continue
        usual = dutch.get(message.id)
        if usual is None:
            continue
        for form, before in zip(forms_of(message), forms_of(usual), strict=True):
            assert sorted(re.findall(r"%\(\w+\)[sd]", form)) == sorted(re.findall(r"%\(\w+\)[sd]", before))
            assert re.search(r"\b(u|uw|zich)\b", form, re.IGNORECASE), form
            assert not BENT.search(form), form


@pytest.mark.parametrize(("familiar", "polite"), [
    ("Kun je niet komen? Meld je af.", "Kunt u niet komen? Meld u af."), ("Je hebt je trainer nodig.", "U hebt uw trainer nodig."),
    ("Waar je jouw werk vindt, ben jij.", "Waar u uw werk vindt, bent u."), ("Voor jou, jezelf en jullie", "Voor u, uzelf en u"),
])  # fmt: skip
def test_the_first_try_at_a_formal_form(familiar: str, polite: str) -> None:
    assert draft(familiar) == polite


def test_changed_dutch_asks_for_its_formal_form_anew() -> None:
    dutch, book = catalogue.empty(), catalogue.empty()
    message = dutch.add("Your work", "Je werk")
    assert [formal.state_of(message, book), formal.line_for(message)] == ["missing", "Your work\tJe werk\tUw werk"]
    formal.put(book, message, ["Je werk"])
    assert formal.state_of(message, book) == "familiar"
    formal.put(book, message, ["Uw werk"])
    assert formal.state_of(message, book) == "" and list(formal.to_do(dutch, book)) == []
    message.string = "Jouw werk"
    assert formal.state_of(message, book) == "old" and list(formal.to_do(dutch, book)) == [message]


def test_added_lines_carry_their_formal_form(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    books = {"messages": catalogue.empty(), "formal": catalogue.empty()}
    found = catalogue.empty()
    for english in ("Your work", ("%(num)d of yours", "%(num)d of yours here"), "Save", "You"):
        found.add(english, None)
    monkeypatch.setattr(catalogue, "load", lambda domain="messages": books[domain])
    monkeypatch.setattr(catalogue, "gather", lambda: found)
    monkeypatch.setattr(catalogue, "save", lambda book, domain="messages": books.update({domain: book}))
    monkeypatch.setattr(catalogue, "compile_catalogue", lambda book, domain="messages": None)
    catalogue.add_lines(io.StringIO(
        "Your work\tJe werk\tUw werk\nSave\tOpslaan\tOpslaan\nYou\tJij\n"
        "%(num)d of yours\t%(num)d of yours here\t%(num)d van jou\t%(num)d van jou hier\t%(num)d van u\t%(num)d van u hier\n"
    ))
    assert books["messages"].get("Your work").string == "Je werk" and books["formal"].get("Your work").string == "Uw werk"
    pair = books["formal"].get(("%(num)d of yours", "%(num)d of yours here"))
    assert tuple(pair.string) == ("%(num)d van u", "%(num)d van u hier")
    assert books["formal"].get("Save") is None and books["formal"].get("You") is None
    said = capsys.readouterr().err
    assert "says no je" in said and "says je; see `python -m core.i18n formal`: You" in said


def test_words_are_looked_up_once_for_each_way_of_speaking() -> None:
    assert spoken("nl", OWN) is spoken("nl", Wording.of(CHOSEN)) and spoken("nl", OWN) is not spoken("en", OWN)
    assert wording.WORDS["participant_nl"][0].one == USUAL.participant_nl
