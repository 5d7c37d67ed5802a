"""Who plays in the demo world, and how far each of them is. Plain values; `load.py` writes the rows."""

from __future__ import annotations

from dataclasses import dataclass, field

DEMO_PASSWORD = "leren-is-leuk-2026"  # noqa: S105  printed by ./run: a demo login is no secret
OPERATOR = "operator@kweek.example"


@dataclass(frozen=True)
class Stand:
    """How far somebody is: lessons done, whether the next one is begun, days since they last learned."""

    course: str
    done: int
    begun: bool = False
    days_ago: float = 1
    hesitant: bool = False
    said: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """One person; `said` in their stands answers the open questions in order."""

    key: str
    first_name: str
    last_name: str
    roles: tuple[str, ...] = ("participant",)
    stands: tuple[Stand, ...] = ()


@dataclass(frozen=True)
class DemoAcademy:
    """One academy, its owner first in `people`."""

    slug: str
    name: str
    colour: str
    language: str
    people: tuple[Person, ...] = field(default=())

    def email(self, person: Person) -> str:
        """Return the address that `person` signs in with."""
        return f"{person.key}@{self.slug}.example"


MED, PRIVACY, BREAD = "medicatieveiligheid", "privacy-op-het-werk", "bread-that-works"
ALL_ROLES = ("owner", "manager", "author", "trainer")

ZORGWIJS = DemoAcademy("zorgwijs", "Zorgwijs", "#14685a", "nl", (
    Person("margriet", "Margriet", "Hoekstra", ALL_ROLES),
    Person("noor", "Noor", "Haddad", ("trainer", "author")),
    Person("joris", "Joris", "Bakker", ("trainer", "author")),
    Person("sanne", "Sanne", "de Wit", stands=(
        Stand(MED, 10, begun=True, days_ago=0.6, said=(
            "Blaaskatheter inbrengen. Ik zou eerst op een model oefenen en dan een keer met Fatma meelopen.",
            "Door de telefoon. 'Ik ben medicijnen aan het klaarmaken, ik bel je over vijf minuten terug.'")),
        Stand(PRIVACY, 3, days_ago=4, hesitant=True, said=(
            "De buurvrouw vroeg of meneer weer thuis was. Ik heb gezegd dat ik daar niets over kan zeggen.",)))),
    Person("yusuf", "Yusuf", "Demir", stands=(
        Stand(MED, 15, days_ago=9, said=(
            "Een infuus aansluiten. Ik vraag of ik een ochtend in het skillslab mag.",
            "Een cliënt die praat. Ik zeg: 'Ik luister zo naar u, eerst even tellen.'",
            "Met Joris aan de telefoon. Goed: hij rekende zelf. Anders: ik zei te snel mijn getal.",
            "'Ik hoor dat u geen zin heeft. Wat maakt dat het vandaag anders is?'",
            "Mevrouw Baran, 81, ademt 8 keer per minuut en is suf. Zij heeft om 8 uur morfine gehad. Ik denk aan "
            "een te hoge dosis. Wilt u nu met mij meekijken?")),
        Stand(PRIVACY, 8, days_ago=15, said=(
            "Op een verjaardag. Iemand kende de cliënt ook. Ik heb over iets anders gepraat.",
            "Vanochtend om 9 uur, mijn tas met de routelijst uit de auto gestolen. Direct gebeld met mijn teamleider.",
            "Ik zet mijn scherm op slot voordat ik naar de keuken loop.")))),
    Person("lieke", "Lieke", "van den Berg", stands=(
        Stand(MED, 5, begun=True, days_ago=24, hesitant=True, said=("Katheteriseren, denk ik.",)),)),
    Person("daan", "Daan", "Smit", stands=(Stand(MED, 2, days_ago=41, hesitant=True),)),
    Person("fatma", "Fatma", "Yıldız", stands=(
        Stand(MED, 12, begun=True, days_ago=1.2, said=(
            "Ik heb lang geen insulinepen van dat merk gebruikt. Ik vraag de wijkapotheek om uitleg.",
            "De bel. 'Momentje, ik maak dit eerst af.'",
            "Ik keek toe terwijl mijn collega optrok. Nu snap ik dat dat geen controle is.")),
        Stand(PRIVACY, 6, begun=True, days_ago=2, said=("Een foto in de groepsapp. Ik heb hem verwijderd.",)))),
    Person("bram", "Bram", "Kuijpers", stands=(Stand(MED, 0, days_ago=3), Stand(PRIVACY, 1, begun=True, days_ago=3))),
    Person("ngozi", "Ngozi", "Okafor", stands=(
        Stand(MED, 10, begun=True, days_ago=0.3, said=(
            "Zuurstof toedienen. Meelopen met de nachtdienst.", "Mijn eigen gedachten: ik denk al aan de volgende.")),)),
    Person("tim", "Tim", "Verhoeven", stands=(Stand(PRIVACY, 8, days_ago=30, said=(
        "Bij de kapper.", "Om 14 uur stond een dossier open op een laptop in de gang. Ik heb hem dichtgedaan en "
        "gemeld.", "Geen namen meer in appjes.")),)),
    Person("rosa", "Rosa", "Fernandes", stands=(Stand(MED, 7, days_ago=6, hesitant=True), Stand(PRIVACY, 2, days_ago=8))),
    Person("henk", "Henk", "Dijkstra", stands=(Stand(MED, 1, begun=True, days_ago=55),)),
    Person("mei", "Mei", "Chen", stands=(Stand(MED, 14, begun=True, days_ago=0.9, said=(
        "Sondevoeding. Ik heb al een afspraak met Noor.", "Familie. 'Ik kom zo bij u.'",
        "Goed: alles neergelegd. Anders: eerst de opdracht hardop lezen.",
        "'U hoeft niet. Mag ik vragen wat u tegenstaat?'")),)),
    Person("ole", "Ole", "Jansen", stands=(Stand(PRIVACY, 0, days_ago=12),)),
))  # fmt: skip

CRUMB = DemoAcademy("crumb", "Crumb & Co Bakery School", "#b4531f", "en", (
    Person("eleanor", "Eleanor", "Marsh", ALL_ROLES),
    Person("tomas", "Tomás", "Rivera", ("trainer", "author")),
    Person("priya", "Priya", "Nair", stands=(Stand(BREAD, 6, begun=True, days_ago=0.5, said=(
        "Flour 100, water 68, starter 20, salt 2. I want to shape it by hand.",)),)),
    Person("callum", "Callum", "Reid", stands=(Stand(BREAD, 10, days_ago=11, said=(
        "100 / 72 / 18 / 2, because my flour drinks a lot.",
        "Five and a half hours at 24 degrees, up by about 60%. I would stop a little earlier.",
        "Good ear, pale base. Next time the pot heats up for longer before I load it.")),)),
    Person("aisha", "Aisha", "Bello", stands=(Stand(BREAD, 3, days_ago=19, hesitant=True),)),
    Person("jonas", "Jonas", "Weber", stands=(Stand(BREAD, 8, begun=True, days_ago=2, said=(
        "100, 75, 20, 2. More water is more fun.", "Four hours, 27 degrees, doubled. Too much, it spread.")),)),
    Person("grace", "Grace", "O'Connor", stands=(Stand(BREAD, 1, begun=True, days_ago=33),)),
    Person("wei", "Wei", "Zhang", stands=(Stand(BREAD, 0, days_ago=1),)),
))  # fmt: skip

ACADEMIES = (ZORGWIJS, CRUMB)
