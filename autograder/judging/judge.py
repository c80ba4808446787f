"""TRUSTED; pytest and NumPy only, never a student's code. Claims go in, verdicts come out.

The checks are ordinary pytest functions. A small plugin gives each one the facts of the claim as
its fixture and writes down how it ended:

    returned            passed, all its points
    Wrong, Partly       failed, no points or a share of them
    anything else       not judged, no points, and a person looks at it
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from autograder.judging.api import Figures, Partly, Passed, Uncertain, Wrong
from autograder.judging.claims import Claim, ClaimError, RaisedError, read_claim
from autograder.judging.errors import explained
from autograder.judging.exercises import checks_of
from autograder.judging.facts import FIXTURES
from autograder.judging.questions import Question
from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED, CheckResult, Row, Verdict

_SETTINGS = Path(__file__).with_name("pytest.ini")


@dataclass(frozen=True)
class NoClaim:
    """There is no claim to judge: `reason` says why, in one sentence."""

    reason: str


def judge(
    asked: Sequence[tuple[Question, str | NoClaim]],
    undefined: Mapping[str, Exception] | None = None,
    facts: dict[str, Any] | None = None,
    below: Mapping[str, Exception] | None = None,
) -> dict[str, Verdict]:
    """The verdict on every question, by exercise id. One pytest session judges them all.

    asked: of one assignment, each question with the text of the claim that answers it, or why there is none.
    undefined: by exercise id, what to raise where the function is not there; see undefined.py. facts: gets, by
    exercise id, the facts that the checks read, with what the checks left in them. below: as undefined, where
    the function is a stub above its check, and is defined below it.
    Never raises for what a claim holds.
    """
    judging = _Judging(asked, undefined or {}, below or {})
    [assignment] = {question.exercise.assignment for question, _ in asked}
    checks = checks_of(assignment)
    files = {checks / f"test_{question.exercise.notebook}.py" for question, _ in asked}
    if any(question.hidden for question, _ in asked):
        hidden = {checks / "hidden" / file.name for file in files}
        files |= {file for file in hidden if file.exists()}  # where one is lost, points do not add up
    arguments = [str(file) for file in sorted(files, key=lambda f: (f.parent.name, f.name))]
    # checks/ sorts before checks/hidden/: the public checks come first, and hidden ones may wait
    # for them.
    arguments += ["-c", str(_SETTINGS), "--rootdir", str(checks), "--noconftest"]
    # The last two would collect garbage ten times over: seconds, in a process that holds TensorFlow.
    unneeded = "terminal cacheprovider logging warnings junitxml faulthandler"
    for plugin in (*unneeded.split(), "unraisableexception", "threadexception"):
        arguments += ["-p", f"no:{plugin}"]
    with _own_environment():
        exit_code = pytest.main([*arguments, "--capture=no"], plugins=[judging])
    whole = exit_code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    if facts is not None:
        facts |= judging.facts
    return {question.exercise.id: judging.verdict(question, whole) for question, _ in asked}


@contextmanager
def _own_environment() -> Iterator[None]:
    """Environment variables that would change how pytest runs are set aside for a moment."""
    names = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    before = {name: os.environ.pop(name) for name in names if name in os.environ}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(before)


class _Judging:
    """The pytest plugin of one session."""

    def __init__(
        self,
        asked: Sequence[tuple[Question, str | NoClaim]],
        undefined: Mapping[str, Exception],
        below: Mapping[str, Exception],
    ):
        self.undefined = undefined
        self.below = below
        self.questions = {question.exercise.id: question for question, _ in asked}
        self.claims = {question.exercise.id: _read(question, claim) for question, claim in asked}
        self.facts: dict[str, Any] = {}
        self.results: dict[str, list[CheckResult]] = {id: [] for id in self.questions}
        self.measured: dict[str, Figures] = {id: {} for id in self.questions}
        self.raised: BaseException | None = None

    # The hooks, in the order in which pytest calls them.

    def pytest_configure(self, config: pytest.Config) -> None:
        # Other tracebacks quote the arguments of every frame: seconds, for thousands of arrays.
        config.option.tbstyle = "native"

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if self._exercise(item) in self.questions]

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        exercise, after = self._exercise(item), self._marker(item)["after"]
        waits_for = [r for r in self.results[exercise] if r.name == after]
        if after and not (waits_for and waits_for[0].outcome == PASSED):
            claim = self.claims[exercise]
            if isinstance(claim, Claim) and claim.state == "done":
                sentence = waits_for[0].sentence if waits_for else after
                raise Wrong(f"Waits for the check “{sentence}”")

    @pytest.fixture
    def answers(self, request: pytest.FixtureRequest) -> Any:
        return self._facts(request.node, "answers")

    @pytest.fixture
    def model(self, request: pytest.FixtureRequest) -> Any:
        return self._facts(request.node, "model")

    @pytest.fixture
    def training(self, request: pytest.FixtureRequest) -> Any:
        return self._facts(request.node, "training")

    @pytest.fixture
    def weights(self, request: pytest.FixtureRequest) -> Any:
        return self._facts(request.node, "weights")

    @pytest.fixture
    def figures(self, request: pytest.FixtureRequest) -> Figures:
        return self.measured[self._exercise(request.node)]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Function, call: pytest.CallInfo[None]) -> Iterator[Any]:
        if call.when == "setup":
            self.raised = None
        if call.excinfo is not None:
            self.raised = self.raised or call.excinfo.value
        if call.when == "teardown":
            self.results[self._exercise(item)].append(self._result(item, self.raised))
        return (yield)

    # What the hooks need.

    @staticmethod
    def _marker(item: pytest.Item) -> Mapping[str, Any]:
        marker = item.get_closest_marker("check")
        return marker.kwargs if marker else {"exercise": None, "points": 0, "after": None}

    def _exercise(self, item: pytest.Item) -> str:
        exercise: str = self._marker(item)["exercise"]
        return exercise

    def _facts(self, item: pytest.Item, fixture: str) -> Any:
        exercise = self._exercise(item)
        question, claim = self.questions[exercise], self.claims[exercise]
        expected, read = FIXTURES[question.exercise.probe]
        if expected != fixture:
            raise LookupError(f"{item.name} asks for {fixture}, its exercise has {expected}")
        if exercise not in self.facts:
            if not isinstance(claim, Claim):
                raise claim
            names = " and ".join(question.functions)
            if claim.state == "not attempted":
                raise self.below.get(exercise) or Wrong("Not attempted yet.")
            if claim.state == "missing":
                named = claim.facts.get("name")
                missing = named if named in question.functions else names.replace(" and ", " or ")
                raise self.undefined.get(exercise) or Wrong(
                    f"There is nothing to look at: {missing} is not defined. Run the "
                    "cell that defines it; if it is gone, copy it from a fresh notebook."
                )
            if claim.state == "failed":
                assert claim.error is not None, "claims.py refuses others"
                raise Wrong(explained(claim.error, names))
            self.facts[exercise] = read(question, claim)
        return self.facts[exercise]

    def _result(self, item: pytest.Function, raised: BaseException | None) -> CheckResult:
        marker, question = self._marker(item), self.questions[self._exercise(item)]
        points, help = float(marker["points"]), ""
        rows: tuple[Row, ...] = ()
        hints: tuple[str, ...] = ()
        if raised is None or isinstance(raised, Passed):
            outcome, earned = PASSED, points
            if raised is not None:
                help, rows = raised.help, raised.rows
        elif isinstance(raised, Wrong):
            share = min(max(raised.share, 0.0), 1.0) if isinstance(raised, Partly) else 0.0
            outcome, earned = FAILED, points * share
            help, rows = raised.help or question.exercise.hint, raised.rows
            hints = raised.hints
        elif isinstance(raised, ClaimError):
            outcome, earned, help = NOT_JUDGED, 0.0, f"The kernel's claim was refused: {raised}."
        elif isinstance(raised, (Uncertain, _NoClaimError)):
            outcome, earned, help = NOT_JUDGED, 0.0, str(raised)
        else:
            outcome, earned = NOT_JUDGED, 0.0
            help = f"The check itself broke ({RaisedError(type(raised).__name__, str(raised)[:200])})."
        sentence = " ".join((item.function.__doc__ or item.name).split())
        hidden = item.path.parent.name == "hidden"
        return CheckResult(item.name, sentence, points, outcome, earned, help, rows, hidden, hints)

    def verdict(self, question: Question, whole: bool) -> Verdict:
        """The results of one exercise; not judged when the session did not run to its end."""
        exercise, claim = question.exercise, self.claims[question.exercise.id]
        checks = tuple(self.results[exercise.id])
        attempted, reason = True, ""
        untouched = isinstance(claim, Claim) and claim.state == "not attempted"
        if untouched and exercise.id not in self.below:
            attempted, reason = False, "Not attempted yet."
        elif not isinstance(claim, Claim):
            reason = checks[0].help if checks else str(claim)
        if not whole:
            checks, reason = (), "The checks could not be run; see the instructor's log."
        figures = self.measured[exercise.id]
        return Verdict(
            exercise.id, exercise.title, exercise.points, checks, attempted, reason, figures=figures
        )


class _NoClaimError(Exception):
    """Carries the reason of a NoClaim to the checks."""


def _read(question: Question, claim: str | NoClaim) -> Claim | Exception:
    if isinstance(claim, NoClaim):
        return _NoClaimError(claim.reason)
    try:
        read = read_claim(claim)
        if (read.exercise, read.nonce) != (question.exercise.id, question.nonce):
            raise ClaimError("it does not answer the question that was asked")
    except ClaimError as error:
        return error
    return read
