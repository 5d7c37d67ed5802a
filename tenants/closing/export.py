"""The final export of a closing: written, sealed with core's key, read back and compared before anything goes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from core import clock
from core.academies.rules import EXPORT_DAYS
from core.config import config
from core.durable import make_directory
from core.owner import Connection
from tenants import archive
from tenants.closing import crash
from tenants.closing.state import State


class ExportBroken(RuntimeError):
    """What was read back is not what was written; nothing is dropped, the step is done again."""


def export(owner: Connection, state: State) -> str:
    """Write the export and prove it whole. Raises ExportBroken or OSError, and then nothing was destroyed."""
    path = export_file(state)
    make_directory(path.parent)
    written = archive.write(owner, state.number, path, state.id)
    crash.point("export:written")
    found = archive.verify(path, state.id)
    if found != written:
        raise ExportBroken(f"academy {state.number}")
    state.export_path, state.export_sha256 = path.name, written.sha256
    state.export_until = clock.now() + timedelta(days=EXPORT_DAYS)
    state.receipt |= {
        "tables": written.counts, "files": written.files, "file_bytes": written.file_bytes,
        "unreadable": written.unreadable, "export_bytes": written.size_bytes,
    }  # fmt: skip
    return "drop"


def export_file(state: State) -> Path:
    """Return where the export lies: named by the closing, sealed, apart from every academy's files."""
    return exports_dir() / f"{state.id}.zip.sealed"


def exports_dir() -> Path:
    """Return the directory of final exports."""
    return config().files_dir / "exports"
