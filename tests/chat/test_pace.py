"""How fast one person may write, over all rooms."""

from __future__ import annotations

from uuid import uuid4

import pytest

from blueprints.chat import pacing
from blueprints.hosts import HostedFlask
from core import pace
from core.errors import TooMany
from core.pace import Pace
from tests.cast import Cast
from tests.chat.talking import say, write_talk

JSON = {"Accept": "application/json"}


def test_who_writes_in_all_rooms_without_end_has_to_wait_and_keeps_the_words(app: HostedFlask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = write_talk(cast)
    key = say(cast, "participant", talk.direct, "First")
    monkeypatch.setattr(pacing, "WRITES", Pace(2, 600))
    browser = cast.client(app, "participant")
    assert browser.post(f"/messages/{talk.direct}/{key}/edit", data={"body": "Second"}, headers=JSON).status_code == 200
    assert browser.post(f"/messages/{talk.room}", data={"body": "Third", "client_id": str(uuid4())}, headers=JSON).status_code == 200
    for url, form in (("/edit", {"body": "Keep these words"}), ("/react", {"sign": "👍"}), ("/remove", {})):
        assert browser.post(f"/messages/{talk.direct}/{key}{url}", data=form, headers=JSON).status_code == 429, url
    page = browser.post(f"/messages/{talk.direct}/{key}/edit", data={"body": "Keep these words"})
    assert page.status_code == 429 and "Keep these words" in page.text
    assert cast.client(app, "second").post(f"/messages/{talk.direct}/{key}/react", data={"sign": "👍"}, headers=JSON).status_code == 200
    monkeypatch.setattr(pacing, "READS", Pace(1, 600))
    assert [browser.post(f"/messages/{talk.direct}/read", data={"number": "1"}).status_code for _ in range(2)] == [204, 429]


def test_room_comes_back_with_time_and_what_is_known_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(pace.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(pace, "MOST_KNOWN", 3)
    slowly = Pace(2, 10)
    assert [slowly.has_room("a") for _ in range(3)] == [True, True, False]
    with pytest.raises(TooMany) as refused:
        slowly.keep("a")
    assert refused.value.retry_after_s == 5
    clock[0] = 5.1
    assert [slowly.has_room("a") for _ in range(2)] == [True, False]
    for key in range(10):
        slowly.has_room(key)
    assert len(slowly._left) == 3
