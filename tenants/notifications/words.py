"""What a line says, in the language of its reader. One set of sentences for the page, the mail and the digest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from tenants.notifications.queries import Line
from tenants.notifications.registry import Said


def sentence(line: Line) -> str:
    """Return what the line says: "Noor Haddad gave feedback: Injecting", or "3 hand-ins wait: Injecting"."""
    one, several = SENTENCES[line.kind]
    return one(line.said[0], line.newest.detail) if len(line.said) == 1 else several(line.said, line.newest.detail)


def kind_words(kind: str) -> str:
    """Return what a kind is called in the table of choices."""
    return {
        "message": _("A new message"), "mention": _("Somebody mentions you"), "feedback": _("Feedback on your work"),
        "answer": _("An answer to your question"), "hand_in": _("An exercise is handed in"),
        "question": _("A question about a hand-in"), "invitation": _("You may begin a course"), "decision": _("An answer to what you asked for"), "deadline": _("A deadline comes near"),
        "session": _("A session: your seat, moved, cancelled"), "certificate": _("A certificate"),
        "course": _("A course that you take was changed"), "peer": _("Work of a fellow participant to look at"),
        "request": _("Somebody asks to be let into a course"), "report": _("A report is ready"),
        "everything": _("All notifications by mail"),
    }[kind]  # fmt: skip


def lock_screen_words(kind: str, count: int) -> str:
    """Return what may stand on a locked screen: the kind in words, and nothing of what it is about."""
    return kind_words(kind) if count == 1 else _("%(count)s times: %(kind)s", count=count, kind=kind_words(kind))


def button_words(kind: str) -> str:
    """Return what the button of a mail says."""
    return {
        "message": _("Read and answer"), "mention": _("Read and answer"), "feedback": _("Read the feedback"),
        "answer": _("Read the answer"), "hand_in": _("Go to the review"), "question": _("Read the question"),
        "invitation": _("Open the course"), "decision": _("Read the answer"), "deadline": _("Go on learning"), "session": _("Open the session"),
        "certificate": _("Open the certificate"), "course": _("Open the course"), "peer": _("Look at the work"),
        "request": _("See the requests"), "report": _("Open the reports"),
    }[kind]  # fmt: skip


def who_of(said: Said) -> str:
    """Return the name of who did it, or a word for somebody whose name is hidden or gone."""
    return said.who or _("Somebody")


def _message(said: Said, _detail: str) -> str:
    return _("%(who)s sent a message: %(room)s", who=who_of(said), room=said.what) if said.what else _("%(who)s sent you a message", who=who_of(said))


def _messages(said: Sequence[Said], _detail: str) -> str:
    people = list(dict.fromkeys(who_of(one) for one in said))
    if len(people) == 1:
        return _("%(count)s messages from %(who)s", count=len(said), who=people[0])
    return _("%(count)s messages: %(room)s", count=len(said), room=said[0].what)


def _session(said: Said, detail: str) -> str:
    return {
        "seat": _("You have a seat: %(title)s, %(when)s", title=said.what, when=said.more),
        "promoted": _("A seat came free for you: %(title)s, %(when)s", title=said.what, when=said.more),
        "left": _("Your seat was taken back: %(title)s", title=said.what), "moved": _("Moved: %(title)s, %(when)s", title=said.what, when=said.more),
        "cancelled": _("Cancelled: %(title)s", title=said.what), "soon": _("Begins %(when)s: %(title)s", when=said.more, title=said.what),
    }.get(detail, said.what)  # fmt: skip


def _deadline(said: Said, detail: str) -> str:
    if detail == "late":
        return _("The deadline was %(day)s: %(title)s", day=said.more, title=said.what)
    if detail == "ends":
        return _("Your time in this course ends on %(day)s: %(title)s", day=said.more, title=said.what)
    return _("Do this by %(day)s: %(title)s", day=said.more, title=said.what)


def _certificate(said: Said, detail: str) -> str:
    if detail == "ends":
        return _("Your certificate ends on %(day)s: %(title)s", day=said.more, title=said.what)
    return _("You got a certificate: %(title)s", title=said.what)


def _newest(one: Callable[[Said, str], str]) -> Callable[[Sequence[Said], str], str]:
    """Return a sentence for several of which only the newest counts."""
    return lambda said, detail: one(said[0], detail)


Sentences = tuple[Callable[[Said, str], str], Callable[[Sequence[Said], str], str]]
SENTENCES: dict[str, Sentences] = {
    "message": (_message, _messages),
    "mention": (
        lambda said, _detail: _("%(who)s mentions you: %(room)s", who=who_of(said), room=said.what),
        lambda said, _detail: _("%(count)s times somebody mentions you: %(room)s", count=len(said), room=said[0].what),
    ),
    "feedback": (
        lambda said, _detail: _("%(who)s gave feedback: %(title)s", who=who_of(said), title=said.what),
        lambda said, _detail: _("%(count)s times feedback: %(title)s", count=len(said), title=said[0].what),
    ),
    "answer": (
        lambda said, _detail: _("%(who)s answered: %(title)s", who=who_of(said), title=said.what),
        lambda said, _detail: _("%(count)s answers: %(title)s", count=len(said), title=said[0].what),
    ),
    "hand_in": (
        lambda said, _detail: _("%(who)s handed in: %(title)s", who=who_of(said), title=said.what),
        lambda said, _detail: ngettext("%(num)s hand-in waits: %(title)s", "%(num)s hand-ins wait: %(title)s", len(said), title=said[0].what),
    ),
    "question": (
        lambda said, _detail: _("%(who)s asks: %(title)s", who=who_of(said), title=said.what),
        lambda said, _detail: _("%(count)s questions: %(title)s", count=len(said), title=said[0].what),
    ),
    "invitation": (
        lambda said, _detail: _("You may begin: %(title)s", title=said.what),
        _newest(lambda said, _detail: _("You may begin: %(title)s", title=said.what)),
    ),
    "decision": (
        lambda said, _detail: _("Your request was answered: %(title)s", title=said.what),
        _newest(lambda said, _detail: _("Your request was answered: %(title)s", title=said.what)),
    ),
    "deadline": (_deadline, _newest(_deadline)),
    "session": (_session, _newest(_session)),
    "certificate": (_certificate, _newest(_certificate)),
    "course": (
        lambda said, _detail: _("Changed: %(title)s", title=said.what),
        _newest(lambda said, _detail: _("Changed: %(title)s", title=said.what)),
    ),
    "peer": (
        lambda said, _detail: _("Give a fellow participant feedback: %(title)s", title=said.what),
        lambda said, _detail: _("Give %(count)s fellow participants feedback: %(title)s", count=len(said), title=said[0].what),
    ),
    "request": (
        lambda said, _detail: _("%(who)s asks to be let in: %(title)s", who=who_of(said), title=said.what),
        lambda said, _detail: _("%(count)s people ask to be let in: %(title)s", count=len(said), title=said[0].what),
    ),
    "report": (
        lambda said, _detail: _("Your report is ready: %(title)s", title=said.what),
        lambda said, _detail: _("%(count)s reports are ready", count=len(said)),
    ),
}  # fmt: skip
