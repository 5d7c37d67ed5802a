"""Anybody reads the documents: the one that holds, earlier and coming ones, and what changed between two."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request
from flask_babel import lazy_gettext as _l

from blueprints.agreeing import html, places
from blueprints.legal.blueprint import legal
from core import clock
from core.access import public
from core.cookies import COOKIES, STORED
from core.i18n import language
from core.legal import queries, rules
from core.legal.models import Version
from core.urls import platform_url

COOKIE_WORDS = {
    "session": (_l("Keeps you signed in."), _l("When you sign in.")),
    "form": (_l("Shows that a form was sent by you, and from our page; keeps what you filled in between the steps of opening an academy."), _l("When you open a page with a form.")),
    "language": (_l("Remembers the language that you chose."), _l("When you choose a language.")),
    "scheme": (_l("Remembers whether you want pages light or dark."), _l("When you save your profile.")),
    "unsent": (_l("Holds what you typed and what we have not received yet, so that a lost connection loses nothing."), _l("While you type answers and messages.")),
    "markdown": (_l("Remembers that you would rather write with signs than with buttons."), _l("When you choose that in the editor.")),
}  # fmt: skip
CHANGES = {"major": _l("Who accepted an earlier version is asked again."), "minor": _l("Small change: nobody has to do anything.")}


@legal.context_processor
def where() -> dict[str, Any]:
    """Give the public pages their own whole address."""
    return {"page_url": lambda: platform_url(request.path), "changes": CHANGES}


@legal.get("/legal")
@public
def index() -> str:
    """Show which documents there are."""
    return render_template("legal/index.html", documents=[(one, one.text(language())) for one in queries.currents()])


@legal.get("/legal/<name>")
@public
def show(name: str) -> str:
    """Show a document: the version that holds, or the one that is asked for."""
    wanted = request.args.get("version", type=int)
    version = queries.version(_known(name), wanted) if wanted else queries.current(_known(name))
    words = version.text(language())
    return render_template("legal/show.html", version=version, words=words, html=html(words), holding=queries.current(name),
                           coming=queries.coming(name), now=clock.now(), cookies=COOKIES if name == "cookies" else (), stored=STORED,
                           cookie_words=COOKIE_WORDS)  # fmt: skip


@legal.get("/legal/<name>/versions")
@public
def versions(name: str) -> str:
    """List the versions of a document, the newest first."""
    found = queries.versions(_known(name))
    return render_template("legal/versions.html", versions=found, words=[one.text(language()) for one in found], now=clock.now())


@legal.get("/legal/<name>/changes/<int:old>/<int:new>")
@public
def compare(name: str, old: int, new: int) -> str:
    """Show what changed from one version to another, word by word."""
    before, after = queries.version(_known(name), old), queries.version(name, new)
    texts = [one.text(language()) for one in (before, after)]
    found = rules.difference(*(rules.filled(one.markdown, places()) for one in texts))
    return render_template("legal/changes.html", before=before, after=after, words=texts[1], paragraphs=found,
                           changed=sum(any(piece.kind != "same" for piece in one) for one in found))  # fmt: skip


def title_of(version: Version) -> str:
    """Return what a version's document is called in the language at hand."""
    return version.text(language()).title


def _known(name: str) -> str:
    if name not in rules.NAMES:
        abort(404)
    return name
