"""Every table of schemas core and local, imported so that their metadatas are whole."""

from __future__ import annotations

from core.academies import models as academies
from core.accounts import models as accounts
from core.audit import models as audit
from core.checks import models as checks
from core.db import core_metadata, local_metadata
from core.issuers import models as issuers
from core.leads import models as leads
from core.legal import models as legal
from core.mail import models as mail
from core.newsletter import models as newsletter
from core.outbox import models as outbox
from core.privacy import models as privacy

__all__ = ["academies", "accounts", "audit", "checks", "core_metadata", "issuers", "leads", "legal", "local_metadata", "mail", "newsletter", "outbox", "privacy"]
