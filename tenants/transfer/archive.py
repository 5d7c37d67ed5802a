"""The archive itself: a ZIP of manifest.json, course.json and files/, written and read within limits.

Nothing is ever unpacked to a name that the archive chose: entries are read by the names that the format allows, each no
further than its announced size, and what they hold is proved by the SHA-256 that the manifest gives.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from tenants.files.documents import OFFICE
from tenants.transfer.rules import BadArchive

FORMAT = "kweek-course"
VERSION = 3
READS = (1, 2, 3)
MAX_ARCHIVE_BYTES = 512 * 1024 * 1024
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_COURSE_BYTES = 20 * 1024 * 1024
MAX_MANIFEST_BYTES = 2 * 1024 * 1024
MAX_FILES = 2_000
MAX_RATIO = 200
FREE_BYTES = 64 * 1024
PIECE = 1 << 20
NAME = re.compile(r"files/[1-9][0-9]{0,5}\.[a-z0-9]{2,4}", re.ASCII)
SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
SUFFIXES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "video/mp4": "mp4", "video/webm": "webm",
            "text/vtt": "vtt", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/wav": "wav", "application/pdf": "pdf",
            "text/plain": "txt", "text/markdown": "md", "text/csv": "csv", f"{OFFICE}wordprocessingml.document": "docx",
            f"{OFFICE}spreadsheetml.sheet": "xlsx", f"{OFFICE}presentationml.presentation": "pptx",
            "application/vnd.oasis.opendocument.text": "odt"}  # fmt: skip
MOMENT = (1980, 1, 1, 0, 0, 0)
END, ZIP64 = b"PK\x05\x06", b"PK\x06\x07"
BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, OSError, ValueError, NotImplementedError, RuntimeError, EOFError,
          struct.error, MemoryError)  # fmt: skip


class TooLarge(BadArchive):
    """The course does not fit into an archive."""

    def __init__(self) -> None:
        super().__init__("too_large")


@dataclass
class Writing:
    """An archive being written into `target`; `finish` closes it with the manifest."""

    target: BinaryIO
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._zip = zipfile.ZipFile(self.target, "w", zipfile.ZIP_DEFLATED, allowZip64=False)

    def add(self, name: str, parts: Iterable[bytes], size: int) -> None:
        """Add one entry. Raises TooLarge."""
        if self.target.tell() + size > MAX_ARCHIVE_BYTES - MAX_MANIFEST_BYTES or len(self.entries) > MAX_FILES:
            raise TooLarge
        info = zipfile.ZipInfo(name, MOMENT)
        info.compress_type = zipfile.ZIP_STORED if name.startswith("files/") else zipfile.ZIP_DEFLATED
        digest = hashlib.sha256()
        with self._zip.open(info, "w") as entry:
            for part in parts:
                digest.update(part)
                entry.write(part)
        self.entries[name] = {"sha256": digest.hexdigest(), "size": info.file_size}

    def finish(self, left_out: list[dict[str, Any]]) -> None:
        """Write the manifest and close the archive."""
        manifest = {"format": FORMAT, "version": VERSION, "files": self.entries, "left_out": left_out}
        self._zip.writestr(zipfile.ZipInfo("manifest.json", MOMENT), packed(manifest))
        self._zip.close()


def packed(value: Any) -> bytes:
    """Return the value as JSON that people can read too."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


@dataclass
class Reading:
    """An archive whose list of contents was checked; entries are read one by one."""

    pack: zipfile.ZipFile
    manifest: dict[str, Any]
    course: Any = None

    @property
    def names(self) -> set[str]:
        """Return the names of the files, course.json left out."""
        return set(self.manifest["files"]) - {"course.json"}

    @contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """Open one file's content, proved by its checksum, apart from the archive. Raises BadArchive."""
        with tempfile.SpooledTemporaryFile(max_size=4 * PIECE) as content:
            told = self.manifest["files"][name]
            if _copied(self.pack, name, content.write, told["size"]) != told["sha256"]:
                raise BadArchive("checksum", name)
            content.seek(0)
            yield cast(BinaryIO, content)


@contextmanager
def opened(source: BinaryIO) -> Iterator[Reading]:
    """Open an archive: its list, its manifest and its course.json, everything within limits. Raises BadArchive."""
    _check_end(source)
    try:
        pack = zipfile.ZipFile(source)
    except BROKEN:
        raise BadArchive("not_an_archive") from None
    with pack:
        entries = _entries(pack, source)
        manifest = _manifest(pack, entries)
        reading = Reading(pack, manifest)
        with reading.file("course.json") as content:
            reading.course = unpacked(content.read(), "course.json")
        yield reading


def _check_end(source: BinaryIO) -> None:
    """Refuse what is too large, no ZIP, or announces a list so long that reading it would cost memory."""
    size = source.seek(0, io.SEEK_END)
    if size > MAX_ARCHIVE_BYTES:
        raise BadArchive("too_large")
    source.seek(max(0, size - 66_000))
    tail = source.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + 22 or tail[max(0, at - 20) : at].startswith(ZIP64):
        raise BadArchive("not_an_archive")
    count, list_bytes = struct.unpack("<HI", tail[at + 10 : at + 16])
    if count > MAX_FILES + 2 or list_bytes > (MAX_FILES + 2) * 512:
        raise BadArchive("too_many_files")
    source.seek(0)


def _entries(pack: zipfile.ZipFile, source: BinaryIO) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by name: only names of the format, each once, none that unpacks to far more than it is."""
    infos = pack.infolist()
    found = {info.filename: info for info in infos}
    for info in infos:
        name = info.orig_filename
        if name not in ("manifest.json", "course.json") and not NAME.fullmatch(name):
            raise BadArchive("name", printable(name))
        if info.flag_bits & 0x1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadArchive("not_an_archive", name)
        if info.file_size > FREE_BYTES and info.file_size > MAX_RATIO * max(1, info.compress_size):
            raise BadArchive("bomb", name)
    total = sum(info.file_size for info in infos)
    if len(found) != len(infos) or len(infos) > MAX_FILES + 2:
        raise BadArchive("name")
    if total > MAX_UNPACKED_BYTES or sum(info.compress_size for info in infos) > source.seek(0, io.SEEK_END):
        raise BadArchive("bomb")
    return found


def _manifest(pack: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]) -> dict[str, Any]:
    info = entries.get("manifest.json")
    if info is None:
        raise BadArchive("no_manifest")
    content = io.BytesIO()
    _copied(pack, "manifest.json", content.write, min(info.file_size, MAX_MANIFEST_BYTES))
    manifest = unpacked(content.getvalue(), "manifest.json")
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BadArchive("no_manifest")
    if manifest.get("version") not in READS or isinstance(manifest["version"], bool):
        raise BadArchive("version", printable(str(manifest.get("version"))))
    _check_files(manifest, entries)
    return manifest


def _check_files(manifest: Mapping[str, Any], entries: Mapping[str, zipfile.ZipInfo]) -> None:
    files, left_out = manifest.get("files"), manifest.get("left_out", [])
    if set(manifest) - {"format", "version", "files", "left_out"} or not isinstance(left_out, list):
        raise BadArchive("content", "manifest.json")
    if not isinstance(files, dict) or set(files) != set(entries) - {"manifest.json"} or "course.json" not in files:
        raise BadArchive("list")
    for name, told in files.items():
        fits = isinstance(told, dict) and set(told) == {"sha256", "size"} and isinstance(told["sha256"], str)
        if not fits or not SHA256.fullmatch(told["sha256"]) or told["size"] != entries[name].file_size:
            raise BadArchive("checksum", name)
    if files["course.json"]["size"] > MAX_COURSE_BYTES:
        raise BadArchive("too_large", "course.json")


def _copied(pack: zipfile.ZipFile, name: str, write: Callable[[bytes], Any], most: int) -> str:
    """Hand the content of an entry to `write`, `most` bytes and no further; return its SHA-256. Raises BadArchive."""
    digest, left = hashlib.sha256(), most
    try:
        with pack.open(name) as entry:
            while piece := entry.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise BadArchive("bomb", name)
                digest.update(piece)
                write(piece)
    except (*BROKEN, zlib.error):
        raise BadArchive("not_an_archive", name) from None
    return digest.hexdigest()


def unpacked(content: bytes, where: str) -> Any:
    """Return the JSON. Raises BadArchive for what is none, or is built to exhaust whoever reads it."""
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise BadArchive("content", where) from None


def _refuse(word: str) -> None:
    raise ValueError(word)


def printable(name: str) -> str:
    """Return the name as it can be shown."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in name)[:100]
