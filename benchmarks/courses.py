"""Courses for the benchmarks: one under stock nbgrader with plain asserts, one under this project.

Both hold the same assignment and get the same submissions. The stock course is what an instructor
without this package would write: the test cells hold asserts that ask the same, hidden tests
included, and the long cells that only serve students do not run in either.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT / "tests"))

import nbformat
from corpus import EVERY, STEMS, WEIGHTS, Case, filled_release, make_submission
from grading import Course, lenet_course
from weights_files import NETWORKS, file_of, network_of, rearranged

ASSERTS = {
    "output_size": "assert output_size(28, 5) == 24\nassert output_size(24, 2, 2) == 12",
    "lenet_shapes": "assert lenet_shapes()[4:] == [(256,), (120,), (84,), (10,)]",
    "build_lenet": "model = build_lenet()\nassert len(model.layers) == 8\n"
    "assert model.count_params() == 44_426\n"
    "### BEGIN HIDDEN TESTS\nassert model(np.zeros((2, 28, 28, 1))).shape == (2, 10)\n"
    "### END HIDDEN TESTS",
    "conv_params": "assert conv_params(5, 5, 1, 6) == 156\n"
    "### BEGIN HIDDEN TESTS\nassert conv_params(2, 6, 3, 11) == 407\n### END HIDDEN TESTS",
    "pool_params": "assert pool_params(2, 2) == 0",
    "dense_params": "assert dense_params(256, 120) == 30_840\n"
    "### BEGIN HIDDEN TESTS\nassert dense_params(300, 20) == 6_020\n### END HIDDEN TESTS",
    "count_params": "assert count_params(LENET) == 44_426\nassert count_params([]) == 0",
    "dense_share": "assert abs(dense_share(LENET) - 41_854 / 44_426) < 1e-6",
    "dense_bytes": "assert dense_bytes(1000, 1000, 3, 256) == 3_072_000_000\n"
    "### BEGIN HIDDEN TESTS\nassert dense_bytes(100, 500, 2, 11) == 4_400_000\n### END HIDDEN TESTS",
    "prepare_images": "prepared = prepare_images(train_images[:4])\n"
    "assert prepared.shape == (4, 28, 28, 1) and prepared.dtype == np.float32",
    "train_lenet": "model, history = train_lenet(prepare_images(train_images[:64]), train_labels[:64], 2)\n"
    "assert model.count_params() == 44_426 and len(history.history['loss']) == 2",
    "test_accuracy": "model = build_lenet()\nmodel.load_weights('lenet.weights.h5')\n"
    "model.compile(loss='sparse_categorical_crossentropy', metrics=['accuracy'])\n"
    "assert model.evaluate(prepare_images(test_images), test_labels, verbose=0)[1] >= 0.865",
}
LONG = (
    "suspect_training", "training", "curves", "filters", "confusion", "misclassified", "save_weights", "experiment",
)  # fmt: skip
STOCK_CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'lenet'\nc.Execute.timeout = 120\n"

# What a class hands in: mostly right work, in several ways, and the usual mistakes.
CLASS = (
    "correct", "wrong_pooling_counted", "correct_functional", "wrong_padding_same",
    "correct_other_optimiser", "wrong_off_by_one", "correct_subclassed", "wrong_without_biases",
    "correct_other_names", "wrong_pixels_only_divided",
)  # fmt: skip


def stock_course(folder: Path) -> Course:
    """A course of stock nbgrader, with its release built and nothing handed in."""
    shutil.copytree(CHECKOUT / "source" / "lenet", folder / "source" / "lenet")
    (folder / "nbgrader_config.py").write_text(STOCK_CONFIG)
    for path in (folder / "source" / "lenet").glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in ASSERTS:
                cell.source = ASSERTS[name]
            elif name in LONG:
                cell.source = "pass"
        nbformat.write(notebook, path)
    course = Course(folder)
    course.run("generate_assignment", "lenet")
    return course


def our_course(folder: Path, settings: str = "") -> Course:
    """A course of this project, with its release built and nothing handed in.

    settings: further lines for its nbgrader_config.py.
    """
    course = lenet_course(folder, [])
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(settings)
    return course


def hand_in(course: Course, cases: Iterable[Case]) -> None:
    """Let each case be handed in, in a folder of its name."""
    filled = filled_release(course.folder)
    for case in cases:
        make_submission(filled, case).write(course.folder / "submitted" / case.name / "lenet")


def hand_in_class(course: Course, students: int) -> None:
    """Let so many students hand in all three notebooks, no two of them the same cells.

    The first have networks of their own; there are only so many, so the next have those again, in
    another order: alike, which a person is told.
    """
    filled = filled_release(course.folder)
    for number in range(students):
        name = f"student{number:04}"
        case = replace(EVERY[CLASS[number % len(CLASS)]], name=name, stems=STEMS)
        submission = make_submission(filled, case)
        submission.files[WEIGHTS] = rearranged(file_of(network_of(number % NETWORKS)), name)
        for grade_id in submission.stubs:
            cell = submission.cell(grade_id)
            if cell.cell_type == "code":
                cell.source += f"\n# {name}"
        submission.write(course.folder / "submitted" / name / "lenet")
