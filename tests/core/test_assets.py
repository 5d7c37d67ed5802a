"""Static files stand at addresses that change with them; the one sheet holds every component."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path

import pytest

from core.assets import BUNDLE, LOOK_EVERY_S, ROOT, Shelf, asset_url, shelf
from core.errors import NotFound


def small_shelf(folder: Path, *, watch: bool = False) -> Shelf:
    """Return a shelf of three files."""
    (folder / "css").mkdir()
    (folder / "css" / "tokens.css").write_text("@layer tokens, components;")
    (folder / "css" / "button.css").write_text("@layer components { .btn { color: red; } }")
    (folder / "mark.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    return Shelf(folder, watch=watch)


def test_sheets_are_joined_tokens_first(tmp_path: Path) -> None:
    body = small_shelf(tmp_path).find(BUNDLE).body.decode()
    assert body.index("@layer tokens") < body.index(".btn")


def test_address_changes_when_a_file_does(tmp_path: Path) -> None:
    watched = small_shelf(tmp_path, watch=True)
    before = watched.url("mark.svg")
    watched.looked -= LOOK_EVERY_S
    (tmp_path / "css" / "button.css").write_text(".btn { color: blue; }")
    assert watched.url("mark.svg") != before
    assert b"blue" in watched.find(BUNDLE).body


def test_unwatched_shelf_reads_once(tmp_path: Path) -> None:
    once = small_shelf(tmp_path)
    before = once.url("mark.svg")
    (tmp_path / "mark.svg").write_text("<svg/>")
    assert once.url("mark.svg") == before


def test_missing_file_fails_loudly_in_a_template_and_as_404_in_a_request(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"static/ holds no nothing\.js"):
        small_shelf(tmp_path).url("nothing.js")
    with pytest.raises(NotFound):
        Shelf(tmp_path).find("../pyproject.toml")


def test_text_is_packed_and_fonts_are_not() -> None:
    asset_url(BUNDLE)
    sheet = shelf.find(BUNDLE)
    assert sheet.packed is not None
    assert gzip.decompress(sheet.packed) == sheet.body
    assert shelf.find("fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2").packed is None


def test_first_page_stays_within_its_budget() -> None:
    asset_url(BUNDLE)
    size = {Path(name).stem: len(f.packed or b"") for name, f in shelf.files.items() if name.startswith("js/")}
    everywhere = ["app", "busy-button", "dialog-fallback"]
    assert len(shelf.find(BUNDLE).packed or b"") < 15_000 and len(shelf.find("staff.css").packed or b"") < 10_000
    assert len(shelf.find("chat.css").packed or b"") < 5_000
    assert sum(size[name] for name in everywhere) < 3_000
    assert {name for name in size if size[name] > 3_000} == set(), "an element that is too big for a phone on a train"


def test_every_element_of_a_template_has_a_file_of_its_name() -> None:
    templates = "".join(p.read_text() for p in (ROOT.parent / "templates").rglob("*.html"))
    named = set(re.findall(r"<([a-z]+-[a-z-]+)[\s>]", templates))
    defined = {p.stem: p.read_text() for p in (ROOT / "js").glob("*-*.js")}
    assert named - {"color-profile"} <= defined.keys()
    for name in named:
        assert f'customElements.define("{name}"' in defined[name]


def test_vendored_files_have_the_checksums_of_their_list() -> None:
    listed = re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", (ROOT / "vendor" / "README.md").read_text(), re.M)
    assert {name for name, _ in listed} >= {p.name for p in (ROOT / "vendor").glob("*.js")}
    for name, digest in listed:
        assert hashlib.sha256((ROOT / "vendor" / name).read_bytes()).hexdigest() == digest, name


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'id="([\w-]+)"', (ROOT / "icons.svg").read_text()))
    templates = "".join(p.read_text() for p in (ROOT.parent / "templates").rglob("*.html"))
    assert set(re.findall(r'\bicon\("([\w-]+)"', templates)) <= sprite


def test_sheets_import_nothing_and_name_no_host() -> None:
    body = shelf.find(BUNDLE).body.decode()
    assert "@import" not in body
    assert "//" not in re.sub(r"/\*.*?\*/", "", body, flags=re.S)
