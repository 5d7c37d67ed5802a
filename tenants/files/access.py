"""Who may read a file, where a feature above says so: files of courses are learning's, handed-in files are not.

A feature claims the files that are its own by a rule: for a member, the condition "this file is mine" and the condition
"they may read it", both over `File`. Everything else is decided as before. All of it is one WHERE: no statement more.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from tenants.people.models import Member

Condition = sa.ColumnElement[bool]
Rule = Callable[[Member], tuple[Condition, Condition]]
_rules: list[Rule] = []


def claims_files(rule: Rule) -> Rule:
    """Let `rule(member)` decide on its own files, as (is mine, may read); use as a decorator."""
    _rules.append(rule)
    return rule


def readable(member: Member, otherwise: Condition) -> Condition:
    """Return the condition that the member may read a file; `otherwise` decides on files that nobody claims."""
    claims = [rule(member) for rule in _rules]
    unclaimed = sa.and_(*(sa.not_(mine) for mine, _ in claims), otherwise)
    return sa.or_(unclaimed, *(sa.and_(mine, may) for mine, may in claims))
