"""Learning paths: the next course opens when one is done, choice stays the follower's, nobody is put back by surprise."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from core import clock
from core.db import db
from core.errors import Forbidden, NotFound, Refused
from jobs.catalogue import advance as advance_job
from jobs.catalogue import advance_path as advance_path_job
from tenants.audit.models import Event
from tenants.catalogue import path_queries, paths, walks
from tenants.catalogue.models import Path, PathMember
from tenants.learning import actions as learning
from tenants.learning import queries
from tenants.learning.models import Enrolment
from tests.cast import Cast
from tests.catalogue.conftest import course_of, new_course, statements
from tests.courses.writing import Written, member


class World:
    """A published path: one course, then two of three, then one."""

    def __init__(self, cast: Cast, is_sequential: bool = True) -> None:
        self.cast = cast
        with db.scope(cast.academy.scope, commit=True):
            author = member(cast, "author")
            self.written: list[Written] = [new_course(cast, f"Course {n}") for n in range(5)]
            self.ids = [one.course for one in self.written]
            path = paths.create_path(uuid4(), "Baker", author)
            paths.change_path(path, "Baker", "You bake", is_sequential)
            paths.add_step(path, [self.ids[0]])
            paths.set_needed(paths.add_step(path, self.ids[1:4]), 2)
            paths.add_step(path, [self.ids[4]])
            paths.publish_path(path, author)
            self.id = path.id

    def path(self) -> Path:
        return path_queries.path_to_edit(member(self.cast, "author"), self.id)

    def follow(self, *who: str) -> int:
        with db.scope(self.cast.academy.scope, commit=True):
            return paths.follow(self.path(), [member(self.cast, one) for one in who], member(self.cast, "trainer"))

    def finish(self, number: int, who: str = "participant") -> None:
        """Finish a course as a person does, by its last lesson."""
        with db.scope(self.cast.academy.scope, commit=True):
            person, one = member(self.cast, who), self.written[number]
            for lesson in (one.reading, one.last):
                learning.mark_done(queries.lesson_for(person, one.course, lesson, lock=True))
            open_ = queries.lesson_for(person, one.course, one.asking, lock=True)
            for question, words in ((one.single, ["Water"]), (one.multiple, ["Flour", "Water"])):
                choices = [c["id"] for c in queries.question_on(open_.page, question)["choices"] if c["text"] in words]
                learning.check_answer(open_, question, {"choices": choices}, uuid4())
            learning.check_answer(open_, one.open, {"text": "buns"}, uuid4())

    def work(self, who: str = "participant") -> None:
        """Do what the outbox holds for the person: the job that opens the next courses."""
        with db.scope(self.cast.academy.scope, commit=True):
            advance_job(str(self.cast.ids[who]))

    def taking(self, who: str = "participant") -> set[int]:
        with db.scope(self.cast.academy.scope):
            found = set(db.session.scalars(sa.select(Enrolment.course_id).where(
                Enrolment.member_id == self.cast.ids[who], Enrolment.state == "active")))  # fmt: skip
        return {n for n, one in enumerate(self.ids) if one in found}


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


def waiting(cast: Cast) -> list[str]:
    """Return the jobs that the outbox holds for the academy."""
    from core.owner import owner_connection

    with owner_connection() as owner:
        rows = owner.execute("SELECT job FROM local.outbox WHERE number = %s ORDER BY id", [cast.academy.number])
        return [row[0] for row in rows]


def test_who_is_put_on_a_path_takes_its_first_course_only(world: World) -> None:
    assert world.follow("participant", "second") == 2
    assert world.follow("participant") == 0
    assert world.taking() == world.taking("second") == {0}


def test_the_next_step_opens_when_one_is_done_and_choice_is_the_followers(world: World, cast: Cast) -> None:
    world.follow("participant")
    world.finish(0)
    assert waiting(cast).count("catalogue.advance") == 1
    world.work()
    assert world.taking() == {0}
    with db.scope(cast.academy.scope, commit=True):
        walk = walks.walk_of(member(cast, "participant"), world.id)
        with pytest.raises(Refused, match="step closed"):
            paths.choose(walk.follower, walk.path, world.ids[4])
        for number in (1, 3):
            paths.choose(walk.follower, walk.path, world.ids[number])
    for number in (1, 3):
        world.finish(number)
        world.work()
    assert world.taking() == {0, 1, 3, 4}
    world.finish(4)
    for _ in range(2):
        world.work()
    with db.scope(cast.academy.scope):
        walk = walks.walk_of(member(cast, "participant"), world.id)
        assert walk.is_done and walk.follower.done_at is not None and (walk.done, walk.total) == (4, 4)
        acts = list(db.session.scalars(sa.select(Event.act)))
        assert acts.count("catalogue.path_done") == 1


def test_a_course_outside_every_path_queues_nothing(world: World, cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        learning.enrol(member(cast, "second"), course_of(world.ids[0]))
    world.finish(0, "second")
    assert "catalogue.advance" not in waiting(cast)


def test_a_free_path_opens_everything_but_leaves_choice(cast: Cast) -> None:
    world = World(cast, is_sequential=False)
    world.follow("participant")
    assert world.taking() == {0, 4}


def test_what_was_finished_before_the_path_counts(world: World, cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        for number in (0, 1, 2):
            learning.enrol(member(cast, "participant"), course_of(world.ids[number]))
    for number in (0, 1, 2):
        world.finish(number)
    world.follow("participant")
    assert world.taking() == {0, 1, 2, 4}


def test_who_was_taken_off_a_course_is_not_put_back_but_a_new_beginning_does(world: World, cast: Cast) -> None:
    world.follow("participant")
    with db.scope(cast.academy.scope, commit=True):
        enrolment = db.session.scalars(sa.select(Enrolment)).one()
        learning.end_enrolment(enrolment, member(cast, "trainer"))
    world.work()
    assert world.taking() == set()
    with db.scope(cast.academy.scope, commit=True):
        row = db.session.scalars(sa.select(PathMember)).one()
        paths.unfollow(row, member(cast, "trainer"))
    with clock.shifted(timedelta(minutes=1)):
        assert world.follow("participant") == 1
    assert world.taking() == {0}


def test_taken_off_the_path_means_no_next_course(world: World, cast: Cast) -> None:
    world.follow("participant")
    with db.scope(cast.academy.scope, commit=True):
        paths.unfollow(db.session.scalars(sa.select(PathMember)).one(), member(cast, "trainer"))
    world.finish(0)
    world.work()
    assert world.taking() == {0}
    with db.scope(cast.academy.scope), pytest.raises(NotFound):
        walks.walk_of(member(cast, "participant"), world.id)


def test_a_change_of_the_path_reaches_those_on_it(world: World, cast: Cast) -> None:
    world.follow("participant")
    with db.scope(cast.academy.scope, commit=True):
        path = world.path()
        paths.move_step(path.steps[2], -2)
        assert [step.courses[0].course_id for step in path.steps] == [world.ids[4], world.ids[0], world.ids[1]]
    assert "catalogue.advance_path" in waiting(cast)
    with db.scope(cast.academy.scope, commit=True):
        advance_path_job(str(world.id))
    assert world.taking() == {0, 4}


def test_an_archived_course_holds_nobody_up(world: World, cast: Cast) -> None:
    world.follow("participant")
    with db.scope(cast.academy.scope, commit=True):
        course_of(world.ids[0]).state = "archived"
    with db.scope(cast.academy.scope):
        walk = walks.walk_of(member(cast, "participant"), world.id)
        assert walk.steps[0].has_choice and walk.steps[0].is_open


def test_steps_are_edited_without_ever_asking_for_too_much(world: World, cast: Cast) -> None:
    with db.scope(cast.academy.scope, commit=True):
        path = world.path()
        choice = path.steps[1]
        with pytest.raises(Refused, match="needed"):
            paths.set_needed(choice, 4)
        with pytest.raises(Refused, match="no course"):
            paths.add_courses(choice, [world.ids[1]])
        paths.remove_course(choice, world.ids[1])
        assert choice.needed is None
        for course_id in world.ids[2:4]:
            paths.remove_course(choice, course_id)
        assert len(path.steps) == 2
        with pytest.raises(NotFound):
            paths.remove_course(path.steps[0], world.ids[4])


def test_a_path_without_steps_is_not_published_and_a_draft_takes_nobody(cast: Cast) -> None:
    for _ in range(2):
        with db.scope(cast.academy.scope, commit=True):
            assert paths.create_path(UUID(int=7), "Empty", member(cast, "author")).id == UUID(int=7)
    with db.scope(cast.academy.scope):
        author = member(cast, "author")
        path = path_queries.path_to_edit(author, UUID(int=7))
        with pytest.raises(Refused, match="empty path"):
            paths.publish_path(path, author)
        with pytest.raises(Refused, match="not published"):
            paths.follow(path, [author])
        with pytest.raises(Forbidden):
            paths.create_path(uuid4(), "Mine", member(cast, "trainer"))


def test_the_ruler_draws_what_the_path_needs(world: World, cast: Cast) -> None:
    world.follow("participant")
    with db.scope(cast.academy.scope):
        segments = walks.walk_of(member(cast, "participant"), world.id).segments()
        assert len(segments) == 4 * 3 and {state for _, state, _ in segments} == {"todo"}
    world.finish(0)
    with db.scope(cast.academy.scope):
        walk = walks.walk_of(member(cast, "participant"), world.id)
        assert (walk.done, walk.total) == (1, 4)
        assert walk.segments()[0] == (30, "done", 0.0)


def test_progress_of_everyone_costs_as_many_statements_for_one_as_for_six(world: World, cast: Cast) -> None:
    counted = []
    for who in (("participant",), ("second", "author", "trainer", "manager", "owner")):
        world.follow(*who)
        with db.scope(cast.academy.scope):
            viewer, path = member(cast, "trainer"), path_queries.path_to_fill(member(cast, "trainer"), world.id)
            with statements() as seen:
                found = walks.walks_on(viewer, path)
            counted.append((len(found), len(seen)))
    assert [people for people, _ in counted] == [1, 6]
    assert counted[0][1] == counted[1][1] <= 6
    with db.scope(cast.academy.scope), pytest.raises(NotFound):
        walks.walks_on(member(cast, "author"), world.path())


def test_two_trainers_who_put_the_same_people_on_a_path_at_once_follow_each_other(world: World, cast: Cast) -> None:
    start, counts, failed = threading.Barrier(4), [], []
    people = ["participant", "second", "author", "manager"]

    def run(shift: int) -> None:
        try:
            start.wait(20)
            counts.append(world.follow(*people[shift:], *people[:shift]))
        except Exception as error:
            failed.append(repr(error))

    threads = [threading.Thread(target=run, args=(shift,)) for shift in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == [] and sorted(counts) == [0, 0, 0, 4]
    assert all(world.taking(who) == {0} for who in people)
