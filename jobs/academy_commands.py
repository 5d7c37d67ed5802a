"""Commands for one academy: open, list, suspend, resume, close; how much mail it may send."""

from __future__ import annotations

import argparse
from typing import Any

from core.academies import queries, rules
from core.academies.models import Academy
from core.academies.owners import known_account
from core.config import config
from core.db import CORE, db
from core.legal.actions import ask_owner
from core.mail import allowance
from core.owner import owner_connection
from core.urls import academy_url
from tenants.close import ask_closing, undo_closing
from tenants.closing.machine import close_academy
from tenants.opening import open_academy, prepare_academy
from tenants.suspend import resume_academy, suspend_academy

Commands = Any


def add(commands: Commands) -> None:
    """Add `academy open|list|suspend|resume|rate|close|undo` to the parser."""
    acts = commands.add_parser("academy", help="open, list, suspend, resume, close").add_subparsers(
        required=True, metavar="act")
    _add_open(acts.add_parser("open", help="open an academy for an existing account"))
    listing = acts.add_parser("list", help="list all academies and their states")
    listing.set_defaults(act=list_academies)
    suspending = _with_slug(acts.add_parser("suspend", help="stop serving an academy; its data stays"))
    suspending.add_argument("--reason", required=True)
    suspending.set_defaults(act=suspend)
    _with_slug(acts.add_parser("resume", help="serve a suspended academy again")).set_defaults(act=resume)
    _with_slug(acts.add_parser("undo", help="take a closing back while it waits")).set_defaults(act=undo)
    rating = _with_slug(acts.add_parser("rate", help="how many letters an academy may send in an hour"))
    rating.add_argument("per_hour", type=int, nargs="?", help="0: without limit; leave out: as MAIL_PER_HOUR says")
    rating.set_defaults(act=rate)
    closing = _with_slug(acts.add_parser("close", help="close an academy: everything in it is destroyed"))
    closing.add_argument("--now", action="store_true", help="no days to undo; run the whole closing here")
    closing.add_argument("--yes", action="store_true", help="do not ask to type the subdomain again")
    closing.set_defaults(act=close)


def open_one(given: argparse.Namespace) -> None:
    """Open an academy; without a spare, make its schema here."""
    with db.scope(CORE, commit=True):
        owner = known_account(given.owner)
        slug = given.slug or queries.suggest_slug(given.name, config().platform_name)
        academy = open_academy(given.name, slug, owner, given.colour, given.language)
        number = academy.number
        ask_owner(academy, owner)
    with owner_connection() as connection:
        prepare_academy(connection, number)
    print(f"academy {number} is open at {academy_url(slug)}; its owner enters once they have accepted the agreement, and gets a mail about it")


def list_academies(_: argparse.Namespace) -> None:
    """Print number, state, subdomain and name of every academy."""
    with db.scope(CORE):
        page = 1
        while True:
            listing = queries.all_academies(page)
            for academy in listing.academies:
                print(f"{academy.number:>6}  {academy.state:<10} {academy.slug or '-':<40} {academy.name}")
            if page >= listing.pages:
                return
            page += 1


def suspend(given: argparse.Namespace) -> None:
    """Suspend the academy."""
    with db.scope(CORE, commit=True):
        suspend_academy(_academy(given), given.reason, None)
    print(f"{given.slug} is suspended")


def resume(given: argparse.Namespace) -> None:
    """Resume the academy."""
    with db.scope(CORE, commit=True):
        resume_academy(_academy(given), None)
    print(f"{given.slug} answers again")


def undo(given: argparse.Namespace) -> None:
    """Take a closing back."""
    with db.scope(CORE, commit=True):
        undo_closing(_academy(given), None, is_operator=True)
    print(f"{given.slug} stays open")


def rate(given: argparse.Namespace) -> int:
    """Let the academy send so many letters in an hour."""
    if given.per_hour is not None and given.per_hour < 0:
        print("give a number of letters, or 0 for no limit")
        return 1
    with db.scope(CORE, commit=True):
        allowance.set_measure(_academy(given).number, given.per_hour)
    said = {None: "as MAIL_PER_HOUR says", 0: "without limit"}.get(given.per_hour, f"{given.per_hour} an hour")
    print(f"{given.slug} sends letters: {said}")
    return 0


def close(given: argparse.Namespace) -> int:
    """Ask for the closing and, with --now, carry it out; one that was cut short goes on."""
    if not given.yes and input(f"Everything in {given.slug} will be destroyed. Type {given.slug}: ") != given.slug:
        print("nothing was done")
        return 1
    with db.scope(CORE, commit=True):
        academy = _academy(given)
        if rules.may_close(academy.state):
            ask_closing(academy, None, 0 if given.now else config().undo_days, by_operator=True)
        number = academy.number
    with owner_connection() as connection:
        step = close_academy(connection, number)
    print(f"{given.slug}: closed" if step == "done" else f"{given.slug}: closing, {step}")
    return 0


def _add_open(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="name of the organisation")
    parser.add_argument("--slug", help="subdomain; made of the name unless given")
    parser.add_argument("--owner", required=True, metavar="EMAIL", help="account that will own it")
    parser.add_argument("--colour", default="#2f5bb7", help="brand colour as #rrggbb")
    parser.add_argument("--language", default="nl", choices=("nl", "en"))
    parser.set_defaults(act=open_one)


def _with_slug(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("slug")
    return parser


def _academy(given: argparse.Namespace) -> Academy:
    return queries.academy_by_slug(given.slug)
