"""TRUSTED; NumPy only. Statistics of one exercise or check over a class, as in classical test theory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ABSENT, UNTOUCHED, OPEN, JUDGED = range(4)  # of one answer: no such thing; not attempted; not judged; judged
_FEWEST = 3  # students: of two, every correlation is 1 or -1
_SAME = 1e-9  # points, or shares of them: less is rounding


@dataclass(frozen=True)
class ItemStatistics:
    """judged, untouched, open: how many answers have points by checks or a person, were not attempted (0 points),
    are not judged yet. Of those judged and untouched: mean in points; some, full: share (0 to 1) with more than
    nothing, with all; difficulty: mean share of the points, 1 is easiest; discrimination: the correlation with
    the points for all else. None where there is nothing to work it out from.
    """

    judged: int
    untouched: int
    open: int
    mean: float | None = None
    some: float | None = None
    full: float | None = None
    difficulty: float | None = None
    discrimination: float | None = None


def item_statistics(
    shares: np.ndarray, states: np.ndarray, points: float, rest: np.ndarray
) -> ItemStatistics:
    """The statistics of one item.

    shares: [N] float, of its points, one for each student, more than 1 with extra credit; points: what it is
    worth; states: [N] int, ABSENT to JUDGED; rest: [N] float, points for all else.
    """
    judged, untouched, open_ = (int(np.sum(states == state)) for state in (JUDGED, UNTOUCHED, OPEN))
    known = (states == JUDGED) | (states == UNTOUCHED)
    if not known.any() or (open_ and not judged):  # those who did nothing say little about it
        return ItemStatistics(judged, untouched, open_)
    shares = shares[known]
    mean = float(shares.mean())
    return ItemStatistics(
        judged, untouched, open_,
        mean=mean * points,
        some=float(np.mean(shares > _SAME)),
        full=float(np.mean(shares >= 1 - _SAME)),
        difficulty=mean,
        discrimination=correlation(shares, rest[known]),
    )  # fmt: skip


def correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    """Pearson's, of two arrays [N]; None where it is undefined: few values, or all of one array the same."""
    if len(one) < _FEWEST or np.ptp(one) < _SAME or np.ptp(other) < _SAME:
        return None
    one, other = one - one.mean(), other - other.mean()
    return float(np.clip(one @ other / np.sqrt((one @ one) * (other @ other)), -1, 1))
