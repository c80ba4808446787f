"""An ordinary assignment among ours, through the real nbgrader: figures, settings, limits, kernels."""

import base64
import shutil

import nbformat
import pytest
from grading import Course
from nbformat.v4 import new_code_cell, new_notebook
from test_plain_assignment import ANSWER, TEST, cell

from autograder.course.own_course import new_course
from autograder.sandbox import available

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("ordinary"),
    pytest.mark.skipif(not available()[0], reason=available()[1]),
]

LIMITS = "memory_mib=700, output_mib=1, interrupt_grace_s=1"
CONFIG = """
from autograder.sandbox import Limits

c.ExecuteAndAsk.limits = Limits({limits})
c.ExecuteAndAsk.timeout = 8
c.ExecuteAndAsk.shared_folders = [{folder!r}]
c.ExecuteAndAsk.environment = {{"COURSE_DATA": {folder!r}}}
"""
STUB = "### BEGIN SOLUTION\n{}\n### END SOLUTION"
MUCH = "import os, sys, time\n\ndef late():\n    {}\n    return 1"

# What each student writes into the second answer; all have solved the first.
ENDINGS = {  # student: the function, what the report says of it
    "memory": ("kept = [bytearray(2**20) for _ in range(1_000)]; time.sleep(9)", "memory: 700 MiB"),
    "output": ("print('x' * 3_000_000)", "output, or closed its connection: 1 MiB"),
    "stubborn": (
        "\n    while True:\n        try: time.sleep(99)\n        except BaseException: pass",
        "reacting to an interrupt: 1 s",
    ),
    "ends": ("os._exit(0)", "The kernel ended in the cell 'second'"),
    "kills": ("os.kill(os.getpid(), 9)", "The kernel ended in the cell 'second'"),
}
OTHERS = {
    "right": "def late():\n    return 1",
    "slow": "import time\n\ndef late():\n    time.sleep(20)\n    return 1",
    "exits": "def late():\n    return 1\n\nexit()",
    "hands_in_data": "def late():\n    return 1",
    "draws": "import matplotlib.pyplot as plt\n\ndef late():\n    return 1\n\nplt.plot([1, 2])\nlate()",
}
PLAIN = {"name": "python3", "display_name": "Python 3", "language": "python"}


def source_notebook(kernel=PLAIN):
    cells = [
        cell(new_code_cell, "early_answer", ANSWER, STUB.format("def early():\n    return 2")),
        cell(new_code_cell, "first", TEST, "assert early() == 2\nearly()", points=2),
        cell(new_code_cell, "late_answer", ANSWER, STUB.format("def late():\n    return 1")),
        cell(new_code_cell, "second", TEST, "assert late() == 1", points=3),
        cell(new_code_cell, "third", TEST, "assert 1 + 1 == 2", points=1),
        cell(new_code_cell, "surroundings", TEST, """
import os
assert os.environ["NBGRADER_EXECUTION"] == "autograde"
assert open(os.environ["COURSE_DATA"] + "/deep/table.csv").read() == "1,2"
try:
    open(os.environ["COURSE_DATA"] + "/written", "w")
except OSError:
    pass
else:
    raise AssertionError("students can write there")
""", points=1),
    ]  # fmt: skip
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def hand_in(course, student, answer):
    notebook = nbformat.read(course.folder / "release/plain/one.ipynb", as_version=4)
    by_id = {c.id: c for c in notebook.cells}
    by_id["early_answer"].source = "def early():\n    return 2"
    by_id["late_answer"].source = answer
    folder = course.folder / "submitted" / student / "plain"
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "one.ipynb")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Every student graded once."""
    top = tmp_path_factory.mktemp("ordinary")
    data = top / "data"
    (data / "deep").mkdir(parents=True)
    (data / "deep" / "table.csv").write_text("1,2")
    for path in (data, data / "deep", data / "deep" / "table.csv"):
        path.chmod(0o755)
    made = Course(new_course(top / "course", "lenet"))
    shutil.rmtree(made.folder / "source" / "lenet")
    with open(made.folder / "nbgrader_config.py", "a") as file:
        file.write(CONFIG.format(limits=LIMITS, folder=str(data)))
    (made.folder / "source" / "plain").mkdir(parents=True)
    nbformat.write(source_notebook(), made.folder / "source/plain/one.ipynb")
    made.run("generate_assignment", "plain")
    answers = OTHERS | {student: MUCH.format(body) for student, (body, _) in ENDINGS.items()}
    for student, answer in answers.items():
        hand_in(made, student, answer)
    with open(made.folder / "submitted/hands_in_data/plain/data.csv", "wb") as file:
        file.truncate(40 * 2**20)
    made.run("autograde", "plain")
    made.run("generate_feedback", "plain")
    made.all = made.grades("plain")
    return made


def autograded(course, student):
    return nbformat.read(course.autograded(student, "one", "plain"), as_version=4)


def page(course, student):
    return (course.folder / f"feedback/{student}/plain/one.html").read_text()


def points(course, student):
    return [course.all[student][name].points for name in ("first", "second", "third", "surroundings")]


@pytest.mark.parametrize("student", ["right", "hands_in_data", "draws"])
def test_right_work_has_all_points(course, student):
    assert points(course, student) == [2, 3, 1, 1]
    assert not any(grade.waits for grade in course.all[student].values())


@pytest.mark.parametrize("student", ENDINGS)
def test_what_ran_before_the_kernel_was_stopped_keeps_its_score_and_nothing_after_it_has_one(course, student):
    assert points(course, student) == [2, 0, 0, 0]
    grades = course.all[student]
    assert [grades[name].waits for name in ("first", "second", "third", "surroundings")] == (
        [False, True, True, True]
    )
    assert ENDINGS[student][1] in autograded(course, student).cells[0].source.replace("&#x27;", "'")
    assert any(ENDINGS[student][1] in line for line in course.log)
    assert "Not run to its end" in page(course, student)


def test_a_cell_that_ran_out_of_time_is_named_at_the_head_of_the_page(course):
    head = autograded(course, "slow").cells[0].source.replace("&#x27;", "'")
    assert "The cell 'second' ran longer than 8 s and was interrupted." in head


@pytest.mark.parametrize("setting", ["os.environ['KERAS_BACKEND'] = 'none'", "%env KERAS_BACKEND=none"])
def test_a_backend_that_a_cell_asks_for_is_the_one_it_gets(course, setting):
    """Keras refuses this one aloud; imported before with another one, it would say nothing."""
    config = course.folder / "nbgrader_config.py"
    before = config.read_text()
    student = "env" if setting.startswith("%") else "environ"
    hand_in(course, student, f"import os\n{setting}\nimport keras\n\ndef late():\n    return 1")
    config.write_text(before.replace(LIMITS, "").replace("timeout = 8", "timeout = 100"))
    try:
        course.run("autograde", "plain", f"--student={student}")
    finally:
        config.write_text(before)
    assert course.grades("plain")[student]["second"].points == 0
    outputs = [o for c in autograded(course, student).cells for o in c.get("outputs", ())]
    assert "Unable to import backend : none" in [output.get("evalue") for output in outputs]


def test_a_cell_that_runs_out_of_its_own_time_costs_no_other_cell_anything(course):
    assert points(course, "slow") == [2, 0, 1, 1]


def test_what_ran_before_the_notebook_ran_out_of_time_keeps_its_score(course):
    config = course.folder / "nbgrader_config.py"
    before = config.read_text()
    hand_in(course, "dawdles", "import time\n\ndef late():\n    time.sleep(99)")
    short = before.replace(LIMITS, "notebook_timeout_s=20, import_allowance_s=1")
    config.write_text(short.replace("timeout = 8", "timeout = 60"))
    try:
        course.run("autograde", "plain", "--student=dawdles")
    finally:
        config.write_text(before)
    grades = course.grades("plain")["dawdles"]
    names = ("first", "second", "third", "surroundings")
    assert [grades[name].points for name in names] == [2, 0, 0, 0]
    assert [grades[name].waits for name in names] == [False, True, True, True]
    assert "the whole notebook: 20 s" in autograded(course, "dawdles").cells[0].source


def test_what_follows_exit_is_not_run(course):
    assert points(course, "exits") == [2, 0, 0, 0]
    assert "exit() ended the kernel in" in page(course, "exits")


def test_what_was_left_out_is_in_the_log_and_on_the_page(course):
    assert "data.csv was left out" in page(course, "hands_in_data")
    assert any("hands_in_data: data.csv was left out" in line for line in course.log)
    assert "left out" not in page(course, "right")


def test_results_have_the_number_of_their_cell(course):
    numbers = [
        (c.execution_count, output.get("execution_count"))
        for c in autograded(course, "draws").cells
        for output in c.get("outputs", ())
        if output.output_type == "execute_result"
    ]
    assert numbers == [(2, 2), (3, 3)]


def test_a_figure_is_on_the_page(course):
    picture = next(
        output.data["image/png"]
        for c in autograded(course, "draws").cells
        for output in c.get("outputs", ())
        if "image/png" in output.get("data", {})
    )
    assert base64.b64decode(picture).startswith(b"\x89PNG")
    assert "".join(picture.split())[:200] in "".join(page(course, "draws").split())


@pytest.mark.parametrize(("name", "language"), [("octave", "octave"), ("conda-env-old-py", "python")])
def test_a_notebook_for_another_kernel_is_refused_aloud(course, name, language):
    assignment = f"for_{language}"
    folder = course.folder / "source" / assignment
    folder.mkdir()
    kernel = {"name": name, "display_name": name, "language": language}
    nbformat.write(source_notebook(kernel), folder / "one.ipynb")
    course.run("generate_assignment", assignment)
    handed_in = course.folder / "submitted" / "right" / assignment
    shutil.copytree(course.folder / "release" / assignment, handed_in)
    course.run_on("autograde", assignment)
    assert course.errors and not (course.folder / "autograded/right" / assignment).exists()
    said = "\n".join(course.log)
    assert f"Not graded: This notebook is for the kernel '{name}' and the language '{language}'" in said
    course.errors.clear()


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("shared_folders = ['{course}/source/plain']", "would show"),
        ("environment = {{'LD_PRELOAD': '/srv/x.so'}}", "leave it out"),
    ],
)
def test_settings_that_would_open_the_wall_grade_nobody(course, setting, why):
    config = course.folder / "nbgrader_config.py"
    before = config.read_text()
    config.write_text(before + "c.ExecuteAndAsk." + setting.format(course=course.folder) + "\n")
    try:
        course.run_on("autograde", "plain", "--force", "--student=right")
    finally:
        config.write_text(before)
    assert course.errors and course.errors.pop()
    nothing = [line for line in course.log if "Nothing was done" in line]
    assert why in nothing[-1]
    course.log.clear()
