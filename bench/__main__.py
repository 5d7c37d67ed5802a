"""`python -m bench [--json] [--quick] [name]`: medians, spread, and ratios against floors of the same run."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

import structlog

from bench import chat, close, encryption, learning, migrate, overhead, people, provision, reports

Figures = Callable[..., list[dict[str, Any]]]
# What was promised (issues 2, 3 and 4): the most that a figure's ratio, or its median in milliseconds, may be.
PROMISED = {
    "provision.bare": "ratio <= 1.3", "provision.pool": "median <= 20 ms", "migrate.1000": "ratio <= 5",
    "learning.save": "median <= 15 ms", "learning.save.statements": "median <= 4", "learning.load.100.p95": "median <= 300 ms",
    "people.sorted": "median <= 150 ms", "people.searched": "median <= 150 ms", "people.filtered": "median <= 150 ms",
    "reports.matrix": "median <= 150 ms", "reports.matrix.statements": "median <= 8", "reports.help": "median <= 150 ms",
    "reports.help.statements": "median <= 8",
    "chat.delivery.1000": "median <= 30 ms", "chat.delivery.1000.p95": "median <= 150 ms", "chat.send.statements": "median <= 4",
    "overhead.1": "ratio <= 1.15", "overhead.500": "ratio <= 1.15",
}  # fmt: skip
BENCHES: dict[str, Figures] = {
    "provision": provision.figures,
    "migrate": migrate.figures,
    "close": close.figures,
    "overhead": overhead.figures,
    "learning": learning.figures,
    "reports": reports.figures,
    "people": people.figures,
    "chat": chat.figures,
    "encryption": lambda quick: encryption.figures(),
}
HEAD = f"{'figure':<24}{'median':>10}{'min':>10}{'max':>10}  {'unit':<5}{'floor':>10}{'ratio':>8}  promised"


def main() -> int:
    """Measure and print; return 0."""
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=BENCHES, help="only this one")
    parser.add_argument("--json", action="store_true", help="one JSON object per figure")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and academies; not for comparing")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))  # only figures on stdout
    if not given.json:
        print(HEAD)
    for name in [given.name] if given.name else BENCHES:
        for figure in BENCHES[name](quick=given.quick):
            print(json.dumps(figure) if given.json else line(figure), flush=True)
    return 0


def line(figure: dict[str, Any]) -> str:
    """Return one figure as a line of the table."""
    return (f"{figure['name']:<24}{figure['median']:>10}{figure['min']:>10}{figure['max']:>10}  {figure['unit']:<5}"
            f"{figure['floor']:>10}{figure['ratio']:>8}  {PROMISED.get(figure['name'], '')}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
