"""Which mails say that somebody wants to leave the newsletter, and which a person has to read."""

from __future__ import annotations

import pytest

from core.newsletter.rules import wants_out

CLEAR = [
    ("", "I want to unsubscribe"), ("", "Please unsubscribe me."), ("unsubscribe", ""), ("Unsubscribe", "Thanks, Joan"), ("", "STOP"), ("STOP", ""),
    ("", "Hi, could you please remove me from your mailing list? Thanks"), ("", "Take me off this list please"), ("", "please remove my email address from your list"),
    ("", "I'd like to opt out."), ("", "Opt-out"), ("", "Please stop sending me these e-mails"), ("", "No more newsletters please"),
    ("", "I no longer want to receive your newsletter"), ("", "I don’t want these emails anymore"), ("", "do not email me again"), ("", "Please cancel my subscription"),
    ("Re: News of June", "unsubscribe please"), ("Newsletter", "I wish to be unsubscribed from this."), ("", "Kindly delete me from your mailing list."),
    ("", "Can you stop emailing me?"), ("", "How do I unsubscribe?"), ("", "Sign me off"),
    ("", "Ik wil me uitschrijven"), ("", "Ik wil mij graag uitschrijven voor de nieuwsbrief."), ("Uitschrijven", ""), ("Afmelden nieuwsbrief", "Groet, Piet"),
    ("", "Graag afmelden voor de nieuwsbrief, dank u"), ("", "Schrijf me uit"), ("", "Kunt u mij uitschrijven?"), ("", "Kun je me van de mailinglijst halen? Haal me van de lijst."),
    ("", "Ik wil geen nieuwsbrief meer ontvangen"), ("", "Ik hoef geen nieuwsbrieven meer"), ("", "Graag geen mail meer"), ("", "Stop met mailen"),
    ("", "Verwijder mij van de lijst a.u.b."), ("", "Gelieve mij uit te schrijven"), ("", "Ik meld me af"), ("", "meld mij af voor deze mail"),
    ("", "Ik wens deze nieuwsbrief niet meer te ontvangen"), ("", "Wil de nieuwsbrief opzeggen"), ("", "opzeggen"), ("Opzeggen nieuwsbrief", "Zie onderwerp"),
    ("", "Haal mijn e-mailadres uit uw bestand, ik wil van de nieuwsbrief af"), ("", "AUB uitschrijven!!"), ("", "Ik wil de nieuwsbrief niet langer krijgen."),
    ("", "Ik ontvang liever geen mails van jullie"), ("", "please delete my details from your newsletter"), ("", "Haal mij eraf"),
    ("", "Geen interesse meer, svp verwijderen"), ("", "Gelieve mijn adres te schrappen"), ("", "unsub"), ("", "Kun je mij van de verzendlijst verwijderen?"),
    ("", "Please take my name off your mailing list"), ("", "I am no longer interested in your newsletter"), ("", "Ik stop met de nieuwsbrief"),
    ("", "Ik zou graag afgemeld willen worden"), ("", "Wilt u mij uit het bestand verwijderen?"), ("", "I would like to be removed from this list"),
    ("", "Please remove"), ("", "Verwijderen"), ("", "Please discontinue my subscription"), ("", "Ik wil niet meer gemaild worden"),
    ("", "Ik wil deze mails niet"), ("", "Ik wil geen mails van u"), ("", "Ik heb geen behoefte meer aan de nieuwsbrief"),
    ("", "leave me alone, no more mail"), ("", "Kan ik me uitschrijven?"), ("", "Wil mij afmelden."), ("", "I want off this list"),
    ("", "Get me off your list!"), ("", "I don't wish to receive any further emails"), ("", "Please unsubscribe this address"),
    ("", "Could you unsubscribe me from all mailings, thanks, Jan de Vries\nBakkerij de Vries"), ("", "Stuur me geen nieuwsbrief meer"),
    ("", "Niet meer sturen aub"), ("", "Stop sturen"), ("", "Ik wil graag van jullie mailinglijst af"),
    ("", "svp mijn abonnement op de nieuwsbrief beëindigen"), ("", "Bedankt maar ik wil de nieuwsbrief niet meer"), ("", "Not interested, remove me"),
    ("", "cancel newsletter"), ("", "Please end these emails"), ("", "I would like to be removed\nfrom your mailing list."),
]  # fmt: skip
UNCLEAR = [
    ("", "Thank you for the newsletter, I liked it."), ("", "I do not want to unsubscribe, I only moved house."), ("Re: Unsubscribe any time", "Great piece on feedback!"),
    ("", "I unsubscribed by mistake, please put me back"), ("", "Ik ben per ongeluk uitgeschreven"), ("", "Remove my account please, and everything in it"),
    ("", "I want to unsubscribe from the course on bread"), ("", "Mijn collega wil zich uitschrijven, kan dat?"), ("", "Please unsubscribe my colleague joan@example.org"),
    ("", "Hoe meld ik een cursist af voor een sessie?"), ("Vraag over de factuur", "Kunt u de factuur nog eens sturen?"), ("", ""), ("", "When does the next newsletter come out?"),
    ("", "Ik wil niet uitgeschreven worden!"), ("", "Wanneer stopt de inschrijving?"), ("", "Can I get the newsletter in English?"), ("Afmelden", "Graag meld ik mij aan voor de demo op dinsdag; kan mijn manager ook komen? " * 5),
    ("", "word " * 90 + "unsubscribe"), ("", "Ik wil me aanmelden voor de nieuwsbrief"), ("", "I want to subscribe to the newsletter"), ("", "Stop de persen, geweldig nieuws!"),
    ("", "Remove the second attachment please, it is too large"), ("", "Kunnen we een afspraak verzetten?"), ("", "Please send me the newsletter again"),
    ("", "Ik krijg geen nieuwsbrief"), ("", "I do not get your newsletter any more"), ("", "Ik ontvang de nieuwsbrief niet meer, wat is er mis?"),
    ("", "We want to stop with our present platform and come to you"), ("", "Ik wil meer mails ontvangen"), ("", "Do you have an opt-out for analytics?"),
    ("", "How many people unsubscribe from your newsletter each month?"), ("", "Kunnen wij onze leden zelf laten uitschrijven op het platform?"),
    ("", "no emails arrive since Monday"), ("", "Er komen geen mails meer aan"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "words"), CLEAR)
def test_a_clear_wish_is_heard(subject: str, words: str) -> None:
    assert wants_out(subject, words)


@pytest.mark.parametrize(("subject", "words"), UNCLEAR)
def test_anything_else_goes_to_a_person(subject: str, words: str) -> None:
    assert not wants_out(subject, words)
