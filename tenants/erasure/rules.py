"""What the person's data is called, and when a typed confirmation counts."""

from __future__ import annotations

from collections.abc import Mapping

# What a page names, in its order; each kind adds up the rows of these tables.
KINDS: Mapping[str, tuple[str, ...]] = {
    "enrolments": ("enrolments", "path_members"),
    "progress": ("progress",),
    "answers": ("answers", "sitting_answers"),
    "tests": ("sittings",),
    "hand_ins": ("hand_ins",),
    "feedback": ("reviews",),
    "messages": ("hand_in_messages",),
    "certificates": ("certificates",),
    "seats": ("seats",),
    "surveys": ("survey_sheets",),
    "requests": ("entry_requests",),
    "devices": ("sessions",),
}
# They go as well; they are parts of the above, or no news to anybody.
INSIDE = frozenset({
    "members", "member_roles", "attempts", "approvals", "hand_in_files", "reminders", "tokens", "join_uses", "survey_done",
    "calendar_feeds", "saved_phrases", "stand_ins", "session_trainers", "sitting_allowances",
    "people_imports", "people_import_rows",
})  # fmt: skip


def by_kind(rows: Mapping[str, int]) -> dict[str, int]:
    """Return how much of each kind there is, and "more" for rows of tables that no kind names; empty kinds are left out."""
    named = {table for tables in KINDS.values() for table in tables}
    counts = {kind: sum(rows.get(table, 0) for table in tables) for kind, tables in KINDS.items()}
    counts["files"] = rows.get("files", 0)
    counts["more"] = sum(count for table, count in rows.items() if table not in named | INSIDE | {"files"})
    return {kind: count for kind, count in counts.items() if count}


def is_meant(typed: str, name: str) -> bool:
    """Return whether somebody typed this name; case and double spaces do not matter."""
    return _plain(typed) == _plain(name) != ""


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def without_lines_of(text: str, name: str) -> str:
    """Return the text without the lines that begin with the name, or are it: `Noor Haddad, Trainer`."""
    kept = [line for line in text.splitlines() if not is_meant(line.split(",")[0], name)]
    return "\n".join(kept)


def names(text: str, name: str, email: str) -> bool:
    """Return whether a text tells of this person, by full name or address."""
    plain = _plain(text)
    return any(_plain(word) in plain for word in (name, email) if word.strip())
