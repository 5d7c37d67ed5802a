"""What `./run doctor` looks at: `complaints` are to be mended, `unknowns` it cannot see from here and says so."""

from __future__ import annotations

import http.client
import os
import re
import stat
from collections.abc import Iterator
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from core import clock, keystore
from core.config import Config, config
from core.harden import open_escapes
from core.mail import dkim
from core.owner import connect, owner_connection
from tenants.migrate import behind_schemas, head_revision
from tenants.provision import homeless, orphaned_keys

LOCK: Final = Path(__file__).parent.parent / "requirements.lock"
# When somebody last looked for newer versions, and the lock of that day: a test fails if one changes without the other.
LOCKED_ON: Final = date(2026, 11, 23)
LOCKED_SHA256: Final = "2fb4977e71138d28d0c7b884a7f2441105810e6fdeefceb39168d9e7acf20c52"
OLDEST_LOCK_DAYS: Final = 90
HEADERS: Final = ("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
WILDCARDS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  what a wildcard is reached by, from this machine
WEB_TIMEOUT_S: Final = 5


def complaints() -> Iterator[str]:
    """Yield what is not in order, each with how to mend it: escapes, keys, modes, settings, headers, packages, academies."""
    with connect(config().database_url) as app:
        yield from (f"not hardened: the application {escape}" for escape in open_escapes(app))
    if keystore.store().is_rotating():
        yield "a master key rotation was cut short; the next closing or ./run setup finishes it"
    yield from _unsigned(config().dkim_key_file)
    yield from _unnamed(config())
    yield from readable_secrets(config())
    yield from unsafe_settings(config())
    yield from headers_missing(web_headers(config()))
    yield from stale_packages(LOCK.read_text(), LOCKED_ON, clock.now().date())
    with owner_connection() as owner:
        yield from strong_roles(owner)
        yield from (f"academy {n} stands at {revision}, not {head_revision()}" for n, revision in behind_schemas(owner))
        yield from (f"the key of {holder} has no schema: remove {holder}.json" for holder in orphaned_keys(owner))
        yield from (f"the directory of ac_{n} is missing: make {config().files_dir}/ac_{n}" for n in homeless(owner))
        yield from (sentence.format(*row) for question, sentence in _QUESTIONS for row in owner.execute(question))


def unknowns() -> Iterator[str]:
    """Yield what cannot be seen from here."""
    yield "backups: this program makes none and knows of none; see that database, files and keys are copied, and try a restore"
    yield "known weaknesses of packages: no list of them is kept here; run an audit of requirements.lock where there is a network"
    if web_headers(config()) is None:
        yield f"headers: no web process answers on port {config().port}, so they were not looked at"
    if config().scheme == "https":
        yield "the certificate of https: it belongs to what stands in front of this program; see that it renews itself"


def readable_secrets(settings: Config) -> Iterator[str]:
    """Yield each file of keys or passwords that others on this machine may read or change."""
    named = [settings.master_key_file, settings.home / "secret_key", Path(os.environ.get("KWEEK_CONFIG") or settings.home / "kweek.env"), settings.dkim_key_file]
    for path in [*filter(None, named), *sorted(settings.keystore_dir.glob("*.json"))]:
        if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077:  # /dev/null stands for no settings
            yield f"others on this machine may open {path}; chmod 600 {path}"


def unsafe_settings(settings: Config) -> Iterator[str]:
    """Yield each setting that is fine on a desk and not on the internet."""
    if settings.env != "production":
        return
    if settings.scheme != "https":
        yield "pages and cookies travel unencrypted: set SCHEME=https and put TLS in front"
    if settings.accept_unhardened:
        yield "ACCEPT_UNHARDENED=1 lets the platform start with open escapes; run ./run harden and take the setting away"
    if settings.smtp_url is None:
        yield "no mail leaves: set SMTP_URL"
    elif settings.dkim_key_file is None:
        yield "mail leaves unsigned and may be taken for spam: ./run dkim, then set DKIM_KEY_FILE"


def web_headers(settings: Config) -> dict[str, str] | None:
    """Return the headers, names in lower case, of our own web process on this machine; None if none answers."""
    line = http.client.HTTPConnection(WILDCARDS.get(settings.bind, settings.bind), settings.port, timeout=WEB_TIMEOUT_S)
    try:
        line.request("GET", "/up", headers={"Host": settings.domains[0].name})
        return {name.lower(): value for name, value in line.getresponse().getheaders()}
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()


def headers_missing(found: dict[str, str] | None) -> Iterator[str]:
    """Yield each protecting header that an answer lacks."""
    if found is not None:
        yield from (f"pages are sent without {name}; see what stands in front of this program" for name in HEADERS if name.lower() not in found)


def stale_packages(lock: str, locked_on: date, today: date) -> Iterator[str]:
    """Yield each package that is not of the lock's version, and a lock that nobody looked at for long."""
    for name, wanted in PINNED.findall(lock):
        try:
            present = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or Python
        if present != wanted:
            yield f"{name} is {present}, the lock says {wanted}; stop the platform and start ./run, which installs the lock's"
    if (today - locked_on).days > OLDEST_LOCK_DAYS:
        yield f"nobody looked for newer packages since {locked_on.isoformat()}; bring requirements.lock up to date and test"


def strong_roles(owner: Any) -> Iterator[str]:
    """Yield each role of ours that may do more than it needs."""
    found = owner.execute(
        "SELECT rolname FROM pg_roles WHERE (rolname IN ('platform_app', 'platform_owner', 'core_web') OR rolname ~ '^ac_[0-9]+$')"
        " AND (rolsuper OR rolbypassrls OR rolreplication OR (rolcreaterole AND rolname <> 'platform_owner')) ORDER BY 1"
    )
    yield from (f"role {name} may do more than it needs; ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS NOREPLICATION NOCREATEROLE"
                for (name,) in found)  # fmt: skip


def _unsigned(path: Path | None) -> Iterator[str]:
    try:
        if path is not None:
            dkim.read_key(path)
    except dkim.BadKey as error:
        yield f"no mail can be signed, so none leaves: {error}; mend DKIM_KEY_FILE"


def _unnamed(settings: Config) -> Iterator[str]:
    """Say which settings the legal texts need: a contract names its parties."""
    if settings.env == "production" and not (settings.company_address and settings.company_number):
        yield "the legal texts do not name whom people agree with: set COMPANY_NAME, COMPANY_ADDRESS and COMPANY_NUMBER"
    if settings.env == "production" and settings.contact_mail == settings.mail_from:
        yield "the legal texts name no address that somebody reads: set CONTACT_MAIL"
    if settings.env == "production" and settings.legal_dir is None:
        yield "the legal texts are the examples that come along: have them checked, and set LEGAL_DIR to your own"


_QUESTIONS: tuple[tuple[Any, str], ...] = (
    ("SELECT count(*) FROM local.spares HAVING count(*) = 0", "no spare schema waits: opening an academy takes longer"),
    ("SELECT number, step FROM core.closings WHERE undone_at IS NULL AND done_at IS NULL"
     " AND undo_until < now() - interval '1 hour'", "the closing of academy {0} stands still at {1}"),
    ("SELECT job, count(*) FROM local.outbox WHERE failed_at IS NOT NULL GROUP BY job", "{1} x {0} was given up; mend the cause, then ./run retry {0}"),
    ("SELECT a.number FROM core.academies a LEFT JOIN core.ownerships o ON o.academy_id = a.id"
     " WHERE a.state <> 'closed' AND o.id IS NULL", "academy {0} has no owner; appoint one"),
)  # fmt: skip
