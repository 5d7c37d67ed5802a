"""What somebody wrote in answer: quotations and signatures of many mail programs go, the person's own words stay."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.mail.answers import own_words, unflowed
from core.mail.plain import plain_of

OURS = "Noor schrijft:\n> Kun je donderdag komen?\n> Neem je map mee."
QUOTED = "> Noor schrijft:\n> > Kun je donderdag komen?\n>\n> --\n> Zorgwijs"
HEAD_NL = "Van: Zorgwijs <no-reply@kweek.nl>\nVerzonden: dinsdag 1 december 2026 10:15\nAan: Sanne de Wit <sanne@post.example>\nOnderwerp: Nieuw bericht"
HEAD_EN = "From: Zorgwijs <no-reply@kweek.nl>\nSent: Tuesday, December 1, 2026 10:15 AM\nTo: Sanne de Wit <sanne@post.example>\nSubject: New message"
ADDRESS = "post+r7.abcdefghijklmnopqrstuvwxyz234567abcdefghij@kweek.nl"

PLAIN = {
    "gmail, nl": f"Ja, ik kom.\n\nOp di 1 dec 2026 om 10:15 schreef Zorgwijs <{ADDRESS}>:\n\n{QUOTED}\n",
    "gmail, nl, wrapped": f"Ja, ik kom.\n\nOp di 1 dec 2026 om 10:15 schreef Zorgwijs <\n{ADDRESS}>:\n\n{QUOTED}\n",
    "gmail, nl, older": f"Ja, ik kom.\n\nOp 1 december 2026 10:15 schreef Zorgwijs <{ADDRESS}>:\n\n{QUOTED}",
    "gmail, en": f"Ja, ik kom.\n\nOn Tue, Dec 1, 2026 at 10:15\u202fAM Zorgwijs <{ADDRESS}> wrote:\n\n{QUOTED}\n",
    "gmail, en, wrapped": f"Ja, ik kom.\n\nOn Tue, Dec 1, 2026 at 10:15 AM Zorgwijs <{ADDRESS}>\nwrote:\n\n{QUOTED}\n",
    "gmail, signature": f"Ja, ik kom.\n\n-- \nSanne de Wit\nHoofdstraat 1, Utrecht\n\nOp di 1 dec 2026 om 10:15 schreef Zorgwijs <{ADDRESS}>:\n\n{QUOTED}\n",
    "outlook, nl": f"Ja, ik kom.\n\n{HEAD_NL}\n\n{OURS}\n",
    "outlook, nl, line": f"Ja, ik kom.\n\n________________________________\n{HEAD_NL}\n\n{OURS}\n",
    "outlook, en": f"Ja, ik kom.\n\n{HEAD_EN}\n\n{OURS}\n",
    "outlook, bold": "Ja, ik kom.\n\n*From:* Zorgwijs <no-reply@kweek.nl>\n*Sent:* Tuesday, December 1, 2026 10:15 AM\n*To:* Sanne\n*Subject:* New message\n\n" + OURS,
    "outlook, old, nl": f"Ja, ik kom.\n\n-----Oorspronkelijk bericht-----\n{HEAD_NL}\n\n{OURS}\n",
    "outlook, old, en": f"Ja, ik kom.\n\n-----Original Message-----\n{HEAD_EN}\n\n{OURS}\n",
    "outlook for iOS": f"Ja, ik kom.\n\nOutlook voor iOS downloaden<https://aka.ms/o0ukef>\n________________________________\n{HEAD_NL}\n\n{OURS}\n",
    "outlook for Android": f"Ja, ik kom.\n\nGet Outlook for Android<https://aka.ms/AAb9ysg>\n________________________________\n{HEAD_EN}\n\n{OURS}\n",
    "apple mail, nl": f"Ja, ik kom.\n\n> Op 1 dec 2026, om 10:15 heeft Zorgwijs <{ADDRESS}> het volgende geschreven:\n> \n{QUOTED}\n",
    "iPhone, nl": f"Ja, ik kom.\n\nVerstuurd vanaf mijn iPhone\n\n> Op 1 dec 2026 om 10:15 heeft Zorgwijs <{ADDRESS}> het volgende geschreven:\n> \n> \ufeff{OURS}",
    "iPhone, en": f"Ja, ik kom.\n\nSent from my iPhone\n\n> On 1 Dec 2026, at 10:15, Zorgwijs <{ADDRESS}> wrote:\n> \n{QUOTED}\n",
    "apple mail, en": f"Ja, ik kom.\n\n> On 1 Dec 2026, at 10:15, Zorgwijs <{ADDRESS}> wrote:\n> \n{QUOTED}\n",
    "thunderbird, nl": f"Ja, ik kom.\n\nOp 01-12-2026 om 10:15 schreef Zorgwijs:\n{QUOTED}\n",
    "thunderbird, en": f"Ja, ik kom.\n\nOn 12/1/26 10:15, Zorgwijs wrote:\n{QUOTED}\n",
    "thunderbird, below": f"Op 01-12-2026 om 10:15 schreef Zorgwijs:\n{QUOTED}\n\nJa, ik kom.\n",
    "thunderbird, below, signed": f"On 12/1/26 10:15, Zorgwijs wrote:\n{QUOTED}\n\nJa, ik kom.\n\n-- \nSanne de Wit\n",
    "samsung, nl": f"Ja, ik kom.\n\nVerzonden vanaf mijn Galaxy\n\n-------- Oorspronkelijk bericht --------\nVan: Zorgwijs <no-reply@kweek.nl>\nDatum: 01-12-2026 10:15\n\n{OURS}",
    "proton": f"Ja, ik kom.\n\nVerzonden met Proton Mail beveiligde e-mail.\n\nOp dinsdag 1 december 2026 om 10:15 schreef Zorgwijs <{ADDRESS}>:\n\n{QUOTED}",
    "closing": f"Ja, ik kom.\n\nMet vriendelijke groet,\n\nSanne de Wit\nVerpleegkundige\nT 030 123 45 67\n\n{HEAD_NL}\n\n{OURS}",
    "closing, short": f"Ja, ik kom.\nGroetjes,\nSanne\n\n{QUOTED}",
    "closing, en": "Ja, ik kom.\n\nKind regards,\nSanne",
    "windows lines": f"Ja, ik kom.\r\n\r\n-----Original Message-----\r\n{HEAD_EN}\r\n",
    "nothing quoted": "Ja, ik kom.",
}  # fmt: skip


@pytest.mark.parametrize("program", PLAIN)
def test_only_what_was_written_now_is_kept(program: str) -> None:
    assert own_words(PLAIN[program]) == "Ja, ik kom."


RICH = {
    "gmail": f'<div dir="ltr">Ja, ik kom.</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Op di 1 dec 2026 om 10:15 schreef Zorgwijs &lt;<a href="mailto:{ADDRESS}">{ADDRESS}</a>&gt;:<br></div><blockquote class="gmail_quote" style="margin:0"><p>Noor schrijft:</p><blockquote>Kun je komen?</blockquote></blockquote></div>',
    "outlook": '<html><head><style>p{margin:0}</style></head><body><div class="elementToProof">Ja, ik kom.</div><div id="appendonsend"></div><hr tabindex="-1"><div id="divRplyFwdMsg"><b>Van:</b> Zorgwijs<br><b>Verzonden:</b> dinsdag 1 december 2026<br><b>Aan:</b> Sanne<br><b>Onderwerp:</b> Nieuw bericht</div><div>Noor schrijft: kun je komen?</div></body></html>',
    "outlook, desktop": '<p class="MsoNormal">Ja, ik kom.<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Zorgwijs &lt;no-reply@kweek.nl&gt; <br><b>Sent:</b> Tuesday, December 1, 2026 10:15 AM<br><b>To:</b> Sanne<br><b>Subject:</b> New message</p></div></div><p>Noor writes: can you come?</p>',
    "apple mail": f'<html><body style="overflow-wrap: break-word;">Ja, ik kom.<br id="lineBreakAtBeginningOfMessage"><div><br><blockquote type="cite"><div>Op 1 dec 2026, om 10:15 heeft Zorgwijs &lt;{ADDRESS}&gt; het volgende geschreven:</div><br><div>Noor schrijft</div></blockquote></div></body></html>',
    "iPhone": f'<div dir="ltr">Ja, ik kom.</div><br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Verstuurd vanaf mijn iPhone</div><div dir="ltr"><br><blockquote type="cite">Op 1 dec 2026 om 10:15 heeft Zorgwijs &lt;{ADDRESS}&gt; het volgende geschreven:<br><br></blockquote></div><blockquote type="cite"><div>Noor schrijft</div></blockquote>',
    "thunderbird": '<p>Ja, ik kom.</p><div class="moz-cite-prefix">Op 01-12-2026 om 10:15 schreef Zorgwijs:<br></div><blockquote type="cite" cite="mid:1@kweek.nl">Noor schrijft</blockquote>',
    "gmail, signature": '<div dir="ltr">Ja, ik kom.<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature"><b>Sanne de Wit</b><br>030 123 45 67</div></div>',
    "script": "<script>alert(1)</script><p>Ja, ik <b>kom</b>.</p><style>p{}</style>",
    "broken": "<p>Ja, ik <b>kom</p>.</div></div><!-- never closed",
}  # fmt: skip


@pytest.mark.parametrize("program", RICH)
def test_a_mail_in_html_says_the_same(program: str) -> None:
    assert own_words(plain_of(RICH[program])).replace("kom\n\n.", "kom.") == "Ja, ik kom."


KEPT = [
    "Op dinsdag om 10 uur ben ik er niet.\nOp woensdag schreef ik het al: dan wel.",
    "On Monday I wrote a test.\nIt went well.",
    "Van wie is die map?\nVan: niemand, dacht ik.",
    "Eerste alinea.\n\nTweede alinea, met een lijst:\n- een\n- twee",
    "Dat klopt.\n\nGroeten,\nSanne\n\nPS Vergeet je map niet.",
    "Groet, Sanne",
    "Best wel een goed plan.",
    "from: A to B is ten minutes",
    "Verstuurd vanaf mijn werk, dat mag toch?\nIk hoor het graag.",
    "1 < 2 en 3 > 2",
]


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_like_a_quotation_stays(text: str) -> None:
    assert own_words(text) == text


def test_answers_between_quoted_lines_stay() -> None:
    assert own_words("Op 01-12-2026 om 10:15 schreef Noor:\n> Kun je komen?\nJa.\n> En eten?\nNee, dank je.\n") == "Ja.\nNee, dank je."


@pytest.mark.parametrize("text", ["", "\n\n", "> alles\n> gequoot", f"{HEAD_NL}\n\n{OURS}", "-- \nSanne", "Verstuurd vanaf mijn iPhone"])
def test_nothing_of_ones_own_is_nothing(text: str) -> None:
    assert own_words(text) == ""


def test_paragraphs_of_flowed_text_stand_on_one_line() -> None:
    assert unflowed("Een zin die \nverder gaat.\n \nTweede.\n-- \nSanne") == "Een zin die verder gaat.\n\nTweede.\n-- \nSanne"


def test_lists_and_links_of_html_can_be_read() -> None:
    html = '<p>Kijk:</p><ul><li>een</li><li>twee</li></ul><p><a href="https://x.example/map">de map</a> en <a href="https://y.example">https://y.example</a></p>'
    assert plain_of(html) == "Kijk:\n\n- een\n- twee\n\nde map (https://x.example/map) en https://y.example"


@given(some.text(max_size=400))
def test_no_text_breaks_it_and_nothing_is_made_up(text: str) -> None:
    words = own_words(text)
    assert set(words) <= set(text.replace("\u00a0", " ")) | {"\n"}
    plain_of(text)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["Op 1 " * 20_000, "> " * 50_000, "On " + "1" * 100_000 + " wrote:", "\n" * 100_000, "Van: x\n" * 20_000, "<" * 50_000, "<!" * 50_000, "</" * 50_000, "<a" * 50_000, "<a href=" * 20_000, "<?" * 50_000, "<!--" * 50_000, "<b>x" * 50_000, "<script>" * 20_000, "op 1 schreef <a@b> " * 3_000])
def test_a_mail_made_to_stall_does_not(text: str) -> None:
    own_words(text)
    plain_of(text)
    plain_of("<div>" * 5_000 + text)


@pytest.mark.parametrize("text", ["<" + "@" * 100_000, "gr\n" * 33_000, "op 1" + " heeft 1" * 12_000, ("<" + "@" * 990 + "\n") * 100])
def test_no_text_takes_long_to_read(text: str) -> None:
    began = time.process_time()
    own_words(text)
    assert time.process_time() - began < 2


def test_a_long_paragraph_of_many_lines_is_put_together_at_once() -> None:
    began = time.process_time()
    assert len(unflowed("a \n" * 333_000)) == 666_000
    assert time.process_time() - began < 2
