"""In CI a skip is a failure: what was not tested is not true there."""

from __future__ import annotations

import os

import pytest


class SkipsFail:
    """A plugin that turns a green run with skips into a red one, and lists them."""

    def __init__(self) -> None:
        self.skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember each skipped test."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember each file skipped as a whole; several workers may tell of the same one."""
        if report.skipped and report.nodeid not in self.skipped:
            self.skipped.append(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the session if something was skipped."""
        if self.skipped and os.environ.get("CI") and session.exitstatus == 0:
            session.exitstatus = 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what was skipped, loudly."""
        if self.skipped:
            terminalreporter.section("SKIPPED: not proven here", sep="!")
            for name in self.skipped:
                terminalreporter.line(name)


def report_skips() -> SkipsFail:
    """Return the plugin."""
    return SkipsFail()
