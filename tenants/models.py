"""Every table of an academy, imported so that `academy_metadata` is whole."""

from __future__ import annotations

from core.db import academy_metadata
from tenants.audit import models as audit
from tenants.catalogue import models as catalogue
from tenants.certificates import models as certificates
from tenants.courses import models as courses
from tenants.exercises import models as exercises
from tenants.files import models as files
from tenants.learning import models as learning
from tenants.mail import models as mail
from tenants.people import models as people
from tenants.sessions import models as sessions
from tenants.settings import models as settings
from tenants.surveys import models as surveys
from tenants.transfer import models as transfer

__all__ = [
    "academy_metadata", "audit", "catalogue", "certificates", "courses", "exercises", "files", "learning", "mail", "people",
    "sessions", "settings", "surveys", "transfer",
]
