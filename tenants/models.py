"""Every table of an academy, imported so that `academy_metadata` is whole."""

from __future__ import annotations

from core.db import academy_metadata
from tenants.audit import models as audit
from tenants.courses import models as courses
from tenants.exercises import models as exercises
from tenants.files import models as files
from tenants.learning import models as learning
from tenants.mail import models as mail
from tenants.people import models as people
from tenants.settings import models as settings

__all__ = ["academy_metadata", "audit", "courses", "exercises", "files", "learning", "mail", "people", "settings"]
