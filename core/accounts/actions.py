"""What people do with their account: sign up, confirm, change."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core import clock, queue
from core.accounts import queries
from core.accounts.models import Account, AccountSession, AccountToken, Ask, HalfSignIn
from core.accounts.passwords import hash_password, is_right
from core.accounts.rules import LONGEST_ORGANISATION, LONGEST_PHONE, clean_email, clean_name
from core.db import db
from core.errors import Gone, Refused
from core.mail.actions import write_letter
from core.sessions import Sessions
from core.tokens import Links
from core.urls import platform_url

CONFIRM_LASTS = timedelta(days=3)
RESET_LASTS = timedelta(hours=1)
CHANGE_LASTS = timedelta(days=1)

sessions = Sessions(AccountSession, "account_id")
links = Links(AccountToken, "account_id")


def sign_up(first_name: str, last_name: str, email: str, password: str, language: str, organisation: str = "", phone: str = "") -> Account | None:
    """Return the new account, whose owner gets a link by mail; for a known address None: it gets a mail that says so, and
    nothing changes."""
    email, password_hash = clean_email(email), hash_password(password)
    account = None
    if queries.account_by_email(email) is None:
        account = _made(Account(
            email=email, first_name=clean_name(first_name), last_name=clean_name(last_name),
            password_hash=password_hash, language=language, organisation=clean_organisation(organisation), phone=phone.strip()[:LONGEST_PHONE] or None,
        ))  # fmt: skip
    if account is None:
        tell_known(email, language)
    else:
        ask_to_confirm(account)
    return account


def _made(account: Account) -> Account | None:
    """Return the stored account, or None if the address was taken this very moment."""
    try:
        with db.session.begin_nested():
            db.session.add(account)
            db.session.flush()
    except IntegrityError:
        return None
    return account


def tell_known(email: str, language: str) -> None:
    """Mail that this address has an account already, with the ways in."""
    known = queries.account_by_email(email)
    write_letter(email, "already_member", language, name=known.first_name if known else None, url=platform_url("/sign-in"), reset_url=platform_url("/reset"))


def ask_to_confirm(account: Account) -> None:
    """Mail a link that proves the account's address."""
    token = links.make(account.id, "confirm", CONFIRM_LASTS)
    write_letter(_email(account), "confirm_account", account.language, name=account.first_name,
                 url=platform_url(f"/confirm/{token}"))  # fmt: skip


def confirm(token: str) -> Account:
    """Note that the address of the link's account is proven. Raises Gone for a used or expired link."""
    account = _owner_of(links.use(token, "confirm"))
    account.email_confirmed_at = account.email_confirmed_at or clock.now()
    return account


def ask(kind: str, email: str, language: str) -> None:
    """Let a job answer by mail: kind `reset` or `find`. Known and unknown addresses take the same way (T31)."""
    row = Ask(kind=kind, email=clean_email(email), language=language)
    db.session.add(row)
    db.session.flush()
    queue.later("accounts.answer", ask_id=str(row.id), priority=2)


def mail_reset_link(email: str) -> None:
    """Mail a link for a new password, if there is an account with this address."""
    account = queries.account_by_email(email)
    if account is not None:
        token = links.make(account.id, "reset", RESET_LASTS)
        write_letter(_email(account), "reset_password", account.language, name=account.first_name,
                     url=platform_url(f"/reset/{token}"), minutes=60)  # fmt: skip


def reset_password(token: str, password: str) -> Account:
    """Give the link's account a new password and end all its sessions. Raises Gone for a dead link."""
    account = _owner_of(links.use(token, "reset"))
    account.password_hash = hash_password(password)
    account.email_confirmed_at = account.email_confirmed_at or clock.now()
    _end_all(account)
    return account


def change_password(account: Account, password: str) -> None:
    """Set a new password and end every session; the caller starts a fresh one (T19)."""
    account.password_hash = hash_password(password)
    _end_all(account)


def _end_all(account: Account) -> None:
    """End every session, and every link that somebody else may have asked for: the password says who it is now."""
    for kind in ("reset", "change"):
        links.end(account.id, kind)
    db.session.execute(sa.delete(HalfSignIn).where(HalfSignIn.account_id == account.id))
    sessions.end_all(account.id)


def has_password(account: Account | None, password: str) -> bool:
    """Return whether the password is this account's; nobody's takes just as long."""
    return is_right(account.password_hash if account else None, password)


def ask_new_email(account: Account, email: str) -> None:
    """Mail a link to the new address; until it is used nothing changes. A taken address gets a word instead."""
    email = clean_email(email)
    if queries.account_by_email(email) is not None:
        tell_known(email, account.language)
        return
    token = links.make(account.id, "change", CHANGE_LASTS, new_email=email)
    write_letter(email, "change_email", account.language, name=account.first_name,
                 url=platform_url(f"/me/email/{token}"))  # fmt: skip


def change_email(token: str) -> Account:
    """Give the link's account its new address. Raises Gone for a dead link, Refused if it was taken meanwhile."""
    link = links.use(token, "change")
    account = _owner_of(link)
    try:
        with db.session.begin_nested():
            account.email, account.email_confirmed_at = link.new_email, clock.now()
            db.session.flush()
    except IntegrityError:
        raise Refused("taken") from None
    links.end(account.id, "reset")  # they went to the old address
    return account


def clean_organisation(text: str) -> str | None:
    """Return an organisation as it is kept, or None."""
    return " ".join(text.split())[:LONGEST_ORGANISATION] or None


def update_contact(account: Account, organisation: str, phone: str) -> None:
    """Change for whom the account is, and where to call back."""
    account.organisation, account.phone = clean_organisation(organisation), phone.strip()[:LONGEST_PHONE] or None


def update_profile(account: Account, first_name: str, last_name: str, language: str, scheme: str) -> None:
    """Change what the person may change about themselves."""
    account.first_name, account.last_name = clean_name(first_name), clean_name(last_name)
    account.language, account.scheme = language, scheme


def _owner_of(link: AccountToken | None) -> Account:
    account = None if link is None else queries.account(link.account_id)
    if account is None:
        raise Gone("link")
    return account


def _email(account: Account) -> str:
    assert account.email is not None
    return account.email
