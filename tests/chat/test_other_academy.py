"""T11: what is talked about in one academy is not there in another, on any route of the chat."""

from __future__ import annotations

import sqlalchemy as sa

from blueprints.hosts import HostedFlask
from core.db import db
from tenants.chat import actions
from tenants.chat.models import MessageReport
from tenants.groups.models import Group
from tests.cast import Cast
from tests.chat.talking import say, write_talk
from tests.web.test_routes import client_headers, filled, rules


def test_T11_ids_of_talks_in_another_academy_are_404_here(app: HostedFlask, casts: tuple[Cast, Cast]) -> None:
    mine, theirs = casts
    write_talk(mine)
    talk = write_talk(theirs)
    message = say(theirs, "participant", talk.room, "Nobody else's business")
    with db.scope(theirs.academy.scope, commit=True):
        group, report = Group(name="Others"), MessageReport(message_id=message, reporter_id=theirs.ids["second"], reason="Rude")
        db.session.add_all([group, report])
        db.session.flush()
        actions.open_group(group.id)
        ids = {"room_id": talk.room, "message_id": message, "report_id": report.id, "course_id": talk.course, "lesson_id": talk.lesson,
               "group_id": group.id, "member_id": theirs.ids["second"]}  # fmt: skip
    said, asked = {name: str(one) for name, one in ids.items()}, 0
    browser = mine.client(app, "owner")
    for rule in rules(app, "academy"):
        if rule.endpoint.startswith("chat.") and rule.arguments:
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                answer = browser.open(filled(rule, said), method=method, headers=client_headers(mine.academy), data={"body": "x", "sign": "👍"})
                assert answer.status_code == 404, (method, rule.rule, answer.status_code)
                assert "business" not in answer.text
                asked += 1
    assert asked >= 20
    with db.scope(theirs.academy.scope):
        assert db.session.scalars(sa.select(MessageReport.state)).one() == "open"
