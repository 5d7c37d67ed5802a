"""Configuration: typed, read once, from the environment and an optional file of KEY=VALUE lines.

A bad value stops the start with a sentence that says how to mend it.
"""

from __future__ import annotations

import contextlib
import difflib
import ipaddress
import os
import re
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, cast
from urllib.parse import urlsplit

from core.errors import KweekError

Env = Literal["development", "test", "production"]
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*", re.ASCII)
LANGUAGES = ("nl", "en")
SETTINGS = frozenset(
    """KWEEK_ENV PORT PUBLIC_PORT BIND WEB_WORKERS WORKERS PLATFORM_NAME PLATFORM_DOMAINS SCHEME SECRET_KEY
    DATABASE_URL OWNER_DATABASE_URL SUPERUSER_DATABASE_URL REDIS_URL KEYSTORE_DIR MASTER_KEY_FILE FILES_DIR SMTP_URL
    MAIL_FROM IMAP_URL MAIL_INBOX MAIL_PER_HOUR DKIM_KEY_FILE DKIM_SELECTOR CLOSING_UNDO_DAYS SPARE_SCHEMAS
    TRUSTED_PROXIES ACCEPT_UNHARDENED FFMPEG VAPID_KEY COMPANY_NAME COMPANY_ADDRESS COMPANY_NUMBER CONTACT_MAIL
    LEGAL_DIR OPERATORS_NEED_SECOND_STEP""".split()
)  # what the file may hold; KWEEK_HOME says where it is looked for
T = TypeVar("T")


class ConfigError(KweekError):
    """A value that cannot be used; the message says which and how to mend it."""


@dataclass(frozen=True)
class Domain:
    """A domain that the platform and every academy answer on, perhaps with a language of its own."""

    name: str
    language: str | None = None


@dataclass(frozen=True)
class Config:
    """Everything that differs between two installations."""

    env: Env
    home: Path
    port: int
    public_port: int | None
    platform_name: str
    domains: tuple[Domain, ...]
    scheme: Literal["http", "https"]
    secret_key: bytes
    database_url: str
    owner_database_url: str | None
    redis_url: str
    keystore_dir: Path
    master_key_file: Path
    files_dir: Path
    smtp_url: str | None
    mail_from: str
    undo_days: int
    spare_schemas: int
    trusted_proxies: int
    accept_unhardened: bool
    bind: str
    web_workers: int
    workers: int
    ffmpeg: str | None = None
    imap_url: str | None = None
    mail_inbox: str | None = None
    mail_per_hour: int = 2000
    dkim_key_file: Path | None = None
    dkim_selector: str = "kweek"
    vapid_key: str | None = None
    company_name: str = ""
    company_address: str = ""
    company_number: str = ""
    contact_mail: str = ""
    legal_dir: Path | None = None
    operators_need_second_step: bool = False


_config: Config | None = None


def use(config: Config) -> None:
    """Make `config` what `config()` returns in this process."""
    global _config
    _config = config


def config() -> Config:
    """Return the configuration of this process. Raises RuntimeError before `use`."""
    if _config is None:
        raise RuntimeError("call config.use(config.load(os.environ)) at start")
    return _config


def load(environ: Mapping[str, str]) -> Config:
    """Return the configuration. Raises ConfigError with a sentence that says what to mend."""
    home = home_of(environ)
    values = _Values(merged(environ))
    env = cast(Env, values.choice("KWEEK_ENV", ("development", "test", "production"), "production"))
    port = values.number("PORT", 8017, 1, 65535)
    scheme = cast(Literal["http", "https"], values.choice("SCHEME", ("http", "https"), _scheme(env)))
    domains = values.read("PLATFORM_DOMAINS", "localhost", _domains)
    keystore = values.path("KEYSTORE_DIR", home / "keystore")
    mail_from, inbox = values.read("MAIL_FROM", f"no-reply@{domains[0].name}", _address), values.read("MAIL_INBOX", "", lambda text: _inbox(text) if text else None)
    return Config(
        env=env,
        home=home,
        port=port,
        public_port=values.number("PUBLIC_PORT", 0 if scheme == "https" or env == "test" else port, 0, 65535) or None,
        platform_name=values.text("PLATFORM_NAME", "Kweek"),
        domains=domains,
        scheme=scheme,
        secret_key=_secret(values, home),
        database_url=values.secret("DATABASE_URL", None, _postgres),
        owner_database_url=values.secret("OWNER_DATABASE_URL", "", lambda text: _postgres(text) if text else None),
        redis_url=values.secret("REDIS_URL", None, _redis),
        keystore_dir=keystore,
        master_key_file=values.read("MASTER_KEY_FILE", str(home / "master" / "master.json"), _outside(keystore)),
        files_dir=values.path("FILES_DIR", home / "files"),
        smtp_url=values.secret("SMTP_URL", "", lambda text: _smtp(text) if text else None),
        mail_from=mail_from,
        undo_days=values.number("CLOSING_UNDO_DAYS", 30, 0, 365),
        spare_schemas=values.number("SPARE_SCHEMAS", 3, 0, 100),
        trusted_proxies=values.number("TRUSTED_PROXIES", 0, 0, 5),
        accept_unhardened=values.choice("ACCEPT_UNHARDENED", ("0", "1"), "0") == "1",
        bind=values.read("BIND", "127.0.0.1", _ip_address),
        web_workers=values.number("WEB_WORKERS", 2, 1, 64),
        workers=values.number("WORKERS", 2, 1, 32),
        ffmpeg=values.read("FFMPEG", "", _program),
        imap_url=values.secret("IMAP_URL", "", lambda text: _imap(text) if text else None),
        mail_inbox=inbox,
        mail_per_hour=values.number("MAIL_PER_HOUR", 2000, 0, 1_000_000),
        dkim_key_file=values.read("DKIM_KEY_FILE", "", lambda text: _path(text) if text else None),
        dkim_selector=values.read("DKIM_SELECTOR", "kweek", _selector),
        vapid_key=values.secret("VAPID_KEY", "", lambda text: _push_key(text) if text else None),
        company_name=values.text("COMPANY_NAME", values.text("PLATFORM_NAME", "Kweek")),
        company_address=values.read("COMPANY_ADDRESS", "", _line_or_nothing),
        company_number=values.read("COMPANY_NUMBER", "", _line_or_nothing),
        contact_mail=values.read("CONTACT_MAIL", inbox or mail_from, _address),
        legal_dir=values.read("LEGAL_DIR", "", lambda text: _path(text) if text else None),
        operators_need_second_step=values.choice("OPERATORS_NEED_SECOND_STEP", ("0", "1"), "1" if env == "production" else "0") == "1",
    )


def home_of(environ: Mapping[str, str]) -> Path:
    """Return the state directory."""
    default = "/var/lib/kweek" if os.geteuid() == 0 else "~/.local/share/kweek"
    return _path(environ.get("KWEEK_HOME") or default)


def merged(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment with what the configuration file adds to it; the environment wins. Raises ConfigError."""
    return {**_from_file(environ, home_of(environ)), **environ}


class _Values:
    """Reads one value at a time, and says its name when it cannot be used."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def read(self, name: str, default: str | None, parse: Callable[[str], T], shown: bool = True) -> T:
        raw = self._environ.get(name, default)
        if raw is None:
            raise ConfigError(f"{name} is not set. Set it in the environment or in the configuration file.")
        try:
            return parse(raw.strip())
        except ValueError as error:
            raise ConfigError(f"{name}={raw!r}: {error}" if shown else f"{name}: {error}") from None

    def secret(self, name: str, default: str | None, parse: Callable[[str], T]) -> T:
        """Read a value that may hold a password: what is wrong is said without it."""
        return self.read(name, default, parse, shown=False)

    def text(self, name: str, default: str) -> str:
        return self.read(name, default, _line)

    def path(self, name: str, default: Path) -> Path:
        return self.read(name, str(default), _path)

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        def parse(text: str) -> str:
            if text not in choices:
                raise ValueError(f"choose one of {', '.join(choices)}.")
            return text

        return self.read(name, default, parse)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        def parse(text: str) -> int:
            if not re.fullmatch(r"[0-9]+", text) or not least <= int(text) <= most:
                raise ValueError(f"give a whole number from {least} to {most}.")
            return int(text)

        return self.read(name, str(default), parse)


def _line(text: str) -> str:
    if not text or any(ord(sign) < 32 for sign in text):
        raise ValueError("give one line of text.")
    return text


def _line_or_nothing(text: str) -> str:
    return _line(text) if text else ""


def _domains(text: str) -> tuple[Domain, ...]:
    found = tuple(_domain(part.strip().lower()) for part in text.split(",") if part.strip())
    if not found:
        raise ValueError("name at least one domain, such as kweek.nl or kweek.nl,kweek.co:en.")
    if len({domain.name for domain in found}) < len(found):
        raise ValueError("name each domain once.")
    return found


def _domain(text: str) -> Domain:
    name, _, language = text.partition(":")
    if not HOST.fullmatch(name) or "/" in language:
        raise ValueError(f"{text!r} is not a host name; write kweek.nl, without http:// and without a port.")
    if language and language not in LANGUAGES:
        raise ValueError(f"{language!r} is not a language of the platform; choose one of {', '.join(LANGUAGES)}.")
    return Domain(name, language or None)


def _path(text: str) -> Path:
    if not text or "\0" in text:
        raise ValueError("give a path, such as /var/lib/kweek.")
    return Path(text).expanduser().absolute()


def _program(text: str) -> str | None:
    """Return where ffmpeg is: as set, or on the PATH when nothing is set; None where it is missing or `none`."""
    if text == "none":
        return None
    found = shutil.which(text or "ffmpeg")
    if text and not found:
        raise ValueError("there is no such program that may be run. Give its path, leave it out, or write none.")
    return found


def _outside(keystore: Path) -> Callable[[str], Path]:
    def parse(text: str) -> Path:
        path = _path(text)
        if path.is_relative_to(keystore):
            raise ValueError("put it outside KEYSTORE_DIR: one copy of both would open everything.")
        return path

    return parse


def _postgres(text: str) -> str:
    scheme, divider, rest = text.partition("://")
    if scheme not in ("postgres", "postgresql", "postgresql+psycopg") or not divider or not _has_parts(text):
        raise ValueError("write postgresql://user:password@host/database.")
    return f"postgresql+psycopg://{rest}"


def _has_parts(text: str) -> bool:
    """Return whether the address names user and database, and a port only in digits."""
    parts = urlsplit(text)
    return bool(parts.username) and len(parts.path) > 1 and (parts.port or 0) >= 0


def _redis(text: str) -> str:
    parts = urlsplit(text)
    place = parts.path if parts.scheme == "unix" else parts.hostname
    if parts.scheme not in ("redis", "rediss", "unix") or not place or (parts.port or 0) < 0:
        raise ValueError("write redis://host:6379/0, rediss://... or unix:///path/to/socket.")
    return text


def _smtp(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or (parts.port or 0) < 0:
        raise ValueError("write smtp://user:password@host:587 or smtps://user:password@host:465.")
    return text


def _push_key(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}=?", text):
        raise ValueError("give a key that ./run push-key has made, or leave it out.")
    return text


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise ValueError("give one e-mail address, such as no-reply@kweek.nl.")
    return text


def _imap(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username or (parts.port or 0) < 0:
        raise ValueError("write imaps://user:password@host:993/INBOX or imap://... (TLS by STARTTLS).")
    return text


def _inbox(text: str) -> str:
    """Return the address of the mailbox; signed addresses put up to 52 signs behind its name, and 64 is the most."""
    if not re.fullmatch(r"[a-z0-9._-]{1,12}@[a-z0-9.-]+", text.lower()):
        raise ValueError("give the address of the mailbox, such as post@kweek.nl; at most 12 signs before the @.")
    return text.lower()


def _selector(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", text):
        raise ValueError("give one label of a host name, such as kweek or kweek-2026.")
    return text


def _ip_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("give an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all.") from None


def _scheme(env: str) -> str:
    return "https" if env == "production" else "http"


def _from_file(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    named = environ.get("KWEEK_CONFIG")
    path = Path(named) if named else home / "kweek.env"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        if named:
            raise ConfigError(
                f"KWEEK_CONFIG={named!r}: there is no such file. Make it, or take the setting away."
            ) from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read ({error}). Make it a text file that you may read.") from None
    return dict(_pair(line, number, path) for number, line in enumerate(lines, 1)
                if line.strip() and not line.lstrip().startswith("#"))  # fmt: skip


def _pair(line: str, number: int, path: Path) -> tuple[str, str]:
    name, equals, value = (part.strip() for part in line.partition("="))
    if not equals or not re.fullmatch(r"[A-Z_]+", name):
        raise ConfigError(f"{path}, line {number}: write NAME=value, such as PORT=8017.")
    if name not in SETTINGS:
        near = difflib.get_close_matches(name, SETTINGS, 1)
        raise ConfigError(f"{path}, line {number}: {name} is no setting of Kweek"
                          f"{f'; did you mean {near[0]}?' if near else '; docs/handbook.md lists them.'}")  # fmt: skip
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return name, value[1:-1] if is_quoted else value


def _secret(values: _Values, home: Path) -> bytes:
    def parse(text: str) -> bytes:
        if text and len(text) < 32:
            raise ValueError("give at least 32 characters nobody can guess, or leave it out and one is made.")
        return text.encode()

    return values.secret("SECRET_KEY", "", parse) or _made_secret(home / "secret_key")


def _made_secret(path: Path) -> bytes:
    """Return the secret in `path`; make it on the first start, whole or not at all."""
    try:
        if not path.exists():
            _make_secret(path)
        found = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"KWEEK_HOME={str(path.parent)!r}: no secret key can be kept there ({error}). Choose a directory "
                          "of your own.") from None  # fmt: skip
    if len(found) < 32:
        raise ConfigError(f"{path} holds fewer than 32 characters. Remove it and one is made; all forms open now end.")
    return found


def _make_secret(path: Path) -> None:
    """Write a new secret; of two processes that do so at once, both keep the first one's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
