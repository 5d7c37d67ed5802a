"""What an academy may be called, and what may be done to it in which state."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import Literal

SlugProblem = Literal["shape", "reserved", "alike", "taken", "resting"]
SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*", re.ASCII)
COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
SLUG_LENGTH = range(3, 41)
NAME_LENGTH = range(2, 81)
REST_DAYS = 365
EXPORT_DAYS = 30
LONGEST_UNDO_DAYS = 90
MOST_ACADEMIES = 20

# Names of hosts, of the platform's own pages and of roles that strangers trust.
RESERVED = frozenset(
    "about abuse academies academy account accounts admin administrator api app apps assets auth autoconfig "
    "autodiscover backup billing blog calendar cdn chat checkout closed console contact core dashboard data db "
    "demo-request dev developer dns docs download downloads dpo email embed example example-academy faq feedback "
    "files finance ftp git gdpr health help host hosting id imap info internal invoice invoices job jobs kweek "
    "legal local localhost login logout mail mailer manage manager media members monitor mx my news newsletter "
    "noreply no-reply ns ns1 ns2 official operator owner partner pay payment payments platform pop portal "
    "postmaster press pricing privacy proxy public redis register relay root sandbox search secure security "
    "service services settings shop signin signup sign-in sign-up site smtp sql ssh ssl sso staff staging static "
    "stats status store support sysadmin system team terms test tests trust update upload vpn web webhook "
    "webmail webmaster website wiki work www www1 www2".split()
)

# Signs that are read as one another in an address bar. The queries say the same in SQL (translate()).
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
SIGNS, READ_AS = "01ij582-", "olllsbz"
_ALIKE = str.maketrans(dict(itertools.zip_longest(SIGNS, READ_AS, fillvalue="")))


def is_slug(slug: str) -> bool:
    """Return whether `slug` has the shape of a subdomain of ours: 3-40 letters, digits and single hyphens."""
    return len(slug) in SLUG_LENGTH and SLUG.fullmatch(slug) is not None


def skeleton(slug: str) -> str:
    """Return what is left of `slug` when signs that look alike are one sign: two equal ones deceive readers."""
    for pair, sign in PAIRS:
        slug = slug.replace(pair, sign)
    return slug.translate(_ALIKE)


RESERVED_SKELETONS = frozenset(map(skeleton, RESERVED))


def slug_problem(slug: str, platform_name: str = "kweek") -> SlugProblem | None:
    """Return why nobody may have `slug`, or None; whether somebody has it already is a question for the queries."""
    if not is_slug(slug):
        return "shape"
    if slug in RESERVED:
        return "reserved"
    own = skeleton(slug_of(platform_name))
    if skeleton(slug) in RESERVED_SKELETONS or (len(own) >= 4 and own in skeleton(slug)):
        return "alike"
    return None


def slug_of(name: str) -> str:
    """Return a subdomain made of an organisation's name; empty when the name has no Latin letters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-0123456789")
    return words[: SLUG_LENGTH.stop - 1].strip("-")


def is_name(name: str) -> bool:
    """Return whether `name` is 2-80 printable signs without spaces at its ends."""
    return len(name) in NAME_LENGTH and name == name.strip() and name.isprintable()


def is_colour(colour: str) -> bool:
    """Return whether `colour` is written #rrggbb."""
    return COLOUR.fullmatch(colour) is not None


def may_suspend(state: str, is_suspended: bool = False) -> bool:
    """Return whether an academy in `state` can be suspended; `is_suspended` tells of one that waits to be closed."""
    return state == "active" or (state == "closing" and not is_suspended)


def may_resume(state: str, is_suspended: bool = False) -> bool:
    """Return whether an academy in `state` can be resumed; `is_suspended` tells of one that waits to be closed."""
    return state == "suspended" or (state == "closing" and is_suspended)


def may_undo(by_operator: bool, is_operator: bool) -> bool:
    """Return whether a closing can be taken back: what the platform began, its owners do not undo."""
    return is_operator or not by_operator


def may_close(state: str) -> bool:
    """Return whether closing may be asked for an academy in `state`."""
    return state in ("active", "suspended")


def may_open(living: int, is_confirmed: bool) -> bool:
    """Return whether an account that owns `living` academies may open one more; the address comes first."""
    return living < (MOST_ACADEMIES if is_confirmed else 1)


def serves(state: str) -> bool:
    """Return whether an academy in `state` still answers its members."""
    return state in ("active", "closing")


def may_leave(owners: int) -> bool:
    """Return whether one of `owners` owners may go: an academy keeps at least one."""
    return owners > 1
