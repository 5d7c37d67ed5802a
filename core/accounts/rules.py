"""Pure decisions about people's names, addresses and passwords; members use them too."""

from __future__ import annotations

import re
import unicodedata

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_EMAIL = 254
LONGEST_NAME = 80
LONGEST_ORGANISATION = 120
LONGEST_PHONE = 30
PHONE = re.compile(r"\+?[0-9 ()./-]{6,30}")
EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}")
# What people type first when ten characters are asked for; compared without case, digits at the end cut off.
COMMON = frozenset(
    """password passwort wachtwoord welkom welcome qwertyuiop qwerty azerty azertyuiop letmein iloveyou ikhouvanjou
    administrator admin changeme verander geheim secret football voetbal baseball sunshine princess
    monkey dragon superman batman computer internet samsung whatever trustno trustnoone starwars master
    abcdefghij abcdefghijk abcd1234abcd asdfghjkl asdfghjklo zxcvbnm zxcvbnmasd qazwsxedc qwertyazerty
    passwordpassword wachtwoordwachtwoord welkomwelkom welcomewelcome testtest testtesttest test
    password1password kweek kweekkweek academy academie cursus deelnemer trainer zomer winter lente herfst summer
    spring autumn maandag januari amsterdam rotterdam nederland feyenoord ajax netherlands""".split()
)


def clean_email(text: str) -> str:
    """Return an address as it is stored: composed, trimmed, small letters."""
    return unicodedata.normalize("NFC", text).strip().casefold()


def is_email(text: str) -> bool:
    """Return whether `text` (cleaned) has the shape of one e-mail address."""
    return len(text) <= LONGEST_EMAIL and bool(EMAIL.fullmatch(text)) and ".." not in text


def is_phone(text: str) -> bool:
    """Return whether this can be dialled."""
    return bool(PHONE.fullmatch(text)) and sum(sign.isdigit() for sign in text) >= 6


def clean_name(text: str) -> str:
    """Return a name without control characters, with single spaces."""
    printable = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in text)
    return " ".join(unicodedata.normalize("NFC", printable).split())[:LONGEST_NAME]


def password_weakness(password: str, email: str = "", name: str = "") -> str | None:
    """Return what is wrong with a new password ("short", "long", "common", "personal"), or None."""
    if len(password) < SHORTEST_PASSWORD:
        return "short"
    if len(password) > LONGEST_PASSWORD:
        return "long"
    if _is_personal(password, email, name):
        return "personal"
    if _is_common(password):
        return "common"
    return None


def _is_personal(password: str, email: str, name: str) -> bool:
    said = _plain(password)
    known = {_plain(email), _plain(email.partition("@")[0]), _plain(name), *map(_plain, name.split())}
    return any(said in (word, word + word) or _stem(said) == word for word in known if len(word) > 2)


def _is_common(password: str) -> bool:
    said = password.casefold()
    return len(set(said)) < 4 or said in COMMON or _stem(said) in COMMON or _is_run(said) or _plain(said) in COMMON


def _stem(said: str) -> str:
    return re.sub(r"[\W\d_]+$", "", said)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


def _is_run(said: str) -> bool:
    """Return whether the characters are one row up or down (1234567890) or one short piece repeated."""
    steps = {ord(b) - ord(a) for a, b in zip(said, said[1:], strict=False)}
    repeats = any(said == (said[:size] * len(said))[: len(said)] for size in range(1, 5))
    return steps <= {1, -9} or steps <= {-1, 9} or repeats


SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
           ("Windows", "Windows"), ("Mac OS X", "Mac"), ("Linux", "Linux"))  # fmt: skip
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip


def device_parts(agent: str) -> tuple[str | None, str | None]:
    """Return browser and system that a User-Agent names, each None if it names none that we know."""
    browser = next((name for sign, name in BROWSERS if sign in agent), None)
    system = next((name for sign, name in SYSTEMS if sign in agent), None)
    return browser, system
