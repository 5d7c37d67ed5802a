"""Configuration: each bad value stops the start with a sentence that names it and says how to mend it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core import config
from core.config import SETTINGS, Config, ConfigError, Domain, load

WHOLE = {"DATABASE_URL": "postgresql://platform_app:secret-word@db/kweek", "REDIS_URL": "redis://cache:6379/0"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a state directory that nothing stands in."""
    return tmp_path / "home"


def read(home: Path, **more: str) -> Config:
    """Return the configuration of `home` with `more` set."""
    return load({"KWEEK_HOME": str(home), **WHOLE, **more})


def test_defaults_are_those_of_the_handbook(home: Path) -> None:
    found = read(home)
    assert (found.env, found.scheme, found.port, found.public_port) == ("production", "https", 8017, None)
    assert (found.platform_name, found.domains) == ("Kweek", (Domain("localhost"),))
    assert (found.undo_days, found.spare_schemas, found.trusted_proxies, found.web_workers, found.workers) == (30, 3, 0, 2, 2)
    assert (found.keystore_dir, found.files_dir) == (home / "keystore", home / "files")
    assert found.master_key_file == home / "master" / "master.json"
    assert (found.owner_database_url, found.smtp_url, found.accept_unhardened) == (None, None, False)


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("KWEEK_ENV", "staging", "development, test, production"),
        ("PORT", "http", "whole number from 1 to 65535"),
        ("PORT", "0", "whole number from 1 to 65535"),
        ("PORT", "65536", "whole number from 1 to 65535"),
        ("PORT", "٨٠١٧", "whole number"),
        ("PORT", "", "whole number"),
        ("PUBLIC_PORT", "-1", "whole number from 0 to 65535"),
        ("BIND", "everywhere", "0.0.0.0 for all"),
        ("WEB_WORKERS", "0", "from 1 to 64"),
        ("WORKERS", "none", "from 1 to 32"),
        ("PLATFORM_NAME", "", "one line"),
        ("PLATFORM_NAME", "two\nlines", "one line"),
        ("PLATFORM_DOMAINS", "", "at least one domain"),
        ("PLATFORM_DOMAINS", ",", "at least one domain"),
        ("PLATFORM_DOMAINS", "kweek.nl,kweek.nl:en", "once"),
        ("PLATFORM_DOMAINS", "https://kweek.nl", "without http://"),
        ("PLATFORM_DOMAINS", "kweek.nl:8017", "not a language"),
        ("PLATFORM_DOMAINS", "kweek.nl:fr", "not a language"),
        ("PLATFORM_DOMAINS", "-kweek.nl", "not a host name"),
        ("PLATFORM_DOMAINS", "kweek..nl", "not a host name"),
        ("PLATFORM_DOMAINS", "kwéék.nl", "not a host name"),
        ("SCHEME", "ftp", "http, https"),
        ("SECRET_KEY", "short", "32 characters"),
        ("DATABASE_URL", "mysql://a:b@c/d", "postgresql://user:password@host/database"),
        ("DATABASE_URL", "postgresql://", "postgresql://user:password@host/database"),
        ("DATABASE_URL", "postgresql://a:b@host:port/d", "DATABASE_URL"),
        ("OWNER_DATABASE_URL", "sqlite:///x", "postgresql://user:password@host/database"),
        ("REDIS_URL", "memcached://x", "redis://host:6379/0"),
        ("REDIS_URL", "redis://", "redis://host:6379/0"),
        ("KEYSTORE_DIR", "", "give a path"),
        ("FILES_DIR", "a\0b", "give a path"),
        ("SMTP_URL", "mail.example", "smtp://user:password@host:587"),
        ("SMTP_URL", "smtp://", "smtp://user:password@host:587"),
        ("MAIL_FROM", "Kweek", "e-mail address"),
        ("CLOSING_UNDO_DAYS", "-1", "from 0 to 365"),
        ("CLOSING_UNDO_DAYS", "1.5", "from 0 to 365"),
        ("SPARE_SCHEMAS", "many", "from 0 to 100"),
        ("TRUSTED_PROXIES", "6", "from 0 to 5"),
        ("ACCEPT_UNHARDENED", "yes", "0, 1"),
    ],
)
def test_bad_value_is_named_with_its_remedy(home: Path, name: str, value: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(home, **{name: value})
    assert str(caught.value).startswith(name)
    assert hint in str(caught.value)


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_missing_address_is_named(home: Path, name: str) -> None:
    rest = {key: value for key, value in WHOLE.items() if key != name}
    with pytest.raises(ConfigError, match=f"{name} is not set"):
        load({"KWEEK_HOME": str(home), **rest})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "oracle://app:swordfish@db/kweek"),
        ("OWNER_DATABASE_URL", "oracle://app:swordfish@db/kweek"),
        ("REDIS_URL", "cache://:swordfish@host"),
        ("SMTP_URL", "mail://me:swordfish@host"),
        ("SECRET_KEY", "swordfish"),
    ],
)
def test_passwords_are_never_printed(home: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(home, **{name: value})
    assert "swordfish" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgres_address_is_brought_to_one_form(home: Path, scheme: str) -> None:
    found = read(home, DATABASE_URL=f"{scheme}://a:b@c/d", OWNER_DATABASE_URL=f"{scheme}://o:b@c/d")
    assert found.database_url == "postgresql+psycopg://a:b@c/d"
    assert found.owner_database_url == "postgresql+psycopg://o:b@c/d"


def test_domains_keep_order_and_language(home: Path) -> None:
    found = read(home, PLATFORM_DOMAINS="Kweek.NL, kweek.co:en")
    assert found.domains == (Domain("kweek.nl"), Domain("kweek.co", "en"))
    assert found.mail_from == "no-reply@kweek.nl"


@pytest.mark.parametrize(
    ("given", "port"),
    [
        ({"KWEEK_ENV": "development"}, 9000),
        ({"KWEEK_ENV": "development", "PUBLIC_PORT": "0"}, None),
        ({"KWEEK_ENV": "development", "PUBLIC_PORT": "80"}, 80),
        ({"KWEEK_ENV": "test"}, None),
        ({"KWEEK_ENV": "production"}, None),
        ({"KWEEK_ENV": "production", "SCHEME": "http"}, 9000),
    ],
)
def test_port_in_links(home: Path, given: dict[str, str], port: int | None) -> None:
    assert read(home, PORT="9000", **given).public_port == port


def test_master_key_may_not_lie_in_the_keystore(home: Path) -> None:
    with pytest.raises(ConfigError, match="outside KEYSTORE_DIR"):
        read(home, KEYSTORE_DIR="/srv/keys", MASTER_KEY_FILE="/srv/keys/master.json")


def test_file_adds_and_environment_wins(home: Path) -> None:
    home.mkdir()
    (home / "kweek.env").write_text("# ours\n\nPORT=9001\nPLATFORM_NAME=\"A 'fine' school\"\nMAIL_FROM='a@b.nl'\n")
    found = read(home, PORT="9002")
    assert (found.port, found.platform_name, found.mail_from) == (9002, "A 'fine' school", "a@b.nl")


def test_named_file_is_read_instead(home: Path, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("PLATFORM_NAME=Other\n")
    assert read(home, KWEEK_CONFIG=str(tmp_path / "other")).platform_name == "Other"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("PORT 9001", "line 1: write NAME=value"),
        ("\nport=9001", "line 2: write NAME=value"),
        ("PLATFORM_DOMAIN=kweek.nl", "did you mean PLATFORM_DOMAINS"),
        ("WIFI=on", "no setting of Kweek"),
        ("KWEEK_HOME=/srv", "no setting of Kweek"),
    ],
)
def test_bad_line_in_the_file_is_named(home: Path, text: str, hint: str) -> None:
    home.mkdir()
    (home / "kweek.env").write_text(text)
    with pytest.raises(ConfigError, match=hint):
        read(home)


def test_file_that_cannot_be_read_is_named(home: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        read(home, KWEEK_CONFIG=str(home / "missing"))
    home.mkdir()
    (home / "kweek.env").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="text file that you may read"):
        read(home)


def test_secret_key_is_made_once_for_its_user_alone(home: Path) -> None:
    first = read(home).secret_key
    assert len(first) >= 32
    assert read(home).secret_key == first
    assert (home / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in home.iterdir()] == ["secret_key"]
    assert read(home, SECRET_KEY="x" * 40).secret_key == b"x" * 40


def test_empty_secret_key_file_is_refused(home: Path) -> None:
    home.mkdir()
    (home / "secret_key").touch()
    with pytest.raises(ConfigError, match="Remove it and one is made"):
        read(home)


def test_home_that_cannot_be_made_is_named(home: Path) -> None:
    home.touch()
    with pytest.raises(ConfigError, match=str(home)):
        read(home)


def test_handbook_lists_every_setting() -> None:
    handbook = (Path(__file__).parents[2] / "docs" / "handbook.md").read_text()
    assert [name for name in sorted(SETTINGS) if name not in handbook] == []


def test_settings_are_the_names_that_load_asks_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()

    class Curious(dict[str, str]):
        def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
            asked.add(name)
            return super().get(name, default)

    monkeypatch.setattr(config, "merged", Curious)
    read(home)
    assert asked - SETTINGS == set()
    assert SETTINGS - asked == {"SUPERUSER_DATABASE_URL"}  # only ./run setup and ./run harden use it


def test_configuration_and_launcher_need_only_the_standard_library() -> None:
    code = f"import sys; sys.path.insert(0, {str(Path(config.__file__).parents[1])!r}); import core.launch.main"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
