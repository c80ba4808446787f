"""Whose weights are whose, when the same network is handed in by several students."""

from datetime import datetime

import numpy as np
import pytest

from autograder.copies import Registry
from autograder.own_course import CourseError

FIRST, SECOND, THIRD = (datetime(2026, 11, day) for day in (1, 2, 3))


def network(seed: int) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    return [random.normal(size=shape) for shape in ((5, 5, 1, 6), (6,), (256, 120), (120,))]


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "weights.json")


def test_who_handed_the_weights_in_first_has_them_whoever_is_graded_first(registry):
    registry.enter("bob", network(0), SECOND)
    assert registry.enter("ada", network(0), FIRST) == ([], ["bob"])
    assert registry.enter("bob", network(0), SECOND) == (["ada"], [])


def test_a_copy_with_noise_is_a_copy(registry):
    registry.enter("ada", network(0), FIRST)
    noisy = [array + 0.1 * other for array, other in zip(network(0), network(1), strict=True)]
    assert registry.enter("bob", noisy, SECOND) == (["ada"], [])


def test_weights_of_ones_own_are_nobody_elses(registry):
    registry.enter("ada", network(0), FIRST)
    assert registry.enter("bob", network(1), SECOND) == ([], [])


def test_without_times_who_was_graded_first_has_them(registry):
    registry.enter("ada", network(0), None)
    assert registry.enter("bob", network(0), None) == (["ada"], [])


def test_who_hands_the_same_weights_in_again_after_the_copier_keeps_them(registry):
    registry.enter("ada", network(0), FIRST)
    registry.enter("bob", network(0), SECOND)
    assert registry.enter("ada", network(0), THIRD) == ([], ["bob"])


def test_who_hands_in_a_copy_instead_of_weights_of_ones_own_is_the_copier(registry):
    registry.enter("bob", network(1), FIRST)
    registry.enter("ada", network(0), SECOND)
    assert registry.enter("bob", network(0), THIRD) == (["ada"], [])


def test_what_was_entered_is_known_to_the_next_run(registry, tmp_path):
    registry.enter("ada", network(0), FIRST)
    assert Registry(tmp_path / "weights.json").enter("bob", network(0), SECOND) == (["ada"], [])


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"ada": 1}', b'{"ada": {"order": 0}}', b'{"ada": {}}', None],
)
def test_a_damaged_record_of_weights_is_one_sentence_and_is_left_as_it_is(registry, tmp_path, content):
    registry.enter("ada", network(0), FIRST)
    path = tmp_path / "weights.json"
    path.write_bytes(path.read_bytes()[:-5] if content is None else content)
    before = path.read_bytes()
    with pytest.raises(CourseError, match="weights.json is damaged.*bring a copy of it back"):
        Registry(path)
    assert path.read_bytes() == before
