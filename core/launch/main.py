"""The commands of ./run. Standard library only: this runs before anything is installed."""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from core.launch.cluster import ServerFailed
from core.launch.venv import REPOSITORY, InstallFailed, python_of, reexec
from core.launch.world import AlreadyRunning, CannotStart, World

ABOUT = """Run Kweek.

  ./run                     set up and run the platform with its demo world
  ./run test [pytest args]  lint, type-check and test (--all: the slow drills too)
  ./run academy ...         open | list | suspend | resume | close
  ./run migrate             bring every schema to the newest revision
  ./run shell               a Python prompt in the platform
  ./run bench [--json] [name]
  ./run doctor              say what is not in order
  ./run harden              close the escapes of a database of your own

State lies under KWEEK_HOME (default ~/.local/share/kweek, as root /var/lib/kweek); PORT is 8017.
Settings come from the environment or from $KWEEK_HOME/kweek.env; docs/handbook.md lists them."""
COMMANDS = ("academy", "migrate", "shell", "bench", "doctor", "harden", "demo", "setup")


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
    except (InstallFailed, CannotStart, ServerFailed) as error:
        print(error, file=sys.stderr)
        return 1


def home_of(environ: dict[str, str]) -> Path:
    """Return the state directory."""
    named = environ.get("KWEEK_HOME")
    if named:
        return Path(named).expanduser().absolute()
    return Path("/var/lib/kweek") if os.geteuid() == 0 else Path("~/.local/share/kweek").expanduser()


def settings() -> dict[str, str]:
    """Return the environment, with what kweek.env adds to it."""
    environ = dict(os.environ)
    file = Path(environ.get("KWEEK_CONFIG") or home_of(environ) / "kweek.env")
    if file.exists():
        for line in file.read_text().splitlines():
            name, equals, value = line.partition("=")
            if equals and not name.strip().startswith("#"):
                environ.setdefault(name.strip(), value.strip().strip('"'))
    return environ


def serve(demo: bool) -> int:
    """Run the platform until Ctrl-C."""
    environ = settings()
    home = home_of(environ)
    reexec(python_of(home, "run"))
    raise_limits()
    world = World.at(home, environ)
    try:
        world.hold()
    except AlreadyRunning as error:
        print(f"Kweek already runs from {home} (process {error}) at http://localhost:{world.port}.\n"
              "Stop it with Ctrl-C there, or run a second one with another KWEEK_HOME and PORT.", file=sys.stderr)  # fmt: skip
        return 1
    refuse_taken_port(world)
    with stopped_in_order(world):
        world.start_servers()
        if world.command("setup", superuser=True):
            raise CannotStart("setting up failed; the lines above say why")
        if demo and world.command("demo"):
            raise CannotStart("the demo world could not be written; the lines above say why")
        world.start_platform()
        print(f"\nKweek runs at http://localhost:{world.port}  (Ctrl-C stops it)", flush=True)
        if demo:
            world.command("demo", "--print")
        world.watch()
    return 0


@contextlib.contextmanager
def stopped_in_order(world: World) -> Iterator[None]:
    """Stop everything at Ctrl-C or SIGTERM, or when starting fails."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)
    try:
        yield
    except KeyboardInterrupt:
        print("\nStopping ...", flush=True)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        world.stop_platform()
        world.stop_servers()
        world.forget()


def one_command(words: list[str]) -> int:
    """Run one command beside the running platform, or with servers of its own for as long as it takes."""
    environ = settings()
    home = home_of(environ)
    # The benches compare against bare servers and want the test tools' environment only for linting: run's will do.
    reexec(python_of(home, "run"))
    raise_limits()
    world = World.at(home, environ)
    superuser = words[0] in ("harden", "setup", "bench")
    if "--help" in words or "-h" in words:
        return world.command(*words)
    try:
        world.hold()
    except AlreadyRunning:
        return world.command(*words, superuser=superuser)
    with stopped_in_order(world):
        world.start_servers()
        if words[0] != "setup" and world.postgres is not None:
            quiet = subprocess.run([sys.executable, "-m", "jobs.cli", "setup"], cwd=REPOSITORY, capture_output=True,
                                   text=True, env=world.variables(owner=True, superuser=True))  # fmt: skip
            if quiet.returncode and words[0] != "migrate":
                raise CannotStart(f"setting up failed: {quiet.stderr.strip()}")
        return world.command(*words, superuser=superuser)
    return 1


def test(words: list[str]) -> int:
    """Lint, check types and layers, then test; with arguments only pytest, with these."""
    home = home_of(settings())
    python = python_of(home, "test")
    raise_limits()
    environ = {**os.environ, "PATH": f"{python.parent}:{os.environ.get('PATH', '')}", "PYTHONPATH": str(REPOSITORY)}
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "KWEEK_CONFIG", "PLATFORM_DOMAINS", "PORT"):
        environ.pop(name, None)
    everything = words == ["--all"]
    tests = [str(python), "-m", "pytest"]
    if words and not everything:
        return subprocess.call([*tests, *words], cwd=REPOSITORY, env=environ)
    steps = [
        ["ruff", "check", "."],
        ["mypy"],
        ["lint-imports"],
        [str(python), "-m", "core.i18n", "check"],
        [*tests, "-q", "-n", "2", "--dist", "worksteal", "-m", "not slow"],
    ]
    if everything:
        steps.append([*tests, "-q", "-m", "slow"])
    for step in steps:
        print(f"$ {' '.join(Path(word).name if word.startswith('/') else word for word in step)}", flush=True)
        status = subprocess.call(step, cwd=REPOSITORY, env=environ)
        if status:
            return status
    return 0


def raise_limits() -> None:
    """Allow as many open files as the system lets us: each event stream is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most if most != resource.RLIM_INFINITY else 65536
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def refuse_taken_port(world: World) -> None:
    """Raise CannotStart when something else listens on our port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((world.environ.get("BIND", "127.0.0.1"), world.port))
        except OSError:
            raise CannotStart(
                f"Port {world.port} is taken by another program. Choose another: PORT={world.port + 1} ./run"
            ) from None
