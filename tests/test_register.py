"""The register of weights: who is found to be alike with whom, in whatever order they are graded.

Here networks are made-up numbers, and alike where these are near; test_likeness.py tries real ones.
"""

import itertools
import sqlite3
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.assignments import ASSIGNMENTS
from autograder.course import register as register_module
from autograder.course import resolving
from autograder.course.folders import STATE
from autograder.course.own_course import CourseError
from autograder.course.register import ENOUGH, Group, Register


@dataclass(frozen=True)
class Fake:
    """A network in the place of likeness.Fingerprint: alike are those less than 1 apart."""

    number: float

    def to_bytes(self) -> bytes:
        return str(self.number).encode()

    from_bytes = classmethod(lambda cls, data: cls(float(data)))

    @property
    def sieve_bytes(self) -> bytes:
        return self.to_bytes()


@dataclass(frozen=True)
class FakeLikeness:
    alike: bool
    explanation: str

    def sentence(self) -> str:
        return "They are near."


def fake_candidates(one, others) -> np.ndarray:
    return np.flatnonzero([abs(float(row) - one.number) < 2 for row in others])


@pytest.fixture(autouse=True)
def compared(monkeypatch) -> list[tuple[float, float]]:
    """Every comparison that is made, with made-up networks."""
    made = []

    def fake_compare(a, b) -> FakeLikeness:
        made.append((a.number, b.number))
        return FakeLikeness(abs(a.number - b.number) < 1, "One seed." if a == b else "")

    for name, fake in (("Fingerprint", Fake), ("Sieve", list), ("candidates", fake_candidates),
                       ("compare", fake_compare)):  # fmt: skip
        monkeypatch.setattr(register_module, name, fake)
    return made


class Course:
    """A register, with a folder for each submission and a flag for each student."""

    def __init__(self, path):
        self.path = path
        self.handed_in: set[str] = set()
        self.flags: dict[str, bool] = {}

    def grade(self, digest: str = "", **numbers: float | None) -> None:
        """Record these submissions, each a network's number, without resolving anything.

        digest: of what was executed, where it is the same for all of them.
        """
        with Register(self.path) as register:
            for student, number in numbers.items():
                self.handed_in.add(student)
                network = None if number is None else Fake(number)
                executed = digest or f"{student} {number}"
                register.enter(student, executed, network)
                self.flags[student] = False  # as SaveAutoGrades does

    def resolve(self) -> frozenset[str]:
        with (
            Register(self.path) as register,
            register.resolving(self.handed_in.__contains__) as flagged,
        ):
            self.flags |= dict.fromkeys(flagged, True)
        return flagged

    def batch(self, **numbers: float | None) -> frozenset[str]:
        self.grade(**numbers)
        return self.resolve()

    @property
    def flagged(self) -> set[str]:
        return {student for student, flagged in self.flags.items() if flagged}

    @property
    def groups(self) -> list[tuple[str, ...]]:
        with Register(self.path) as register:
            return [group.students for group in register.groups()]

    def partners(self, student: str) -> list[str]:
        with Register(self.path) as register:
            return [pair.other for pair in register.pairs_of(student)]


@pytest.fixture
def course(tmp_path) -> Course:
    return Course(tmp_path / "weights.sqlite")


CLASS = {"ada": 10.0, "bob": 10.5, "cleo": 50.0, "dan": 11.2}  # bob is like ada and dan


@pytest.mark.parametrize("order", [*itertools.permutations(CLASS)], ids=" ".join)
@pytest.mark.parametrize("size", [1, 4], ids=["one by one", "all at once"])
def test_whoever_is_graded_first_the_same_are_flagged(tmp_path, order, size):
    course = Course(tmp_path / "weights.sqlite")
    for begin in range(0, len(order), size):
        course.batch(**{student: CLASS[student] for student in order[begin : begin + size]})
    assert course.flagged == {"ada", "bob", "dan"}
    assert course.groups == [("ada", "bob", "dan")]
    assert course.partners("ada") == ["bob"] and course.partners("bob") == ["ada", "dan"]


def test_nobody_is_told_to_be_like_a_network_that_is_like_their_copiers_next_one(tmp_path):
    [exercise] = [e for e in ASSIGNMENTS["lenet"].exercises if e.probe == "weights"]
    course = Course(tmp_path / STATE / f"weights-{exercise.assignment}-{exercise.id}.sqlite")
    course.path.parent.mkdir()
    course.batch(ada=1, eve=1, bob=50)
    course.batch(eve=50)
    here = SimpleNamespace(root=str(tmp_path))
    head, *pairs = resolving.evidence(here, exercise, "ada")
    assert "is like that of eve. In the same group, by way of other pairs: bob. Nobody" in head
    assert [pair.split(":")[0] for pair in pairs] == ["eve"]
    head, *pairs = resolving.evidence(here, exercise, "bob")
    assert "is like that of eve. In the same group, by way of other pairs: ada. Nobody" in head


def test_three_who_are_alike_are_all_told_of_the_two_others(course):
    course.batch(ada=1, bob=1, cleo=1)
    assert course.flagged == {"ada", "bob", "cleo"}
    assert [course.partners(student) for student in ("ada", "bob", "cleo")] == [
        ["bob", "cleo"], ["ada", "cleo"], ["ada", "bob"],
    ]  # fmt: skip


def test_who_hands_in_another_network_is_flagged_no_more_and_the_other_side_stays(course):
    course.batch(ada=1, bob=1)
    assert course.batch(bob=9) == frozenset()
    assert course.flagged == {"ada"}
    assert course.partners("ada") == ["bob"] and course.partners("bob") == []


def test_both_sides_with_other_networks_are_alike_with_nobody(course):
    course.batch(ada=1, bob=1)
    course.batch(bob=9)
    course.batch(ada=20)
    assert course.flagged == set() and course.groups == []


@pytest.mark.parametrize("way", ["replaced", "removed", "without a network"])
@pytest.mark.parametrize("again", [1.0, 1.1], ids=["the same", "nearly the same"])
def test_who_copied_is_found_again_when_the_victims_network_has_gone(course, way, again):
    course.batch(ada=1, bob=1)
    if way == "removed":
        course.handed_in.remove("ada")
        course.resolve()
    else:
        course.batch(ada=9 if way == "replaced" else None)
    course.batch(bob=again)
    course.batch(bob=again + 0.01)
    assert course.flags["bob"] and course.partners("bob") == ["ada"]


def test_who_copies_a_network_that_has_gone_is_found(course):
    course.batch(ada=1, bob=1)
    course.batch(ada=9, bob=20)
    course.batch(cleo=1)
    assert course.flagged == {"cleo"} and course.partners("cleo") == ["ada", "bob"]


@pytest.mark.parametrize("way", ["replaced", "removed", "without a network"])
def test_a_network_that_went_before_anybody_was_like_it_still_counts(course, way):
    course.batch(ada=1)
    if way == "removed":
        course.handed_in.remove("ada")
    else:
        course.batch(ada=9 if way == "replaced" else None)
    course.batch(bob=1)
    assert course.flagged == {"bob"} and course.partners("bob") == ["ada"]


def test_networks_of_ones_own_that_one_has_replaced_count_against_oneself_never(course):
    for number in (1, 9, 1.1, 1, 9.2):
        course.batch(ada=number)
    assert course.flagged == set()


def test_who_is_like_many_networks_that_went_is_compared_with_some(course, compared):
    for number in (1, 9, 1.1, 30):
        course.batch(**{f"s{n}": number + n / 1_000 for n in range(2 * ENOUGH)})
    before = len(compared)
    course.batch(bob=1)
    assert len(course.partners("bob")) == ENOUGH and len(compared) - before <= ENOUGH


def test_every_network_that_went_counts_not_the_last_one_alone(course):
    for number in (1, 9, 20, 30):
        course.batch(ada=number)
    course.batch(bob=1, cleo=9, dan=20, eve=30, zoe=40)
    assert course.flagged == {"ada", "bob", "cleo", "dan", "eve"}


def test_who_comes_back_to_a_network_of_their_own_is_alike_with_those_who_have_it(course):
    course.batch(ada=1, bob=1)
    course.batch(ada=9, bob=20)
    course.batch(ada=1)
    assert course.flagged == {"ada"} and course.partners("ada") == ["bob"]


def test_of_three_who_are_alike_the_others_are_told_of_the_one_that_was_replaced(course):
    course.batch(ada=1, bob=1, cleo=1)
    course.batch(ada=9)
    assert course.partners("bob") == ["ada", "cleo"] and course.partners("cleo") == ["ada", "bob"]
    course.batch(dan=50)
    assert course.partners("bob") == ["ada", "cleo"]


def test_who_hands_in_a_copy_instead_of_a_network_of_their_own_is_found(course):
    course.batch(ada=1, bob=9)
    course.batch(bob=1)
    assert course.flagged == {"ada", "bob"}


def test_who_hands_in_no_network_any_more_is_flagged_no_more(course):
    course.batch(ada=1, bob=1)
    course.batch(bob=None)
    assert course.flagged == {"ada"} and course.partners("bob") == []


def test_who_was_seen_to_be_alike_stays_flagged_when_the_other_submission_goes(course):
    course.batch(ada=1, bob=1)
    course.handed_in.remove("bob")
    assert course.resolve() == frozenset()
    assert course.flags["ada"] and course.partners("ada") == ["bob"] and course.partners("bob") == []
    with Register(course.path) as register:
        [pair] = register.pairs_of("ada")
    assert "That network is no longer there" in pair.evidence


def test_what_was_seen_of_one_who_is_gone_is_flagged_again_when_it_is_graded_again(course):
    course.batch(ada=1, bob=1)
    course.handed_in.remove("bob")
    course.resolve()
    course.batch(ada=1)
    assert course.flags["ada"]


def test_what_was_seen_of_one_who_is_gone_goes_with_the_network_it_was_seen_of(course):
    course.batch(ada=1, bob=1)
    course.handed_in.remove("bob")
    course.batch(ada=9)
    assert not course.flags["ada"] and course.groups == []


def test_who_comes_after_one_has_gone_is_compared_with_the_rest(course):
    course.batch(ada=1, bob=1)
    course.handed_in.remove("bob")
    course.batch(cleo=1)
    assert course.partners("ada") == ["bob", "cleo"] and course.partners("cleo") == ["ada", "bob"]


def test_who_goes_and_comes_back_is_alike_once_more(course):
    course.batch(ada=1, bob=1)
    course.handed_in.remove("bob")
    course.resolve()
    course.batch(bob=1)
    with Register(course.path) as register:
        assert [pair.evidence for pair in register.pairs_of("ada")] == ["They are near."]


def test_two_who_are_like_one_without_a_submission_are_like_one_another(course):
    course.batch(ada=1)
    course.handed_in.remove("ada")
    course.batch(bob=1, cleo=1)
    assert course.flagged == {"bob", "cleo"} and course.groups == [("ada", "bob", "cleo")]
    assert course.partners("bob") == ["ada", "cleo"]


def test_what_is_graded_again_is_flagged_again_and_the_other_side_left_to_whoever_looked(course):
    course.batch(ada=1, bob=1)
    course.flags["bob"] = False  # somebody looked
    assert course.batch(ada=1) == {"ada"}


def test_what_is_graded_again_is_not_compared_again(course, compared):
    course.batch(ada=1, bob=1)
    before = len(compared)
    course.batch(ada=1, bob=1)
    assert len(compared) == before and course.flagged == {"ada", "bob"}


def test_where_nothing_is_new_nothing_is_compared_and_nobody_flagged(course, compared):
    course.batch(ada=1, bob=1)
    before = len(compared)
    assert course.resolve() == frozenset() and len(compared) == before


def test_what_was_recorded_and_not_resolved_is_resolved_by_the_next_run(course):
    course.batch(ada=1)
    course.grade(bob=1)  # and killed
    course.resolve()
    assert course.flagged == {"ada", "bob"}


def test_what_was_resolved_and_not_told_is_found_once_more(course):
    course.batch(ada=1)
    course.grade(bob=1)
    with (
        pytest.raises(KeyboardInterrupt),
        Register(course.path) as register,
        register.resolving(course.handed_in.__contains__),
    ):
        raise KeyboardInterrupt
    assert course.resolve() == {"ada", "bob"}


MANY = [f"s{n:03}" for n in range(30)]


def test_of_thirty_with_one_seed_each_is_flagged_and_compared_with_a_few(course, compared):
    course.batch(**dict.fromkeys(MANY, 1))
    assert course.flagged == {*MANY} and course.groups == [(*MANY,)]
    assert len(compared) <= len(MANY) * ENOUGH


def test_of_a_large_group_the_rest_stays_together_whoever_goes(course):
    course.batch(**dict.fromkeys(MANY, 1))
    for gone in MANY[: 2 * ENOUGH]:
        course.handed_in.remove(gone)
        course.resolve()
    left = MANY[2 * ENOUGH :]
    [group] = course.groups
    assert {*group} >= {*left} and course.flagged >= {*left}


def test_a_group_says_what_explains_it(course):
    course.batch(ada=1, bob=1, cleo=1.5)
    with Register(course.path) as register:
        assert register.groups() == [Group(("ada", "bob", "cleo"), ("One seed.",))]


@pytest.mark.parametrize("first", ["ada", "bob"])
def test_one_submission_of_two_students_is_excused_by_no_start_whoever_was_graded_first(course, first):
    course.grade(digest="one", **{first: 1})
    course.resolve()
    course.grade(digest="one", ada=1, bob=1)
    course.resolve()
    with Register(course.path) as register:
        [group], [pair] = register.groups(), register.pairs_of("ada")
    [told] = group.explanations
    assert told.startswith("Two handed in the same file") and told == pair.explanation


def test_the_register_knows_what_was_executed(course):
    course.grade(ada=1, bob=None)
    course.grade(ada=2)
    with Register(course.path) as register:
        assert register.digests() == {"ada": "ada 2", "bob": "bob None"}


def foreign(path):
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE submissions (student TEXT)")
    db.close()


def cut(path, size):
    path.write_bytes(path.read_bytes()[:size])


DAMAGE = {
    "empty": lambda path: cut(path, 0),
    "cut short": lambda path: cut(path, -5),
    "half": lambda path: cut(path, path.stat().st_size // 2),
    "text": lambda path: path.write_text('{"ada": {}}'),
    "another database": lambda path: (path.unlink(), foreign(path)),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_register_is_one_sentence_and_is_left_as_it_is(course, damage):
    course.batch(ada=1)
    damage(course.path)
    before = course.path.read_bytes()
    with pytest.raises(CourseError, match=r"weights.sqlite is damaged.*bring a copy of it back"):
        Register(course.path)
    assert course.path.read_bytes() == before


def test_a_damaged_fingerprint_is_one_sentence(course):
    course.batch(ada=1)
    with sqlite3.connect(course.path) as db:
        db.execute("UPDATE fingerprints SET fingerprint = x'00'")
    db.close()
    with pytest.raises(CourseError, match=r"weights.sqlite is damaged"):
        course.batch(bob=1)


def test_a_register_that_may_not_be_written_is_one_sentence(course, monkeypatch):
    monkeypatch.setattr(register_module, "_PATIENCE_S", 0.01)
    course.batch(ada=1)
    with Register(course.path) as register, sqlite3.connect(course.path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CourseError, match="Another grading uses"):
            register.enter("bob", "1", Fake(1))
    other.close()
