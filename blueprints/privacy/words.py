"""What people read about the tables that may hold something about them. tests/privacy holds both against the declarations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Told:
    """One table in plain words: what it holds, why, for how long, and what happens to it when the account ends."""

    title: Any
    why: Any
    kept: Any
    end: Any


GOES: Final = _l("It is destroyed with your account.")
STAYS: Final = _l("It stays, with a number instead of your name.")
WITH_ACCOUNT: Final = _l("As long as you have an account.")
TOLD: Final = {
    "accounts": Told(_l("Your account"), _l("To let you sign in, to write to you and to name you in agreements."), WITH_ACCOUNT, GOES),
    "sessions": Told(_l("Signed-in devices"), _l("To keep you signed in, and to let you see where."), _l("Until you sign out, or 30 days after you were last there."), GOES),
    "second_steps": Told(_l("Second step of signing in"), _l("To ask for digits that only your device shows."), _l("Until you turn it off."), GOES),
    "recovery_codes": Told(_l("Recovery codes"), _l("To let you in when your device is lost."), _l("Until you turn the second step off."), GOES),
    "half_sign_ins": Told(_l("Sign-ins under way"), _l("To remember between password and digits that it is you."), _l("10 minutes."), GOES),
    "tokens": Told(_l("Links in our mails"), _l("So that a link works once and only for a while."), _l("Until a week after they ended."), GOES),
    "ownerships": Told(_l("Academies that you own"), _l("To let you look after them."), _l("As long as you own them."), GOES),
    "owner_offers": Told(_l("Offers to own an academy"), _l("So that an offer can be accepted or withdrawn."), _l("As long as the account that made them."), GOES),
    "handoffs": Told(_l("Steps into an academy"), _l("To let you step from the platform into an academy without signing in again."), _l("A day."), GOES),
    "closings": Told(_l("Academies that you closed"), _l("To show what was destroyed and when, and who may fetch the last copy."), _l("As long as the receipt of the academy."), STAYS),
    "asks": Told(_l("Questions for a mail"), _l("To answer you when you asked for a password or for your academies."), _l("Until the answer was sent."), GOES),
    "letters": Told(_l("Mails that we sent you"), _l("To send them, and to send them again when your mail server was away."), _l("35 days."), GOES),
    "inbound_mails": Told(_l("Mails from you"), _l("So that somebody can answer them."), _l("90 days after somebody was done with them, a year at most."), GOES),
    "leads": Told(_l("Your request for a demo"), _l("To answer it."), _l("12 months after the last contact."), GOES),
    "lead_notes": Told(_l("Notes about your request"), _l("So that who answers you knows what was said."), _l("As long as the request."), GOES),
    "subscribers": Told(_l("Newsletter"), _l("To send it to you, because you asked for it."), _l("Until 30 days after you left."), GOES),
    "subscriber_events": Told(_l("What happened to your newsletter"), _l("To prove that you asked for it and when you left."), _l("3 years."), STAYS),
    "deliveries": Told(_l("Newsletters that you were sent"), _l("So that you get each only once."), _l("As long as you get the newsletter."), GOES),
    "privacy_requests": Told(_l("What you asked about your data"), _l("To answer it in time, and to prove that we did."), _l("24 months after it was answered."), GOES),
    "privacy_steps": Told(_l("What was done with it"), _l("To prove how it was handled."), _l("As long as the request."), GOES),
    "legal_acceptances": Told(_l("What you accepted"), _l("To prove what we agreed."), _l("Until 5 years after the agreement ended."), STAYS),
    "audit": Told(_l("What you did as owner or operator"), _l("To find out later what happened. It holds numbers, no words."), _l("7 years."), STAYS),
    "account_erasures": Told(_l("The end of your account"), _l("To prove that we ended it when you asked."), _l("5 years."), STAYS),
    "retention_warnings": Told(_l("Warnings that your account ends"), _l("So that you are warned in time when you do not visit."), WITH_ACCOUNT, GOES),
    "retention_cases": Told(_l("Your account before an operator"), _l("When you do not visit and others need your academy, a person decides."), WITH_ACCOUNT, GOES),
}  # fmt: skip

FIELDS: Final = {
    "email": _l("E-mail address"), "first_name": _l("First name"), "last_name": _l("Last name"), "name": _l("Name"), "password_hash": _l("Password, as a fingerprint"),
    "email_confirmed_at": _l("Address confirmed on"), "language": _l("Language"), "scheme": _l("Appearance"), "is_operator": _l("Operator of the platform"),
    "made_at": _l("Made on"), "visited_at": _l("Last visit"), "device": _l("Device"), "seen_at": _l("Last seen"), "expires_at": _l("Ends on"),
    "proven_at": _l("Password asked again on"), "kind": _l("Kind"), "token_hash": _l("Secret, as a fingerprint"), "code_hash": _l("Code, as a fingerprint"), "secret": _l("Secret"), "new_email": _l("New e-mail address"),
    "used_at": _l("Used on"), "since": _l("Since"), "academy_id": _l("Academy, by number"), "number": _l("Academy, by number"), "hand_over": _l("Handed over"),
    "step": _l("Step"), "asked_at": _l("Asked on"), "undo_until": _l("Could be taken back until"), "undone_at": _l("Taken back on"), "done_at": _l("Done on"),
    "export_until": _l("Last copy kept until"), "recipient": _l("To"), "subject": _l("Subject"), "body_text": _l("Text"), "unsubscribe": _l("Link to unsubscribe"),
    "sent_at": _l("Sent on"), "bounced_at": _l("Came back on"), "sender": _l("From"), "sender_name": _l("Name"), "body": _l("Text"), "arrived_at": _l("Arrived on"),
    "handled_at": _l("Dealt with on"), "organisation": _l("Organisation"), "phone": _l("Phone"), "question": _l("Question"), "state": _l("State"),
    "planned_for": _l("The demo is on"), "contacted_at": _l("Last contact"), "text": _l("Text"), "token": _l("Secret"), "confirmed_at": _l("Confirmed on"), "left_at": _l("Left on"),
    "act": _l("What was done"), "way": _l("How"), "at": _l("Moment"), "sha256": _l("Fingerprint of the text"), "signer": _l("Signed for and by"),
    "accepted_at": _l("Accepted on"), "ends_at": _l("Destroyed on"), "why": _l("Why"), "due_at": _l("Moment"), "counts": _l("What was destroyed, in numbers"),
    "reasons": _l("Reasons"), "found_at": _l("Found on"), "words": _l("In your words"), "verified_at": _l("Sure who asks since"), "extended_at": _l("Extended on"), "note": _l("Note"), "kept_until": _l("Kept until"), "facts": _l("Numbers with it"), "processor": _l("The platform's party"),
}  # fmt: skip
# Columns that say nothing by themselves to a reader: how rows hang together, and what the machine needs. They are in the file.
MACHINE: Final = frozenset(
    "id account_id actor_id offered_by asked_by export_holder handled_by lead_id subscriber_id edition_id letter_id request_id version_id form_id decided_by thread mail_id"
    " body_html last_step attachments is_cut bounce_code was_suspended by_operator export_path export_sha256 receipt".split()
)
RULES: Final = {
    "accounts": _l("Accounts without a visit"), "leads": _l("Requests for a demo, after the last contact"), "subscribers": _l("Newsletter addresses that left"),
    "subscribers_quiet": _l("Newsletter addresses that nothing was sent to"), "subscriber_events": _l("Proof of newsletter consent"), "inbound_mails": _l("Mail that came in, after it was dealt with"), "letters": _l("Mail that we sent"),
    "sessions": _l("Signed-in devices, after they were last seen"), "tokens": _l("Links in mails, after they ended"), "acceptances": _l("Proof of agreements, after they ended"),
    "privacy_requests": _l("Requests about data, after they were answered"), "account_erasures": _l("Receipts of ended accounts"), "audit": _l("What owners and operators did"), "invoices": _l("Invoices, after the end of their year"),
    "invoices_oss": _l("Invoices to consumers elsewhere in the Union"),
}  # fmt: skip
REASONS: Final = {
    "members": _l("People learn or teach in its academies"), "owner": _l("Another owner visits"), "plan": _l("Its plan is paid"), "operator": _l("It operates the platform"),
}  # fmt: skip
WHYS: Final = {"self": _l("Asked by themselves"), "silence": _l("A year without a visit"), "operator": _l("By an operator")}
KINDS: Final = {
    "know": _l("Know what is kept"), "change": _l("Correct"), "delete": _l("Delete"), "restrict": _l("Restrict the processing"), "object": _l("Object to the processing"),
}  # fmt: skip
REQUEST_STATES: Final = {"draft": _l("Came by mail, look at it"), "open": _l("Open"), "answered": _l("Answered"), "refused": _l("Refused"), "void": _l("No request")}
WAYS: Final = {"mail": _l("By mail"), "phone": _l("By phone")}
ACTS: Final = {
    "came": _l("Came in"), "taken up": _l("Taken up"), "verified": _l("Sure who asks"), "extended": _l("Extended by two months"), "answered": _l("Answered"), "refused": _l("Refused"),
    "void": _l("No request"), "account ended": _l("The end of the account was planned"),
}  # fmt: skip
