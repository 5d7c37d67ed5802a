"""What a refusal is called on its page. Inside, a reason is one short word; people get a sentence that helps."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from blueprints.academies.words import SLUG_PROBLEMS
from tenants.courses.actions import MAX_TITLE
from tenants.courses.markup import MAX_MARKDOWN
from tenants.courses.rules import MAX_CHOICES
from tenants.exercises.rules import MAX_PHRASE, MOST_PHRASES
from tenants.learning.rules import MAX_TEXT
from tenants.settings.actions import MAX_NAME

_MOVED_ON = _l("Meanwhile this academy is in another state. Open its page again and see where it stands.")

REASONS = {
    **SLUG_PROBLEMS,
    "active": _MOVED_ON, "suspended": _MOVED_ON, "closing": _MOVED_ON, "fenced": _MOVED_ON, "closed": _MOVED_ON,
    "address": _l("Your account has no e-mail address to enter the academy with. Ask the platform for help."),
    "by operator": _l("The platform asked for this closing, so only the platform can take it back. Ask its people."),
    "confirm first": _l("You have one academy already. Confirm your e-mail address first; then you can open more."),
    "days": _l("Choose a number of days to undo from 0 to 90."),
    "last owner": _l("You are the only owner. Give the academy another owner before you leave."),
    "name or colour": _l("Give the academy a name of 2 to 80 characters and a colour such as #2f5bb7."),
    "no such block": _l("This part of the lesson was changed meanwhile. Reload the page and try again."),
    "no such choice": _l("This question was changed meanwhile. Reload the page and answer it again."),
    "no such kind": _l("A lesson cannot hold a block of this kind. Reload the page and choose one from the list."),
    "order": _l("Somebody else changed the order meanwhile. Reload the page and move it again."),
    "reason": _l("Write down why you do this: it is kept with the academy."),
    "sent already": _l("This form was sent already. Open the page again to see what is stored."),
    "lesson": _l("A lesson takes 1 to 600 minutes, and is done when it is marked or when its question is answered."),
    "title": _l("A title has 1 to %(most)d characters. Make it shorter, or write one.", most=MAX_TITLE),
    "too long": _l("A text has at most %(most)d characters. Split it over two blocks.", most=MAX_MARKDOWN),
    "answer too long": _l("An answer has at most %(most)d characters. Make it shorter and save it again.", most=MAX_TEXT),
    "too many choices": _l("A question has at most %(most)d choices. Remove one first.", most=MAX_CHOICES),
    "empty message": _l("Write something first, then send it."),
    "no such reviewer": _l("This person cannot review any more. Reload the page and choose somebody else."),
    "phrase": _l("A phrase has 1 to %(most)d characters. Write one first, or make it shorter.", most=MAX_PHRASE),
    "same person": _l("A queue is handed over to somebody else. Choose another person."),
    "too many phrases": _l("You have %(most)d phrases, which is all there is room for. Delete one first.", most=MOST_PHRASES),
    "too many academies": _l("You own as many academies as one account may. Close one, or ask the platform for more."),
    "too much work": _l("This academy asked for a great deal of work at once. Wait a few minutes and try again."),
    "its name": _l("A name has 1 to %(most)d characters. Make it shorter, or write one.", most=MAX_NAME),
    "unconfirmed": _l("Confirm your e-mail address first, with the link in the mail that we sent you."),
}  # fmt: skip
