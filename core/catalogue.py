"""The Dutch catalogue: gathered from templates and Python, filled, compiled and checked; and its formal twin, which holds
only the sentences that say "je", with "u".

Several people work on it at once: every change reads, merges and replaces the file under one lock.
"""

from __future__ import annotations

import fcntl
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from core.formal import forms_of, is_familiar, line_for, put, state_of, to_do
from core.wording import uncovered

HOUSE = Path(__file__).resolve().parent.parent
TRANSLATIONS = HOUSE / "core" / "translations"
SOURCES = ("blueprints", "core", "jobs", "templates", "tenants")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
STARTED = datetime(2026, 11, 23, tzinfo=UTC)  # a constant date keeps the file the same for the same strings
USE = """usage: python -m core.i18n extract | compile | check | add | formal
  extract   gather the English strings into the Dutch catalogue (new ones stand there without Dutch)
  compile   write messages.mo from messages.po, and formal.mo from formal.po
  check     say what is not extracted, not translated, not formal, fuzzy or not compiled; exit 1 if anything is
  add       read lines from standard input, put them in the catalogue, then extract and compile:
              English<TAB>Dutch            or, when the Dutch says je: English<TAB>Dutch<TAB>Dutch with u
              English<TAB>English plural<TAB>Dutch<TAB>Dutch plural     and with u: two columns more
  formal    print such lines for all Dutch that says je and has no form with u yet (or an old one), the last
            columns a first try. Read and mend each, then give them to `add`"""


def main(arguments: list[str]) -> int:
    """Do one command of the catalogue; return the exit status."""
    match arguments:
        case ["extract"]:
            with locked():
                save(merged(load(), gather()))
        case ["compile"]:
            with locked():
                compile_catalogue(load())
                compile_catalogue(load("formal"), "formal")
        case ["add"]:
            with locked():
                add_lines(sys.stdin)
        case ["check"]:
            problems = [*find_problems(), *find_formal_problems()]
            print("\n".join(problems) or "every string has its Dutch")
            return 1 if problems else 0
        case ["formal"]:
            print("\n".join(line_for(message) for message in to_do(load(), load("formal"))))
        case _:
            print(USE)
            return 2
    return 0


@contextmanager
def locked() -> Iterator[None]:
    """Keep others from changing the catalogue inside the block."""
    with (TRANSLATIONS / "babel.cfg").open() as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def po_file(domain: str = "messages") -> Path:
    """Return where a Dutch catalogue stands: `messages`, or `formal`."""
    return TRANSLATIONS / "nl" / "LC_MESSAGES" / f"{domain}.po"


def load(domain: str = "messages") -> Catalog:
    """Return a Dutch catalogue; an empty one when there is none yet."""
    if not po_file(domain).exists():
        return empty()
    with po_file(domain).open("rb") as handle:
        return read_po(handle, locale="nl")


def empty() -> Catalog:
    """Return a Dutch catalogue without strings."""
    catalog = Catalog(locale="nl", project="Kweek", copyright_holder="Kweek", fuzzy=False)
    catalog.header_comment = "# Dutch of Kweek. Keep it by `python -m core.i18n`."
    return catalog


def gather() -> Catalog:
    """Return all English strings of templates and Python, with the files that hold them."""
    methods, options = mapping()
    found = Catalog()
    for folder in SOURCES:
        for path, _, msgid, comments, context in extract_from_dir(
            str(HOUSE / folder), methods, options, keywords=KEYWORDS, comment_tags=("Note:",), strip_comment_tags=True
        ):
            found.add(msgid, None, [(f"{folder}/{path}", 0)], auto_comments=comments, context=context)
    return found


def mapping() -> tuple[list[tuple[str, str]], dict[str, dict[str, str]]]:
    """Return which extractor reads which files, from babel.cfg."""
    with (TRANSLATIONS / "babel.cfg").open() as handle:
        methods, options = parse_mapping_cfg(handle)  # type: ignore[no-untyped-call]
    return methods, options


def merged(old: Catalog, found: Catalog) -> Catalog:
    """Return the catalogue of the strings found, with the Dutch that was there. Nothing is guessed (no fuzzy).

    What no file uses now stays as a remark, since somebody may be rewriting that file this minute.
    """
    new = empty()
    unused = {first(m): m for m in [*old, *old.obsolete.values()] if m.id and is_filled(m)}
    for message in found:
        if not message.id:
            continue
        known = old.get(message.id, message.context) or old.obsolete.get(first(message))
        unused.pop(first(message), None)
        same_shape = known is not None and isinstance(known.string, str) != message.pluralizable
        string = known.string if known is not None and same_shape else None
        new.add(message.id, string, message.locations, auto_comments=message.auto_comments, context=message.context)
    new.obsolete.update(unused)
    return new


def save(catalog: Catalog, domain: str = "messages") -> None:
    """Replace a catalogue on disk, sorted, in one step."""
    text = io.BytesIO()
    catalog.revision_date = catalog.creation_date = STARTED
    write_po(text, catalog, width=110, sort_output=True, include_lineno=False, omit_header=False)
    replace(po_file(domain), text.getvalue())


def compile_catalogue(catalog: Catalog, domain: str = "messages") -> None:
    """Write the compiled catalogue beside its source."""
    replace(po_file(domain).with_suffix(".mo"), compiled(catalog))


def compiled(catalog: Catalog) -> bytes:
    """Return the compiled form of the catalogue."""
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def replace(path: Path, body: bytes) -> None:
    """Write a file so that readers see the old or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(path.suffix + ".tmp")
    fresh.write_bytes(body)
    fresh.replace(path)


def add_lines(lines: Iterator[str] | io.TextIOBase) -> None:
    """Put each line's Dutch into the catalogues, gather, save and compile; say which English is in no file or had
    another Dutch, and which Dutch says je and came without its form with u."""
    catalog, formal, found = load(), load("formal"), gather()
    for line in lines:
        parts = line.rstrip("\n").replace("\\n", "\n").split("\t")
        if len(parts) not in (2, 3, 4, 6):
            if line.strip():
                print(f"not two, three, four or six columns: {line.strip()}", file=sys.stderr)
            continue
        size = 1 if len(parts) < 4 else 2
        msgid: str | tuple[str, str] = parts[0] if size == 1 else (parts[0], parts[1])
        if found.get(msgid) is None:
            print(f"in no file (kept out): {parts[0]}", file=sys.stderr)
        before = catalog.get(msgid)
        catalog.delete(msgid)
        message = catalog.add(msgid, parts[1] if size == 1 else (parts[2], parts[3]))
        if before is not None and is_filled(before) and before.string != message.string:
            print(f"replaces {before.string!r}, which other pages may say: {parts[0]}", file=sys.stderr)
        add_formal(formal, message, parts[2 * size :])
    save(merged(catalog, found))
    compile_catalogue(load())
    save(formal, "formal")
    compile_catalogue(load("formal"), "formal")


def add_formal(formal: Catalog, message: Message, forms: Sequence[str]) -> None:
    """Put the form with u of a message into its catalogue, or say why not."""
    if forms and is_familiar(message):
        put(formal, message, forms)
    elif forms:
        print(f"says no je, so no form with u is kept: {first(message)}", file=sys.stderr)
    elif is_familiar(message) and state_of(message, formal):
        print(f"says je; see `python -m core.i18n formal`: {first(message)}", file=sys.stderr)


def find_problems() -> Iterator[str]:
    """Yield a sentence for every string that is not in Dutch, and one when the compiled form is old."""
    catalog = load()
    for message in gather():
        known = catalog.get(message.id, message.context)
        if not message.id:
            continue
        if known is None:
            yield f"not extracted: {first(message)}  ({message.locations[0][0]})"
        elif not is_filled(known):
            yield f"not translated: {first(message)}  ({message.locations[0][0]})"
    yield from (f"fuzzy: {first(message)}" for message in catalog if message.id and message.fuzzy)
    yield from find_uncompiled("messages", catalog)


def find_formal_problems() -> Iterator[str]:
    """Yield a sentence for every Dutch string that an academy could not have with u, or with its own words for roles."""
    catalog, formal = load(), load("formal")
    for message in to_do(catalog, formal):
        yield f"form with u {state_of(message, formal)}; see `python -m core.i18n formal`: {first(message)}"
    for message in (one for one in [*catalog, *formal] if one.id):
        english = [message.id] if isinstance(message.id, str) else message.id
        texts = [(text, "en") for text in english] + [(text, "nl") for text in forms_of(message)]
        for word in (word for text, language in texts for word in uncovered(text, language)):
            yield f"no own word of an academy fits for \u201c{word}\u201d (core/wording.py): {first(message)}"
    yield from find_uncompiled("formal", formal)


def find_uncompiled(domain: str, catalog: Catalog) -> Iterator[str]:
    """Yield a sentence if the compiled form of a catalogue is not the present one."""
    mo = po_file(domain).with_suffix(".mo")
    if not mo.exists() or mo.read_bytes() != compiled(catalog):
        yield f"{domain} not compiled: run `python -m core.i18n compile`"


def is_filled(message: Message) -> bool:
    """Return whether every form of the message has Dutch."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(forms) and all(forms)


def first(message: Message) -> str:
    """Return the English of a message, the singular of a pair."""
    return message.id if isinstance(message.id, str) else message.id[0]
