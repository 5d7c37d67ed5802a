"""What a refusal is called on its page. Inside, a reason is one short word; people get a sentence that helps."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from blueprints.academies.words import SLUG_PROBLEMS
from tenants.bank.actions import MOST_INSERTED
from tenants.catalogue.rules import MAX_ANSWER, MAX_REASON
from tenants.chat.rules import MAX_BODY
from tenants.chat.rules import MAX_REASON as MAX_REPORT
from tenants.courses.actions import MAX_TITLE
from tenants.courses.markup import MAX_MARKDOWN
from tenants.courses.rules import MAX_CHOICES
from tenants.exercises.rules import MAX_PHRASE, MOST_PHRASES
from tenants.groups.rules import MAX_NAME as MAX_GROUP_NAME
from tenants.learning.rules import MAX_TEXT
from tenants.organisations.rules import MAX_NAME as MAX_ORGANISATION_NAME
from tenants.people.rules import LONGEST_NUMBER
from tenants.reports.files import MOST_WAITING
from tenants.reports.schedules import MOST as MOST_SCHEDULES
from tenants.settings.actions import MAX_NAME

_MOVED_ON = _l("Meanwhile this academy is in another state. Open its page again and see where it stands.")

REASONS = {
    **SLUG_PROBLEMS,
    "active": _MOVED_ON, "suspended": _MOVED_ON, "closing": _MOVED_ON, "fenced": _MOVED_ON, "closed": _MOVED_ON,
    "address": _l("Your account has no e-mail address to enter the academy with. Ask the platform for help."),
    "by operator": _l("The platform asked for this closing, so only the platform can take it back. Ask its people."),
    "confirm first": _l("You have one academy already. Confirm your e-mail address first; then you can open more."),
    "choose questions": _l("Choose at least one question and at most %(most)d at a time.", most=MOST_INSERTED),
    "still read": _l("This file is not read yet. Look at its report first; then put its questions in the bank."),
    "erasure begun": _l("It is too late to take this back: the removal has begun."),
    "empty question": _l("Write the question first; then it can go to the question bank."),
    "decided": _l("Somebody decided about this request already. Open the page of requests to see what is open."),
    "days": _l("Choose a number of days to undo from 0 to 90."),
    "import group": _l("Choose one of your groups. The people in the file join it."),
    "organisation archived": _l("This organisation is archived. Bring it back first."),
    "organisation name": _l("An organisation has a name of 1 to %(most)d characters.", most=MAX_ORGANISATION_NAME),
    "organisation taken": _l("There is an organisation with this name already, perhaps an archived one. Choose another name."),
    "sight groups": _l("Choose at least one group, or let them see everybody."),
    "group archived": _l("This group is archived. Bring it back first."),
    "group name": _l("A group has a name of 1 to %(most)d characters.", most=MAX_GROUP_NAME),
    "report files": _l("You are waiting for %(most)d files already. Wait until the first is made.", most=MOST_WAITING),
    "report rhythm": _l("Choose a day of the week, or a day of the month from 1 to 31."),
    "report schedule": _l("This report cannot be mailed: its course is archived or gone. Remove it, and schedule another."),
    "report schedules": _l("You have %(most)d scheduled reports, which is all there is room for. Remove one first.", most=MOST_SCHEDULES),
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
    "domain": _l("This link is for other addresses. Use another address, or ask for another link."),
    "empty path": _l("Add a step first: a path needs at least one course."),
    "last day": _l("Choose today or a day within ten years."),
    "link revoked": _l("This link was withdrawn. Make a new one."),
    "message too long": _l("A message has at most %(most)d characters. Send it in two parts.", most=MAX_BODY),
    "no such sign": _l("This sign cannot be put here. Reload the page and choose one from the list."),
    "report reason": _l("Say in a few words what is wrong with it, in at most %(most)d characters.", most=MAX_REPORT),
    "report what": _l("This message cannot be reported: it is removed already, or your own."),
    "report outcome": _l("Choose what happens: remove the message, warn who wrote it, or let it stand."),
    "report decided": _l("Somebody decided about this report already. Open the list to see what waits."),
    "hold reason": _l("Say in a few words why, in at most %(most)d characters. The people in the room read it.", most=MAX_REPORT),
    "keep months": _l("Choose one of the times in the list. Reload the page and try again."),
    "block oneself": _l("You cannot block yourself. Open the talk with the person whom you mean."),
    "needed": _l("The courses of this step changed meanwhile. Reload the page and choose again."),
    "no course": _l("Choose at least one course. A path has at most 50 steps, a step at most 20 courses."),
    "not open": _l("This course cannot be entered now. Open its page in the catalogue to see how it stands."),
    "not yours to leave": _l("Somebody enrolled you in this course. Ask them or your trainer to take you off it."),
    "not yours to renew": _l("This course cannot be renewed by yourself now. Ask your trainer."),
    "path not published": _l("Publish the path first; then you can put people on it."),
    "place is gone": _l("Your place went to the next person in line. You can join the line again."),
    "reason too long": _l("Keep your reason under %(most)d signs.", most=MAX_REASON),
    "archived course": _l("This course is archived. You can read it; nothing new can be filled in or begun."),
    "publish archived": _l("This course is archived. Put it back on the lists first, then publish it."),
    "archive gone": _l("This archive was deleted or is used already. Upload it again."),
    "not asked again": _l("You are not asked to do this lesson again. Open the course to see what is next."),
    "sentence": _l("Write a sentence of at most %(most)d signs.", most=MAX_ANSWER),
    "step closed": _l("This course opens when the step before is done. Finish that first."),
    "taken off": _l("You were taken off this course. Ask your trainer to put you back on it."),
    "its name": _l("A name has 1 to %(most)d characters. Make it shorter, or write one.", most=MAX_NAME),
    "design text": _l("A design needs a heading and a text. Only name, course, date, hours and number are filled in."),
    "future day": _l("A certificate cannot carry a day that has not come. Choose today or an earlier day."),
    "nothing to reset": _l("Nothing was done in this course yet, so there is nothing to set aside."),
    "reset too old": _l("This was set aside more than 30 days ago. It stays to be read, and cannot be put back."),
    "test runs": _l("A test of this person is running. Wait until it is over, then start them anew."),
    "no design": _l("This course gives no certificate yet. Choose a design on the course's page first."),
    "no such share": _l("Choose who may see the certificate: nobody, the facts, or your name too."),
    "not valid any more": _l("This certificate was replaced, renewed or revoked meanwhile. Open it again to see how it stands."),
    "captions policy": _l("Choose whether missing captions block publishing, or only warn."),
    "file in use": _l("This file is shown somewhere, so it cannot be deleted. Take it out there first."),
    "past not read": _l("This file is still being read. Wait a minute, then look at its rows."),
    "past wrong rows": _l("Some rows have a problem. Leave them out, or mend the file and upload it again."),
    "past no good rows": _l("No row is left to take over. Mend the file and upload it again."),
    "past not taken": _l("Nothing of this file was taken over, so there is nothing to undo."),
    "past busy": _l("This file is being worked on. Wait a minute, then try again."),
    "too many keys": _l("The platform took no new signing key from this academy. Ask its people for help."),
    "why ended": _l("Write down why, in at most 500 characters: it is kept with the certificate."),
    "session kind": _l("Say where the session is and until when people sign up: choose from the lists."),
    "session over": _l("This session is over and cannot be changed any more."),
    "session cancelled": _l("This session was cancelled. Look in your agenda for another one."),
    "sign-up closed": _l("Sign-up for this session is closed. Ask the trainer whether you can still come."),
    "too late to leave": _l("It is too late to give your seat up here. Tell the trainer that you cannot come."),
    "too early to record": _l("Attendance is recorded from 30 minutes before the start. Come back then."),
    "attendance": _l("Say of each person whether they were present, late, absent or excused."),
    "study minutes": _l("Give study minutes from 0 to 1440, which is a whole day."),
    "places": _l("Give a number of places from 1 to 2000, or leave it empty for no limit."),
    "join link": _l("Give a whole link that begins with https://, as the meeting program shows it."),
    "no such time": _l("This time does not exist: in that night the clock goes forward. Choose another time."),
    "no such span": _l("The end lies after the start, 12 hours later at most. Check both times."),
    "survey mode": _l("Whether a survey is anonymous is fixed once it was published. Reload the page."),
    "survey closed": _l("This survey is closed and takes no more answers."),
    "no good rows": _l("No row of this file can be taken over. Mend the file and upload it again."),
    "still inviting": _l("People from this file are still being invited. Wait a minute, then delete it."),
    "is member": _l("This address is of a member here already. Use another one, or withdraw the invitation."),
    "number": _l("A personnel number has letters and digits, at most %(most)d, and no @.", most=LONGEST_NUMBER),
    "number taken": _l("Somebody here has this personnel number already. Check it."),
    "only number": _l("Without e-mail address this person needs a number to sign in."),
    "unconfirmed": _l("Confirm your e-mail address first, with the link in the mail that we sent you."),
}  # fmt: skip
