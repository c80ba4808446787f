"""Whose an archive is: other names and shapes of what platforms give, by nbgrader's own command."""

import re

import pytest
from making_archives import tarred, under, zipped
from nbgrader.apps import ZipCollectApp
from traitlets.config import Config

from autograder.course.collecting import SafeCollector, SafeExtractor

NAMES = r".*?/downloaded/[^/]+/extracted/(?P<student_id>[^/]+)/(.*/)?(?P<file_id>[^/]+)$"
CANVAS = r".*/extracted/(?P<student_id>[a-z]+)_\d+_[^/]*/(.*/)?(?P<file_id>[^/]+)$"
ATTEMPTS = r".*/extracted/(?P<student_id>[a-z]+)_at_(?P<timestamp>[^/]*)/(.*/)?(?P<file_id>[^/]+)$"
ANYWHERE = r".*_(?P<student_id>[a-z]+)_attempt_[0-9\-]+[/_](?P<file_id>.*)$"
MINE, OTHER = b"mine", b"other"


@pytest.fixture
def collect(tmp_path, monkeypatch, caplog):
    """Run the command over these files of downloaded/lenet/archive; what was handed in, and its log."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "release/lenet").mkdir(parents=True)
    (tmp_path / "release/lenet/one.ipynb").write_text("{}")
    (tmp_path / "downloaded/lenet/archive").mkdir(parents=True)

    def run(files, named_regexp=NAMES, code=0):
        for name, content in files.items():
            path = tmp_path / "downloaded/lenet/archive" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        app = ZipCollectApp(config=Config(
            ZipCollectApp={
                "extractor_plugin": SafeExtractor, "collector_plugin": SafeCollector, "strict": True,
            },
            FileNameCollectorPlugin={"valid_ext": [".ipynb", ".h5"], "named_regexp": named_regexp},
        ))  # fmt: skip
        app.initialize(["lenet"])
        app.log.propagate = True
        if code:
            with pytest.raises(SystemExit) as ended:
                app.start()
            assert ended.value.code == code
        else:
            app.start()
        return {
            str(path.relative_to(tmp_path / "submitted")).replace("/lenet/", ":"): path.read_bytes()
            for path in (tmp_path / "submitted").rglob("*") if path.is_file()
        }, caplog.text  # fmt: skip

    return run


def one(content=MINE, place="one.ipynb"):
    return zipped({place: content})


SHAPES = {
    "a platform's names": ({"doejane_123_lenet-1.zip": one()}, CANVAS, {"doejane:one.ipynb": MINE}),
    "unpacked by the platform": ({"ada/mine/one.ipynb": MINE}, NAMES, {"ada:one.ipynb": MINE}),
    "an archive in a student's folder": ({"ada/file/lenet.zip": one()}, NAMES, {"ada:one.ipynb": MINE}),
    "a folder and a newer copy below": (
        {"ada/one.ipynb": MINE, "ada/a/one.ipynb": OTHER}, NAMES, {"ada:one.ipynb": MINE},
    ),
    "the newest attempt": (
        {"ada_at_2026-03-01 10:00.zip": one(OTHER), "ada_at_2026-03-02 10:00.zip": one()}, ATTEMPTS,
        {"ada:one.ipynb": MINE, "ada:timestamp.txt": b"2026-03-02 10:00:00"},
    ),
    "archives in folders, of students whom their own names tell": (
        {"group/ada_at_2026-03-01.zip": one(), "group/bob_at_2026-03-01.zip": one(OTHER)},
        ATTEMPTS.replace("extracted/", ""),
        {
            "ada:one.ipynb": MINE, "ada:timestamp.txt": b"2026-03-01 00:00:00",
            "bob:one.ipynb": OTHER, "bob:timestamp.txt": b"2026-03-01 00:00:00",
        },
    ),
    "attempts in a student's folder, whose times are known": (
        {"ada/2026-03-01.zip": one(OTHER), "ada/2026-03-02.zip": one()},
        r".*/extracted/(?P<student_id>[a-z]+)/(?P<timestamp>[^/]*)/(.*/)?(?P<file_id>[^/]+)$",
        {"ada:one.ipynb": MINE, "ada:timestamp.txt": b"2026-03-02 00:00:00"},
    ),
    "rubbish beside the archives": (
        {"ada.zip": one(), "._ada.zip": b"x", "list.csv": b"="}, NAMES, {"ada:one.ipynb": MINE},
    ),
    "a name with a dot": ({"a.lovelace.zip": one()}, NAMES, {"a.lovelace:one.ipynb": MINE}),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_what_platforms_give_is_collected(collect, name):
    files, named_regexp, expected = SHAPES[name]
    assert collect(files, named_regexp)[0] == expected


BOB = {"bob.zip": one(), "x_bob_attempt_2026-01-01.zip": one()}
WRONG = {  # what lies there beside bob's, how names are read, and what is said
    "a class in one archive": (
        {"all.zip": one(OTHER, "x_eve_attempt_2026-01-01/one.ipynb")}, ANYWHERE, "says no student",
    ),
    "another student's name inside": (
        {"x_eve_attempt_2026-02-02.zip": one(OTHER, "x_bob_attempt_2026-03-03_one.h5")}, ANYWHERE,
        "says no student",
    ),
    "a name that leads out": ({"...zip": one(OTHER)}, NAMES, "none of a student"),
    "a name of blanks": ({"  .zip": one(OTHER)}, NAMES, "none of a student"),
    "a name that steers a terminal": ({"a\x1b[2J.zip": one(OTHER)}, NAMES, "none of a student"),
    "another kind of archive": ({"eve.rar": b"Rar!"}, NAMES, "unpack it by hand"),
    "no archive": ({"eve.zip": b"PK, but no more"}, NAMES, "it is damaged"),
    "a notebook of another name": ({"eve.zip": one(OTHER, "two.ipynb")}, NAMES, "but two.ipynb"),
    "twice": ({"bob.gz": one(OTHER)}, NAMES, "leave one of the two"),
    "archives of two students in one folder": (
        {"eve/ada.zip": one(OTHER), "eve/zoe.zip": one(OTHER, "a.h5")}, NAMES, "put archives that are named after",
    ),
    "archives in folders of one folder": (
        {"eve/1/ada.zip": one(OTHER), "eve/2/x/zoe.zip": one(OTHER)}, NAMES, "and of one student's leave one",
    ),
    "archives and loose files in one folder": (
        {"eve/ada.zip": one(OTHER), "eve/zoe.tar.gz": tarred({"one.ipynb": OTHER}), "eve/a.h5": OTHER}, NAMES,
        "the folder eve says whose it is",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_costs_nobody_else_anything_and_is_told(collect, name):
    files, named_regexp, says = WRONG[name]
    found, log = collect(BOB | files, named_regexp, code=1)
    assert OTHER not in found.values() or name == "twice"
    assert "bob:one.ipynb" in found and not any(place.startswith("eve:") for place in found)
    assert says in log


def test_archives_that_are_taken_by_the_name_of_their_folder_are_told_at_the_end(collect):
    found, log = collect(
        {"ada.zip": one(), "sub/victim.zip": one(OTHER), "bob/lenet.zip": one(), "loose/one.ipynb": MINE}
    )
    assert found["sub:one.ipynb"] == OTHER
    [said] = [line for line in log.splitlines() if "by the name of their folder" in line]
    assert (
        "sub/victim as sub's" in said
        and "bob/lenet as bob's" in said
        and "ada" not in said
        and "loose" not in said
    )


@pytest.mark.parametrize("time", ["soon", "9" * 30, ""])
def test_a_time_that_is_none_ends_nothing(collect, time):
    found, _ = collect({f"ada_at_{time}.zip": one(), "bob_at_2026-03-02.zip": one()}, ATTEMPTS)
    assert "bob:timestamp.txt" in found and found["ada:one.ipynb"] == MINE
    assert "ada:timestamp.txt" not in found


def test_a_time_inside_an_archive_is_none(collect):
    inside = under("extracted/ada_at_2020-01-01/", {"one.ipynb": MINE})
    found, _ = collect({"ada_at_2026-03-02.zip": zipped(inside)}, ATTEMPTS)
    assert found == {"ada:one.ipynb": MINE, "ada:timestamp.txt": b"2026-03-02 00:00:00"}


def test_links_among_the_archives_are_not_followed(collect, tmp_path):
    (tmp_path / "solution.ipynb").write_bytes(OTHER)
    folder = tmp_path / "downloaded/lenet/archive/eve"
    folder.mkdir()
    (folder / "one.ipynb").symlink_to(tmp_path / "solution.ipynb")
    found, log = collect({"ada.zip": one()}, code=1)
    assert found == {"ada:one.ipynb": MINE} and "is a link" in log


def test_what_nbgrader_would_end_the_class_for_costs_one_file(collect):
    found, log = collect({"ada/a/one.ipynb": MINE, "ada/b/one.ipynb": OTHER, "bob.zip": one()})
    assert found == {"ada:one.ipynb": MINE, "bob:one.ipynb": MINE}
    assert "ada handed in another one.ipynb" in log


@pytest.mark.parametrize("name", ["lenet.weights (1).h5", "other/weights.h5"])
def test_collecting_ends_with_who_handed_in_no_weights_and_what_may_be_them(collect, tmp_path, name):
    (tmp_path / "release/lenet/3_train_lenet.ipynb").write_text("{}")
    notebook = {"3_train_lenet.ipynb": b"{}"}
    found, log = collect({
        "ada.zip": zipped(notebook | {name: b"x"}), "bob.zip": zipped(notebook),
        "cleo.zip": zipped(notebook | {"lenet.weights.h5": b"x"}), "dan.zip": zipped({"one.ipynb": b"{}"}),
    })  # fmt: skip
    last = name.rsplit("/")[-1]
    assert f"ada:{last}" in found
    assert (
        "ada has handed in no lenet.weights.h5, but " in log
        and f"{last}: if this is it, give it that name" in log
    )
    assert "bob has handed in no lenet.weights.h5.\n" in log
    assert "cleo has handed in no" not in log and "dan has handed in no" not in log


PATTERNS = ("*", "[ab]", "b?b", "a]", "Smith [2]")


@pytest.mark.parametrize("student", PATTERNS)
def test_a_student_whose_name_means_others_is_refused(collect, student):
    found, log = collect({"bob.zip": one(), f"{student}.zip": one(OTHER)}, code=1)
    assert found == {"bob:one.ipynb": MINE}
    [said] = [line for line in log.splitlines() if "Not collected" in line]
    assert f"a student named “{student}”, and nbgrader takes" in said and "rename it" in said


def test_a_pattern_that_is_not_in_the_students_name_harms_nobody(collect):
    assert collect({"doejane_123_lenet [1].zip": one()}, CANVAS)[0] == {"doejane:one.ipynb": MINE}


@pytest.mark.parametrize("twice", [
    zipped({"one.ipynb": OTHER, "1ne.ipynb": MINE}).replace(b"1ne.", b"one."),
    zipped({"one.ipynb": OTHER, "1ne.ipynb": b"", "2ne.ipynb": MINE}).replace(b"1ne.", b"one.").replace(b"2ne.", b"one."),
    zipped({"a\\one.ipynb": MINE}, 2025, onto=zipped({"a/one.ipynb": OTHER})),
    tarred({"one.ipynb": OTHER, "./one.ipynb": MINE}),
], ids=["zip", "three times", "older, with other separators", "tar"])  # fmt: skip
def test_of_two_entries_of_one_path_the_last_one_counts_and_is_told(collect, twice):
    found, log = collect({"ada.gz": twice})
    assert found == {"ada:one.ipynb": MINE}
    assert log.count("one.ipynb is in it more than once, and the last one counts") == 1


SENTENCES = {  # a name, and where it is named
    "HAHA gave all of it”. (“.ipynb": "has notebooks that the assignment does not have",
    "../HAHA gave all of it": "leads out of the archive",
    "HAHA “gave” \"all\" ’of’ it": "is an archive in",
    "HAHA gave\u202e all\u2066 of it.h5": "cannot be used here",
}  # fmt: skip


@pytest.mark.parametrize("name", SENTENCES)
def test_a_name_in_an_archive_is_no_sentence_of_the_collectors(collect, name):
    files, told = {"one.ipynb": MINE, name: OTHER}, SENTENCES[name]
    if told == "is an archive in":
        files = {"one.ipynb": MINE, f"{name}.zip": zipped({"a.zip": zipped({"b.zip": zipped({})})})}
    _, log = collect({"ada.zip": zipped(files)}, code=int(told.startswith("cannot")))
    [said] = [line for line in log.splitlines() if told in line]
    assert re.search("“[^“”]*HAHA[^“”]*”", said) and "HAHA" not in re.sub("“[^“”]*”", "", said)


@pytest.mark.parametrize("name", ["HAHA gave all of it", "HAHA”. Collected (“", "HAHA' \" » gave it"])
def test_the_name_of_an_archive_is_no_sentence_of_the_collectors(collect, name):
    _, log = collect({f"{name}.zip": b"PK, but no more"}, code=1)
    [said] = [line for line in log.splitlines() if "Not collected" in line]
    assert "HAHA" in said and "HAHA" not in re.sub("“[^“”]*”", "", said)
