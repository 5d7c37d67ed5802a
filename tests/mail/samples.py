"""Mails as servers and people send them."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formatdate

HTML = "<p>{}</p>"


def answer(sender: str, to: str, words: str, mail_id: str = "<1@post.example>", html: str | None = None, **headers: str) -> bytes:
    """Return the answer of a person's mail program."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Sanne de Wit <{sender}>", to, headers.pop("Subject", "Re: Nieuw bericht")
    mail["Date"], mail["Message-ID"] = formatdate(), mail_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(words)
    if html is not None:
        mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


def dsn(to: str, *, action: str = "failed", status: str = "5.1.1", told: str = "550 5.1.1 no such user", original: str = "", null: bool = True) -> bytes:
    """Return a delivery status notification as RFC 3464 has it."""
    return f"""\
Return-Path: {'<>' if null else '<mailer@relay.example>'}
From: Mail Delivery System <MAILER-DAEMON@relay.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Date: {formatdate()}
Message-ID: <dsn-{abs(hash((to, status, action)))}@relay.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: {formatdate()}

Final-Recipient: rfc822; nobody@post.example
Original-Recipient: rfc822;nobody@post.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {told}

--edge
Content-Type: text/rfc822-headers

{original}
--edge--
""".replace("\n", "\r\n").encode()


QMAIL = """\
Return-Path: <>
From: MAILER-DAEMON@relay.example
To: {to}
Subject: failure notice
Date: {date}
Message-ID: <qmail-1@relay.example>

Hi. This is the qmail-send program at relay.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<nobody@post.example>:
198.51.100.7 does not like recipient.
Remote host said: 550 5.1.1 User unknown

--- Below this line is a copy of the message.

{original}
"""

EXCHANGE = """\
From: Microsoft Outlook <postmaster@bedrijf.example>
To: {to}
Subject: Onbestelbaar: Nieuw bericht
Date: {date}
Message-ID: <exchange-1@bedrijf.example>
X-Failed-Recipients: nobody@post.example
Content-Type: text/plain; charset=utf-8

Uw bericht is niet bezorgd bij nobody@post.example: het adres is niet gevonden.

{original}
"""

FULL = """\
Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@relay.example>
To: {to}
Subject: Delivery Status Notification (Delay)
Date: {date}
Message-ID: <full-1@relay.example>

There was a temporary problem delivering your message to nobody@post.example.
We will retry for 46 more hours. The response was: 452 4.2.2 mailbox full

{original}
"""


def in_words(pattern: str, to: str, original: str = "") -> bytes:
    """Return a notice that keeps no standard."""
    return pattern.format(to=to, date=formatdate(), original=original).replace("\n", "\r\n").encode()
