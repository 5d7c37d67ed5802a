"""Client organisations in the demo world, with people and an invitation; and a trainer who sees only a group of their own."""

from __future__ import annotations

from dataclasses import dataclass

from jobs.demo.cast import DemoAcademy
from tenants.courses.models import Course
from tenants.groups import actions as groups
from tenants.groups import limits
from tenants.learning.group_actions import enrol_group
from tenants.organisations import actions
from tenants.organisations.actions import Facts
from tenants.people import inviting
from tenants.people.inviting import Host
from tenants.people.joined import Place
from tenants.people.models import Member


@dataclass(frozen=True)
class Client:
    """An organisation, the keys of its people, and whom it lets invite."""

    facts: Facts
    people: tuple[str, ...]
    invited: tuple[str, ...] = ()


CLIENTS = {
    "zorgwijs": (
        Client(Facts("Thuiszorg De Linde", "K-1043", "Wilma Postma", "w.postma@delinde.example", "058 123 45 67",
                     "Factuur per kwartaal. Nieuwe medewerkers beginnen op de eerste van de maand."),
               ("sanne", "yusuf", "fatma", "daan", "mei"), ("esra@delinde.example",)),
        Client(Facts("Zorggroep Oevers", "K-1071", "Peter Brandsma", "p.brandsma@oevers.example"), ("lieke", "bram", "rosa", "henk")),
    ),
    "crumb": (
        Client(Facts("Harbour Hotels", "HH-2026", "Martha Quinn", "m.quinn@harbourhotels.example", "020 7946 0123"),
               ("priya", "callum"), ("new.chef@harbourhotels.example",)),
        Client(Facts("The Village Stores", "", "Owen Pryce", "owen@villagestores.example"), ("aisha", "grace")),
    ),
}  # fmt: skip
# academy -> trainer who sees only this group: its name and its people
LIMITED = {"zorgwijs": ("joris", "Team Zuid", ("lieke", "bram", "rosa"))}


def write(demo: DemoAcademy, members: dict[str, Member], course: Course) -> None:
    """Write the organisations, and limit a trainer where there is a second one."""
    owner = members[demo.people[0].key]
    for client in CLIENTS[demo.slug]:
        organisation = actions.make_organisation(client.facts, owner)
        actions.add_people(organisation, [members[key] for key in client.people], owner)
        host = Host(demo.name, demo.slug, demo.language)
        inviting.invite(owner, host, client.invited, ["participant"], course.id, where=Place(organisation.id, by=owner))
    if demo.slug in LIMITED:
        trainer, name, inside = LIMITED[demo.slug]
        group = groups.make_group(name, owner)
        groups.change_group(group, name, [members[trainer]], owner)
        groups.add_people(group, [members[key] for key in inside], owner)
        enrol_group(group, course, owner)
        limits.limit_to(members[trainer], [group.id], owner)
