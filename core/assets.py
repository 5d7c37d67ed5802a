"""Static files at addresses that change when the files change, so that browsers may keep them for ever.

Every file under static/ is read into memory at the start, text also packed. `app.css` is the stylesheet of every page:
all files of static/css joined, tokens first; the layers decide who wins. `staff.css` joins static/css/staff: what only
authors, trainers and managers see; `site.css` static/css/site: the public pages.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import time
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import NotFound

ROOT = Path(__file__).resolve().parent.parent / "static"
BUNDLE = "app.css"
BUNDLES = {BUNDLE: "css", "staff.css": "css/staff", "chat.css": "css/chat", "site.css": "css/site"}
FIRST = ("tokens", "reset", "base", "layout")
YEAR_S = 31_536_000
LOOK_EVERY_S = 0.5  # a page asks for dozens of addresses; walking the folder for each took longer than the page
TEXT = ("text/", "image/svg+xml", "application/json")
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".md": "text/plain"}


@dataclass(frozen=True)
class Asset:
    """One static file: its bytes, the same packed by gzip where that helps, and its media type."""

    body: bytes
    packed: bytes | None
    mimetype: str


@dataclass
class Shelf:
    """All static files below `root`; with `watch` it reads them again when one has changed on disk."""

    root: Path
    watch: bool = False
    version: str = ""
    files: dict[str, Asset] = field(default_factory=dict)
    seen: int = -1
    looked: float = 0.0

    def url(self, name: str) -> str:
        """Return the address of the file `name` (`js/app.js`). Raises LookupError for a file that is not there."""
        self.refresh()
        if name not in self.files:
            raise LookupError(f"static/ holds no {name}")
        return f"/static/{self.version}/{name}"

    def find(self, name: str) -> Asset:
        """Return the file `name`. Raises NotFound."""
        self.refresh()
        try:
            return self.files[name]
        except KeyError:
            raise NotFound(name) from None

    def refresh(self) -> None:
        """Read the files when that was not done yet, or (watching) when one has changed; looks twice a second at most."""
        if self.files and (not self.watch or time.monotonic() - self.looked < LOOK_EVERY_S):
            return
        self.looked = time.monotonic()
        paths = sorted(p for p in self.root.rglob("*") if p.is_file())
        newest = hash(tuple((p, p.stat().st_mtime_ns) for p in paths))
        if newest != self.seen:
            self.files = read_files(self.root, paths)
            self.version = version_of(self.files)
            self.seen = newest


def read_files(root: Path, paths: list[Path]) -> dict[str, Asset]:
    """Return every file by its name below `root`, the stylesheets of a bundle joined into one."""
    sheets = {name: [p for p in paths if p.parent == root / folder] for name, folder in BUNDLES.items()}
    bundled = {p for part in sheets.values() for p in part}
    files = {p.relative_to(root).as_posix(): asset(p.name, p.read_bytes()) for p in paths if p not in bundled}
    return files | {name: asset(name, joined(part)) for name, part in sheets.items()}


def joined(sheets: list[Path]) -> bytes:
    """Return the stylesheets as one: tokens (with the order of the layers), ground, then by name."""
    order = {name: place for place, name in enumerate(FIRST)}
    ranked = sorted(sheets, key=lambda p: (order.get(p.stem, len(FIRST)), p.stem))
    return b"\n".join(p.read_bytes() for p in ranked)


def asset(name: str, body: bytes) -> Asset:
    """Return the file with its media type, packed if it is text."""
    suffix = Path(name).suffix
    mimetype = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 9, mtime=0) if mimetype.startswith(TEXT) else None
    return Asset(body, packed, mimetype)


def version_of(files: dict[str, Asset]) -> str:
    """Return 12 hex digits that change whenever a name or a byte changes."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name].body)}\0".encode() + files[name].body)
    return digest.hexdigest()[:12]


shelf = Shelf(ROOT)


def asset_url(name: str) -> str:
    """Return the versioned address of a static file."""
    return shelf.url(name)
