"""What somebody handed in belongs to their own work, with its files and what was said of it."""

from __future__ import annotations

from typing import Any

from tenants.exercises.queries import Said, Version, handed_in_by
from tenants.files.models import File
from tenants.learning.models import Enrolment
from tenants.learning.own_work import adds_work, stamp


@adds_work
def exercises_of(enrolment: Enrolment) -> dict[str, Any]:
    """Return {exercises: [...], files: [{path, id}]} of one course; drafts that were never handed in too."""
    files: list[dict[str, str]] = []
    versions = [_version(version, files) for version in handed_in_by(enrolment)]
    return {"exercises": versions, "files": files} if versions else {}


def _version(version: Version, files: list[dict[str, str]]) -> dict[str, Any]:
    hand_in = version.hand_in
    return {
        "exercise": hand_in.title, "version": hand_in.number, "state": hand_in.state, "written": hand_in.text or "",
        "handed_in_at": stamp(hand_in.handed_in_at), "files": [_file(file, files) for file in version.files],
        "feedback": [_feedback(said) for said in version.said],
        "messages": [{"by": line.name, "text": line.text, "at": stamp(line.made_at)} for line in version.lines],
    }


def _file(file: File, files: list[dict[str, str]]) -> dict[str, str]:
    """Return the file's name and place in the pack; a file that several versions share is packed once."""
    known = next((one for one in files if one["id"] == str(file.id)), None)
    if known is None:
        known = {"id": str(file.id), "path": f"files/{file.id.hex[-6:]}-{file.name}"}
        files.append(known)
    return {"name": file.name or "", "path": known["path"]}


def _feedback(said: Said) -> dict[str, Any]:
    review = said.review
    return {
        "by": said.name, "kind": review.kind, "verdict": review.verdict, "text": review.text or "",
        "levels": [{"criterion": title, "level": level["title"]} for title, level in said.levels],
        "points": str(said.points.got) if said.points else None, "at": stamp(review.sent_at),
    }
