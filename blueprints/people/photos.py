"""Faces: one's own photo, and the photos of others to who sees them."""

from __future__ import annotations

from typing import BinaryIO, cast
from uuid import UUID

from flask import Response, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

import tenants.photos.own_work  # noqa: F401  adds the photo to a person's own work
from blueprints import credentials
from blueprints.courses.words import upload_words
from blueprints.files.show import sent
from blueprints.me import me
from blueprints.people.blueprint import people
from blueprints.people.listing import load
from core import limits
from core.access import roles, signed_in, takes_files
from core.limits import Limit
from tenants.files.looks import MAX_IMAGE_BYTES, NotThat
from tenants.photos import actions, queries
from tenants.photos.rules import part_of

MOST_HOURLY = 30


@people.route("/me/photo", methods=["GET", "POST"])
@signed_in
@takes_files(MAX_IMAGE_BYTES + 100_000)
def photo() -> AnyResponse | tuple[str, int]:
    """Show and change one's photo."""
    if request.method == "GET":
        return render_template("people/photo.html", error=None), 200
    chosen, form = request.files.get("photo"), request.form
    try:
        if chosen is None:
            raise NotThat("empty")
        limits.spend([Limit("photo", (str(me().id),), MOST_HOURLY, 3600)])
        part = part_of(form.get("across", ""), form.get("down", ""), form.get("side", ""))
        actions.put_photo(me(), cast(BinaryIO, chosen.stream), part)
    except NotThat as refusal:
        return render_template("people/photo.html", error=photo_words(refusal.why)), 422
    return credentials.here(url_for(".me"), _("Your photo is saved."))


@people.post("/me/photo/removal")
@signed_in
def remove_photo() -> AnyResponse:
    """Remove one's photo."""
    actions.remove_photo(me(), me())
    return credentials.here(url_for(".me"), _("Your photo is removed."))


@people.post("/people/<uuid:member_id>/photo/removal")
@roles("owner", "manager")
def take_photo_down(member_id: UUID) -> AnyResponse:
    """Remove the photo of a member."""
    member = load(member_id)
    actions.remove_photo(member, me())
    flash(_("The photo of %(name)s is removed.", name=member.name), "success")
    return credentials.here(url_for(".show", member_id=member.id))


@people.get("/photos/<uuid:photo_id>/<int:size>")
@signed_in
def face(photo_id: UUID, size: int) -> Response:
    """Send a photo. Browsers may keep it for themselves and ask each time whether it may still be shown: who is removed, or takes
    it back, is not seen any more."""
    answer = sent(queries.face(me(), photo_id, size))
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def photo_words(why: str) -> str:
    """Return why a photo was refused, and what to do."""
    if why == "heic":
        return _("This is a HEIC photo, which browsers cannot show. Save it as JPEG and choose that; on an iPhone, choose Settings, Camera, Formats, Most Compatible, or make a screenshot of the photo.")
    if why == "not_an_image":
        return _("This file is not a photo that we can show. Use JPEG, PNG or WebP.")
    return upload_words(why, "image")
