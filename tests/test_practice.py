"""`check` in the student's own Jupyter: the public checks, at once, one hint at a time."""

import sys
import warnings
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import autograder.practice
from autograder import check, progress
from autograder.assignments import ASSIGNMENTS
from autograder.judging.verdicts import PASSED, CheckResult
from autograder.practice import CheckFailed, find_exercise, notebook_namespace
from lenet_solution import parameters

RIGHT = {"dense_params": lambda inputs, units: (inputs + 1) * units}
WITHOUT_BIASES = {"dense_params": lambda inputs, units: inputs * units}


def stub(*_):
    raise NotImplementedError


@pytest.fixture(autouse=True)
def new_kernel():
    """Hints and progress begin anew in every test."""
    autograder.practice._FAILED.clear()
    autograder.practice._ANSWERED.clear()


def test_a_right_answer_passes():
    report = check("dense_params", RIGHT)
    assert report.verdict.outcome == "passed"
    assert "2 of 2 checks passed" in repr(report)
    assert "All right!" in repr(report)


def test_practice_shows_no_points():
    assert "points" not in repr(check("dense_params", WITHOUT_BIASES))


NUDGE, CAUSE, WORKED = "Try this one by hand", "The 120 biases are missing", "For instance 3 inputs"


def test_hints_climb_from_a_nudge_to_the_cause_to_a_worked_line():
    texts = [repr(check("dense_params", WITHOUT_BIASES)) for _ in range(4)]
    assert all("dense_params(256, 120) is not 30,720." in text for text in texts)
    assert [[hint in text for hint in (NUDGE, CAUSE, WORKED)] for text in texts] == [
        [True, False, False], [True, True, False], [True, True, True], [True, True, True],
    ]  # fmt: skip


def test_a_check_that_passed_begins_with_the_nudge_again():
    for function in (WITHOUT_BIASES, WITHOUT_BIASES, RIGHT, WITHOUT_BIASES):
        report = check("dense_params", function)
    assert NUDGE in repr(report) and CAUSE not in repr(report)


def test_the_hints_of_one_exercise_do_not_climb_with_another():
    for exercise in ("conv_params", "count_params"):
        check(exercise, {exercise: lambda *_: 1})
    assert CAUSE not in repr(check("dense_params", WITHOUT_BIASES))


def test_html_says_what_the_text_says():
    check("dense_params", WITHOUT_BIASES)
    report = check("dense_params", WITHOUT_BIASES)
    assert CAUSE in report._repr_html_()
    assert report._repr_html_().startswith("<div")


def test_an_untouched_exercise_is_not_attempted():
    report = check("dense_params", {"dense_params": stub})
    assert "not attempted" in repr(report)
    assert "Replace the line that raises NotImplementedError" in repr(report)


def finished_but_for(name):
    """The functions of notebook 2, one of them untouched."""
    namespace = {n: getattr(parameters, n) for n in ("conv_params", "pool_params", "dense_params")}

    def unfinished(*_):
        raise NotImplementedError

    unfinished.__name__, unfinished.__code__ = name, unfinished.__code__.replace(co_name=name)
    namespace[name] = unfinished
    source = """
def count_params(layers):
    count = {"conv": conv_params, "pool": pool_params, "dense": dense_params}
    return sum(count[kind](*sizes) for kind, *sizes in layers if kind != "flatten")
"""
    exec(source, namespace)
    return namespace


def test_what_builds_on_an_untouched_function_is_attempted_and_names_it():
    report = check("count_params", finished_but_for("pool_params"))
    assert report.verdict.attempted and report.verdict.outcome == PASSED
    assert "pool_params, on which it builds, is not right yet" in repr(report)
    assert not check("pool_params", finished_but_for("pool_params")).verdict.attempted


def test_a_stub_in_one_branch_costs_that_branch_alone():
    def output_size(size, window, stride=1, padding=0):
        if padding:
            raise NotImplementedError
        return (size - window) // stride + 1

    assert check("output_size", {"output_size": output_size}).verdict.score == 4


def test_two_numbers_are_no_function_that_a_share_could_build_on():
    namespace = {
        **{n: getattr(parameters, n) for n in ("conv_params", "pool_params", "dense_params")},
        "count_params": lambda layers: 1 if all(kind == "dense" for kind, *_ in layers) else 2,
        "dense_share": lambda layers: 1.0 if all(kind == "dense" for kind, *_ in layers) else 0.5,
    }
    assert check("dense_share", namespace).verdict.score == 0


def test_a_function_that_exits_is_told_so():
    report = check("build_lenet", {"build_lenet": sys.exit})
    assert "SystemExit" in repr(report) and report.verdict.score == 0


def test_a_function_that_is_not_there_is_named():
    assert "dense_params is not defined" in repr(check("dense_params", {}))


def test_an_error_of_the_students_is_quoted_and_not_raised():
    report = check("dense_params", {"dense_params": lambda *_: 1 / 0})
    assert "raised ZeroDivisionError: “division by zero”" in repr(report)


def test_the_students_lists_are_not_changed_by_a_check():
    seen = []

    def count_params(layers):
        seen.append(len(layers))
        layers.clear()
        return 0

    for _ in range(2):
        report = check("count_params", {"count_params": count_params})
    half = len(seen) // 2
    assert seen[:3] == seen[half : half + 3] == [8, 2, 0]
    assert report.verdict.outcome == "failed"


def test_what_the_student_prints_does_not_disturb_the_report(capsys):
    def dense_params(inputs, units):
        print("at work")
        return (inputs + 1) * units

    assert check("dense_params", {"dense_params": dense_params}).verdict.outcome == "passed"
    assert set(capsys.readouterr().out.splitlines()) == {"at work"}


def test_the_checks_themselves_print_nothing(capsys):
    check("dense_params", WITHOUT_BIASES)
    assert capsys.readouterr() == ("", "")


@pytest.fixture
def strict_notebook():
    """A notebook in which every warning is an error, and NumPy raises for what overflows."""
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        yield
        assert warnings.filters[0][0] == "error" and np.geterr()["under"] == "raise"


def test_a_warning_that_the_notebook_makes_an_error_of_costs_nothing(strict_notebook):
    def dense_params(inputs, units):
        warnings.warn("this way is an old one", DeprecationWarning, stacklevel=1)
        return (inputs + 1) * units

    assert check("dense_params", {"dense_params": dense_params}).verdict.outcome == "passed"


def test_the_judge_does_its_own_sums_where_numpy_raises(strict_notebook):
    def prepare_images(images):
        with np.errstate(all="ignore"):
            return (images * 1e-200)[..., None]  # too small for float32, in which the judge tries it

    verdict = check("prepare_images", {"prepare_images": prepare_images}).verdict
    assert verdict.score == 2 and not verdict.flagged


def test_an_exercise_that_is_nearly_named_is_suggested():
    with pytest.raises(ValueError, match=r"no exercise 'dense_param'. Did you mean 'dense_params'?"):
        check("dense_param")


@pytest.mark.parametrize("missing", ["build_lenet", "prepare_images"])
def test_of_two_functions_the_one_that_is_missing_is_named_and_no_other(missing, tmp_path, monkeypatch):
    pytest.importorskip("keras")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lenet.weights.h5").touch()
    student = {name: stub for name in ("build_lenet", "prepare_images") if name != missing}
    report = repr(check("test_accuracy", student))
    assert f"There is nothing to look at: {missing} is not defined. Run the cell" in report


def test_an_exercise_that_is_not_known_is_told_which_there_are():
    with pytest.raises(ValueError, match=r"There are: output_size, .*test_accuracy"):
        check(42)


def test_every_exercise_is_found_by_its_name():
    for exercise in ASSIGNMENTS["lenet"].exercises:
        assert find_exercise(exercise.id) is exercise


def test_the_notebooks_own_variables_are_looked_at(monkeypatch):
    shell = SimpleNamespace(user_ns=RIGHT)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert check("dense_params").verdict.outcome == "passed"


@pytest.mark.parametrize("ipython", [None, SimpleNamespace(get_ipython=lambda: None)])
def test_outside_jupyter_the_main_script_is_looked_at(monkeypatch, ipython):
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert notebook_namespace() is vars(sys.modules["__main__"])


def test_validate_sees_a_failed_check_as_an_error(monkeypatch):
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    with pytest.raises(CheckFailed, match=r"is not 30,720. Try this one by hand"):
        check("dense_params", WITHOUT_BIASES)
    assert check("dense_params", RIGHT) is None


def test_a_probe_that_says_nothing_is_not_judged(monkeypatch):
    monkeypatch.setattr(autograder.practice, "probe_source", lambda probe: "")
    report = check("dense_params", RIGHT)
    assert report.verdict.outcome == "not judged"
    assert "Nothing came back." in repr(report)


def test_progress_before_any_check_says_that_nothing_was_checked(capsys):
    progress()
    assert capsys.readouterr().out.startswith("Nothing has been checked since this kernel was started")


def test_progress_counts_what_check_said_last_and_names_what_is_next(capsys):
    for function in (WITHOUT_BIASES, RIGHT):
        check("dense_params", function)
    progress()
    assert capsys.readouterr().out == (
        "2_count_parameters: 4 of 35 points so far. Next: conv_params. 5 of 6 not checked yet. "
        "About 45 minutes to go by plan. why_dense (6 points, about 18 minutes) waits for a person.\n"
    )


def test_progress_takes_back_what_is_right_no_more(capsys):
    for function in (RIGHT, WITHOUT_BIASES):
        check("dense_params", function)
    progress()
    assert "2_count_parameters: 0 of 35 points so far" in capsys.readouterr().out


def test_progress_is_of_the_notebook_that_was_checked_last(capsys):
    check("dense_params", RIGHT)
    check("lenet_shapes", {"lenet_shapes": stub})
    progress()
    assert capsys.readouterr().out.startswith("1_build_lenet: 0 of 35 points so far. Next: output_size.")


def test_progress_where_all_is_right_leaves_what_a_person_reads(capsys, monkeypatch):
    whole = check("dense_params", RIGHT).verdict
    for exercise in ASSIGNMENTS["lenet"].notebook("2_count_parameters").values():
        all_right = replace(whole, points=exercise.points, checks=(earned(exercise.points),))
        monkeypatch.setitem(autograder.practice._ANSWERED, exercise.id, all_right)
    progress()
    assert capsys.readouterr().out == (
        "2_count_parameters: 29 of 35 points so far. Every check passes. "
        "why_dense (6 points, about 18 minutes) waits for a person.\n"
    )


def test_progress_does_not_give_the_points_of_checks_that_students_lack(capsys, monkeypatch):
    whole = check("dense_params", RIGHT).verdict
    monkeypatch.setitem(autograder.practice._ANSWERED, "dense_params", replace(whole, checks=(earned(1),)))
    progress()
    assert "1 of 35 points so far, 3 more are decided when your work is graded." in capsys.readouterr().out


def earned(points):
    return CheckResult("test", "It is right.", points, PASSED, points)


LAYERS = """
from keras import Input, Sequential, layers

def build_lenet():
    model = Sequential([Input((28, 28, 1))])
    for filters in (6, 16):
        model.add(layers.Conv2D(filters, 5, activation="sigmoid"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    for units in (120, 84, 10):
        model.add(layers.Dense(units, activation="sigmoid"))
    return model
"""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # TensorFlow's own, while it is imported
def test_a_network_of_keras_is_shown_layer_by_layer():
    student = {}
    exec(LAYERS, student)
    report = check("build_lenet", student)
    assert report.verdict.outcome == "passed"
    assert "Conv2D, 24 × 24 × 6, 156" in repr(report)
    assert "44,426 parameters" in report._repr_html_()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # TensorFlow's own, while it is imported
def test_a_right_network_is_right_in_a_strict_notebook():
    student = {}
    exec(LAYERS, student)
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        assert check("build_lenet", student).verdict.outcome == "passed"
