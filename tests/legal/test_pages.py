"""The documents as anybody reads them, what changed, and what operators see."""

from __future__ import annotations

import pytest

from blueprints.hosts import HostedFlask
from core.config import config
from core.legal.rules import NAMES
from tests.academies.signed import person
from tests.browsing import client_on
from tests.legal.versions import loaded


@pytest.mark.parametrize("name", NAMES)
def test_a_document_is_read_in_both_languages(app: HostedFlask, name: str) -> None:
    titles = []
    for language in ("nl", "en"):
        client = client_on(app, "localhost")
        client.set_cookie("lang", language, domain="localhost")
        answer = client.get(f"/legal/{name}")
        assert answer.status_code == 200 and "{" not in answer.text.split('class="prose"')[1].split("</article>")[0]
        titles.append(answer.text.split("<h1")[1].split(">")[1].split("<")[0])
    assert len(set(titles)) == 2


def test_a_document_names_who_runs_the_platform_and_where_to_write(app: HostedFlask) -> None:
    for name in ("privacy", "terms"):
        text = client_on(app, "localhost").get(f"/legal/{name}").text
        assert config().company_name in text and config().contact_mail in text


def test_the_index_leads_to_each(app: HostedFlask) -> None:
    text = client_on(app, "localhost").get("/legal").text
    assert all(f'href="/legal/{name}"' in text for name in NAMES)


def test_earlier_and_coming_versions_say_what_they_are(app: HostedFlask) -> None:
    client = client_on(app, "localhost")
    client.set_cookie("lang", "en", domain="localhost")
    with loaded("terms", add="A **new** promise.", notice_days=30):
        assert "A new version holds from" in client.get("/legal/terms").text
        coming = client.get("/legal/terms?version=2").text
        assert "does not hold yet" in coming and "A <strong>new</strong> promise." in coming
        changes = client.get("/legal/terms/changes/1/2").text
        assert "1 paragraph changed" in changes and "<ins>A **new** promise.</ins>" in changes
        assert "What changed" in client.get("/legal/terms/versions").text
    with loaded("terms", add="A new promise."):
        assert "an earlier one" in client.get("/legal/terms?version=1").text


@pytest.mark.parametrize("path", ["/legal/nothing", "/legal/terms?version=99", "/legal/terms/changes/1/9", "/legal/nothing/versions", "/legal/nothing/changes/1/2"])
def test_what_there_is_not_is_not_found(app: HostedFlask, path: str) -> None:
    assert client_on(app, "localhost").get(path).status_code == 404


def test_operators_see_versions_and_who_waits_others_do_not(app: HostedFlask) -> None:
    assert client_on(app, "localhost").get("/operator/legal").status_code in (302, 303)
    assert person(app).browser.get("/operator/legal").status_code == 403
    text = person(app, is_operator=True).browser.get("/operator/legal").text
    assert "Privacy policy, version 1" in text and "Academies without an agreement" in text
