"""Accessibility checks in a real browser: axe-core on the page as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import axe_playwright_python

SCRIPT = Path(axe_playwright_python.__file__).parent / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What the brand and the mode can break; the rest of a page stays as it is in other colours.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
# What the width and the scheme of the window can break besides.
SEEN_RULES = [*COLOUR_RULES, "target-size", "scrollable-region-focusable", "heading-order", "region", "skip-link", "aria-hidden-focus"]
# axe takes the clipped shapes of a drawing for something that lies over the words beside it, and then
# leaves their contrast undecided. Drawings without words say nothing, so they are hidden first.
HIDE_DRAWINGS = "document.querySelectorAll('svg[aria-hidden=true]').forEach(s => { s.style.visibility = 'hidden' })"
RUN = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"


def violations(page: Any, rules: list[str] = RULES) -> list[str]:
    """Return one line per element that breaks a rule of WCAG 2.2 AA or of axe's best practice; empty when fine."""
    page.evaluate(HIDE_DRAWINGS)
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text())
    found = page.evaluate(RUN, rules)["violations"]
    return [f"{rule['id']}: {node['html'][:160]} ({_why(node)})" for rule in found for node in rule["nodes"]]


def overflow_px(page: Any) -> int:
    """Return by how many pixels the page is wider than the window; 0 when nothing scrolls sideways."""
    return max(0, int(page.evaluate("document.documentElement.scrollWidth - innerWidth")))


def _why(node: dict[str, Any]) -> str:
    reasons = [*node["any"], *node["all"], *node["none"]]
    return str(reasons[0]["message"]) if reasons else str(node.get("failureSummary", ""))


def ready(page: Any) -> None:
    """Wait until the scripts of every custom element on the page have come."""
    while page.evaluate("document.readyState !== 'complete' || document.querySelectorAll(':not(:defined)').length > 0"):
        page.wait_for_timeout(20)
