"""A submitted notebook is put back on the frame of the released one, whatever became of it."""

import codecs
import copy
import json
import os

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.runs.notebooks import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_SOURCE,
    MISSING,
    UnreadableNotebook,
    describe_cell,
    read_notebook,
    rebuild,
    unseen_answers,
)

LOCKED = {"grade": False, "solution": False, "locked": True, "task": False}
ANSWER = {"grade": False, "solution": True, "locked": False, "task": False}
CHECK = {"grade": True, "solution": False, "locked": True, "task": False, "points": 5}
ESSAY = {"grade": True, "solution": True, "locked": False, "task": False, "points": 6}


def named(make, source, grade_id, kind):
    cell = make(source, id=grade_id)
    cell.metadata.nbgrader = nbformat.from_dict({**kind, "grade_id": grade_id, "schema_version": 3})
    return cell


@pytest.fixture
def release():
    cells = [
        new_markdown_cell("# Sizes", id="title"),
        named(new_code_cell, "import math", "setup", LOCKED),
        named(new_code_cell, "raise NotImplementedError()", "size_solution", ANSWER),
        named(new_code_cell, 'check("size")', "size", CHECK),
        named(new_markdown_cell, "YOUR ANSWER HERE", "why", ESSAY),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


@pytest.fixture
def submitted(release):
    """The release with both answers in it."""
    nb = copy.deepcopy(release)
    nb.cells[2].source = "def size(): return 1"
    nb.cells[4].source = "Because."
    return nb


def sources(nb):
    return [cell.source for cell in nb.cells]


def names(nb):
    return [cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in nb.cells]


ANSWERED = ["# Sizes", "import math", "def size(): return 1", 'check("size")', "Because."]


def test_an_ordinary_submission_keeps_its_answers_and_needs_no_note(release, submitted):
    rebuilt, notes = rebuild(release, submitted)
    assert sources(rebuilt) == ANSWERED
    assert notes == []
    nbformat.validate(rebuilt)


def test_the_release_itself_is_left_as_it_was(release, submitted):
    before = copy.deepcopy(release)
    rebuild(release, submitted)
    assert release == before


def test_metadata_comes_from_the_release(release, submitted):
    submitted.metadata.kernelspec = {"name": "bash", "display_name": "B", "language": "bash"}
    submitted.metadata.execute = {"timeout": 10**9}
    for cell in submitted.cells:
        cell.metadata.tags = ["skip-execution", "raises-exception"]
    submitted.cells[3].metadata.nbgrader.update(points=1000, locked=False, solution=True)
    rebuilt, _ = rebuild(release, submitted)
    assert rebuilt.metadata == release.metadata
    assert [c.metadata for c in rebuilt.cells] == [c.metadata for c in release.cells]


def test_outputs_do_not_come_along(release, submitted):
    submitted.cells[3].outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "5.0"})]
    rebuilt, _ = rebuild(release, submitted)
    assert all(cell.get("outputs", []) == [] for cell in rebuilt.cells)


@pytest.mark.parametrize(("index", "name"), [(1, "setup"), (3, "size")])
def test_a_changed_locked_cell_is_put_back_and_noted(release, submitted, index, name):
    submitted.cells[index].source = "5.0"
    rebuilt, notes = rebuild(release, submitted)
    assert sources(rebuilt) == ANSWERED
    assert notes == [f"The cell {name!r} was changed; the original was used."]


def test_white_space_around_a_locked_cell_is_no_change(release, submitted):
    submitted.cells[3].source += "\n\n"
    assert rebuild(release, submitted)[1] == []


@pytest.mark.parametrize(
    ("index", "name", "source"),
    [
        (1, "setup", "import math"),
        (2, "size_solution", MISSING),
        (3, "size", 'check("size")'),
        (4, "why", "YOUR ANSWER HERE"),
    ],
)
def test_a_deleted_cell_is_put_back_and_noted(release, submitted, index, name, source):
    del submitted.cells[index]
    rebuilt, notes = rebuild(release, submitted)
    assert names(rebuilt) == names(release)
    assert rebuilt.cells[index].source == source
    assert notes == [f"The cell {name!r} was missing; it was put back."]


def test_a_deleted_explanation_stays_away_without_a_note(release, submitted):
    del submitted.cells[0]
    rebuilt, notes = rebuild(release, submitted)
    assert sources(rebuilt) == ANSWERED[1:]
    assert notes == []


def test_a_cell_of_a_check_that_is_there_twice_is_graded_once(release, submitted):
    submitted.cells.insert(4, copy.deepcopy(submitted.cells[3]))
    rebuilt, notes = rebuild(release, submitted)
    assert names(rebuilt) == names(release)
    assert notes == ["The cell 'size' was there more than once; the last one counts."]


def test_of_two_answers_the_last_one_counts_and_the_other_one_is_kept(release, submitted):
    second = copy.deepcopy(submitted.cells[2])
    second.source = "def size(): return 2"
    submitted.cells.append(second)
    rebuilt, notes = rebuild(release, submitted)
    # In the order of the submission: what runs last is what counts.
    assert sources(rebuilt)[2:4] == ["def size(): return 1", "def size(): return 2"]
    assert names(rebuilt).count("size_solution") == 1
    assert notes == ["The cell 'size_solution' was there more than once; the last one counts."]


def test_cells_in_another_order_are_put_in_the_released_one(release, submitted):
    submitted.cells.reverse()
    rebuilt, notes = rebuild(release, submitted)
    assert sources(rebuilt) == ANSWERED
    assert notes == []


def test_a_cell_that_lost_its_metadata_is_known_by_its_id(release, submitted):
    for cell in submitted.cells:
        cell.metadata.clear()
    rebuilt, notes = rebuild(release, submitted)
    assert sources(rebuilt) == ANSWERED
    assert names(rebuilt) == names(release)
    assert notes == []


def test_a_cell_that_lost_its_id_is_known_by_its_name(release, submitted):
    for cell in submitted.cells:
        del cell["id"]
    rebuilt, notes = rebuild(release, submitted)
    assert sources(rebuilt)[1:] == ANSWERED[1:]
    assert notes == []


def test_a_renamed_answer_becomes_a_cell_of_the_students_own(release, submitted):
    submitted.cells[2].metadata.nbgrader.grade_id = "mine"
    submitted.cells[2].id = "mine"
    rebuilt, notes = rebuild(release, submitted)
    assert "def size(): return 1" in sources(rebuilt)
    assert "mine" not in names(rebuilt)
    assert notes == ["The cell 'size_solution' was missing; it was put back."]


def test_own_cells_stay_where_they_were_with_kind_and_source_alone(release, submitted):
    before, between = new_markdown_cell("My notes"), new_code_cell("helper = 1")
    between.metadata.nbgrader = {**CHECK, "grade_id": "bonus", "points": 100, "schema_version": 3}
    between.outputs = [nbformat.v4.new_output("stream", text="hello")]
    submitted.cells.insert(0, before)
    submitted.cells.insert(3, between)
    rebuilt, notes = rebuild(release, submitted)
    assert sources(rebuilt) == ["My notes", *ANSWERED[:2], "helper = 1", *ANSWERED[2:]]
    assert [rebuilt.cells[n].cell_type for n in (0, 3)] == ["markdown", "code"]
    assert rebuilt.cells[3].metadata == {} and rebuilt.cells[3].outputs == []
    assert notes == []
    nbformat.validate(rebuilt)


def test_ids_are_told_apart_even_when_the_students_own_collide(release, submitted):
    submitted.cells += [new_code_cell("a = 1", id="same"), new_code_cell("b = 1", id="same")]
    submitted.cells.append(new_code_cell("c = 1", id="own-5"))
    rebuilt, _ = rebuild(release, submitted)
    ids = [cell.id for cell in rebuilt.cells]
    assert len(set(ids)) == len(ids)


def test_a_picture_in_the_written_answer_comes_along(release, submitted):
    picture = {"drawing.png": {"image/png": "iVBORw0KGgo="}}
    submitted.cells[4].attachments = picture
    assert rebuild(release, submitted)[0].cells[4].attachments == picture


def test_an_answer_whose_cell_became_markdown_keeps_its_source(release, submitted):
    submitted.cells[2] = new_markdown_cell("def size(): return 1", id="size_solution")
    rebuilt, _ = rebuild(release, submitted)
    assert rebuilt.cells[2].cell_type == "code"
    assert rebuilt.cells[2].source == "def size(): return 1"
    nbformat.validate(rebuilt)


def test_an_empty_notebook_becomes_the_frame(release):
    rebuilt, notes = rebuild(release, new_notebook())
    assert names(rebuilt) == names(release)[1:]
    assert len(notes) == 4


def save(path, notebook):
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def test_a_saved_notebook_is_read(tmp_path, submitted):
    assert sources(read_notebook(save(tmp_path / "n.ipynb", submitted))) == ANSWERED


def test_a_notebook_behind_the_mark_that_windows_editors_put_first_is_read(tmp_path, submitted):
    path = tmp_path / "n.ipynb"
    path.write_bytes(codecs.BOM_UTF8 + json.dumps(submitted).encode())
    assert sources(read_notebook(path)) == ANSWERED


def test_sources_as_lists_of_lines_are_joined(tmp_path, submitted):
    submitted.cells[1].source = ["import math\n", "import os"]
    read = read_notebook(save(tmp_path / "n.ipynb", submitted))
    assert read.cells[1].source == "import math\nimport os"


def test_an_old_notebook_of_format_3_is_read(tmp_path):
    cell = {
        "cell_type": "code",
        "input": "x = 1",
        "outputs": [],
        "language": "python",
        "collapsed": False,
        "metadata": {},
    }
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""},
           "worksheets": [{"cells": [cell], "metadata": {}}]}  # fmt: skip
    assert sources(read_notebook(save(tmp_path / "n.ipynb", old))) == ["x = 1"]


def many(cells):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


CODE = {
    "cell_type": "code",
    "id": "x",
    "metadata": {},
    "outputs": [],
    "execution_count": None,
    "source": "",
}


@pytest.mark.parametrize(
    ("content", "clause"),
    [
        pytest.param(b"", "not a notebook", id="an empty file"),
        pytest.param(b"def f(): pass", "not a notebook", id="a script"),
        pytest.param(b"\xff\xfe\x00", "not a notebook", id="bytes that are no text"),
        pytest.param(json.dumps(many([CODE])).encode("utf-16"), "not a notebook", id="UTF-16"),
        pytest.param(b"[1, 2]", "not a notebook", id="JSON of another kind"),
        pytest.param(b"{}", "not a notebook", id="an empty object"),
        pytest.param(b"[" * 40_000, "not a notebook", id="brackets deeper than Python goes"),
        pytest.param(b"[" * 100_000, "too many things", id="brackets without end"),
        pytest.param(b"{}," * 2_000_000, "too many things", id="millions of objects"),
        pytest.param(
            b'{"metadata": [' + b"{}," * 60_000 + b"{}]}", "too many things", id="objects in metadata"
        ),
        pytest.param(b"[" + b"1," * 3_000_000 + b"1]", "too many things", id="millions of numbers"),
        pytest.param(b'{"": "' + b"{,[" * 99_999 + b'"}', "not a notebook", id="brackets in a text"),
        pytest.param(b'\\"' * 5_000_000, "not a notebook", id="quotes that open and never close"),
        pytest.param(json.dumps(many([5])).encode(), "not a notebook", id="a number for a cell"),
        pytest.param(json.dumps(many("cells")).encode(), "not a notebook", id="a text for cells"),
        pytest.param(
            json.dumps(many([{**CODE, "cell_type": "magic"}])).encode(),
            "unknown kind",
            id="a cell of an unknown kind",
        ),
        *(
            pytest.param(
                json.dumps(many([{**CODE, "source": source}])).encode(),
                "something else than text|not a notebook",
                id=f"{source} for a text",
            )
            for source in (float("nan"), 3, None, True, {"a": "1"}, [float("nan")], ["a", 1])
        ),
        pytest.param(
            json.dumps(many([{**CODE, "id": f"x{n}"} for n in range(MAX_CELLS + 1)])).encode(),
            "more than 1,000 cells",
            id="too many cells",
        ),
        pytest.param(
            json.dumps(many([{**CODE, "source": "#" * (MAX_SOURCE + 1)}])).encode(),
            "a cell of over 200,000 characters",
            id="a cell that is too long",
        ),
        pytest.param(b" " * (MAX_BYTES + 1), "larger than 20 MiB", id="a file that is too large"),
    ],
)
def test_what_is_no_notebook_is_told_why(tmp_path, content, clause):
    path = tmp_path / "n.ipynb"
    path.write_bytes(content)
    with pytest.raises(UnreadableNotebook, match=clause):
        read_notebook(path)


def test_a_folder_with_a_notebooks_name_is_no_file(tmp_path):
    (tmp_path / "n.ipynb").mkdir()
    with pytest.raises(UnreadableNotebook, match="not a file"):
        read_notebook(tmp_path / "n.ipynb")


def test_a_file_that_is_not_there_cannot_be_opened(tmp_path):
    with pytest.raises(UnreadableNotebook, match="cannot be opened"):
        read_notebook(tmp_path / "n.ipynb")


def test_a_link_to_a_notebook_is_refused(tmp_path, submitted):
    target = save(tmp_path / "answers.ipynb", submitted)
    (tmp_path / "n.ipynb").symlink_to(target)
    with pytest.raises(UnreadableNotebook, match="it is a link"):
        read_notebook(tmp_path / "n.ipynb")


def test_a_pipe_with_a_notebooks_name_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "n.ipynb")
    with pytest.raises(UnreadableNotebook, match="not a file"):
        read_notebook(tmp_path / "n.ipynb")


@pytest.mark.parametrize(
    "metadata", [None, [], "x", {"nbgrader": []}, {"nbgrader": {"grade_id": []}}], ids=str
)
def test_metadata_of_another_kind_is_no_metadata(tmp_path, release, metadata):
    path = save(tmp_path / "n.ipynb", many([{**CODE, "metadata": metadata}]))
    try:
        submitted = read_notebook(path)
    except UnreadableNotebook:
        return
    rebuilt, _ = rebuild(release, submitted)
    nbformat.validate(rebuilt)


def test_a_character_that_cannot_be_written_does_not_reach_the_graded_notebook(tmp_path, release):
    lone = json.dumps(many([{**CODE, "source": "\ud800"}]))
    path = tmp_path / "n.ipynb"
    path.write_text(lone)
    try:
        submitted = read_notebook(path)
    except UnreadableNotebook:
        return
    rebuilt, _ = rebuild(release, submitted)
    nbformat.writes(rebuilt).encode("utf-8")


def test_a_cell_is_described_as_its_author_knows_it(release):
    assert describe_cell(release.cells[3], 3) == "the cell 'size'"
    assert describe_cell(new_code_cell("\nx = 1\ny = 2"), 4) == "cell 5 (“x = 1”)"
    assert describe_cell(new_code_cell(""), 0) == "cell 1 (“”)"


def without_ids(nb):
    for cell in nb.cells:
        cell.metadata.clear()
        cell.pop("id")
    return nb


def test_a_written_answer_whose_cell_lost_its_name_is_looked_for_by_a_person(release, submitted):
    assert unseen_answers(release, without_ids(submitted)) == ["why"]


def test_a_written_answer_in_a_cell_of_ones_own_beside_a_missing_one_is_too(release, submitted):
    submitted.cells[4] = new_markdown_cell("Because.")
    assert unseen_answers(release, submitted) == ["why"]


@pytest.mark.parametrize("change", [
    lambda nb: None, lambda nb: nb.cells.append(new_markdown_cell("By the way.")), lambda nb: nb.cells.pop(4),
], ids=["whole", "with a remark", "taken away, and nothing written"])  # fmt: skip
def test_where_nothing_can_be_missed_no_person_looks(release, submitted, change):
    change(submitted)
    assert unseen_answers(release, submitted) == []
