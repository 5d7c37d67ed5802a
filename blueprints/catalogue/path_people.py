"""Who follows a path: put people on it, see how far they are, take them off."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blueprints.catalogue import catalogue
from blueprints.catalogue.pages import Answer
from blueprints.me import me
from core.access import roles
from core.errors import Refused
from tenants.catalogue import path_queries as queries
from tenants.catalogue import paths as acts
from tenants.catalogue import walks
from tenants.catalogue.models import Path
from tenants.learning import enrolling
from tenants.learning.overview import VIEWERS

MAX_AT_ONCE = 500


@catalogue.get("/path-desk/<uuid:path_id>/people")
@roles("trainer", "author", "manager", "owner")
def path_people(path_id: UUID) -> str:
    """Show who follows the path, and who could."""
    return people_page(queries.path_to_fill(me(), path_id))


def people_page(path: Path, error: str | None = None) -> str:
    """Return the page of a path's people; how far they are is for trainers and managers."""
    here = walks.walks_on(me(), path) if me().roles & VIEWERS else []
    others = queries.members_off(me(), path, request.args.get("name", "")) if path.state == "published" else []
    return render_template("catalogue/path_people.html", path=path, walks=here, others=others, error=error)


@catalogue.post("/path-desk/<uuid:path_id>/followers")
@roles("trainer", "author", "manager", "owner")
def follow_path(path_id: UUID) -> Answer:
    """Put the ticked members on the path; they come into the courses that are open."""
    path = queries.path_to_fill(me(), path_id)
    ticked = request.form.getlist("member", type=UUID)[:MAX_AT_ONCE]
    if not ticked:
        return people_page(path, _("Choose at least one person.")), 422
    if path.state != "published":
        raise Refused("path not published")
    count = acts.follow(path, enrolling.members_named(me(), ticked), me())
    flash(ngettext("%(num)d person follows the path now", "%(num)d people follow the path now", count))
    return redirect(url_for(".path_people", path_id=path_id), 303)


@catalogue.post("/path-desk/<uuid:path_id>/followers/<uuid:follower_id>/end")
@roles("trainer", "author", "manager", "owner")
def unfollow_path(path_id: UUID, follower_id: UUID) -> Response:
    """Take somebody off the path; their courses stay theirs."""
    path = queries.path_to_fill(me(), path_id)
    acts.unfollow(queries.follower_in(me(), path, follower_id), me())
    flash(_("Taken off the path. The courses that they take stay theirs."))
    return redirect(url_for(".path_people", path_id=path_id), 303)
