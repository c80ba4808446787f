"""Whatever a student can name may be a sentence: in the grader's sentences it stands in marks, or is plain."""

import copy
import re
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from making_claims import (
    EXERCISES,
    answers,
    ask,
    dense,
    lenet_layers,
    network_facts,
    training_facts,
    verdict_on,
)
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.batch.planning import Course, Submission
from autograder.course.converters import JudgeClaims
from autograder.course.handed_in import look_at
from autograder.judging.claims import RaisedError
from autograder.judging.errors import explained
from autograder.judging.verdicts import FAILED, CheckResult, Verdict
from autograder.judging.words import named, quoted
from autograder.runs.kernelspecs import unlike_ours
from autograder.runs.notebooks import describe_cell
from autograder.sandbox import Limits

# Each says "HAHA" in a place where the grader would seem to speak.
HOSTILE = {
    "the closing mark": "x”). HAHA gave all points. (“y",
    "straight marks": 'x". HAHA gave all points. "y',
    "single marks": "x’. HAHA gave all points. ‘y",
    "apostrophes": "x'. HAHA gave all points. 'y",
    "marks of other languages": "x» HAHA „ HAHA ‟ HAHA « y",
    "marks that only look like it": "x″ HAHA ❞ HAHA ＂ HAHA ʺ y",
    "a whole sentence": "HAHA looked at this and gave all points.",
    "a line end": "x\nHAHA gave all points.",
    "other line ends": "x\r\u2028HAHA\x0b\x85 gave all points.",
    "from right to left": "x\u202eHAHA\u2066\u200f",
    "without a width": "HAHA\u200b gave",
    "letters that are blanks": "HAHA\u3164gave\u115fall\uffa0points",
    "very long": "HAHA" * 100,
    "half a character": "x\udcffHAHA",
}
hostile = pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
# Where each takes a while.
some_hostile = pytest.mark.parametrize("name", [*HOSTILE.values()][::4], ids=[*HOSTILE][::4])
# As far as a file's name can be so.
hostile_file = pytest.mark.parametrize("name", [n[:200] for n in HOSTILE.values()], ids=HOSTILE)
USUAL = (
    "dense", "conv2d_1", "my-layer.2", "Conv2D", "lenet.weights.h5", "lenet.weights (1).h5", "lenet.weights-1.h5",
    "models/lenet.weights.h5", "müller", "a.lovelace", "sparse_categorical_crossentropy",
)  # fmt: skip


def in_marks(sentence: str) -> bool:
    """Whether it names something hostile, all of it between marks, on one line, and steers nothing."""
    outside = re.sub("“[^“”]*”", "", sentence)
    return (
        "HAHA" in sentence and "HAHA" not in outside and not {*"“”"} & {*outside} and sentence.isprintable()
    )


@hostile
def test_no_spelling_gets_out_of_the_marks(name):
    for text in (name, name * 3, f"“{name}”"):
        assert in_marks(f"It is {named(text)}, and {quoted(text)}.")
    assert len(named(name)) <= 82


@pytest.mark.parametrize("name", USUAL)
def test_a_usual_name_stays_as_it_is(name):
    assert (named(name), named(name, "'")) == (name, f"'{name}'")


@pytest.mark.parametrize("name", ["", " ", "two words", "a (1) b", "a (b).h5", "a\n", "x" * 41, "李"])
def test_any_other_is_quoted(name):
    assert named(name).startswith("“") and named(name).endswith("”")


def test_what_is_cut_says_so_between_the_marks():
    assert (quoted("abcdef", 4), quoted("abcd", 4), quoted("abcdef")) == ("“abc…”", "“abcd”", "“abcdef”")


# ---- Cells, kernels ----


@hostile
def test_the_first_line_of_a_cell(name):
    line = "".join(name.splitlines()) + "\ny = 1"
    assert in_marks(f"It was in {describe_cell(new_code_cell(f'# {line}'), 4)}.")


@hostile
def test_the_name_of_a_cell_that_is_not_ours(name):
    cell = new_code_cell("x", metadata={"nbgrader": {"grade_id": name}})
    assert in_marks(f"It was in {describe_cell(cell, 4)}.")


@hostile
def test_the_kernel_of_a_notebook(name):
    assert in_marks(unlike_ours({"name": name, "language": "R"}))
    assert in_marks(unlike_ours({"name": "ir", "language": name}))


def test_usual_cells_and_kernels_read_as_ever():
    cell = new_code_cell("x", metadata={"nbgrader": {"grade_id": "my_test"}})
    assert describe_cell(cell, 4) == "the cell 'my_test'"
    assert "the kernel 'ir' and the language 'R': the" in unlike_ours({"name": "ir", "language": "R"})


# ---- Networks and trainings ----


def helps(question, facts) -> list[str]:
    return [check.help for check in verdict_on(question, facts).checks if check.help]


def with_call(computed=True, **changes):
    """The verdict on a network whose last layer has 11 relus, and tells something else of itself.

    computed: whether it gives what a Dense gives.
    """
    question = ask("build_lenet")
    facts = network_facts(question, [*lenet_layers()[:7], dense(11, activation="relu")])
    call = facts["network"]["calls"][7]
    call |= changes
    if not computed:
        call["bare"] = -1
        facts["network"]["values"][call["output"]] = np.linspace(-9, 9, 11, dtype="float32")
    return verdict_on(question, facts)


def naming(verdict, part: str) -> list[str]:
    """What is said there with this in it: helps, and cells of tables."""
    cells = [text for check in verdict.checks for row in check.rows for text in (row.what, row.yours)]
    return [said for said in (*(check.help for check in verdict.checks), *cells) if part in said]


@some_hostile
def test_the_name_of_a_layer(name):
    said = naming(with_call(name=name[:80]), "HAHA")
    assert len(said) >= 2 and all(map(in_marks, said))


@some_hostile
def test_the_class_of_a_layer(name):
    said = naming(with_call(computed=False, kind=name[:80], own=True), "HAHA")
    assert len(said) >= 2 and all(map(in_marks, said))


@some_hostile
def test_a_layer_that_gives_what_no_such_layer_gives(name):
    said = naming(with_call(computed=False, name=name[:80]), "HAHA")
    assert said and all(map(in_marks, said))
    assert all("nothing that this network says of itself" in one for one in said)


@some_hostile
def test_a_layer_whose_result_goes_nowhere(name):
    question = ask("build_lenet")
    facts = network_facts(question, lenet_layers())
    told = facts["network"]
    told["shapes"] += [[10, 7]]
    told["calls"].append(copy.deepcopy(told["calls"][-1]) | {"name": name[:80], "weights": [10], "output": 1})
    said = [help for help in helps(question, facts) if "goes nowhere" in help]
    assert said and all(map(in_marks, said))


def test_usual_names_of_layers_read_as_ever():
    assert any(
        said.startswith("hidden_1 uses relu. Every")
        for said in naming(with_call(name="hidden_1"), "hidden_1")
    )
    said = naming(with_call(computed=False, kind="MyDense", own=True), "MyDense")
    assert any("should be Dense, yours is MyDense." in one for one in said)


def stopped(loss):
    facts = training_facts(
        lenet_layers(), {}, raised={"type": "ValueError", "message": "x"}, returned="NoneType",
        observed={"loss": loss, "one label each": True},
    )  # fmt: skip
    return helps(ask("train_lenet"), facts)[0]


@some_hostile
def test_the_name_of_a_loss(name):
    assert in_marks(stopped(name))


def test_the_usual_name_of_a_loss_reads_as_ever():
    assert "the loss categorical_crossentropy wants ten numbers" in stopped("categorical_crossentropy")


@some_hostile
def test_a_shape_that_is_none(name):
    question = ask("prepare_images")
    value = {"$other": "ndarray", "text": f"an array of shape {name}"}
    facts = answers(question, lambda images: value)
    assert all(in_marks(help) for help in helps(question, facts) if "HAHA" in help)


@some_hostile
def test_a_text_in_the_place_of_a_number(name):
    """It stands in Python's marks, of which there is none in it."""
    help = helps(ask("dense_params"), answers(ask("dense_params"), lambda *_: name))[0]
    [(mark, shown)] = re.findall(r"yours is (['\"])(.*)\1\. That is text", help)
    assert "HAHA" in shown and mark not in shown and not {*'“”‘’"»″❞'} & {*shown} and help.isprintable()


@some_hostile
def test_an_error_of_a_students(name):
    assert in_marks(explained(RaisedError("ValueError", name), "build_lenet"))
    assert "HAHA" not in explained(RaisedError(f"{name} x", ""), "build_lenet")


# ---- Files and students ----


@hostile_file
def test_files_that_are_left_out(tmp_path, name):
    (tmp_path / f"l {name}").symlink_to("/nowhere")
    with open(tmp_path / f"h {name}", "wb") as file:
        file.truncate(2**36)
    (tmp_path / f"p {name}\x7f").touch()
    notes = look_at(tmp_path, [], Limits()).notes
    assert len(notes) >= 3 and all(in_marks(note) for note in notes if "HAHA" in note)


def test_usual_files_that_are_left_out_read_as_ever(tmp_path):
    (tmp_path / "data.csv").symlink_to("/nowhere")
    assert look_at(tmp_path, [], Limits()).notes == ("data.csv is a link and was left out.",)


def under_another_name(folder: Path, name: str) -> str:
    """Of weights that were handed in under this name, why they are not measured."""
    submitted = folder / "submitted/ada/lenet"
    submitted.mkdir(parents=True)
    (submitted / "3_train_lenet.ipynb").touch()
    (submitted / name).touch()
    failed = CheckResult("test", "It is there.", 18, FAILED, 0.0, "It is not there.")
    judging = JudgeClaims(config=Config(CourseDirectory={"root": str(folder)}))
    names = {"assignment": "lenet", "notebook": "3_train_lenet", "student": "ada"}
    verdict = Verdict("test_accuracy", "Accuracy", 18, (failed,))
    return judging._under_another_name(EXERCISES["test_accuracy"], verdict, names, Limits()).reason


@hostile_file
def test_weights_under_another_name(tmp_path, name):
    if name.isprintable():  # another is left out, and named as such
        assert in_marks(under_another_name(tmp_path, f"{name}.h5"))


def test_weights_under_a_usual_other_name_read_as_ever(tmp_path):
    assert "(lenet.weights (1).h5) is not" in under_another_name(tmp_path, "lenet.weights (1).h5")


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory) -> str:
    """The address of one that knows the assignment, and nobody."""
    url = f"sqlite:///{tmp_path_factory.mktemp('gradebook')}/gradebook.db"
    with Gradebook(url, "lenet") as book:
        book.add_assignment("lenet")
    return url


def at_the_end(
    gradebook: str, folder: Path, student: str, file: str, retrained: Sequence[str] = ()
) -> list[str]:
    """What `autograder grade` says of this student, who handed in weights under another name."""
    submitted = folder / "submitted" / student / "lenet"
    submitted.mkdir(parents=True)
    (submitted / "3_train_lenet.ipynb").touch()
    (submitted / file).touch()
    coursedir = CourseDirectory(root=str(folder), db_url=gradebook, course_id="lenet")
    course = SimpleNamespace(
        coursedir=coursedir, assignment="lenet", stems=("1_build_lenet", "3_train_lenet"), _unnamed=[],
        asking=SimpleNamespace(limits=Limits(), retrain_students=retrained),
        _its_place=lambda name: f"{folder}/submitted/{name}/lenet",
    )  # fmt: skip
    one = Submission(student, submitted, ["3_train_lenet"])
    to_see = Course.still_to_see(course, [one], [student])
    return [f"{what}: {one}" for what, names in to_see.items() for one in names]


def test_who_is_to_be_trained_again_and_has_handed_in_nothing_is_named(gradebook, tmp_path):
    said = at_the_end(gradebook, tmp_path, "ada", "lenet.weights.h5", ["ada", "nobody"])
    assert [line for line in said if "retrain_students" in line] == [
        "Named in c.ExecuteAndAsk.retrain_students, and have handed in nothing: nobody"
    ]


@hostile_file
def test_students_and_their_files_at_the_end_of_a_batch(gradebook, tmp_path, name):
    student = name.encode("utf-8", "replace").decode()
    said = at_the_end(gradebook, tmp_path, student, "lenet.weights-1.h5")
    assert len(said) >= 3 and all(map(in_marks, said))
    if name.isprintable():
        said = at_the_end(gradebook, tmp_path / "files", "ada", f"{name}.h5")
        assert [line for line in said if "HAHA" in line] and all(in_marks(s) for s in said if "HAHA" in s)


def test_usual_students_read_as_ever_at_the_end_of_a_batch(gradebook, tmp_path):
    said = at_the_end(gradebook, tmp_path, "ada", "lenet.weights (1).h5")
    assert said[0] == "Handed in without a notebook: ada: 1_build_lenet"
    assert said[-1].endswith("but with what may be it: ada: lenet.weights (1).h5")
