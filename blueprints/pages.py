"""Every blueprint and the side that it is on."""

from __future__ import annotations

from blueprints.academies import academies
from blueprints.accounts import accounts
from blueprints.assessments import assessments
from blueprints.assets import assets
from blueprints.bank import bank
from blueprints.catalogue import catalogue
from blueprints.certificates import certificates
from blueprints.chat import chat
from blueprints.courses import courses
from blueprints.dev import dev
from blueprints.erasure import erasure
from blueprints.exercises import exercises
from blueprints.files import files
from blueprints.groups import groups
from blueprints.health import health
from blueprints.hosts import HostedFlask
from blueprints.imports import imports
from blueprints.inbox import inbox
from blueprints.issuers import issuers
from blueprints.language import language
from blueprints.leads import leads
from blueprints.learning import learning
from blueprints.legal import legal
from blueprints.mailbox import mailbox
from blueprints.media import media
from blueprints.member_privacy import member_privacy
from blueprints.newsletter import newsletter
from blueprints.notifications import notifications
from blueprints.organisations import organisations
from blueprints.past import past
from blueprints.people import people
from blueprints.privacy import privacy
from blueprints.processing import processing, records
from blueprints.reports import reports
from blueprints.reviews import reviews
from blueprints.sessions import sessions
from blueprints.settings import settings
from blueprints.site import site
from blueprints.study import study
from blueprints.surveys import surveys
from blueprints.transfer import transfer
from core.config import config


def register(app: HostedFlask) -> None:
    """Register every blueprint on its side."""
    for blueprint in (accounts, academies, inbox, issuers, leads, legal, newsletter, privacy, processing, site):
        app.register_side(blueprint, "platform")
    for blueprint in (people, courses, learning, exercises, reviews, bank, catalogue, certificates, reports, files,
                      sessions, settings, surveys, assessments, erasure, imports, transfer, groups, media, organisations, past,
                      study, chat, notifications, member_privacy, records):  # fmt: skip
        app.register_side(blueprint, "academy")
    for blueprint in (assets, health, language):
        app.register_side(blueprint, "platform", "academy")
    if config().env != "production":
        app.register_side(dev, "platform", "academy")
        app.register_side(mailbox, "platform", "academy")
