"""The commands of ./run. Standard library only: this runs before anything is installed."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from core import config
from core.launch.server import ServerFailed
from core.launch.venv import REPOSITORY, InstallFailed, prune, python_of, reexec
from core.launch.world import AlreadyRunning, CannotStart, World

ABOUT = """Run Kweek.

  ./run                     set up and run the platform with its demo world
  ./run test [pytest args]  lint, type-check and test (--all: the slow drills too)
  ./run academy ...         open | list | suspend | resume | close | rate
  ./run migrate             bring every schema to the newest revision
  ./run shell               a Python prompt in the platform
  ./run bench [--json] [name]
  ./run doctor              say what is not in order
  ./run push-key            print a new key for messages on people's devices (web push)
  ./run retry [job]         try work again that was given up
  ./run privacy replay      erase again who came back by a restored backup
  ./run dkim                make the key that mail is signed with; print its DNS record
  ./run harden              close the escapes of a database of your own

State lies under KWEEK_HOME (default ~/.local/share/kweek, as root /var/lib/kweek); PORT is 8017.
Settings come from the environment or from $KWEEK_HOME/kweek.env; docs/handbook.md lists them."""
STOP_SIGNS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LEND_WITHIN_S = 120
ENOUGH_FILES = 65536
ABOUT_TESTS = """./run test               ruff, mypy, lint-imports, translations, pytest
./run test --all         the same, and then the slow drills
./run test WORDS ...     only pytest, with these words (pytest's own help: ./run test -- --help)"""
COMMANDS = ("academy", "migrate", "shell", "bench", "doctor", "harden", "demo", "setup", "retry", "dkim", "push-key", "privacy")


def main() -> int:
    """Do what was asked; return the exit status."""
    words = sys.argv[1:]
    try:
        if words[:1] == ["test"]:
            return test(words[1:])
        if words and words[0] in COMMANDS:
            return one_command(words)
        parser = argparse.ArgumentParser(prog="./run", description=ABOUT, usage="./run [command]",
                                         formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
        parser.add_argument("--no-demo", action="store_true", help="leave the demo world out")
        return serve(demo=not parser.parse_args(words).no_demo)
    except (config.ConfigError, InstallFailed, CannotStart, ServerFailed) as error:
        print(error, file=sys.stderr)
        return 1


def prepare() -> World:
    """Return the world of this home, in its own Python and with the limits it needs. Raises what stops a start."""
    environ = config.merged(os.environ)
    home = config.home_of(environ)
    world = World.at(home, environ)  # a bad setting is told before anything is installed
    reexec(python_of(home, "run"))
    os.umask(0o077)
    raise_limits()
    return world


def serve(demo: bool) -> int:
    """Run the platform until Ctrl-C."""
    world = prepare()
    try:
        world.hold()
    except AlreadyRunning as other:
        print(f"Kweek already runs from {world.home} (process {other.pid}) at {other.url}.\n"
              "Stop it with Ctrl-C there, or run a second one with another KWEEK_HOME and PORT.", file=sys.stderr)  # fmt: skip
        return 1
    refuse_taken_port(world)
    prune(world.home, "run")
    with stopped_in_order(world):
        world.start_servers()
        world.set_up()
        demo = demo and world.settings.env == "development"  # its passwords are no secret
        if demo and world.command("demo"):
            raise CannotStart("the demo world could not be written; the lines above say why")
        world.start_platform()
        print(f"\nKweek runs at {world.url}  (Ctrl-C stops it)", flush=True)
        if demo:
            world.command("demo", "--print")
        world.watch()
    return 0


@contextlib.contextmanager
def stopped_in_order(world: World) -> Iterator[None]:
    """Stop everything at Ctrl-C or SIGTERM, or when starting fails."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    for sign in STOP_SIGNS:
        signal.signal(sign, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        print("\nStopping ...", flush=True)
    finally:
        for sign in STOP_SIGNS:
            signal.signal(sign, signal.SIG_IGN)
        world.stop_platform()
        world.stop_servers()
        world.forget()


def one_command(words: list[str]) -> int:
    """Run one command beside the running platform, or with servers of its own for as long as it takes."""
    world = prepare()
    if "--help" in words or "-h" in words:
        return world.command(*words)
    superuser = words[0] in ("harden", "setup", "bench")
    if is_lent(world):
        return world.command(*words, superuser=superuser)
    status = 1
    with stopped_in_order(world):
        world.start_servers()
        if words[0] not in ("setup", "harden") and not world.is_set_up():
            world.set_up()
        status = world.command(*words, superuser=superuser)
    return status


def is_lent(world: World) -> bool:
    """Return True if a running platform lends its servers, False once this process holds the home.

    Waits for a platform that is starting, and for another command to end. Raises CannotStart after two minutes.
    """
    until = time.monotonic() + LEND_WITHIN_S
    while True:
        try:
            world.hold()
            return False
        except AlreadyRunning as other:
            if other.is_up:
                return True
            if time.monotonic() > until:
                raise CannotStart(f"process {other.pid} holds {world.home} and does not get ready") from None
        time.sleep(0.2)


def test(words: list[str]) -> int:
    """Lint, check types and layers, then test; with arguments only pytest, with these."""
    if words in (["--help"], ["-h"]):
        print(ABOUT_TESTS)
        return 0
    python = python_of(config.home_of(os.environ), "test")
    raise_limits()
    # Tests bring their own servers and settings; those of the shell would reach somebody's real database.
    environ = {name: value for name, value in os.environ.items() if name not in config.SETTINGS | {"KWEEK_CONFIG"}}
    environ |= {"PATH": f"{python.parent}:{environ.get('PATH', '')}", "PYTHONPATH": str(REPOSITORY)}
    everything = words == ["--all"]
    tests = [str(python), "-m", "pytest"]
    if words and not everything:
        words = words[1:] if words[0] == "--" else words
        return subprocess.call([*tests, *words], cwd=REPOSITORY, env=environ)
    steps = [
        ["ruff", "check", "."],
        ["mypy"],
        ["lint-imports"],
        [str(python), "-m", "core.i18n", "check"],
        [*tests, "-q", "-n", "2", "--dist", "worksteal", "-m", "not slow"],
    ]
    if everything:
        steps.append([*tests, "-q", "-n", "2", "--dist", "worksteal", "-m", "slow"])
    for step in steps:
        print(f"$ {' '.join(Path(word).name if word.startswith('/') else word for word in step)}", flush=True)
        status = subprocess.call(step, cwd=REPOSITORY, env=environ)
        if status:
            return status
    return 0


def raise_limits() -> None:
    """Allow as many open files as the system lets us: each event stream is one."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH_FILES if most == resource.RLIM_INFINITY else min(most, ENOUGH_FILES)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), most))


def refuse_taken_port(world: World) -> None:
    """Raise CannotStart when something else listens on our port."""
    family = socket.AF_INET6 if ":" in world.bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((world.bind, world.port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise CannotStart(f"BIND={world.bind}, PORT={world.port}: {error.strerror}. Choose others.") from None
            raise CannotStart(
                f"Port {world.port} is taken by another program. Choose another: PORT={world.port + 1} ./run"
            ) from None
