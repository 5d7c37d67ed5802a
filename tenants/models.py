"""Every table of an academy, imported so that `academy_metadata` is whole."""

from __future__ import annotations

from core.db import academy_metadata
from tenants.assessments import models as assessments
from tenants.audit import models as audit
from tenants.bank import models as bank
from tenants.catalogue import models as catalogue
from tenants.certificates import models as certificates
from tenants.chat import attachment_models
from tenants.chat import models as chat
from tenants.courses import models as courses
from tenants.erasure import models as erasure
from tenants.exercises import models as exercises
from tenants.files import models as files
from tenants.groups import models as groups
from tenants.imports import models as imports
from tenants.learning import group_models
from tenants.learning import models as learning
from tenants.mail import models as mail
from tenants.notifications import models as notifications
from tenants.organisations import models as organisations
from tenants.past import models as past
from tenants.people import models as people
from tenants.photos import models as photos
from tenants.privacy import models as privacy
from tenants.reports import models as reports
from tenants.sessions import models as sessions
from tenants.settings import models as settings
from tenants.surveys import models as surveys
from tenants.transfer import models as transfer

__all__ = [
    "academy_metadata", "assessments", "attachment_models", "audit", "bank", "catalogue", "certificates", "chat", "courses", "erasure", "exercises", "files",
    "group_models", "groups", "imports", "learning", "mail", "notifications", "organisations", "past", "people", "photos", "privacy", "reports", "sessions", "settings", "surveys",
    "transfer",
]
