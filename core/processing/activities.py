"""Every processing activity in words that people understand, and the features whose tables make it up.

A feature is a package: what `core.newsletter` or `tenants.chat` stores belongs to one activity. A table that serves another
purpose than the rest of its feature is named by itself ("core.accounts:sessions"), which comes before the feature's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from flask_babel import lazy_gettext as _l

Role = Literal["controller", "processor"]

_ACCOUNT_HOLDERS = _l("People with an account on the platform: owners of academies and operators")
_VISITORS = _l("Visitors of the public site who ask for something")
_LEARNERS = _l("Participants of the academies")
_EVERYBODY = _l("Participants, trainers, authors, managers and owners of the academies")
_CONTRACT = _l("Performance of the contract (article 6(1)(b))")
_CONSENT = _l("Consent, which can be withdrawn at any time (article 6(1)(a))")
_INTEREST = _l("Legitimate interest (article 6(1)(f))")
_DUTY = _l("Legal obligation (article 6(1)(c))")
# What the academy as an employer or school will usually write down; it decides itself.
_ACADEMY_CONTRACT = _l("Chosen by the academy. Usual: the training contract (article 6(1)(b)), or for employees its legitimate interest (article 6(1)(f))")
_ACADEMY_INTEREST = _l("Chosen by the academy. Usual: its legitimate interest (article 6(1)(f))")
_HOST = _l("The hosting provider of this installation")
_MAILER = _l("The hosting provider and the mail server of this installation; the mail provider of the recipient")
_ACADEMY = _l("The academy itself; the hosting provider of this installation")


@dataclass(frozen=True)
class Activity:
    """One line of a register: why, of whom, what, and who else gets it."""

    name: str
    role: Role
    label: Any
    features: tuple[str, ...]
    purpose: Any
    basis: Any
    people: Any
    data: Any
    recipients: Any


ACTIVITIES: Final = (
    Activity("accounts", "controller", _l("Accounts"), ("core.accounts",),
             _l("Let people sign in, keep strangers out, and reach who owns an academy"), _CONTRACT, _ACCOUNT_HOLDERS,
             _l("Name, e-mail address, password (hashed), devices that are signed in, last visit"), _HOST),
    Activity("academies", "controller", _l("Academies and their owners"), ("core.academies", "core.issuers"),
             _l("Open, look after and close academies, and know who answers for each"), _CONTRACT, _ACCOUNT_HOLDERS,
             _l("Which academies somebody owns, offers to become an owner, closings"), _HOST),
    Activity("legal", "controller", _l("Agreements and acceptances"), ("core.legal",),
             _l("Show which terms and which processing agreement were accepted, by whom and when"), _DUTY, _ACCOUNT_HOLDERS,
             _l("Name and role of who accepted, version, moment"), _HOST),
    Activity("leads", "controller", _l("Requests for a demo"), ("core.leads",),
             _l("Answer organisations that ask for a demo"), _l("Steps before a contract, at the person's own request (article 6(1)(b))"), _VISITORS,
             _l("Name, organisation, e-mail address, telephone number, question, notes on the contact"), _HOST),
    Activity("newsletter", "controller", _l("Newsletter"), ("core.newsletter",),
             _l("Send the newsletter to who asked for it, and be able to show that they did"), _CONSENT, _VISITORS,
             _l("E-mail address, first name, language, when it was asked for and left"), _MAILER),
    Activity("mail", "controller", _l("Mail to and from the platform"), ("core.mail",),
             _l("Send what people are waiting for, and answer who writes to the platform"), _INTEREST,
             _l("Everybody who gets mail from the platform or writes to it"),
             _l("E-mail address, subject and text of mails"), _MAILER),
    Activity("audit", "controller", _l("Log of what operators and owners did"), ("core.audit", "core.outbox", "core.checks"),
             _l("Account for what was done, and find misuse"), _INTEREST, _ACCOUNT_HOLDERS,
             _l("Number of the account, act, moment"), _HOST),
    Activity("rights", "controller", _l("Privacy requests and retention"), ("core.privacy", "core.processing"),
             _l("Do what people ask under the privacy law, in time, and destroy what is over"), _DUTY, _ACCOUNT_HOLDERS,
             _l("Who asked what and when, what was done"), _HOST),
    Activity("research", "controller", _l("Market research"), ("core.research",),
             _l("Let a research agency ask people who want to be asked"), _CONSENT, _ACCOUNT_HOLDERS,
             _l("E-mail address, consent per round, hand-over and deletion"), _l("The agency that is named with each round, under an agreement")),
    Activity("disclosures", "controller", _l("Demands of authorities and signs of fraud"), ("core.disclosures",),
             _l("Obey lawful demands, no further than their scope, and have a person look at signs of fraud"), _DUTY, _ACCOUNT_HOLDERS,
             _l("Demand, scope, who decided, signs of fraud"), _l("The authority that made the demand")),
    Activity("members", "processor", _l("People of the academy and signing in"),
             ("tenants.people", "tenants.groups", "tenants.organisations", "tenants.photos", "tenants.imports"),
             _l("Invite people, let them sign in, put them into groups"), _ACADEMY_CONTRACT, _EVERYBODY,
             _l("Name, e-mail address, number at the organisation, photo, roles, groups, devices that are signed in, last visit"), _ACADEMY),
    Activity("learning", "processor", _l("Learning and progress"),
             ("tenants.learning", "tenants.catalogue", "tenants.study", "tenants.past"),
             _l("Let people follow courses and see how far they are"), _ACADEMY_CONTRACT, _LEARNERS,
             _l("Courses, lessons that were done, answers, results from before, time that was spent"), _ACADEMY),
    Activity("judging", "processor", _l("Tests, exercises and reviews"), ("tenants.exercises", "tenants.assessments"),
             _l("Judge what people can do, and help them further"), _ACADEMY_CONTRACT, _LEARNERS,
             _l("Answers, work that was handed in, points, reviews, extra time and its reason"), _ACADEMY),
    Activity("certificates", "processor", _l("Certificates"), ("tenants.certificates",),
             _l("Show that a course was finished, also to others if the person wants that"), _ACADEMY_CONTRACT, _LEARNERS,
             _l("Name, course, day, number, validity"), _l("The academy itself; whoever the person gives the certificate to")),
    Activity("meetings", "processor", _l("Meetings and attendance"), ("tenants.sessions",),
             _l("Plan meetings and know who was there"), _ACADEMY_CONTRACT, _EVERYBODY,
             _l("Places in meetings, attendance, minutes"), _ACADEMY),
    Activity("talk", "processor", _l("Messages between people"), ("tenants.chat",),
             _l("Let people ask and answer"), _ACADEMY_INTEREST, _EVERYBODY,
             _l("Messages, reactions, read state, reports of messages"), _ACADEMY),
    Activity("telling", "processor", _l("Notices and mail of the academy"), ("tenants.notifications", "tenants.mail"),
             _l("Tell people what happens in their academy"), _ACADEMY_INTEREST, _EVERYBODY,
             _l("E-mail address, subject and text of mails, notices, browsers that take notices"),
             _l("The academy itself; hosting provider, mail server and mail provider of the recipient; and the push service of the browser where somebody switches notices on (encrypted, it cannot read them)")),
    Activity("surveys", "processor", _l("Surveys"), ("tenants.surveys",),
             _l("Make courses better by what participants say of them"), _ACADEMY_INTEREST, _LEARNERS,
             _l("Answers and remarks, apart from names where the survey is anonymous"), _ACADEMY),
    Activity("reports", "processor", _l("Reports"), ("tenants.reports",),
             _l("Show trainers and managers how people are doing and who needs help"), _ACADEMY_INTEREST, _EVERYBODY,
             _l("What a report asks for, files that were made, who gets them"), _ACADEMY),
    Activity("material", "processor", _l("Making courses"),
             ("tenants.courses", "tenants.bank", "tenants.files", "tenants.media", "tenants.transfer"),
             _l("Make and keep courses, questions and files"), _ACADEMY_INTEREST, _l("Authors, trainers and managers of the academies; who hands in a file"),
             _l("Who made or changed what, names of files"), _ACADEMY),
    Activity("account", "processor", _l("Settings, log and rights of people"),
             ("tenants.audit", "tenants.erasure", "tenants.settings", "tenants.privacy"),
             _l("Account for what managers did, and do what people ask under the privacy law"), _l("Legal obligation of the academy (article 6(1)(c)); its legitimate interest (article 6(1)(f))"), _EVERYBODY,
             _l("Number of the person, act, moment, requests"), _ACADEMY),
)  # fmt: skip

# In the words of the declarations (core/schema.py); a guard test fails on one that has no sentence here.
RETENTION: Final[dict[str, Any]] = {
    "row": _l("as long as what it belongs to"),
    "academy": _l("until the person is removed or the academy is closed"),
    "account": _l("until the account is deleted"),
    "session": _l("until the device is signed out or its time is over"),
    "token": _l("until the link is used or its time is over"),
    "link": _l("until the link is deleted"),
    "request": _l("until the request is deleted"),
    "offer": _l("until the offer is used or its time is over"),
    "invitation": _l("until the invitation is used, withdrawn or over"),
    "until the job has run": _l("minutes, until the work is done"),
    "until it is gone": _l("until the browser is signed out or no longer takes notices"),
    "until it is emptied": _l("until the academy empties the field"),
    "until five wait": _l("until five answers wait, so that nobody is recognised"),
    "while it is held": _l("as long as the conversation is held"),
    "10 minutes": _l("10 minutes"),
    "7 days": _l("7 days"),
    "30 days": _l("30 days"),
    "35 days": _l("35 days"),
    "180 days": _l("180 days"),
    "3 years": _l("3 years"),
    "5 years": _l("5 years"),
    "7 years": _l("7 years"),
    "5 years after the agreement ended": _l("5 years after the agreement ended"),
    "24 months after it was answered": _l("24 months after it was answered"),
    "12 months after the last contact": _l("12 months after the last contact"),
    "30 days after leaving": _l("30 days after leaving"),
    "90 days after it was handled": _l("90 days after it was dealt with"),
}
