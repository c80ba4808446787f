"""A student's notebooks in JupyterLab, in a real browser: what `check` says and what the cells around it show."""

import re
import shutil

import nbformat
import pytest
from browser import run_in_jupyterlab
from corpus import EVERY, FIXTURE, filled_release, make_submission

from autograder.course.own_course import CHECKOUT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("case", "number"), [("correct", 1), ("correct_shared_pooling", 1), ("correct", 2)])
def test_figures_appear_and_no_cell_contradicts_the_checks(tmp_path, case, number):
    submission = make_submission(filled_release(CHECKOUT), EVERY[case])
    folder = tmp_path / "work"
    folder.mkdir()
    notebook = submission.notebook(number)
    nbformat.write(notebook, folder / "notebook.ipynb")
    shutil.copy(FIXTURE, folder)
    cells = run_in_jupyterlab(folder, "notebook.ipynb", tmp_path / "profile")
    checks = [cell for cell in cells if cell["source"].startswith("check(")]
    assert len(checks) == (3 if number == 1 else 6)
    assert all("All right" in cell["text"] for cell in checks), [cell["text"] for cell in checks]
    assert not [cell for cell in cells if re.search("waits? for (?!a person)", cell["text"])]
    drawn = [cell for cell in cells if cell["source"].startswith("# Picture")]
    assert len(drawn) >= 3
    assert not [cell["source"][:80] for cell in drawn if cell["pictures"] < 1]
    assert not [cell for cell in cells if "<Figure" in cell["text"]]
    assert "✗" not in "".join(cell["text"] for cell in cells)
