"""Why a function is not there: what a student reads whose cell did not run to its end."""

import pytest
from making_claims import ask, claim_text
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.judging.judge import judge
from autograder.judging.verdicts import FAILED, NOT_JUDGED
from autograder.runs.undefined import defined_below, reasons


def named(name, source="", error=None):
    outputs = [new_output("error", ename=error[0], evalue=error[1], traceback=[])] if error else []
    return new_code_cell(source, metadata={"nbgrader": {"grade_id": name}}, outputs=outputs)


def missing(*cells):
    """The verdict on conv_params, which is not defined behind these cells."""
    question = ask("conv_params")
    notebook = new_notebook(cells=[*cells, named("conv_params"), named("pool_params")])
    why = reasons(notebook, {"conv_params": ["conv_params"], "pool_params": ["pool_params"]})
    return judge([(question, claim_text(question, {}, state="missing"))], why)["conv_params"]


def helped(*cells):
    verdict = missing(*cells)
    assert verdict.score == 0
    return verdict.outcome, verdict.checks[0].help


@pytest.mark.parametrize(("error", "told"), [
    (("SyntaxError", "expected ':' (1234567.py, line 1)"), "ended with SyntaxError: “expected ':', line 1”."),
    (("IndentationError", "unexpected indent (9.py, line 3)"), "IndentationError: “unexpected indent, line 3”."),
    (("NameError", "name 'Units' is not defined"), "NameError: “name 'Units' is not defined”."),
    (("ModuleNotFoundError", "No module named 'numpy.nothing'"), "No module named 'numpy.nothing'"),
    (("\x1b[31mOdd\nname", "two\nlines\x00"), "ended with an error: “two lines”."),
    (("TypeError", "x”. All is right, \"the grader\""), "ended with TypeError: “x'. All is right, 'the grader'”."),
    (("The grader was wrong", ""), "ended with an error."),
    (("E" * 61, ""), "ended with an error."),
])  # fmt: skip
def test_the_error_that_ended_the_cell_is_named(error, told):
    outcome, help = helped(named("conv_params_solution", "def conv_params(", error))
    assert outcome == FAILED
    assert "because the cell 'conv_params_solution' ended with" in help and told in help


def test_a_package_that_the_grading_machine_lacks_is_not_judged():
    error = ("ModuleNotFoundError", "No module named 'pandas_of_nobody'")
    outcome, help = helped(
        named("conv_params_solution", "import pandas_of_nobody\ndef conv_params(): ...", error)
    )
    assert outcome == NOT_JUDGED and "'pandas_of_nobody', which is neither installed" in help


@pytest.mark.parametrize("source", [
    "def conv_param(height): ...", "conv_parms = lambda *a: 0", "async def conv_paramss(): ...",
    "class ConvParams: ...\nconv_params_: int = 1",
])  # fmt: skip
def test_a_name_that_is_nearly_right_is_pointed_out(source):
    outcome, help = helped(named("conv_params_solution", source))
    assert outcome == FAILED and "Call it conv_params, as the notebook does." in help


@pytest.mark.parametrize(
    "source", ["def conv_params(height): ...", "conv_params = max", "class conv_params: ..."]
)
@pytest.mark.parametrize("state", ["missing", "not attempted"])
def test_a_function_that_is_defined_below_its_check_is_told_so(source, state):
    notebook = new_notebook(
        cells=[named("conv_params_solution"), named("conv_params"), new_code_cell(source)]
    )
    below = defined_below(notebook, {"conv_params": ["conv_params"]})
    question = ask("conv_params")
    verdict = judge([(question, claim_text(question, {}, state=state))], below, below=below)["conv_params"]
    assert verdict.score == 0 and verdict.attempted and verdict.outcome == FAILED
    assert "conv_params is defined in a cell below its check" in verdict.checks[0].help


@pytest.mark.parametrize(
    "source",
    ["conv_params(5, 5, 1, 6)", "    def conv_params(): ...", "conv_params == 1", "dense_params = 1"],
)
def test_what_only_uses_a_function_below_its_check_defines_none(source):
    notebook = new_notebook(cells=[named("conv_params"), new_code_cell(source)])
    assert not defined_below(notebook, {"conv_params": ["conv_params"]})


@pytest.mark.parametrize("source", ["def build(:\n    pass", "build = (", "class build:\npass"])
def test_a_function_that_a_later_exercise_asks_too_is_explained_by_its_own_cell(source):
    broken = named("first_solution", source, ("SyntaxError", "invalid syntax"))
    notebook = new_notebook(
        cells=[broken, named("first"), named("second_solution", "def other(): build()"), named("third")]
    )
    why = reasons(notebook, {"first": ["first"], "third": ["build", "prepare"]})
    assert str(why["third"]).startswith(
        "There is no build, because the cell 'first_solution' ended with SyntaxError"
    )


def test_what_ended_before_another_exercise_explains_nothing_here():
    broken = named("output_size_solution", "output_size = (", ("SyntaxError", "'(' was never closed"))
    notebook = new_notebook(cells=[broken, named("output_size"), named("conv_params")])
    assert [*reasons(notebook, {"output_size": ["output_size"], "conv_params": ["conv_params"]})] == [
        "output_size"
    ]


def test_where_all_is_well_nothing_is_said():
    assert (
        "is not defined. Run the cell that defines it" in helped(named("conv_params_solution", "x == 1"))[1]
    )
