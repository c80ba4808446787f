"""How a process that only grades imports what it needs, and opens nbgrader's gradebook."""

from __future__ import annotations

import subprocess
import sys

import nbgrader.api
import pytest
import sqlalchemy
from nbgrader.api import Gradebook

from autograder.course.gradebook import share_engine


def test_quick_imports_leave_notebooks_valid_and_the_collector_on():
    code = (
        "import gc, sys\n"
        "from autograder.batch.startup import quick_imports\n"
        "with quick_imports():\n"
        "    import nbformat\n"
        "assert gc.isenabled() and gc.get_freeze_count() > 10_000\n"
        "assert not any(name.startswith('lark') for name in sys.modules)\n"
        "nbformat.validate(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell('x')]))\n"
        "try:\n"
        "    nbformat.validate({'nbformat': 4, 'nbformat_minor': 5, 'metadata': {}, 'cells': [{'id': 'a'}]})\n"
        "except nbformat.ValidationError:\n"
        "    sys.exit(7)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 7


def test_importing_the_package_brings_neither_pytest_nor_what_only_downloads_need():
    code = "import autograder, sys; sys.exit(len({'pytest', 'urllib.request'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


@pytest.fixture
def shared(monkeypatch):
    monkeypatch.setattr(nbgrader.api, "create_engine", sqlalchemy.create_engine)
    share_engine()


def test_a_gradebook_that_is_opened_again_has_the_same_engine_and_what_was_written(shared, tmp_path):
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with Gradebook(url) as first, Gradebook(url) as second:
        first.add_student("ada")
        assert second.find_student("ada").id == "ada"
        assert first.engine is second.engine
    with Gradebook(url) as again, Gradebook(f"sqlite:///{tmp_path}/other.db") as other:
        assert again.engine is first.engine and [s.id for s in again.students] == ["ada"]
        assert other.engine is not first.engine and not other.students
