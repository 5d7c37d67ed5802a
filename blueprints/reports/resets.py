"""Start somebody anew in a course, and put back what was set aside."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints.me import me
from blueprints.reports import reports
from core.access import roles
from tenants.groups.sight import check_sees
from tenants.learning import overview, resets
from tenants.reports import sight


@reports.post("/reports/<uuid:course_id>/people/<uuid:member_id>/reset")
@roles("trainer", "manager", "owner")
def reset(course_id: UUID, member_id: UUID) -> Response:
    """Set aside what the person did in the course; the page offers to undo it."""
    sight.followed(me(), course_id)
    present = overview.person_in(me(), course_id, member_id).person.enrolment
    resets.reset(present, me())
    return redirect(url_for(".person", course_id=course_id, member_id=member_id, aside=present.id))


@reports.post("/reports/<uuid:course_id>/people/<uuid:member_id>/attempts/<uuid:enrolment_id>/return")
@roles("trainer", "manager", "owner")
def put_back(course_id: UUID, member_id: UUID, enrolment_id: UUID) -> Response:
    """Make an attempt that was set aside the present one again."""
    sight.followed(me(), course_id)
    check_sees(me(), member_id)
    resets.put_back(resets.attempt_in(course_id, member_id, enrolment_id), me())
    flash(_("Put back. What was done since is kept as an earlier attempt."))
    return redirect(url_for(".person", course_id=course_id, member_id=member_id))
