"""Which mails ask for a right over one's data, and which do not."""

from __future__ import annotations

import pytest

from core.privacy.wishes import wish_of

CLEAR = [
    ("know", "", "Welke gegevens hebben jullie over mij?"), ("know", "Inzageverzoek", "Geachte heer, zie onderwerp."), ("know", "", "Graag ontvang ik een kopie van mijn gegevens."),
    ("know", "", "What data do you hold about me?"), ("know", "Subject access request", "Please see above."), ("know", "", "I would like a copy of my personal data."),
    ("know", "", "Ik wil graag inzage in mijn gegevens"), ("know", "", "Wat bewaren jullie eigenlijk van mij?"), ("know", "", "Under article 15 GDPR I request access."),
    ("change", "", "Kunt u mijn achternaam wijzigen? Ik ben getrouwd."), ("change", "", "Please correct my name, it is misspelt."), ("change", "", "Mijn e-mailadres klopt niet meer, kunnen jullie het aanpassen?"),
    ("change", "", "Please update my address"), ("change", "", "Ik doe een beroep op mijn recht op rectificatie"),
    ("delete", "", "Verwijder al mijn gegevens alstublieft."), ("delete", "", "Please delete my account"), ("delete", "", "Ik wil dat u mijn account verwijdert."), ("delete", "", "I want all my data erased"),
    ("delete", "", "Ik beroep me op het recht op vergetelheid"), ("delete", "Right to be forgotten", "Hello, please act on this."), ("delete", "", "Wilt u alles over mij wissen? Wis alle gegevens van mij."),
    ("delete", "", "Can you remove my personal data, and tell me which data you had about me?"),
    ("restrict", "", "Ik vraag om beperking van de verwerking."), ("restrict", "", "Please restrict the processing of my data"),
    ("object", "", "Hierbij maak ik bezwaar tegen de verwerking van mijn gegevens"), ("object", "", "I object to the processing of my data"),
    ("delete", "", "How long do you keep my data? Please delete my account."), ("delete", "", "Verwijder mijn account en haal me van de nieuwsbrief af."),
    ("delete", "", "Please delete all data you hold on me and take me off your mailing list"), ("know", "", "Kan ik een lijst krijgen van mijn gegevens?"),
    ("delete", "", "Close my account"), ("delete", "", "Gooi mijn account weg"), ("delete", "", "Zeg mijn account op"), ("object", "", "Wilt u mijn gegevens niet meer gebruiken?"),
    ("restrict", "", "Ik beroep me op het recht op beperking"),
]  # fmt: skip
NOT = [
    ("", "Don't delete my account please"), ("", "Verwijder mijn account niet"), ("", "How do I delete my account?"), ("", "I have a complaint: the student deleted my account by accident"),
    ("", "Hoe kan ik mijn wachtwoord wijzigen in mijn account?"), ("", "I cannot change my address on the settings page, it gives an error"),
    ("", "Ik wil me uitschrijven voor de nieuwsbrief"), ("", "Please delete my address from your mailing list"), ("", "Haal mijn gegevens uit uw bestand"), ("", "Hoe verwijder ik een deelnemer?"),
    ("", "How do we delete the data of a participant?"), ("", "Kunnen jullie een demo geven?"), ("", "My course does not open"), ("", "Ik kan niet inloggen op mijn account"), ("", ""),
    ("", "What does it cost?"), ("Vraag", "Wat is jullie adres?"), ("", "I forgot my password"), ("", "Mijn cursus is klaar, dank u wel"), ("", "verwijder mijn gegevens " + "bla " * 300),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "subject", "words"), CLEAR)
def test_a_clear_wish_is_heard(kind: str, subject: str, words: str) -> None:
    assert wish_of(subject, words) == kind


@pytest.mark.parametrize(("subject", "words"), NOT)
def test_anything_else_goes_to_others(subject: str, words: str) -> None:
    assert wish_of(subject, words) is None
