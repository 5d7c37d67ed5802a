"""What callouts, checklists, accordions and films of other sites hold, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.courses.pieces import (
    MOST_ROWS,
    PARTS,
    clean_piece,
    film_at,
    frame_origins,
    piece_content,
    piece_new,
    piece_problem,
)

TUBE = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ"


@pytest.mark.parametrize(
    ("url", "frame"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s", TUBE), ("https://youtu.be/dQw4w9WgXcQ?si=x", TUBE),
        ("http://m.youtube.com/watch?v=dQw4w9WgXcQ", TUBE), ("https://youtube.com/shorts/dQw4w9WgXcQ", TUBE),
        (" https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ ", TUBE),
        ("https://vimeo.com/123456", "https://player.vimeo.com/video/123456?dnt=1"),
        ("https://player.vimeo.com/video/123456?h=abcdef12", "https://player.vimeo.com/video/123456?dnt=1&h=abcdef12"),
        ("https://vimeo.com/123456/abcdef12", "https://player.vimeo.com/video/123456?dnt=1&h=abcdef12"),
    ],
)  # fmt: skip
def test_addresses_of_films_are_known(url: str, frame: str) -> None:
    film = film_at(url)
    assert film is not None and film.frame == frame and frame.startswith(f"{film.origin}/")


@pytest.mark.parametrize(
    "url",
    [
        "", "dQw4w9WgXcQ", "javascript:alert(1)//youtube.com/watch?v=dQw4w9WgXcQ", "https://evil.example/watch?v=dQw4w9WgXcQ",
        "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", "https://youtube.com@evil.example/watch?v=dQw4w9WgXcQ",
        "https://www.youtube.com/watch?v=short", "https://www.youtube.com/watch?v=dQw4w9WgXcQ%22%3E", "https://youtu.be/",
        "https://vimeo.com/about", "https://vimeo.com/123456/%22onload%3D", "https://[youtube.com/x", "ftp://youtu.be/dQw4w9WgXcQ",
    ],
)  # fmt: skip
def test_every_other_address_is_none(url: str) -> None:
    assert film_at(url) is None
    assert piece_problem({"kind": "embed", "url": url}) == "no_embed"
    assert frame_origins({"blocks": [{"kind": "embed", "url": url}]}) == set()


@given(st.text(max_size=80), st.sampled_from(["https://youtu.be/", "https://vimeo.com/", "https://www.youtube.com/watch?v=", ""]))
def test_no_text_leads_anywhere_else(text: str, start: str) -> None:
    film = film_at(start + text)
    if film is not None:
        assert film.frame.startswith(("https://www.youtube-nocookie.com/embed/", "https://player.vimeo.com/video/"))
        assert not set(film.frame + film.link) & set("\"'<> ")


@given(st.sampled_from(sorted(PARTS)), st.text(max_size=300), st.integers(0, 80))
def test_what_is_kept_is_bounded_and_shown(kind: str, text: str, rows: int) -> None:
    row = {"id": "a" * 60, "text": text, "title": text, "markdown": text}
    sent = {"tone": text, "title": text, "markdown": text, "url": text, "transcript": text, "note": text, "items": [row] * rows, "sections": [row] * rows}
    body = clean_piece(kind, sent)
    shown = piece_content(kind, {**piece_new(kind, lambda: "x"), **body})
    assert set(body) == set(PARTS[kind]) and "\n" not in shown.get("title", "")
    assert all(len(row["id"]) <= 40 for row in [*shown.get("items", ()), *shown.get("sections", ())])
    assert len(shown.get("items", ())) <= MOST_ROWS and len(shown.get("sections", ())) <= MOST_ROWS
    assert shown.get("tone", "note") in ("note", "tip", "warning")


def test_the_place_of_a_package_keeps_nobody_from_publishing() -> None:
    assert piece_problem({"kind": "package", **piece_content("package", {})}) is None


@pytest.mark.parametrize("kind", sorted(set(PARTS) - {"divider", "package"}))
def test_an_empty_piece_cannot_be_published(kind: str) -> None:
    assert piece_problem({"kind": kind, **piece_content(kind, piece_new(kind, lambda: "x"))}) is not None
