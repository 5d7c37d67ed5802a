"""Study hours that stood with a course's certificate stand with the course after the migration."""

from __future__ import annotations

from core.owner import owner_connection
from tenants.history import START, steps
from tenants.migrate import _apply
from tenants.provision import next_number, provision_schema
from tests.life.lives import Life

COURSE = (
    "INSERT INTO ac_{n}.courses (id, title, summary, cover, language, state, rules, position, is_template, made_at, changed_at)"
    " VALUES (gen_random_uuid(), %s, '', 'circles', 'nl', 'draft', '{{}}', 0, false, now(), now()) RETURNING id"
)


def test_hours_of_a_certified_course_move_to_the_course(life: Life) -> None:
    with owner_connection() as owner:
        number = next_number(owner)
        provision_schema(owner, number)
        owner.execute(f"DROP SCHEMA ac_{number} CASCADE")
        owner.execute(f"CREATE SCHEMA ac_{number}")
        owner.execute("UPDATE local.revisions SET revision = %s WHERE number = %s", [START, number])
        moving = next(place for place, step in enumerate(steps()) if "study_hours" in step.sql)
        for step in steps()[:moving]:
            _apply(owner, step, number)
        ids = [owner.execute(COURSE.format(n=number), [title]).fetchone()[0] for title in ("with", "without", "uncertified")]  # type: ignore[index]
        owner.execute(f"INSERT INTO ac_{number}.certified_courses (course_id, hours) VALUES (%s, 12.5), (%s, NULL)", ids[:2])
        _apply(owner, steps()[moving], number)
        rows = owner.execute(f"SELECT title, study_hours::text FROM ac_{number}.courses ORDER BY title").fetchall()
        assert rows == [("uncertified", None), ("with", "12.5"), ("without", None)]
