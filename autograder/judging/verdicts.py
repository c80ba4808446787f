"""TRUSTED; standard library only. The records that judging makes and reports show."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

PASSED, FAILED, NOT_JUDGED = "passed", "failed", "not judged"


@dataclass(frozen=True)
class Row:
    """One line of a comparison: what is compared, what the student has, what is expected."""

    what: str
    yours: str
    expected: str
    ok: bool


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one check.

    name: of the pytest function; sentence: its docstring, which the student reads.
    outcome: PASSED, FAILED or NOT_JUDGED; earned: points, from 0 to `points`.
    help: what to do next, or why it was not judged; rows: a comparison to show with it.
    hidden: whether only the grader has this check.
    hints: for practice, from a nudge to a worked line; see `practice.climb`.
    """

    name: str
    sentence: str
    points: float
    outcome: str
    earned: float
    help: str = ""
    rows: tuple[Row, ...] = ()
    hidden: bool = False
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """All checks of one exercise of one student.

    outcome: PASSED when every check passed, NOT_JUDGED when at least one could not be judged,
    else FAILED. attempted: False when the student never touched the exercise.
    reason: one sentence about the exercise as a whole. review: why a person should look although
    every check could be judged. flagged: whether a person should look. fingerprint: of the network
    that was handed in, base64, for the register of weights; no page has it. figures: what the checks
    measured, for reports to draw, plain data that JSON holds; see `api.Figures`.
    """

    exercise: str
    title: str
    points: float
    checks: tuple[CheckResult, ...]
    attempted: bool = True
    reason: str = ""
    review: str = ""
    fingerprint: str = ""
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        outcomes = {check.outcome for check in self.checks}
        if NOT_JUDGED in outcomes or not outcomes:
            return NOT_JUDGED
        return PASSED if outcomes == {PASSED} else FAILED

    @property
    def score(self) -> float:
        """Points earned, from 0 to `points`."""
        return round(sum(check.earned for check in self.checks), 2)

    @property
    def possible(self) -> float:
        """Points of the checks that ran here: fewer than `points` where hidden checks are absent."""
        return round(sum(check.points for check in self.checks), 2)

    @property
    def flagged(self) -> bool:
        return self.outcome == NOT_JUDGED or bool(self.review)

    def not_judged(self, reason: str) -> Verdict:
        """The same with every check not judged, for one reason."""
        checks = tuple(replace(c, outcome=NOT_JUDGED, earned=0.0, help=reason) for c in self.checks)
        return replace(self, checks=checks, reason=reason)

    def doubted(self, reason: str) -> Verdict:
        """The same with one more sentence why a person should look; "" changes nothing."""
        return replace(self, review=" ".join(filter(None, (self.review, reason))))

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON: every field, with outcome and score beside them."""
        derived = {"outcome": self.outcome, "score": self.score, "flagged": self.flagged}
        return {**asdict(self), **derived}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Verdict:
        """The verdict that `as_data` gave these data. Raises KeyError or TypeError for others."""
        checks = [
            CheckResult(
                **{
                    **check,
                    "rows": tuple(Row(**row) for row in check["rows"]),
                    "hints": tuple(check.get("hints", ())),  # verdicts kept from before have none
                }
            )
            for check in data["checks"]
        ]
        names = ("exercise", "title", "points", "attempted", "reason", "review", "fingerprint")
        figures = dict(data.get("figures", {}))  # verdicts in autograded/ from before have none
        return cls(checks=tuple(checks), figures=figures, **{name: data[name] for name in names})
