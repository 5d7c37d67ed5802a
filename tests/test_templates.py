"""Every template parses, keeps the strict policy, carries the CSRF field in its forms and speaks through _()."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
NAMES = sorted(p.relative_to(TEMPLATES).as_posix() for p in TEMPLATES.rglob("*.*"))
PAGES = [name for name in NAMES if name.endswith(".html")]
# Words without _(): the pages for builders, which are not served in production, and the one page that must not
# need a language. Styles in tags: mail programs ignore style sheets.
WORDS_EXEMPT = ("dev/", "errors/plain.html")
STYLE_EXEMPT = ("mail/", "privacy/taken.html")  # read in mail programs, and in the file that somebody takes along
CODE_BLOCKS = ("mainclass", "art")  # blocks whose text is a class or a name, not words
SPOKEN = ("title", "alt", "placeholder", "aria-label", "aria-description")
TEXT_PARAMETERS = ("label", "title", "text", "lead", "caption", "legend", "hint", "button")
LETTER = re.compile(r"[^\W\d_]")
OUTPUT = "\ufffc"
CSRF = "<input data-kweek-csrf>"


def house() -> Environment:
    """Return the environment that parses templates as the application does."""
    return Environment(loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"], autoescape=True)


def source_of(name: str) -> str:
    """Return the text of a template."""
    return (TEMPLATES / name).read_text()


def skeleton(source: str) -> str:
    """Return the HTML of a template with its outputs as one sign each, its statements gone, its CSRF calls marked."""
    out, inside, is_code = [], "", False
    expression: list[str] = []
    for _, kind, text in house().lexer.tokeniter(source, None):
        if kind in ("variable_begin", "block_begin"):
            inside, expression = kind, []
        elif kind == "variable_end":
            out.append(CSRF if re.search(r"\bcsrf\(|hidden_tag\(|csrf_token", "".join(expression)) else OUTPUT)
            inside = ""
        elif kind == "block_end":
            words = "".join(expression).split()
            is_code = words[0] == "block" and words[1] in CODE_BLOCKS if words[0] in ("block", "endblock") else is_code
            inside = ""
        elif inside:
            expression.append(text)
        elif kind == "data" and not is_code:
            out.append(text)
    return "".join(out)


class Lint(HTMLParser):
    """Collects what a page may not have."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.problems: list[str] = []
        self.posting = self.has_csrf = False
        self.checks_words = not name.startswith(WORDS_EXEMPT)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note styles, scripts, handlers, spoken attributes and the start of forms."""
        given = {key: value or "" for key, value in attrs}
        if "style" in given and not self.name.startswith(STYLE_EXEMPT):
            self.note("has a style attribute", tag)
        if (tag == "style" and not self.name.startswith(STYLE_EXEMPT)) or (tag == "script" and "src" not in given):
            self.note("stands inline", tag)
        for key, value in given.items():
            if key.startswith(("on", "hx-on")) or value.strip().lower().startswith("javascript:"):
                self.note(f"has {key}, which the policy forbids", tag)
            if key in SPOKEN and self.checks_words and LETTER.search(value.replace(OUTPUT, "")):
                self.note(f"says {value!r} in {key} without _()", tag)
        if tag == "form":
            self.posting, self.has_csrf = given.get("method", "").lower() == "post", False
        if "data-kweek-csrf" in given:
            self.has_csrf = True

    def handle_endtag(self, tag: str) -> None:
        """Note a form that ends without its CSRF field."""
        if tag == "form" and self.posting:
            if not self.has_csrf:
                self.note("posts without csrf()", "form")
            self.posting = False

    def handle_data(self, data: str) -> None:
        """Note words that no translator will see."""
        words = data.replace(OUTPUT, "").strip()
        if self.cdata_elem != "style" and self.checks_words and LETTER.search(words) and not words.startswith("<"):
            self.problems.append(f"{self.name}: says {words[:60]!r} without _()")

    def note(self, what: str, tag: str) -> None:
        """Remember a problem with the line it is on."""
        self.problems.append(f"{self.name}:{self.getpos()[0]}: <{tag}> {what}")


def lint(name: str, source: str) -> list[str]:
    """Return the problems of one template's HTML."""
    parser = Lint(name)
    parser.feed(skeleton(source))
    parser.close()
    return parser.problems


@cache
def macro_parameters() -> dict[str, list[str]]:
    """Return the parameter names of every component macro."""
    found = {}
    for name in PAGES:
        if name.startswith("components/"):
            for macro in house().parse(source_of(name)).find_all(nodes.Macro):
                found[macro.name] = [argument.name for argument in macro.args]
    return found


def bare_words(source: str) -> Iterator[str]:
    """Yield words that a template hands to a component without _()."""
    known = macro_parameters()
    for call in house().parse(source).find_all(nodes.Call):
        names = known.get(call.node.name) if isinstance(call.node, nodes.Name) else None
        if names is None:
            continue
        given = [*zip(names, call.args, strict=False), *((k.key, k.value) for k in call.kwargs)]
        for name, value in given:
            if name in TEXT_PARAMETERS and isinstance(value, nodes.Const) and LETTER.search(str(value.value or "")):
                yield f"{call.node.name}({name}={value.value!r})"


@pytest.mark.parametrize("name", NAMES)
def test_template_parses(name: str) -> None:
    house().parse(source_of(name))


@pytest.mark.parametrize("name", PAGES)
def test_template_keeps_policy_forms_and_words(name: str) -> None:
    assert lint(name, source_of(name)) == []


@pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith((*WORDS_EXEMPT, "components/"))])
def test_template_hands_only_translated_words_to_components(name: str) -> None:
    assert list(bare_words(source_of(name))) == []


@pytest.mark.parametrize("name", [name for name in PAGES if '{% extends "base_' in source_of(name) and not name.startswith("base_")])
def test_page_has_a_title(name: str) -> None:
    assert "{% block title %}" in source_of(name)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ('<p style="color:red">{{ _("x") }}</p>', "style attribute"),
        ("<style>p {}</style>", "inline"),
        ("<script>alert(1)</script>", "inline"),
        ('<button onclick="go()">{{ _("Go") }}</button>', "onclick"),
        ('<a href="javascript:go()">{{ _("Go") }}</a>', "href"),
        ("<p>Hello</p>", "Hello"),
        ('<p>{% if x %}Hello{% endif %} {{ _("x") }}</p>', "Hello"),
        ('<img src="{{ x }}" alt="A dog">', "A dog"),
        ('<form method="post"><button>{{ _("Go") }}</button></form>', "csrf"),
    ],
)
def test_lint_finds_what_it_should(source: str, problem: str) -> None:
    assert any(problem in found for found in lint("courses/show.html", source))


def test_lint_accepts_a_good_form() -> None:
    good = '<form method="post">{{ csrf() }}<button{% if x %} disabled{% endif %}>{{ _("Go") }}</button></form>'
    assert lint("courses/show.html", good) == []


def test_bare_words_in_a_component_are_found() -> None:
    assert list(bare_words('{{ button("Save", "solid") }}')) == ["button(label='Save')"]
    assert list(bare_words('{{ button(_("Save"), "solid") }}')) == []
