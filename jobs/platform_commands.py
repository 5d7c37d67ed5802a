"""Commands for the whole platform: setup, migrate, harden, doctor, demo, shell, bench."""

from __future__ import annotations

import argparse
import code
import os
import sys
from typing import Any

from sqlalchemy.engine import make_url

from core import foundation, keystore
from core.config import config
from core.db import CORE, academy_scope, db
from core.harden import harden
from core.legal import actions as legal
from core.legal.reading import HERE, drafts
from core.mail import dkim
from core.migrate import migrate_core
from core.outbox import actions as outbox
from core.owner import Connection, connect, owner_connection
from core.push import make_key
from jobs import checks
from tenants.migrate import head_revision, migrate_academies
from tenants.provision import refill_spares

Commands = Any  # argparse keeps the type of a sub-parsers action to itself
SUPERUSER = "SUPERUSER_DATABASE_URL"


def add(commands: Commands) -> None:
    """Add these commands to the parser."""
    for name, act, words in (
        ("setup", setup, "make roles and schemas, harden, migrate, fill the pool of spares; may be repeated"),
        ("migrate", migrate, "bring core and every academy to the newest revision"),
        ("harden", harden_database, f"take from PUBLIC what would let injected SQL escape; needs {SUPERUSER}"),
        ("doctor", doctor, "say what is not in order; exit status 1 if anything is not"),
    ):
        commands.add_parser(name, help=words).set_defaults(act=act)
    commands.add_parser("push-key", help="print a new VAPID_KEY, for messages on people's devices").set_defaults(act=print_push_key)
    retry = commands.add_parser("retry", help="try work that was given up again, once its cause is mended")
    retry.add_argument("job", nargs="?", help="only work of this name, such as mail.send")
    retry.set_defaults(act=try_again)
    signing = commands.add_parser("dkim", help="make the key that mail is signed with, and print its DNS record")
    signing.set_defaults(act=show_dkim)
    privacy = commands.add_parser("privacy", help="erase again who came back by a restored backup").add_subparsers(required=True, metavar="act")
    privacy.add_parser("replay", help="do it, before the platform serves; say whom, by ids").set_defaults(act=replay_erasures)
    demo = commands.add_parser("demo", help="fill two small believable academies, once")
    demo.add_argument("--print", action="store_true", help="only print addresses and logins")
    demo.set_defaults(act=load_demo)
    shell_ = commands.add_parser("shell", help="a Python prompt with an open frame")
    shell_.add_argument("--academy", type=int, metavar="NUMBER", help="open this academy's scope instead of core's")
    shell_.set_defaults(act=shell)
    bench = commands.add_parser("bench", help="measure promises against floors", add_help=False)
    bench.add_argument("rest", nargs=argparse.REMAINDER)
    bench.set_defaults(act=run_bench)


def print_push_key(_given: argparse.Namespace) -> None:
    """Print a new key. Nothing is written: the operator puts it in the configuration."""
    print(f"VAPID_KEY={make_key()}")


def setup(given: argparse.Namespace) -> None:
    """Make an empty database ready; everything that stands already stays."""
    url = os.environ.get(SUPERUSER)
    if url:
        with connect(url) as superuser:
            _make_roles(superuser)
            harden(superuser)
    migrate(given)
    keystore.create("core")
    with owner_connection() as owner:
        print(f"{refill_spares(owner, config().spare_schemas)} spare schemas made")


def migrate(_: argparse.Namespace) -> int:
    """Migrate core, then every academy; return 1 if one of them could not follow."""
    print(f"core stands at {migrate_core()}")
    report = migrate_academies()
    print(f"{report.done} schemas brought to {head_revision()}")
    load_legal()
    for number, error in sorted(report.failed.items()):
        print(f"academy {number} stopped: {error}; it answers 503 until the next ./run migrate", file=sys.stderr)
    return 1 if report.failed else 0


def load_legal() -> None:
    """Keep the versions of legal documents that are new; owners hear of them by mail."""
    with db.scope(CORE, commit=True):
        for version in legal.load(drafts(config().legal_dir or HERE)):
            print(f"legal document {version.name}: version {version.number} holds from {version.in_force_at:%Y-%m-%d}")


def harden_database(_: argparse.Namespace) -> None:
    """Harden the database as a superuser."""
    url = os.environ.get(SUPERUSER)
    if not url:
        raise RuntimeError(f"set {SUPERUSER}: a REVOKE by anyone else only warns and changes nothing")
    with connect(url) as superuser:
        harden(superuser)
    print("hardened: no known escape is open")


def doctor(_: argparse.Namespace) -> int:
    """Print a sentence for each thing that is not in order; return 1 if there was one."""
    found = list(checks.complaints())
    for sentence in found:
        print(sentence)
    for sentence in checks.unknowns():
        print(f"not looked at: {sentence}")
    print("everything is in order" if not found else f"{len(found)} things need attention")
    return 1 if found else 0


def try_again(given: argparse.Namespace) -> None:
    """Let work that was given up be tried anew."""
    with db.scope(CORE, commit=True):
        print(f"{outbox.try_again(given.job)} pieces of work are tried again")


def replay_erasures(_: argparse.Namespace) -> None:
    """Erase again whom the ledger names and a restored backup brought back."""
    import jobs.privacy

    said = jobs.privacy.replay()
    print("\n".join(said) or "nobody came back")


def show_dkim(_: argparse.Namespace) -> None:
    """Make the key unless there is one, and print what to put into DNS and into the settings."""
    path = config().dkim_key_file or config().home / "dkim" / f"{config().dkim_selector}.pem"
    print(f"{path}: {'made' if dkim.make_key(path) else 'was there already'}")
    name, value = dkim.dns_record(path)
    print(f'Put this TXT record into DNS, and wait until it is seen everywhere:\n\n{name}. IN TXT "{_in_parts(value)}"\n')
    if config().dkim_key_file is None:
        print(f"Then set DKIM_KEY_FILE={path} and restart: from then on every mail is signed.")
    else:
        print("Mail is signed with it.")


def _in_parts(value: str) -> str:
    """Return a TXT value in strings of at most 255 signs, as DNS takes them."""
    return '" "'.join(value[at : at + 255] for at in range(0, len(value), 255))


def load_demo(given: argparse.Namespace) -> None:
    """Fill the demo world, or only print who may sign in where."""
    import jobs.demo

    jobs.demo.load(print_only=given.print)


def shell(given: argparse.Namespace) -> None:
    """Open a prompt; nothing is kept without db.commit()."""
    scope = CORE if given.academy is None else academy_scope(given.academy)
    with db.scope(scope):
        code.interact(f"{scope.role}: db.session is open; db.commit() keeps what you change", local={"db": db})


def run_bench(given: argparse.Namespace) -> None:
    """Become the bench."""
    os.execv(sys.executable, [sys.executable, "-m", "bench", *given.rest])


def _make_roles(superuser: Connection) -> None:
    settings = config()
    if settings.owner_database_url is None:
        raise RuntimeError("set OWNER_DATABASE_URL: its password becomes platform_owner's")
    app, owner = (make_url(url).password or "" for url in (settings.database_url, settings.owner_database_url))
    foundation.make_roles(superuser, app, owner)
    foundation.make_schemas(superuser)
