"""The holder's pages: what I earned, the PDF and the badge, who may see what."""

from __future__ import annotations

import json
from uuid import UUID

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from blueprints.certificates import certificates
from blueprints.certificates.forms import SharingForm
from blueprints.me import me
from core.access import signed_in
from core.errors import NotFound
from tenants.certificates import actions, making, queries
from tenants.certificates.badge import enveloped
from tenants.certificates.models import Certificate
from tenants.files import storage

SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"


@certificates.get("/certificates")
@signed_in
def index() -> str:
    """List one's certificates; the study record adds their hours up."""
    return render_template("certificates/index.html", certificates=queries.certificates_of(me()))


@certificates.get("/certificates/<uuid:certificate_id>")
@signed_in
def show(certificate_id: UUID) -> str:
    """Show one certificate with its files and who may check it."""
    found = queries.own_certificate(me(), certificate_id)
    address = making.check_address(g.academy.slug, found.number)
    return render_template("certificates/show.html", certificate=found, address=address, form=SharingForm(obj=found),
                           follower=queries.follower_of(found))  # fmt: skip


@certificates.get("/certificates/<uuid:certificate_id>/progress")
@signed_in
def progress(certificate_id: UUID) -> str:
    """Return how far the PDF is; the page asks again until it is ready."""
    found = queries.own_certificate(me(), certificate_id)
    return render_template("certificates/_pdf.html", certificate=found)


@certificates.get("/certificates/<uuid:certificate_id>/pdf")
@signed_in
def pdf(certificate_id: UUID) -> Response:
    """Download the PDF."""
    return pdf_answer(queries.own_certificate(me(), certificate_id))


def pdf_answer(certificate: Certificate) -> Response:
    """Return the certificate's PDF as a download. Raises NotFound until it is ready, and once it is not valid any more."""
    if certificate.pdf_id is None or certificate.state != "valid":
        raise NotFound("no PDF")
    answer = Response(storage.read(certificate.pdf_id), mimetype="application/pdf")
    return downloaded(answer, f"certificate-{certificate.number}.pdf")


def downloaded(answer: Response, name: str) -> Response:
    """Return the answer as a file to keep, harmless wherever it is opened."""
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@certificates.get("/certificates/<uuid:certificate_id>/badge.<any(jwt,json):kind>")
@signed_in
def badge(certificate_id: UUID, kind: str) -> Response:
    """Download the signed badge: as Open Badges exchange it (.jwt), or the same wrapped in JSON."""
    found = queries.own_certificate(me(), certificate_id)
    if found.badge is None or found.state != "valid":
        raise NotFound("no badge")
    name = f"badge-{found.number}.{kind}"
    if kind == "jwt":
        return downloaded(Response(found.badge, mimetype="text/plain"), name)
    return downloaded(Response(json_of(found.badge), mimetype="application/json"), name)


def json_of(token: str) -> str:
    """Return the badge as a JSON document."""
    return f"{json.dumps(enveloped(token), indent=2)}\n"


@certificates.post("/certificates/<uuid:certificate_id>/sharing")
@signed_in
def sharing(certificate_id: UUID) -> AnyResponse:
    """Say what whoever has the number may see."""
    found = queries.own_certificate(me(), certificate_id)
    actions.share(found, request.form.get("share", ""))
    flash(_("Saved"))
    return redirect(url_for(".show", certificate_id=found.id), 303)
