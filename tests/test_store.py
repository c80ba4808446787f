"""The store: what comes back is what was put in, and every change that matters has its own key."""

import dataclasses
import json
import os
import threading
import zlib
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.assignments import ASSIGNMENTS
from autograder.judging.judge import NoClaim
from autograder.judging.verdicts import FAILED, CheckResult, Row, Verdict
from autograder.runs import store
from autograder.runs.execution import Execution, Job, content_seed
from autograder.runs.store import Store, execution_key, pack, unpack
from autograder.sandbox import Limits
from autograder.sandbox.surroundings import Surroundings

KEY = "0123456789abcdef"


def executed(text: str = "hello") -> Execution:
    cell = new_code_cell("print(1)", id="a", outputs=[new_output("stream", text=text)])
    claims = {"conv_params": '{"claim": "ü \\u2028"}', "pool_params": NoClaim("It ended.")}
    return Execution(new_notebook(cells=[cell]), claims, "It ended.", seconds=2.5, memory_mib=700)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "work" / "data").mkdir(parents=True)
    (tmp_path / "work" / "data" / "layers.csv").write_text("5,5")
    return tmp_path / "work"


@pytest.fixture
def job(folder) -> Job:
    cell = new_code_cell("x = 1", metadata={"nbgrader": {"grade_id": "setup_2", "points": 1}})
    notebook = new_notebook(cells=[cell, new_code_cell("x + 1")])
    exercises = ASSIGNMENTS["lenet"].notebook("2_count_parameters")
    seed = content_seed(b"k" * 32, notebook, str(folder))
    return Job(notebook, exercises, frozenset({"training"}), str(folder), seed, Limits())


def test_an_entry_from_before_time_and_memory_were_measured_can_be_read():
    data = json.loads(zlib.decompress(pack(KEY, executed())))
    assert data.pop("took") == {"seconds": 2.5, "memory_mib": 700}
    before = unpack(KEY, zlib.compress(json.dumps(data).encode()))
    assert before == dataclasses.replace(executed(), seconds=None, memory_mib=None)


@pytest.mark.parametrize("address", ["{}/store", "file://{}/store", "memory://{}"])
def test_what_is_put_comes_back(tmp_path, address):
    kept = Store(address.format(tmp_path))
    assert not kept.has(KEY) and kept.get(KEY) is None
    kept.put(KEY, executed())
    assert kept.has(KEY) and kept.get(KEY) == executed()
    kept.put(KEY, executed("again"))
    assert kept.get(KEY) == executed("again")
    assert not kept.has(KEY[::-1])


def test_half_a_character_comes_back(tmp_path):
    kept = Store(str(tmp_path))
    kept.put(KEY, executed("\ud800 \x80"))
    assert kept.get(KEY) == executed("\ud800 \x80")


def test_of_what_is_too_large_to_be_read_again_the_claims_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_MAX_ENTRY", 2_000)
    kept = Store(str(tmp_path))
    kept.put(KEY, executed("x" * 3_000))
    found = kept.get(KEY)
    assert found.claims == executed().claims
    assert found.cut_off == ["The outputs of the cells were too large to keep."]
    assert found.notebook.cells[0].outputs == []


def test_other_files_beside_the_same_cells_draw_other_hidden_inputs(folder, job):
    before = content_seed(b"k" * 32, job.notebook, str(folder))
    assert before == job.seed
    (folder / "answers.csv").write_text("what the feedback showed")
    assert content_seed(b"k" * 32, job.notebook, str(folder)) != before


def test_what_was_an_accident_is_not_kept(tmp_path):
    kept = Store(str(tmp_path))
    kept.put(KEY, dataclasses.replace(executed(), repeatable=False))
    assert not kept.has(KEY) and list(tmp_path.iterdir()) == []


def test_an_accident_travels_as_one():
    accident = dataclasses.replace(executed(), repeatable=False)
    assert unpack(KEY, pack(KEY, accident)) == accident


def entry(**changes) -> bytes:
    data = json.loads(zlib.decompress(pack(KEY, executed())))
    return zlib.compress(json.dumps({**data, **changes}).encode())


@pytest.mark.parametrize(
    "packed",
    [
        b"", b"no entry", pack(KEY, executed())[:-9], pack("another", executed()),
        zlib.compress(b"[]"), zlib.compress(b"{}"), zlib.compress(b"\xff"),
        entry(claims=["a"]), entry(claims={"a": 1}), entry(claims={"a": {}}), entry(notebook=3),
    ],
)  # fmt: skip
def test_an_entry_that_is_none_is_not_there(tmp_path, packed):
    kept = Store(str(tmp_path))
    kept.put(KEY, executed())
    [path] = tmp_path.rglob("*.z")
    path.write_bytes(packed)
    assert kept.get(KEY) is None
    with pytest.raises(ValueError, match=r".+"):
        unpack(KEY, packed)


def test_an_entry_that_unpacks_to_too_much_is_not_there(tmp_path, monkeypatch):
    packed = pack(KEY, executed("a" * 2_000))
    monkeypatch.setattr(store, "_MAX_ENTRY", 1_000)
    with pytest.raises(ValueError, match="no execution"):
        unpack(KEY, packed)


def test_readers_never_see_half_an_entry(tmp_path):
    kept, seen, done = Store(str(tmp_path)), [], threading.Event()
    kept.put(KEY, executed())

    def read():
        while not done.is_set():
            seen.append(kept.get(KEY))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in readers:
        thread.start()
    texts = ["a" * 100_000, "b" * 200_000]
    for text in texts * 10:
        kept.put(KEY, executed(text))
    done.set()
    for thread in readers:
        thread.join()
    allowed = {len(text) for text in (*texts, "hello")}
    assert {len(one.notebook.cells[0].outputs[0].text) for one in seen} <= allowed
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [f"{KEY}.json.z"]


def test_a_write_that_fails_leaves_the_old_entry(tmp_path, monkeypatch):
    kept = Store(str(tmp_path))
    kept.put(KEY, executed())

    def full(*arguments):
        raise OSError("no space left")

    monkeypatch.setattr(type(kept._fs), "mv", full)
    with pytest.raises(OSError, match="no space left"):
        kept.put(KEY, executed("again"))
    assert kept.get(KEY) == executed()


# Keys.


def changed_cell(job: Job, index: int, **changes) -> Job:
    notebook = nbformat.from_dict(job.notebook)
    notebook.cells[index].update(changes)
    return dataclasses.replace(job, notebook=notebook)


CHANGES = {
    "the student's cell": lambda job: changed_cell(job, 1, source="x + 2"),
    "a locked cell": lambda job: changed_cell(job, 0, source="x = 2"),
    "the kind of a cell": lambda job: changed_cell(job, 1, cell_type="markdown"),
    "a cell's name": lambda job: changed_cell(job, 0, metadata={"nbgrader": {"grade_id": "b"}}),
    "the hidden inputs": lambda job: dataclasses.replace(job, seed=b"other"),
    "a limit": lambda job: dataclasses.replace(job, limits=Limits(memory_mib=1)),
    "a variable": lambda job: dataclasses.replace(job, surroundings=Surroundings((("A", "b"),))),
    "training again": lambda job: dataclasses.replace(job, retrain_timeout_s=1.0),
    "what is passed over": lambda job: dataclasses.replace(job, not_executed=frozenset()),
    "fewer questions": lambda job: dataclasses.replace(job, exercises=dict(list(job.exercises.items())[1:])),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_that_matters_changes_the_key(job, what):
    assert execution_key(CHANGES[what](job), True) != execution_key(job, True)


def test_keys_differ_with_the_sandbox_the_environment_and_the_probes(job, monkeypatch):
    keys = {execution_key(job, True), execution_key(job, False)}
    monkeypatch.setattr(store, "environment", lambda: "another TensorFlow")
    keys.add(execution_key(job, True))
    monkeypatch.undo()
    monkeypatch.setattr("autograder.judging.questions.probe_source", lambda name: "another probe")
    keys.add(execution_key(job, True))
    assert len(keys) == 4


@pytest.mark.parametrize("change", ["content", "name", "one more", "one less"])
def test_a_file_that_changes_changes_the_key(job, folder, change):
    before = execution_key(job, True)
    file = folder / "data" / "layers.csv"
    if change == "content":
        file.write_text("3,3")
    elif change == "name":
        file.rename(folder / "layers.csv")
    elif change == "one more":
        (folder / "empty").touch()
    else:
        file.unlink()
    assert execution_key(job, True) != before


def test_what_does_not_reach_the_kernel_does_not_change_the_key(job, folder):
    before = execution_key(job, True)
    notebook = nbformat.from_dict(job.notebook)
    notebook.metadata["kernelspec"] = {"name": "other"}
    notebook.cells[0].metadata["nbgrader"]["points"] = 3
    notebook.cells[1].outputs = [new_output("stream", text="an old output")]
    notebook.cells[1].execution_count = 7
    (folder / "old.ipynb").write_text("{}")
    (folder / "link").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe")
    assert execution_key(dataclasses.replace(job, notebook=notebook), True) == before


def test_boundaries_count(job):
    """Two cells are not one, whatever stands in them."""
    joined = new_notebook(cells=[new_code_cell("a1 b")])
    split = new_notebook(cells=[new_code_cell("a"), new_code_cell("b")])
    keys = {execution_key(dataclasses.replace(job, notebook=n), True) for n in (joined, split)}
    assert len(keys) == 2


def test_a_character_that_utf_8_has_not_got_has_a_key(job):
    assert execution_key(changed_cell(job, 1, source="'\ud800'"), True)


def test_the_judging_key_is_of_the_trusted_source():
    assert store.judging_key() == store.judging_key() != ""


@pytest.mark.parametrize("folder", ["store", "course [2026]"])
def test_verdicts_are_kept_until_the_execution_is_another(tmp_path, folder):
    kept = Store(str(tmp_path / folder))
    kept.put(KEY, executed("a"))
    rows = (Row("layer 1", "3", "4", False),)
    verdict = Verdict("a", "A", 1, (CheckResult("c", "It does.", 1, FAILED, 0.5, rows=rows),))
    kept.put_verdicts(KEY, "1_a", {"a": verdict})
    assert kept.verdicts(KEY, "1_a") == {"a": verdict}
    kept.put(KEY, executed("b"))
    assert not kept.has_verdicts(KEY, "1_a") and kept.verdicts(KEY, "1_a") is None


def test_verdicts_of_other_checks_do_not_count(tmp_path, monkeypatch):
    kept = Store(str(tmp_path))
    kept.put_verdicts(KEY, "1_a", {})
    monkeypatch.setattr(store, "judging_key", lambda notebook: "others")
    assert not kept.has_verdicts(KEY, "1_a")


def rejudged(monkeypatch, changed: str) -> set[str]:
    """The notebooks that are judged anew after a change of the file that ends so."""
    stems = {exercise.notebook for exercise in ASSIGNMENTS["lenet"].exercises}
    before = {stem: store.judging_key(stem) for stem in stems}
    read = Path.read_bytes
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", lambda p: read(p) + b"#" * str(p).endswith(changed))
        return {stem for stem in stems if store.judging_key.__wrapped__(stem) != before[stem]}


@pytest.mark.parametrize("changed", ["lenet_solution/parameters.py", "judge.py", "judging/pytest.ini"])
def test_what_decides_everywhere_is_judged_anew_everywhere(monkeypatch, changed):
    assert len(rejudged(monkeypatch, changed)) == 3


@pytest.mark.parametrize("folder", ["checks", "checks/hidden"])
def test_a_changed_check_is_judged_anew_in_its_own_notebook(monkeypatch, folder):
    changed = f"{folder}/test_2_count_parameters.py"
    assert rejudged(monkeypatch, changed) == {"2_count_parameters"}
