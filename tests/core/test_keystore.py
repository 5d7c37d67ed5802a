"""T39, and the keystore's promises: keys survive every crash, and destroyed ones are gone."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core import durable, keystore
from core.errors import KeyMissing
from core.keystore import Keystore, MasterKeyMissing
from tests.core.conftest import HOLDERS


def secrets(store: Keystore) -> dict[str, bytes]:
    """Return the data keys as a process sees them that starts now."""
    fresh = Keystore(store.directory, store.master_file)
    return {holder: fresh.open(holder).secret for holder in fresh.holders()}


def files_of(store: Keystore) -> set[str]:
    """Return the names of all files, the lock aside."""
    found = {path.name for folder in (store.directory, store.master_file.parent) for path in folder.iterdir()}
    return found - {".lock"}


def test_each_holder_has_a_key_of_its_own(store: Keystore) -> None:
    assert len(set(secrets(store).values())) == len(HOLDERS)


def test_a_second_create_returns_the_first_key(store: Keystore) -> None:
    before = secrets(store)
    assert store.create("ac_1").secret == before["ac_1"]
    assert secrets(store) == before


def test_a_holder_without_a_key_is_refused(store: Keystore) -> None:
    assert not store.exists("ac_3")
    with pytest.raises(KeyMissing):
        store.open("ac_3")


@pytest.mark.parametrize("name", ["", "ac_0", "ac_1/../core", "../master/keys", "AC_1", "ac_1\n", "ac_\u0661"])
def test_a_name_that_is_no_holder_reaches_no_file(store: Keystore, name: str) -> None:
    for use in (store.open, store.create, store.destroy, store.exists):
        with pytest.raises(KeyMissing):
            use(name)


def test_only_its_owner_may_read_the_keystore(store: Keystore) -> None:
    for folder in (store.directory, store.master_file.parent):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_no_key_lies_in_the_keystore_in_the_clear(store: Keystore) -> None:
    text = b"".join(path.read_bytes() for path in store.directory.iterdir())
    for secret in (*secrets(store).values(), *store.masters().values()):
        assert secret not in text
        assert base64.b64encode(secret) not in text


def test_a_key_file_put_in_the_place_of_another_does_not_open(store: Keystore) -> None:
    shutil.copy(store.directory / "ac_1.json", store.directory / "ac_2.json")
    with pytest.raises(KeyMissing):
        Keystore(store.directory, store.master_file).open("ac_2")


def test_a_flipped_key_file_does_not_open(store: Keystore) -> None:
    path = store.directory / "ac_1.json"
    text = path.read_text()
    path.write_text(text.replace('"master_version": 1', '"master_version": 9'))
    with pytest.raises(KeyMissing):
        Keystore(store.directory, store.master_file).open("ac_1")


# Destroying


def test_a_destroyed_key_is_gone_at_once_here_and_after_a_second_elsewhere(store: Keystore) -> None:
    elsewhere = Keystore(store.directory, store.master_file)
    elsewhere.open("ac_1")
    store.destroy("ac_1")
    with pytest.raises(KeyMissing):
        store.open("ac_1")
    time.sleep(keystore.RECHECK_S + 0.05)
    elsewhere.open("ac_2")  # nobody asks for ac_1 there any more: it is dropped all the same
    assert set(elsewhere._cache) == {"ac_2"}
    with pytest.raises(KeyMissing):
        elsewhere.open("ac_1")


def test_destroying_overwrites_the_file_before_it_goes(store: Keystore, tmp_path: Path) -> None:
    for path in (store.directory / "ac_1.json", store.master_file):
        os.link(path, tmp_path / path.name)  # the same blocks on disk under another name
    store.destroy("ac_1")
    store.rotate_master()
    for name in ("ac_1.json", store.master_file.name):
        assert set((tmp_path / name).read_bytes()) == {0}, name


def test_destroying_what_is_gone_does_nothing(store: Keystore) -> None:
    before = secrets(store)
    store.destroy("ac_7")
    store.destroy("ac_1")
    store.destroy("ac_1")
    assert secrets(store) == {holder: key for holder, key in before.items() if holder != "ac_1"}


def test_T40_an_old_copy_of_a_destroyed_key_does_not_open_after_the_rotation(store: Keystore, tmp_path: Path) -> None:
    before = secrets(store)
    backup = tmp_path / "backup"
    shutil.copytree(store.directory, backup)
    store.destroy("ac_1")
    assert Keystore(backup, store.master_file).open("ac_1").secret == before["ac_1"]  # why rotation is needed
    store.rotate_master()
    for holder in HOLDERS:
        with pytest.raises(KeyMissing):
            Keystore(backup, store.master_file).open(holder)
    assert secrets(store) == {"core": before["core"], "ac_2": before["ac_2"]}


# Rotation


def test_T39_a_rotation_keeps_every_key_and_one_master(store: Keystore) -> None:
    before, old = secrets(store), store.masters()
    assert store.rotate_master() == 2
    assert secrets(store) == before
    assert set(store.masters()) == {2}
    assert store.masters()[2] not in old.values()
    assert not store.is_rotating()


def test_T39_no_read_fails_while_the_master_key_is_rotated(store: Keystore) -> None:
    before = secrets(store)
    failures: list[BaseException] = []
    reads = [0] * 3
    done = threading.Event()

    def read(place: int) -> None:
        own = Keystore(store.directory, store.master_file)  # as another process would
        while not done.is_set():
            for holder, secret in before.items():
                own.forget(holder)
                try:
                    assert own.open(holder).secret == secret
                except BaseException as failure:
                    failures.append(failure)
                    return
                reads[place] += 1

    threads = [threading.Thread(target=read, args=(place,)) for place in range(len(reads))]
    for thread in threads:
        thread.start()
    for _ in range(25):
        store.rotate_master()
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert min(reads) > 25
    assert set(store.masters()) == {26}


def test_T39_a_key_made_during_rotations_is_never_lost(store: Keystore) -> None:
    others = Keystore(store.directory, store.master_file)
    made: dict[str, bytes] = {}

    def make() -> None:
        for number in range(10, 40):
            made[f"ac_{number}"] = others.create(f"ac_{number}").secret

    maker = threading.Thread(target=make)
    maker.start()
    while maker.is_alive():
        store.rotate_master()
    maker.join()
    store.rotate_master()
    assert secrets(store).items() >= made.items()
    assert len(made) == 30


class Cut(BaseException):
    """The power goes out."""


class CutAt:
    """The os module as durable.py sees it, until the power goes out at its nth call."""

    CUTTABLE = frozenset({"link", "replace", "fsync", "unlink", "open"})

    def __init__(self, calls: int) -> None:
        self.left = calls

    def __getattr__(self, name: str) -> Any:
        real = getattr(os, name)
        return self._counted(real) if name in self.CUTTABLE else real

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kw: Any) -> Any:
            self.left -= 1
            if self.left < 0:
                raise Cut
            return real(*args, **kw)

        return call


def cut_everywhere(
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[], object],
    look: Callable[[], None],
    prepare: Callable[[], object] = lambda: None,
) -> int:
    """Run `act` cut short before its first, second, ... system call, and `look` after each; return how often."""
    for calls in range(10_000):
        prepare()
        with monkeypatch.context() as patch:
            patch.setattr(durable, "os", CutAt(calls))
            try:
                act()
            except Cut:
                pass
            else:
                return calls
        look()
    raise AssertionError("it never came to its end")


def test_T39_a_rotation_cut_short_anywhere_loses_nothing_and_resumes(
    store: Keystore, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = secrets(store)

    def look() -> None:
        assert secrets(store) == before

    assert cut_everywhere(monkeypatch, store.rotate_master, look) > 30
    assert secrets(store) == before
    assert len(store.masters()) == 1
    assert files_of(store) == {"core.json", "ac_1.json", "ac_2.json", "keys.json"}


def test_a_destruction_cut_short_anywhere_is_repeated_and_leaves_nothing(
    store: Keystore, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {holder: key for holder, key in secrets(store).items() if holder != "ac_1"}

    def look() -> None:
        assert secrets(store) in (others, others | {"ac_1": made[-1]})
        store.destroy("ac_1")
        assert secrets(store) == others
        assert files_of(store) == {"core.json", "ac_2.json", "keys.json"}

    made: list[bytes] = []
    cuts = cut_everywhere(
        monkeypatch, lambda: store.destroy("ac_1"), look, lambda: made.append(store.create("ac_1").secret)
    )
    assert cuts > 6


def test_a_creation_cut_short_anywhere_is_repeated_safely(store: Keystore, monkeypatch: pytest.MonkeyPatch) -> None:
    before = secrets(store)

    def look() -> None:
        found = secrets(store)
        assert found.items() >= before.items()
        again = store.create("ac_3").secret
        assert again == found.get("ac_3", again)
        assert files_of(store) == {"core.json", "ac_1.json", "ac_2.json", "ac_3.json", "keys.json"}

    assert cut_everywhere(monkeypatch, lambda: store.create("ac_3"), look, lambda: store.destroy("ac_3")) > 5


def test_a_key_file_that_does_not_open_stops_the_rotation_before_the_old_master_goes(store: Keystore) -> None:
    path = store.directory / "ac_1.json"
    whole = path.read_bytes()
    path.write_bytes(b"{}")
    old = store.masters()
    with pytest.raises(ValueError, match="not a key file"):
        store.rotate_master()
    assert store.masters().items() >= old.items()
    path.write_bytes(whole)  # the old key file comes back from a backup
    before = secrets(store)
    store.rotate_master()
    assert secrets(store) == before


KILLED = """
import sys, pathlib
from core.keystore import Keystore
store = Keystore(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
print("ready", flush=True)
while True:
    store.rotate_master()
"""


def test_T39_kill_minus_9_in_the_middle_of_rotations_loses_nothing(store: Keystore) -> None:
    before = secrets(store)
    command = [sys.executable, "-c", KILLED, str(store.directory), str(store.master_file)]
    for pause_s in (0.003, 0.011, 0.02):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(pause_s)
            assert secrets(store) == before
            process.kill()
        assert secrets(store) == before
    store.rotate_master()
    assert secrets(store) == before
    assert len(store.masters()) == 1


# The master key file


def test_the_first_master_key_is_made_only_when_allowed(tmp_path: Path) -> None:
    store = Keystore(tmp_path / "keystore", tmp_path / "keys.json")
    with pytest.raises(MasterKeyMissing, match="There is no master key file"):
        store.prepare(make_master=False)
    store.prepare(make_master=True)
    first = store.masters()
    store.prepare(make_master=True)
    assert store.masters() == first


def test_a_lost_master_key_is_not_replaced_by_a_new_one(store: Keystore) -> None:
    store.master_file.unlink()
    with pytest.raises(MasterKeyMissing, match="put it back"):
        store.prepare(make_master=True)
    with pytest.raises(MasterKeyMissing, match="put it back"):
        Keystore(store.directory, store.master_file).open("core")


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"1": "c2hvcnQ="}', '{"one": ""}', '{"1": 7}'])
def test_a_file_that_is_no_master_key_file_says_so(store: Keystore, text: str) -> None:
    store.master_file.write_text(text)
    with pytest.raises(MasterKeyMissing, match="is not a master key file"):
        store.masters()


def test_a_master_key_inside_the_keystore_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyMissing, match="elsewhere"):
        Keystore(tmp_path, tmp_path / "keys.json").prepare(make_master=True)
