"""Configuration: typed, read once, from the environment and an optional file of KEY=VALUE lines.

A bad value stops the start with a sentence that says how to mend it.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, cast

from core.errors import KweekError

Env = Literal["development", "test", "production"]
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*", re.ASCII)
LANGUAGES = ("nl", "en")
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
    values = _Values(environ)
    home = values.path("KWEEK_HOME", _default_home())
    values = _Values({**_from_file(environ, home), **environ})
    env = cast(Env, values.choice("KWEEK_ENV", ("development", "test", "production"), "production"))
    port = values.number("PORT", 8017, 1, 65535)
    scheme = cast(Literal["http", "https"], values.choice("SCHEME", ("http", "https"), _scheme(env)))
    domains = values.read("PLATFORM_DOMAINS", "localhost", _domains)
    return Config(
        env=env,
        home=home,
        port=port,
        public_port=values.number("PUBLIC_PORT", 0 if scheme == "https" or env == "test" else port, 0, 65535) or None,
        platform_name=values.text("PLATFORM_NAME", "Kweek"),
        domains=domains,
        scheme=scheme,
        secret_key=_secret(values, home),
        database_url=values.read("DATABASE_URL", None, _postgres),
        owner_database_url=values.read("OWNER_DATABASE_URL", "", lambda text: _postgres(text) if text else None),
        redis_url=values.read("REDIS_URL", None, _redis),
        keystore_dir=values.path("KEYSTORE_DIR", home / "keystore"),
        master_key_file=values.path("MASTER_KEY_FILE", home / "master" / "master.json"),
        files_dir=values.path("FILES_DIR", home / "files"),
        smtp_url=values.read("SMTP_URL", "", _smtp),
        mail_from=values.text("MAIL_FROM", f"no-reply@{domains[0].name}"),
        undo_days=values.number("CLOSING_UNDO_DAYS", 30, 0, 365),
        spare_schemas=values.number("SPARE_SCHEMAS", 3, 0, 100),
        trusted_proxies=values.number("TRUSTED_PROXIES", 0, 0, 5),
        accept_unhardened=values.choice("ACCEPT_UNHARDENED", ("0", "1"), "0") == "1",
    )


class _Values:
    """Reads one value at a time, and says its name when it cannot be used."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def read(self, name: str, default: str | None, parse: Callable[[str], T]) -> T:
        raw = self._environ.get(name, default)
        if raw is None:
            raise ConfigError(f"{name} is not set. Set it in the environment or in the configuration file.")
        try:
            return parse(raw.strip())
        except ValueError as error:
            raise ConfigError(f"{name}={raw!r}: {error}") from None

    def text(self, name: str, default: str) -> str:
        return self.read(name, default, _line)

    def path(self, name: str, default: Path) -> Path:
        return self.read(name, str(default), lambda text: Path(text).expanduser().absolute())

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


def _domains(text: str) -> tuple[Domain, ...]:
    found = tuple(_domain(part.strip().lower()) for part in text.split(",") if part.strip())
    if not found:
        raise ValueError("name at least one domain, such as kweek.nl or kweek.nl,kweek.co:en.")
    if len({domain.name for domain in found}) < len(found):
        raise ValueError("name each domain once.")
    return found


def _domain(text: str) -> Domain:
    name, _, language = text.partition(":")
    if not HOST.fullmatch(name):
        raise ValueError(f"{name!r} is not a host name; write kweek.nl, without http:// and without a port.")
    if language and language not in LANGUAGES:
        raise ValueError(f"{language!r} is not a language of the platform; choose one of {', '.join(LANGUAGES)}.")
    return Domain(name, language or None)


def _postgres(text: str) -> str:
    for prefix in ("postgres://", "postgresql://", "postgresql+psycopg://"):
        if text.startswith(prefix):
            return "postgresql+psycopg://" + text[len(prefix) :]
    raise ValueError("write postgresql://user:password@host/database.")


def _redis(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("write redis://host:6379/0, rediss://... or unix:///path/to/socket.")
    return text


def _smtp(text: str) -> str | None:
    if text and not text.startswith(("smtp://", "smtps://")):
        raise ValueError("write smtp://user:password@host:587 or smtps://user:password@host:465.")
    return text or None


def _scheme(env: str) -> str:
    return "https" if env == "production" else "http"


def _default_home() -> Path:
    return Path("/var/lib/kweek") if os.geteuid() == 0 else Path("~/.local/share/kweek").expanduser()


def _from_file(environ: Mapping[str, str], home: Path) -> dict[str, str]:
    named = environ.get("KWEEK_CONFIG")
    path = Path(named) if named else home / "kweek.env"
    if not path.exists():
        if named:
            raise ConfigError(f"KWEEK_CONFIG={named!r}: there is no such file. Make it, or take the setting away.")
        return {}
    return dict(_pair(line, number, path) for number, line in enumerate(path.read_text().splitlines(), 1)
                if line.strip() and not line.lstrip().startswith("#"))  # fmt: skip


def _pair(line: str, number: int, path: Path) -> tuple[str, str]:
    name, equals, value = line.partition("=")
    if not equals or not re.fullmatch(r"[A-Z_]+", name.strip()):
        raise ConfigError(f"{path}, line {number}: write NAME=value, such as PORT=8017.")
    return name.strip(), value.strip().strip('"')


def _secret(values: _Values, home: Path) -> bytes:
    def parse(text: str) -> bytes:
        if len(text) < 32:
            raise ValueError("give at least 32 characters nobody can guess, or leave it out and one is made.")
        return text.encode()

    given = values.read("SECRET_KEY", "", lambda text: parse(text) if text else b"")
    return given or _made_secret(home / "secret_key")


def _made_secret(path: Path) -> bytes:
    """Return the secret in `path`; make it on the first start, whole or not at all."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.write_text(secrets.token_urlsafe(48))
        fresh.chmod(0o600)
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_bytes()
