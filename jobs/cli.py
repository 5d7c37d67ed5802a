"""Commands for operators: `python -m jobs.cli --help`. They hold the owner's credentials; the web does not."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from core.config import ConfigError
from core.errors import KweekError
from jobs import academy_commands, platform_commands
from jobs.start import start


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one command; return its exit status. What went wrong is one sentence on standard error."""
    given = parser().parse_args(arguments)
    try:
        start(os.environ, make_master=given.act is platform_commands.setup or None)
        return int(given.act(given) or 0)
    except (KweekError, ConfigError, RuntimeError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    whole = argparse.ArgumentParser(prog="./run", description="Run and look after the platform.")
    commands = whole.add_subparsers(required=True, metavar="command")
    platform_commands.add(commands)
    academy_commands.add(commands)
    return whole


if __name__ == "__main__":
    sys.exit(main())
