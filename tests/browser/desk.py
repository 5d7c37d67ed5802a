"""A small application of the components alone, without a database, for tests of the elements in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

from flask import Flask, g, render_template_string, request, send_file
from flask_wtf.csrf import CSRFProtect
from werkzeug.serving import make_server

from blueprints.assets import assets
from blueprints.dev import dev
from core import access, config, templating
from core.headers import put_security_headers

HOUSE = Path(__file__).resolve().parents[2]

PAGE = (
    """{% extends "base.html" %}{% block title %}Desk{% endblock %}{% block main %}<main id="main"><h1>Desk</h1>
"""
    + "{body}"
    + """</main>{% endblock %}"""
)

QUIZ = """{% from "components/quiz.html" import quiz, feedback %}{% from "components/choice.html" import choice_card %}
{% call quiz("q1", "/answer", "Is this a double check?", button="Check", feedback_html=feedback(kind, said) if kind else none) %}
{{ choice_card("a", "1", "Yes", checked=picked == "1", state="wrong" if picked == "1" else none) }}
{{ choice_card("a", "2", "No", checked=picked == "2", state="right" if picked == "2" else none) }}{% endcall %}"""

SORT = """{% from "components/block.html" import block, sort_list %}{% call sort_list("/order") %}
{% for id in "abc" %}{% call block(id, "text", id|upper, "text", "/move", "/copy", "/delete") %}<p>{{ id }}</p>{% endcall %}{% endfor %}
{% endcall %}"""

SAVE = """{% from "components/block.html" import auto_save %}
{% call auto_save("/save", "member-1") %}<label for="note">Note</label><textarea id="note" name="note"></textarea>{% endcall %}"""

FILM = """{% from "components/lesson.html" import video %}{{ video("/film.webm", "/place", start_s=3, length_s=12) }}"""
FILM_FILE = HOUSE / "jobs" / "demo" / "media" / "hydration.webm"


@dataclass
class Desk:
    """The running application, what it was sent, and how it answers."""

    url: str
    sent: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    status: int = 204

    def to(self, path: str) -> list[dict[str, str]]:
        """Return the forms sent to `path`."""
        return [form for where, form in self.sent if where == path]


def desk_app(desk: Desk) -> Flask:
    """Return the application; every POST is written down on `desk`."""
    app = Flask("desk", template_folder=str(HOUSE / "templates"), static_folder=None)
    app.config.update(SECRET_KEY="desk", TESTING=True, SERVER_NAME=None)
    CSRFProtect(app)
    access.login_manager.init_app(app)
    templating.install(app)
    app.register_blueprint(assets)
    app.register_blueprint(dev)
    app.after_request(put_security_headers)

    @app.before_request
    def arrive() -> None:
        g.side, g.place, g.academy = "platform", SimpleNamespace(domain="localhost", slug=None), None
        if request.method == "POST":
            desk.sent.append((request.path, request.form.to_dict()))

    pages = {"quiz": QUIZ, "sort": SORT, "save": SAVE, "film": FILM}
    for name, body in pages.items():
        app.add_url_rule(f"/{name}", name, lambda body=body: show(body))
    app.add_url_rule("/film.webm", "film_file", lambda: send_file(FILM_FILE, conditional=True))
    app.add_url_rule("/answer", "answer", answer, methods=["POST"])
    for name in ("order", "save", "place", "move"):
        app.add_url_rule(f"/{name}", f"{name}_post", lambda: ("", desk.status), methods=["POST"])
    return app


def show(body: str, **values: object) -> str:
    """Return a page around `body`."""
    return render_template_string(PAGE.replace("{body}", body), **values)


def answer() -> str:
    """Judge the answer; return the fragment to JavaScript, the page to a plain post."""
    picked = request.form.get("a")
    values = {"picked": picked, "kind": "good" if picked == "2" else "again", "said": f"You picked {picked}"}
    return render_template_string(QUIZ, **values) if request.headers.get("HX-Request") else show(QUIZ, **values)


@contextmanager
def running_desk() -> Iterator[Desk]:
    """Serve the application on a free port of 127.0.0.1 inside the block."""
    before = config._config
    config.use(config.load(ENVIRON))
    desk = Desk("")
    server = make_server("127.0.0.1", 0, desk_app(desk), threaded=True)
    desk.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
        if before is not None:
            config.use(before)


ENVIRON = {
    "KWEEK_ENV": "test",
    "KWEEK_HOME": "/tmp/kweek-desk",
    "DATABASE_URL": "postgresql://nobody@/none",
    "REDIS_URL": "unix:///tmp/none",
    "PLATFORM_DOMAINS": "localhost:en",
    "SECRET_KEY": "d" * 40,
}
