"""What publishing would change, lesson by lesson, with the words before and after. No database.

Each `Part` is one of the things that `rules.count_changes` counts, so the list is as long as the number on the button.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tenants.courses.rules import Snapshot, Thing, common, tree_of

How = Literal["added", "removed", "changed", "moved"]
Piece = tuple[Literal["same", "added", "removed"], str]
HIDDEN = frozenset({"id", "html", "width", "height", "seconds", "media_type", "size_bytes", "page_id"})
CLOSED = frozenset({"release", "deadline", "file_id", "groups", "kind", "test", "types"})  # ids and codes: that it differs is said
WORDS = re.compile(r"\s+|[^\s]+")
MOST_WORDS = 2_000
ORDER = "order"


@dataclass(frozen=True)
class Edit:
    """One field before and after; `pieces` when both are texts. Nothing to show (None twice) for ids and orders."""

    name: str
    before: Any = None
    after: Any = None
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Part:
    """One change: to what (course, module, lesson or a kind of block), how, and field by field what differs."""

    key: str
    what: str
    how: How
    title: str = ""
    edits: tuple[Edit, ...] = ()
    question_id: str | None = None


@dataclass(frozen=True)
class Group:
    """The changes of one lesson, or of the course and its modules (`lesson_id` None)."""

    lesson_id: str | None
    title: str
    how: How
    parts: tuple[Part, ...]

    @property
    def may_ask(self) -> bool:
        """Return whether participants can have done what changed here."""
        return self.lesson_id is not None and self.how == "changed"


def difference(draft: Snapshot, live: Snapshot) -> list[Group]:
    """Return what publishing the draft would change, in reading order; removed lessons stand last."""
    new, old = tree_of(draft), tree_of(live)
    found: dict[str, list[Part]] = {}
    for key in [*new, *(key for key in old if key not in new)]:
        for part in _parts(key, new, old):
            found.setdefault(_home(key, new if key in new else old), []).append(part)
    return [_group(home, parts, new, old) for home, parts in sorted(found.items(), key=lambda one: _place(one[0], new))]


def _place(home: str, tree: Mapping[str, Thing]) -> int:
    if home == "course":
        return -1
    return list(tree).index(home) if home in tree else len(tree)


def _group(home: str, parts: Sequence[Part], new: Mapping[str, Thing], old: Mapping[str, Thing]) -> Group:
    if home == "course":
        return Group(None, "", "changed", tuple(parts))
    how: How = "changed" if home in new and home in old else "added" if home in new else "removed"
    return Group(home, _title(new.get(home) or old[home]), how, tuple(parts))


def _home(key: str, tree: Mapping[str, Thing]) -> str:
    """Return the lesson that the thing is or stands in; "course" for the course and its modules."""
    depth = _depth(key, tree)
    return key if depth == 2 else tree[key].parent or "course" if depth == 3 else "course"


def _depth(key: str, tree: Mapping[str, Thing]) -> int:
    parent = tree[key].parent
    return 0 if parent is None else 1 + _depth(parent, tree)


def _parts(key: str, new: Mapping[str, Thing], old: Mapping[str, Thing]) -> Iterator[Part]:
    """Yield the changes to one thing: it came, it went, it says something else, what stands in it has another order."""
    mine, theirs = new.get(key), old.get(key)
    if mine is None or theirs is None:
        thing, tree, other = (mine, new, old) if mine else (old[key], old, new)
        assert thing is not None
        if thing.parent is None or thing.parent in other:
            yield _part(thing, tree, "added" if mine else "removed", _inside(thing, tree, bool(mine)))
        return
    if mine.facts != theirs.facts or mine.parent != theirs.parent:
        yield _part(mine, new, "changed", [*_elsewhere(mine, theirs, new, old), *edits_of(theirs.facts, mine.facts)])
    if common(mine, old) != common(theirs, new):
        names = [", ".join(_title(tree[one]) for one in common(thing, other)) for thing, tree, other in
                 ((theirs, old, new), (mine, new, old))]  # fmt: skip
        edits = [_edit(ORDER, *names)] if _depth(key, new) < 2 else []
        yield _part(mine, new, "moved", edits)


def _part(thing: Thing, tree: Mapping[str, Thing], how: How, edits: Sequence[Edit]) -> Part:
    what = ("course", "module", "lesson")[depth] if (depth := _depth(thing.key, tree)) < 3 else str(thing.facts["kind"])
    question = thing.facts.get("question") if depth == 3 else None
    asked = str(question["id"]) if question else None
    return Part(thing.key, what, how, _title(thing), tuple(edits), asked)


def _inside(thing: Thing, tree: Mapping[str, Thing], is_new: bool) -> list[Edit]:
    """Return what stands in something that came or went: the words of a block, the titles of lessons."""
    depth = _depth(thing.key, tree)
    if depth == 1:
        return [Edit("title", pieces=(("added" if is_new else "removed", _title(tree[one])),)) for one in thing.children]
    blocks = [thing] if depth == 3 else [tree[one] for one in thing.children]
    empty: dict[str, Any] = {}
    return [
        edit for block in blocks
        for edit in edits_of(*((empty, block.facts) if is_new else (block.facts, empty))) if edit.pieces
    ]


def _elsewhere(mine: Thing, theirs: Thing, new: Mapping[str, Thing], old: Mapping[str, Thing]) -> list[Edit]:
    if mine.parent == theirs.parent:
        return []
    before, after = old[theirs.parent or "course"], new[mine.parent or "course"]
    return [_edit("module" if _depth(mine.key, new) == 2 else "lesson", _title(before), _title(after))]


def _title(thing: Thing) -> str:
    return str(thing.facts.get("title") or "")


def edits_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Edit]:
    """Return the fields that differ, in the order in which they stand; ids, sizes and drawn HTML are no field."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    found = []
    for path in [*new, *(path for path in old if path not in new)]:
        name, one, two = path[-1], old.get(path), new.get(path)
        if name == ORDER:
            one, two = ([key for key in mine or () if key in (other or ())] for mine, other in ((one, two), (two, one)))
        if one != two and not (one in (None, "") and two in (None, "")):
            found.append(Edit(name) if name in CLOSED or name == ORDER else _edit(name, one, two))
    return found


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each field by its path; rows of a list by their own ids, so that a moved row is the same row."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            if name == "kind" and not path:
                continue
            if name in CLOSED:
                yield (*path, name), one or None
            elif name not in HIDDEN:
                yield from _leaves(one, (*path, name))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from _rows(value, path)
    else:
        yield path, value


def _rows(rows: Sequence[Any], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if all(isinstance(row, str | int | float) for row in rows):
        yield path, "\n".join(map(str, rows))
        return
    keys = [str(row.get("id", number)) for number, row in enumerate(rows) if isinstance(row, Mapping)]
    for key, row in zip(keys, rows, strict=False):
        yield from _leaves(row, (*path, key))
    yield (*path, ORDER), keys


def _edit(name: str, before: Any, after: Any) -> Edit:
    if not isinstance(before or "", str) or not isinstance(after or "", str):
        return Edit(name, before, after)
    return Edit(name, before or "", after or "", tuple(word_changes(before or "", after or "")))


def word_changes(before: str, after: str) -> list[Piece]:
    """Return the text in pieces: words that stay, went or came. Both texts can be put together from them."""
    one, two = _split(before), _split(after)
    if max(len(one), len(two)) > MOST_WORDS:
        return [piece for piece in (("removed", before), ("added", after)) if piece[1]]  # type: ignore[misc]
    found: list[Piece] = []
    for how, start, stop, begin, end in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if how == "equal":
            found.append(("same", "".join(one[start:stop])))
            continue
        if stop > start:
            found.append(("removed", "".join(one[start:stop])))
        if end > begin:
            found.append(("added", "".join(two[begin:end])))
    return found


def _split(text: str) -> list[str]:
    """Return the words and the spaces between; the lines of a text so long that comparing words would take seconds."""
    words = WORDS.findall(text)
    return words if len(words) <= MOST_WORDS else text.splitlines(keepends=True)
