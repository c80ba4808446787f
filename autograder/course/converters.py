"""TRUSTED: where nbgrader meets the grader. An exporter and preprocessors for nbgrader_config.py.

    read (SubmissionExporter) → put back on the release (RebuildNotebook) → nbgrader's own →
    run and ask (ExecuteAndAsk) → judge (JudgeClaims) → show (ShowVerdicts) → nbgrader's own
    SaveAutoGrades → flag what a person must see (FlagForReview) → clean what students printed;
    and after the last submission: tell whose networks are alike (resolving.py)

The exporter itself puts ShowVerdicts and FlagForReview around SaveAutoGrades: whatever else is left
out or switched off, no graded cell of ours reaches the gradebook without a verdict of ours.

Notebooks of assignments that have no folder in autograder/assignments pass through all of these
unchanged: they are graded as stock nbgrader grades them.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, BaseConverter
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat.common import SchemaMismatchError
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    NbGraderPreprocessor,
    SaveAutoGrades,
)
from traitlets import Bool, Float, List, TraitError, Unicode, default
from traitlets.utils.importstring import import_item

from autograder.assignments import ASSIGNMENTS
from autograder.cleaning.outputs import CleanOutputs
from autograder.copies.likeness import Fingerprint, public_match
from autograder.course.canary import canary_of
from autograder.course.configuration import impossible_value
from autograder.course.consistency import refuse_misfits
from autograder.course.folders import (
    course_key,
    course_state,
    private_places,
    read_release,
    release_notebook,
    shadowing_files,
    submitted_digest,
)
from autograder.course.handed_in import few
from autograder.course.intake import (
    PATTERNS,
    CarefulAutograde,
    is_pattern,
    limits_of,
    missing_notebooks,
    not_handed_in,
    take_over,
    taken_in,
    unreadable_time,
)
from autograder.course.own_course import CourseError, Stopped
from autograder.course.plain import NOT_RUN, PlainExecute, head_of, mark_not_run
from autograder.course.remedies import remedy
from autograder.course.resolving import entered, open_register, resolve
from autograder.course.settings import settings_key
from autograder.fashion_mnist import FashionMnistError
from autograder.judging.exercises import Exercise
from autograder.judging.judge import NoClaim
from autograder.judging.verdicts import FAILED, NOT_JUDGED, Verdict
from autograder.judging.words import named
from autograder.report import few_names
from autograder.runs.execution import Execution, Job, content_seed, execute
from autograder.runs.judged import shortfall, verdicts_of
from autograder.runs.notebooks import (
    UnreadableNotebook,
    grade_id,
    has_points,
    own_cells,
    read_notebook,
    rebuild,
    unseen_answers,
)
from autograder.runs.printed import printed_accuracy, printed_epochs
from autograder.runs.showing import OUR_IDS, VERDICTS, show_verdicts
from autograder.runs.store import Store, execution_key, judging_key
from autograder.sandbox import Limits, available, sharing
from autograder.sandbox.prefork import begun

EVERYBODY = "*"  # what nbgrader has for --student where nobody said it

# Keys in nbconvert's resources, which the preprocessors of one notebook share.
_UNREADABLE, _RESULT = "autograder_unreadable", "autograder_execution"


@functools.cache
def _sandbox_found() -> tuple[bool, str]:
    """Whether there is a sandbox here, and in which words not. Tried out where nothing runs in one."""
    return (True, "") if begun(Limits()) else available()


def exercises_of(resources: Any) -> dict[str, Exercise]:
    """The exercises of the notebook at hand by id; empty for one that is not ours."""
    names = resources.get("nbgrader", {})
    assignment = ASSIGNMENTS.get(names.get("assignment"))
    return assignment.notebook(names.get("notebook")) if assignment else {}


def read_submitted(path: Path) -> tuple[NotebookNode, str]:
    """The notebook in a submitted file; or an empty one, and why it cannot be read."""
    try:
        return read_notebook(path), ""
    except UnreadableNotebook as error:
        return new_notebook(), str(error)


class _ResolvingAutograde(CarefulAutograde):
    """nbgrader's Autograde when it runs by itself: what its batch brought to light is told at the end."""

    def convert_notebooks(self) -> None:
        failure = None
        try:
            super().convert_notebooks()
        except NbGraderException as error:  # of some submissions
            failure = error
        try:
            for sentence in resolve(self.coursedir, self.coursedir.assignment_id, self.log):
                self.log.warning("%s", sentence)
        except Exception as error:
            sentence = str(error) if isinstance(error, CourseError) else remedy(error)
            if not sentence:
                raise
            self.log.error("%s", sentence)
            raise Stopped(sentence) from error
        if failure:
            raise failure


class SubmissionExporter(NotebookExporter):
    """Reads what students hand in: a file that is no notebook becomes an empty one with a note."""

    parent: Any  # of nbgrader's converters the one that made it, None where nbconvert did

    @default("optimistic_validation")
    def _validate_once(self) -> bool:
        return True  # behind all preprocessors, not behind each

    def __init__(self, **options: Any):
        super().__init__(**options)
        by_itself = type(self.parent) is Autograde  # and not in a batch of autograder grade
        if by_itself:
            with _refusing(self.parent):
                assignment, student = self.parent.coursedir.assignment_id, self.parent.coursedir.student_id
                if is_pattern(student) and student != EVERYBODY:
                    raise CourseError(
                        f"--student {named(student)} is refused, for {PATTERNS}: name one student."
                    )
                refuse_misfits(self.parent.coursedir, assignment, released=True)
                refuse_lists(self.parent)
                asking = ExecuteAndAsk(parent=self.parent)
                if asking.enabled and (why_not := asking.refusal()):
                    raise CourseError(why_not)
                if assignment in ASSIGNMENTS:
                    entered(self.parent.coursedir, assignment)  # or its register is damaged
                    self._prove(assignment, asking)
        if self.parent is not None:
            take_over(self.parent)
        if by_itself and assignment in ASSIGNMENTS:
            self.parent.__class__ = _ResolvingAutograde

    def _prove(self, assignment: str, asking: ExecuteAndAsk) -> None:
        """Let the canary get its points here, once for all submissions. Raises `CourseError`."""
        if not asking.enabled:
            return  # nothing will be executed
        asking.open_store()
        with canary_of(assignment, self.parent.coursedir, asking) as canary:
            if not canary.remembered:
                for job in canary.jobs.values():
                    asking.prove(job)
                canary.remember()

    def register_preprocessor(self, preprocessor: Any, enabled: bool = False) -> Any:
        """Called by nbgrader for each of its lists' classes, and by nbconvert for what they make."""
        saves = isinstance(preprocessor, SaveAutoGrades)
        if saves:  # methods, because a class could be switched off
            super().register_preprocessor(ShowVerdicts(parent=self).preprocess)
        made = super().register_preprocessor(preprocessor, enabled)
        if saves:
            super().register_preprocessor(FlagForReview(parent=self).preprocess)
        return made

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[Any, dict[str, Any]]:  # Any: nbconvert's parent class says a notebook, its children give text
        if not isinstance(self.parent, Autograde):
            return super().from_filename(filename, resources=resources, **options)
        path = Path(filename)
        notebook, why_not = read_submitted(path)
        if why_not:
            self.log.warning("%s cannot be graded as it is: %s", filename, why_not)
        resources = self._init_resources(resources)
        if not exercises_of(resources):
            notebook = self._plain(notebook, why_not, resources)
        resources[_UNREADABLE] = why_not
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        made: tuple[Any, dict[str, Any]] = self.from_notebook_node(notebook, resources=resources, **options)
        return made

    def _plain(self, notebook: NotebookNode, why_not: str, resources: Any) -> NotebookNode:
        """A notebook of asserts; in the place of one that cannot be read the released one, not run."""
        names = resources["nbgrader"]
        if self.parent._sanitizing:  # the submitted file, of which nothing counts that speaks for us
            if why_not:
                notebook = self._released(names, why_not)
            notebook.metadata.pop("autograder", None)
            if why_not:
                notebook.metadata["autograder"] = {"unreadable": why_not}
        elif why := notebook.metadata.get("autograder", {}).get("unreadable"):
            why = f"The submitted file could not be read: {why}."
            for cell in notebook.cells:
                mark_not_run(cell, why)
            notebook.cells.insert(0, head_of([why]))
        return notebook

    def _released(self, names: dict[str, str], why_not: str) -> NotebookNode:
        coursedir = self.parent.coursedir
        if not release_notebook(coursedir, names["assignment"], names["notebook"]).is_file():
            raise UnreadableNotebook(why_not)  # the matter of this student alone
        return read_release(coursedir, names["assignment"], names["notebook"])


class ReleaseExporter(NotebookExporter):
    """Builds releases: of an assignment whose parts do not fit one another, none."""

    parent: Any

    def __init__(self, **options: Any):
        super().__init__(**options)
        if isinstance(self.parent, BaseConverter):
            with _refusing(self.parent):
                coursedir = self.parent.coursedir
                refuse_misfits(coursedir, coursedir.assignment_id, released=False)
                if not getattr(self.parent, "no_database", True):
                    Gradebook(coursedir.db_url, coursedir.course_id).close()  # or one sentence says why not


@contextmanager
def _refusing(converter: BaseConverter) -> Iterator[None]:
    """What a person must mend first ends nbgrader's command with one sentence, before it did anything."""
    try:
        yield
    except Exception as error:
        if isinstance(error, TraitError):
            error = CourseError(impossible_value(error))
        why = str(error) if isinstance(error, (CourseError, FashionMnistError)) else remedy(error)
        if not why:
            raise
        converter.log.error("Nothing was done: %s", why)
        raise NbGraderException(why) from None


def refuse_lists(converter: Autograde) -> None:
    """Raise `CourseError` where the configuration would leave out what decides the points.

    Raises `TraitError` for a plugin for late penalties that cannot be had.
    """
    if not issubclass(converter.exporter_class, SubmissionExporter):
        raise CourseError(_NO_EXPORTER)
    lists = (
        ("sanitize_preprocessors", [RebuildNotebook]),
        ("autograde_preprocessors", [ExecuteAndAsk, JudgeClaims, SaveAutoGrades, CleanOutputs]),
    )
    for listed in converter.autograde_preprocessors:
        cls = import_item(listed) if isinstance(listed, str) else listed
        if isinstance(cls, type) and issubclass(cls, AssignLatePenalties):
            cls(parent=converter)  # or a plugin that cannot be had fails every submission
    for name, needed in lists:
        listed = [import_item(p) if isinstance(p, str) else p for p in getattr(converter, name)]
        classes = [p if isinstance(p, type) else type(p) for p in listed]
        places = []
        for one in needed:
            place = [n for n, c in enumerate(classes) if isinstance(c, type) and issubclass(c, one)]
            # nbgrader's --no-execute switches the one that runs off, and then nothing is judged.
            if len(place) != 1 or not (one is ExecuteAndAsk or _enabled(listed[place[0]], converter)):
                raise CourseError(
                    f"c.Autograde.{name} in nbgrader_config.py must have {one.__name__} once, switched on: "
                    "call switch_on(c, __file__) there, as autograder/course/lists.py says."
                )
            places += place
        if places != sorted(places):
            names = ", ".join(one.__name__ for one in needed)
            raise CourseError(f"c.Autograde.{name} in nbgrader_config.py must keep this order: {names}.")


def _enabled(listed: Any, converter: Autograde) -> bool:
    """Whether a preprocessor, which a list has as a class or ready made, is switched on."""
    return bool((listed(parent=converter) if isinstance(listed, type) else listed).enabled)


def require_exporter(preprocessor: NbGraderPreprocessor, resources: Any) -> None:
    """End the command where our exporter did not read this notebook: it sees to it that nbgrader, which
    gives full marks to every cell that does not raise, finds a verdict in each of ours."""
    if _UNREADABLE not in resources:
        preprocessor.log.error("Nothing was graded: %s", _NO_EXPORTER)
        raise SystemExit(1)


_NO_EXPORTER = (
    "c.Autograde.exporter_class in nbgrader_config.py must be SubmissionExporter: call switch_on(c, __file__) "
    "there, as autograder/course/lists.py says."
)


class RebuildNotebook(NbGraderPreprocessor):
    """Puts the submitted notebook back on the frame of the released one.

    Of a notebook without exercises only the tags go, and ids that are ours: one tag tells Jupyter to
    skip a cell, and nbgrader takes a test that was skipped for one that passed.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        names = resources["nbgrader"]
        if exercises_of(resources):
            require_exporter(self, resources)
        coursedir = CourseDirectory(parent=self)
        submitted = Path(
            coursedir.format_path(coursedir.submitted_directory, names["student"], names["assignment"])
        )
        taken = taken_in(coursedir, names["assignment"], names["student"], limits_of(self.config))
        if not exercises_of(resources):
            for number, cell in enumerate(nb.cells):
                cell.metadata.pop("tags", None)
                if str(cell.get("id", "")).startswith(OUR_IDS):  # what our own words go by
                    cell.id = f"own-{number}"
            if taken.notes:
                nb.metadata.setdefault("autograder", {})["notes"] = list(taken.notes)
            return nb, resources
        frame = read_release(coursedir, names["assignment"], names["notebook"])
        unreadable = resources.get(_UNREADABLE, "")
        rebuilt, notes = rebuild(frame, nb)
        if unreadable:
            notes = [f"The submitted file could not be read: {unreadable}. Nothing in it was run."]
        notes += taken.notes
        no_time = unreadable_time(submitted / "timestamp.txt")
        notes += [f"timestamp.txt: {no_time}"] if no_time else []
        notes += few(
            [
                f"{named(name)} has the name of a Python module: the module was used, not this file. "
                "Rename it."
                for name in shadowing_files(coursedir, names["assignment"], names["student"])
            ]
        )
        assignment, exercises = ASSIGNMENTS[names["assignment"]], exercises_of(resources)
        measured = [id for id, exercise in exercises.items() if exercise.probe == "weights"]
        rebuilt.metadata["autograder"] = {
            "notes": notes,
            "unreadable": unreadable,
            "unseen": unseen_answers(frame, nb),
            "own": own_cells(frame, rebuilt),
            "epochs": printed_epochs(nb, assignment.not_executed),
            "printed": printed_accuracy(nb, assignment.not_executed, exercises, measured),
            "submitted": submitted_digest(submitted, names["notebook"], taken.links),
            "settings": settings_key(
                self.parent.parent, release_notebook(coursedir, names["assignment"], names["notebook"])
            ),
        }
        for note in notes:
            self.log.warning("%s: %s", named(names["student"]), note)
        return rebuilt, resources


class ExecuteAndAsk(PlainExecute):
    """nbgrader's Execute in a sandbox, with questions in the place of graded cells."""

    unsandboxed_grading_is_accepted = Bool(
        False,
        help="True says: where there is no sandbox, run the code of students with all my rights.",
    ).tag(config=True)
    store = Unicode(
        "", help="Where executed notebooks are kept: a folder, or any address that fsspec knows."
    ).tag(config=True)
    fresh = Bool(False, help="Execute again what the store has.").tag(config=True)
    retrain_share = Float(
        0.0,
        min=0.0,
        max=1.0,
        help="Share of submissions, drawn by their content, whose network is trained again.",
    ).tag(config=True)
    retrain_students = List(Unicode(), help="Students whose network is always trained again.").tag(
        config=True
    )
    retrain_timeout_s = Float(600.0, help="Seconds that training again may take on this machine.").tag(
        config=True
    )

    def preprocess(self, nb: NotebookNode, resources: Any, km: Any = None) -> tuple[Any, Any]:
        exercises = exercises_of(resources)
        why_not = self.refusal()
        if why_not:
            # Not an Exception: nbgrader would go on to fail every submission in the same way.
            self.log.error("Nothing was graded: %s", why_not)
            raise SystemExit(1)
        if not exercises:
            return super().preprocess(nb, resources, km)
        require_exporter(self, resources)
        job = self.job(nb, resources["nbgrader"], resources["metadata"]["path"])
        record = nb.metadata["autograder"]
        if record["unreadable"]:
            reason = f"The submitted file could not be read: {record['unreadable']}."
            execution = Execution(nb, {name: NoClaim(reason) for name in exercises})
            record["execution"] = "unreadable"
        else:
            key = execution_key(job, self.sandboxed)
            execution = self.kept_or_executed(job, key)
            record["execution"] = key if execution.worth_keeping else ""
            record["took"] = {
                "seconds": execution.seconds,
                "most_seconds": job.limits.notebook_timeout_s,
                "memory_mib": execution.memory_mib,
                "most_memory_mib": job.limits.memory_mib,
            }
            _put_on(execution.notebook, nb)
        if not self.sandboxed:
            record["notes"].append("Graded without a sandbox, as the instructor's configuration accepts.")
        left_out = self.left_out(job.folder)
        record["notes"] += left_out
        for note in [*left_out, *execution.notes]:
            self.log.warning("%s: %s", named(resources["nbgrader"]["student"]), note)
        kept = self.kept_verdicts(record["execution"], resources["nbgrader"]["notebook"])
        resources[_RESULT] = (job, execution, kept)
        return execution.notebook, resources

    @property
    def sandboxed(self) -> bool:
        return _sandbox_found()[0]

    def refusal(self) -> str:
        """Why nothing may be executed here, or ""."""
        found, why_not = _sandbox_found()
        if found:
            private = [*private_places(CourseDirectory(parent=self)), *self._own_store()]
            return sharing.refusal(self.surroundings, private)
        return "" if self.unsandboxed_grading_is_accepted else why_not

    def _own_store(self) -> list[Path]:
        """The store, where it is a folder of this machine that the configuration names."""
        return [Path(self.store)] if self.store and "://" not in self.store else []

    def job(self, rebuilt: NotebookNode, names: dict[str, str], folder: str) -> Job:
        """What there is to execute; names: the assignment, notebook and student it belongs to."""
        self.refuse_release(rebuilt.metadata.get("kernelspec"))
        assignment = ASSIGNMENTS[names["assignment"]]
        exercises = assignment.notebook(names["notebook"])
        seed = content_seed(course_key(CourseDirectory(parent=self)), rebuilt, folder)
        trains = any(exercise.probe == "weights" for exercise in exercises.values())
        retrained = trains and self._retrained(names["student"], seed)
        return Job(
            rebuilt,
            exercises,
            assignment.not_executed,
            folder,
            seed,
            self.limits,
            self.retrain_timeout_s if retrained else 0.0,
            self.surroundings,
        )

    def open_store(self) -> Store:
        """The store that the configuration names. Raises `CourseError` where it cannot be used here."""
        address = self.store or str(course_state(CourseDirectory(parent=self)) / "store")
        try:
            return Store(address)
        except (ImportError, ValueError) as error:
            raise CourseError(
                f"c.ExecuteAndAsk.store is {address!r}, which cannot be used here ({error}): mend it in "
                "nbgrader_config.py, or install what it needs."
            ) from None

    def kept_or_executed(self, job: Job, key: str) -> Execution:
        """From the store, or executed here and stored. `autograder grade` puts its own here."""
        store = self.open_store()
        execution = None if self.fresh else store.get(key)
        if execution is None:
            execution = execute(job, self.sandboxed, log=self.log)
            if execution.set_up_failed:
                execution = self.its_own_doing(job, execution)
            store.put(key, execution)
        else:
            self.log.info("Taken from the store: %s", key)
        return execution

    def prove(self, job: Job) -> None:
        """Execute a notebook of the canary. Raises `CourseError` where it lacks a point."""
        execution = execute(job, self.sandboxed, log=self.log)
        lacking = shortfall(verdicts_of(job, execution), execution.set_up_failed)
        if lacking:
            raise CourseError(lacking)

    def its_own_doing(self, job: Job, execution: Execution) -> Execution:
        """An execution whose set-up failed, where the canary's does not: so that is to be kept."""
        assignment = next(a.name for a in ASSIGNMENTS.values() if a.notebook(job.stem) == job.exercises)
        try:
            with canary_of(assignment, CourseDirectory(parent=self), self) as canary:
                self.prove(canary.jobs[job.stem])
        except CourseError as error:
            self.log.error("Nothing more was graded: %s", error)
            raise SystemExit(1) from None
        return replace(execution, set_up_failed="")

    def kept_verdicts(self, key: str, notebook: str) -> dict[str, Verdict] | None:
        """Verdicts that were made before; `autograder grade` makes them ahead."""
        return None

    def _retrained(self, student: str, seed: bytes) -> bool:
        drawn = int.from_bytes(hashlib.blake2b(b"retrain", key=seed, digest_size=8).digest()) / 2**64
        return student in self.retrain_students or drawn < self.retrain_share


def _put_on(executed: NotebookNode, current: NotebookNode) -> None:
    """Give a notebook from the store what is no part of its key: points, checksums, notes."""
    executed.metadata["autograder"] = current.metadata["autograder"]
    for cell, now in zip(executed.cells, current.cells, strict=True):
        if "nbgrader" in now.metadata:
            cell.metadata["nbgrader"] = now.metadata["nbgrader"]


class JudgeClaims(NbGraderPreprocessor):
    """Claims become verdicts."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        if _RESULT not in resources:
            return nb, resources
        job, execution, kept = resources.pop(_RESULT)
        verdicts = kept or verdicts_of(job, execution)
        record = nb.metadata.setdefault("autograder", {})
        for exercise in job.exercises.values():
            if exercise.probe == "weights":
                names = resources["nbgrader"]
                verdict = self._under_another_name(exercise, verdicts[exercise.id], names, job.limits)
                verdicts[exercise.id] = self._entered(
                    exercise, verdict, record["execution"], names["student"]
                )
        record["notes"] = [*record.get("notes", ()), *execution.notes]
        record["judging"] = judging_key(resources["nbgrader"]["notebook"])
        resources[VERDICTS] = verdicts
        return nb, resources

    def _under_another_name(
        self, exercise: Exercise, verdict: Verdict, names: dict[str, str], limits: Limits
    ) -> Verdict:
        """The verdict; not judged where no weights were handed in but a file that may be them.

        It is not measured: its name is what the student's own code saves and loads.
        """
        if not verdict.attempted or verdict.outcome != FAILED or verdict.score > 0:
            return verdict
        asked, student = exercise.ask["file"], names["student"]
        lacking = not_handed_in(CourseDirectory(parent=self), names["assignment"], student, limits)
        if not lacking.get(asked):
            return verdict
        found = few_names([named(file) for file in lacking[asked]])
        self.log.warning("%s: %s was not handed in, but what may be it: %s", named(student), asked, found)
        return verdict.not_judged(
            f"There is no {asked} beside the notebook, and what else was handed in ({found}) is not measured "
            f"on a guess: give your weights the name {asked}, put them beside the notebooks and hand "
            "everything in again."
        )

    def _entered(self, exercise: Exercise, verdict: Verdict, executed: str, student: str) -> Verdict:
        """The verdict without its fingerprint, which is in the register now.

        Weights that anybody can have are nobody's: they are not entered, and earn nothing by themselves. Where a
        common start explains as well that they are like those, they may be the student's own: a person decides.
        """
        fingerprint = None
        if verdict.fingerprint:
            fingerprint = Fingerprint.from_bytes(base64.b64decode(verdict.fingerprint))
            verdict = replace(verdict, fingerprint="")
        public, explanation = public_match(fingerprint) if fingerprint else ("", "")
        if explanation:
            if verdict.score:  # what earned nothing costs nobody anything, whosever it is
                verdict = verdict.doubted(
                    f"This network is like {public}, which anybody can have. {explanation}"
                )
        elif public:
            fingerprint = None
            told = (
                f"These are {public}, which anybody can have, so they do not show that this network was "
                "trained here."
            )
            if verdict.score:
                verdict = verdict.not_judged(told)
            elif verdict.outcome == NOT_JUDGED:  # its own reason stays
                verdict = verdict.doubted(told)
        with open_register(CourseDirectory(parent=self), exercise) as register:
            register.enter(student, executed, fingerprint)
        return verdict


class CheckOtherMetadata(CheckCellMetadata):
    """nbgrader's check of its metadata, where it may say something.

    A notebook with exercises has the metadata of its release; to check every cell's again takes
    longer than to judge it. nbgrader ends the batch for every other student where one has written
    another version of that metadata into a cell; here it costs that submission alone.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        if exercises_of(resources):
            return nb, resources
        try:
            checked: tuple[NotebookNode, Any] = super().preprocess(nb, resources)
            return checked
        except SchemaMismatchError as error:
            names = resources["nbgrader"]
            who = f"{named(names['student'])}/{names['notebook']}.ipynb"
            self.log.error("Not graded: %s: %s. Run nbgrader update on a copy of it.", who, error)
            raise NbGraderException(f"{who}: {error}") from None


class ShowVerdicts(NbGraderPreprocessor):
    """Right before SaveAutoGrades: a verdict on every graded cell, "not judged" where there is none."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        if resources["nbgrader"]["assignment"] in ASSIGNMENTS:
            notes = nb.metadata.get("autograder", {}).get("notes", ())
            verdicts = resources.get(VERDICTS, {})
            resources[VERDICTS] = show_verdicts(nb, exercises_of(resources), verdicts, notes)
        return nb, resources


class FlagForReview(NbGraderPreprocessor):
    """After SaveAutoGrades: what could not be judged waits for a person in formgrader."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        names = resources["nbgrader"]
        verdicts = resources.get(VERDICTS, {})
        flagged = [verdict.exercise for verdict in verdicts.values() if verdict.flagged]
        flagged += resources.get(NOT_RUN, ())
        if nb.metadata.get("autograder", {}).get("unreadable"):  # nobody has seen a written answer either
            flagged += [grade_id(cell) for cell in nb.cells if has_points(cell)]
        flagged += nb.metadata.get("autograder", {}).get("unseen", ())
        lacking = self._renamed(names)
        if flagged or lacking:
            with Gradebook(names["db_url"]) as gradebook:
                for stem in lacking:
                    submitted = gradebook.find_submission_notebook(
                        stem, names["assignment"], names["student"]
                    )
                    for grade in submitted.grades:
                        grade.needs_manual_grade = True
                for exercise in dict.fromkeys(flagged):
                    self.log.warning("%s, %s: a person should look", named(names["student"]), exercise)
                    grade = gradebook.find_grade(
                        exercise, names["notebook"], names["assignment"], names["student"]
                    )
                    grade.needs_manual_grade = True
                gradebook.db.commit()
        return nb, resources

    def _renamed(self, names: dict[str, str]) -> list[str]:
        """The notebooks that this student lacks and that lie there under another name: nobody has seen those.

        Where no name says which one it may be, each of them may.
        """
        coursedir = CourseDirectory(parent=self)
        with Gradebook(names["db_url"]) as gradebook:
            stems = [notebook.name for notebook in gradebook.find_assignment(names["assignment"]).notebooks]
        lacking, strange = missing_notebooks(coursedir, names["assignment"], names["student"], stems)
        if lacking and strange:
            self.log.warning(
                "%s: %s not handed in, but what may be it: %s",
                names["student"], few_names([f"{stem}.ipynb" for stem in lacking]), few_names([named(name) for name in strange]),
            )  # fmt: skip
            return [stem for stem in lacking if any(stem in name for name in strange)] or lacking
        return []
