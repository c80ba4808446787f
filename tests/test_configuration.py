"""A mistake in nbgrader's configuration grades nobody: `autograder grade` and the doctor name it."""

import pytest
from nbgrader.apps import AutogradeApp
from nbgrader.converters import Autograde
from traitlets.config import Config

from autograder import cli
from autograder.course.configuration import misspelt_option
from autograder.course.converters import JudgeClaims, refuse_lists
from autograder.course.folders import course_key
from autograder.course.own_course import CHECKOUT, CourseError
from autograder.tools import doctor

OURS = (CHECKOUT / "nbgrader_config.py").read_text()
LIMITS = "from autograder.sandbox import Limits\nc.ExecuteAndAsk.limits = Limits({})\n"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A folder with our configuration, in which commands are run."""
    (tmp_path / "nbgrader_config.py").write_text(OURS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("autograder.sandbox.prefork.start", lambda *_: None)
    return tmp_path


def refused(capsys, *words):
    """`autograder grade lenet` ends with one sentence that has these words."""
    assert cli.main(["grade", "lenet"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and said.startswith("autograder grade: ")
    for word in words:
        assert word in said, said


def examined(course):
    """What the doctor says of the configuration that is to be mended; "" where there is nothing."""
    looks = dict(doctor.examine(course))
    found = [finding for what in ("the course", "the options") if what in looks for finding in looks[what]()]
    return "".join(finding.mend for finding in found if not finding.ok)


MISTAKES = {
    "c.ExecuteAndAsk.retrain_student = ['ada']": "write c.ExecuteAndAsk.retrain_students",
    "c.ExecuteAndAsk.limitz = 1": "write c.ExecuteAndAsk.limits",
    "c.ExecutAndAsk.fresh = True": "write c.ExecuteAndAsk",
    "c.Execute.timout = 3": "write c.Execute.timeout",
    "c.LateSubmissionPlugin.penalty_metod = 'zero'": "write c.LateSubmissionPlugin.penalty_method",
    "c.ExecuteAndAsk.limits = 5": "an option to what it cannot be",
    "c.ExecuteAndAsk.retrain_share = 1.5": "an option to what it cannot be",
    "c.ExecuteAndAsk.limits = {'memory_mib': -5}": "limits: the limit memory_mib must be a positive whole number",
    "c.ExecuteAndAsk.limits = {'memory_mb': 8192}": "there is no limit memory_mb, but cell_timeout_s",
    LIMITS.format("memory_mib='8GB'"): "cannot be used (ValueError: the limit memory_mib must be",
    LIMITS.format("cell_timeout_s=0"): "cannot be used (ValueError: the limit cell_timeout_s must be",
    LIMITS.format("memory=5"): "cannot be used (TypeError",
}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_in_the_configuration_is_named_and_nobody_is_graded(course, capsys, line):
    (course / "nbgrader_config.py").write_text(f"{OURS}\n{line}\n")
    refused(capsys, MISTAKES[line])
    assert MISTAKES[line] in examined(course)
    assert not (course / ".autograder/store").exists()


@pytest.mark.parametrize(
    "text", ["{", "", "[1]", '{"ExecuteAndAsk": {"fresh": tru}}', '{"ExecuteAndAsk": {"frsh": true}}']
)
def test_a_json_file_beside_it_is_part_of_the_configuration(course, capsys, text):
    (course / "nbgrader_config.json").write_text(text)
    named = "c.ExecuteAndAsk.frsh" if "frsh" in text else "nbgrader_config.json cannot be used"
    refused(capsys, named)
    assert named in examined(course)


@pytest.mark.parametrize("line", [
    "", "c.ExecuteAndAsk.fresh = True", "c.Execute.store = '/srv/store'", "c.NbGrader.logfile = 'x.log'",
    "c.NbGraderPreprocessor.enabled = True", "c.HTMLExporter.embed_images = True", "c.ServerApp.port = 1",
    "c.AssignLatePenalties.plugin_class = 'late.LateSubmissionPlugins'\nc.LateSubmissionPlugins.x = 1",
    "c.NbGrader.db_url = 'sqlite:///x.db'", "c.Autograde.exclude_overwriting = {'lenet': ['a.py']}",
    LIMITS.format("memory_mib=1, cell_timeout_s=1"), "c.ExecuteAndAsk.limits = {'memory_mib': 1}",
])  # fmt: skip
def test_what_somebody_reads_is_no_mistake(course, line):
    (course / "nbgrader_config.py").write_text(f"{OURS}\n{line}\n")
    assert examined(course) == ""
    app = AutogradeApp()
    app.initialize(["lenet"])
    assert misspelt_option(app.config) == ""


@pytest.mark.parametrize("name", ["SaveAutoGrades", "JudgeClaims", "RebuildNotebook"])
@pytest.mark.parametrize("switch", ["named", "all"])
def test_what_records_or_judges_cannot_be_switched_off(course, capsys, name, switch):
    section = name if switch == "named" else "NbGraderPreprocessor"
    (course / "nbgrader_config.py").write_text(f"{OURS}\nc.{section}.enabled = False\n")
    refused(capsys, "switched on", name if switch == "named" else "RebuildNotebook")


@pytest.mark.parametrize("name", ["nosuch.Plugin", "json.Plugin", "json.JSONDecoder"])
def test_a_plugin_for_late_penalties_that_cannot_be_had_grades_nobody(course, capsys, name):
    line = f"c.AssignLatePenalties.plugin_class = {name!r}"
    (course / "nbgrader_config.py").write_text(f"{OURS}\n{line}\n")
    refused(capsys, "plugin_class", name.split(".")[-1])


def test_what_is_ready_made_in_a_list_is_asked_itself(course):
    app = AutogradeApp()
    app.initialize(["lenet"])
    converter = Autograde(coursedir=app.coursedir, parent=app)
    refuse_lists(converter)
    app.config.ExecuteAndAsk.enabled = False  # nbgrader's --no-execute
    refuse_lists(converter)
    converter.autograde_preprocessors = [
        JudgeClaims(enabled=False) if one is JudgeClaims else one for one in converter.autograde_preprocessors
    ]
    with pytest.raises(CourseError, match="JudgeClaims once, switched on"):
        refuse_lists(converter)


@pytest.mark.parametrize("key", [b"", b"short", bytes(32), b"x" * 33, b"x" * 31], ids=len)
def test_a_key_that_is_none_is_refused(tmp_path, key):
    coursedir = Config(root=str(tmp_path))
    good = course_key(coursedir)
    assert course_key(coursedir) == good and len(good) == 32
    (tmp_path / ".autograder/key").write_bytes(key)
    with pytest.raises(CourseError, match=r"key is damaged.*bring a copy of it back"):
        course_key(coursedir)
    assert (tmp_path / ".autograder/key").read_bytes() == key


def test_a_folder_in_the_place_of_the_key_is_refused(tmp_path):
    (tmp_path / ".autograder/key").mkdir(parents=True)
    with pytest.raises(CourseError, match="key is damaged"):
        course_key(Config(root=str(tmp_path)))


@pytest.mark.parametrize("place", [".autograder", ".autograder/grade.log"])
def test_something_else_where_our_own_files_belong_is_one_sentence(course, capsys, place):
    if place == ".autograder":
        (course / place).write_text("")
    else:
        (course / place).mkdir(parents=True)
    refused(capsys, place, "move it away, then run the same command again")
