"""TRUSTED. The command `autograder`: reads its arguments and calls the module that does the work."""

import argparse
import os
import sys
import warnings
from collections.abc import Callable
from contextlib import ExitStack, suppress
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from autograder.batch.startup import quick_imports
from autograder.course.own_course import CHECKOUT, CourseError, Stopped
from autograder.fashion_mnist import FashionMnistError, find_folder


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code. Errors that a person can mend end in one sentence."""
    options = _parser().parse_args(arguments)
    console = Console()
    try:
        exit_code: int = options.run(options, console)
        return exit_code
    except Stopped as end:
        sentence = end.sentence
    except (CourseError, FashionMnistError) as error:
        sentence = str(error)
    except KeyboardInterrupt:
        print(f"autograder {options.command}: stopped.", file=sys.stderr)
        return 130
    except Exception as error:
        from autograder.course.remedies import remedy  # SQLAlchemy takes a while

        sentence = remedy(error)
        if not sentence:
            raise
    print(f"autograder {options.command}: {sentence}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="autograder", description="The course's own tool, beside nbgrader.")
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('lenet-autograder')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace, Console], int], help: str
    ) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help)
        made.set_defaults(run=run)
        return made

    demo = command("demo", _demo, "grade sample submissions in a course folder of its own")
    demo.add_argument(
        "--course",
        type=Path,
        default=Path("demo-course"),
        help="folder of the course, made anew each time (default: demo-course)",
    )
    command("doctor", _doctor, "say what this machine has and lacks for grading")
    calibrate = command(
        "calibrate", _calibrate, "train the reference recipe many times and measure its spread"
    )
    calibrate.add_argument("--runs", type=_positive, default=20, metavar="N", help="trainings (default: 20)")
    calibrate.add_argument(
        "--recipes", action="store_true", help="train each of the other honest recipes instead"
    )
    release = command("release", _release, "build release/ASSIGNMENT from source/ASSIGNMENT")
    bundle = command("bundle", _bundle, "pack dist/ASSIGNMENT-student.zip from the release")
    for made in (release, bundle):
        made.add_argument("assignment", nargs="?", default="lenet", help="default: lenet")
    new = command("new", _new, "lay out a small assignment that works, in this course's folder")
    new.add_argument("assignment", help="its name")
    samples = command("samples", _samples, "grade an assignment's samples, and compare with what they expect")
    samples.add_argument("assignment", help="its name; run this in the course's folder")
    report = command(
        "report", _report, "make a page about a class: points, exercises, mistakes, whom to look at"
    )
    report.add_argument("assignment", help="its name; run this in the course's folder")
    answers = command(
        "answers", _answers, "grade all written answers to one question on one page, without names"
    )
    answers.add_argument(
        "cell", help="the id of its cell, for example why_dense; run this in the course's folder"
    )
    answers.add_argument("--assignment", default="", metavar="NAME", help="where several have such a cell")
    grade = command("grade", _grade, "execute submissions on many workers, then record their grades")
    grade.add_argument("assignment", help="the assignment's name; run this in the course's folder")
    where = grade.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs",
        type=_positive,
        metavar="N",
        help="worker processes (default: the number of cores)",
    )
    where.add_argument(
        "--scheduler", default="", metavar="ADDRESS", help="a Dask cluster to execute on instead"
    )
    grade.add_argument(
        "--student", nargs="+", action="extend", default=[], metavar="ID", help="these students only"
    )
    grade.add_argument("--fresh", action="store_true", help="execute again what the store has")
    grade.add_argument("--retrain", action="store_true", help="train every network again as well")
    gradescope = command(
        "gradescope",
        _gradescope,
        "pack dist/ASSIGNMENT-gradescope.zip, Gradescope's autograder, with every answer",
    )
    gradescope.add_argument("assignment", help="the assignment's name; run this in the course's folder")
    export = command("export", _export, "write graded submissions as files that other programs read")
    export.formatter_class = argparse.RawDescriptionHelpFormatter
    export.epilog = _FORMATS
    export.add_argument("assignment", help="the assignment's name; run this in the course's folder")
    export.add_argument(
        "--format",
        required=True,
        choices=("json", "gradescope", "junit", "canvas", "moodle", "classroom50"),
        help="see below",
    )
    export.add_argument(
        "--to", type=Path, metavar="PATH", help="folder or file to write (default: in exports/ASSIGNMENT)"
    )
    export.add_argument(
        "--student", nargs="+", action="extend", default=[], metavar="ID", help="these students only"
    )
    return parser


_FORMATS = """\
formats, with what they write in exports/ASSIGNMENT:
  json         json/ID.json: all that is known, also what students may not see; the form is written down in
               autograder/exports/submission-v1.schema.json
  gradescope   gradescope/ID/results.json, as Gradescope reads it from an autograder
  junit        junit/ID.xml: a test suite an exercise, a test case a check; skipped is what waits for a
               person, an error what was not judged
  canvas       canvas.csv, for Canvas: Grades, Import. The login is nbgrader's id of the student; lms_user_id, if
               it is a number, is Canvas's own. Import either the exercises or the total: both would count.
  moodle       moodle.csv, for Moodle: Grades, Import, CSV. Map one of the columns that say who it is, and of the
               others those that you want. Text in feedback is written as HTML.
  classroom50  result.json of one submission, run by Classroom 50's runner, which says whose it is.
               It knows whole numbers alone, so its points are hundredths.

Who handed in nothing has no file, and in canvas and moodle no row: what is there stays there, and the
platform's own rule for missing work decides. In canvas and moodle a number is final: what a person still has to
look at has none, and the total neither; an import takes away a number that was there before. The other formats
have the points so far, and say that they are not final. Of a check that only the grader has, all but json have
the sentence and the points alone. The files are for your eyes only (mode 600).
"""


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too few: give at least 1")
    return number


# Each command imports its module when it runs: `autograder --help` answers at once.


def _demo(options: argparse.Namespace, console: Console) -> int:
    from autograder.tools import demo

    return demo.run(console, options.course.absolute())


def _doctor(options: argparse.Namespace, console: Console) -> int:
    from autograder.tools import doctor

    return doctor.run(console)


def _calibrate(options: argparse.Namespace, console: Console) -> int:
    from autograder.assignments.lenet.exercises import PASS_MARK, TARGET
    from autograder.tools.calibration import CalibrationError, calibrate, other_recipes, run_recipes

    record = CHECKOUT / "lenet_solution" / "calibration.json"
    try:
        if options.recipes:
            others = run_recipes(range(options.runs), record.with_name("recipes.json"))
            console.print(other_recipes(others, PASS_MARK).sentence())
            return 0
        summary = calibrate(range(options.runs), record, record.with_suffix(".png"), PASS_MARK, TARGET)
    except CalibrationError as error:
        print(f"autograder calibrate: {error}", file=sys.stderr)
        return 1
    console.print(summary.sentence())
    return 0


def _release(options: argparse.Namespace, console: Console) -> int:
    from autograder.tools.release import rebuild

    with console.status(f"Building release/{options.assignment} ..."):
        built = rebuild(options.assignment, _course())
    console.print(f"Built {built}", soft_wrap=True, highlight=False)
    return 0


def _bundle(options: argparse.Namespace, console: Console) -> int:
    from autograder.tools.bundle import build_bundle

    course = _course()
    built = build_bundle(options.assignment, course / "dist", course)
    console.print(f"Built {built}", soft_wrap=True, highlight=False)
    return 0


def _new(options: argparse.Namespace, console: Console) -> int:
    from autograder.tools.new import lay_out

    name = options.assignment
    for path in lay_out(name, Path.cwd()):
        console.print(str(path.relative_to(Path.cwd())), markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"Change it into yours, then: autograder samples {name}, nbgrader generate_assignment {name}.",
        soft_wrap=True,
        highlight=False,
    )
    return 0


def _samples(options: argparse.Namespace, console: Console) -> int:
    from autograder.tools import samples

    return samples.run(console, options.assignment, _course())


def _report(options: argparse.Namespace, console: Console) -> int:
    from autograder.class_report.writing import write_report

    _course()
    with warnings.catch_warnings(action="ignore"):  # SQLAlchemy's about nbgrader
        written = write_report(options.assignment)
    console.print(f"Open {written} in a browser. It names students.", soft_wrap=True, highlight=False)
    return 0


def _answers(options: argparse.Namespace, console: Console) -> int:
    from autograder.answers.grading import grade_answers

    _course()
    with warnings.catch_warnings(action="ignore"):  # SQLAlchemy's about nbgrader
        grade_answers(console, options.cell, options.assignment)
    return 0


def _course() -> Path:
    """The course that the command is started in, whose own assignments are known from here on."""
    from autograder.assignments import add_folder
    from autograder.course.own_course import here

    course = here()
    add_folder(course / "assignments")
    return course


def _export(options: argparse.Namespace, console: Console) -> int:
    from autograder.tools import export

    _course()
    return export.run(console, options.assignment, options.format, options.to, options.student)


def _gradescope(options: argparse.Namespace, console: Console) -> int:
    from autograder.course.configuration import this_course
    from autograder.tools import gradescope

    _course()
    built = gradescope.build(options.assignment, this_course(graded=False))
    console.print(
        f"Built {built}. It holds the solution and the hidden checks: give it to nobody but Gradescope.",
        soft_wrap=True,
        highlight=False,
    )
    return 0


def _grade(options: argparse.Namespace, console: Console) -> int:
    from autograder.sandbox import Limits, SandboxError, prefork

    cores = os.cpu_count() or 1
    jobs = options.jobs or cores
    with ExitStack() as stack:
        if not options.scheduler:
            # Kernels side by side do not wait for one another's threads.
            os.environ["OMP_NUM_THREADS"] = str(max(cores // jobs, 1))
            with suppress(SandboxError):  # grading says what is wrong
                # First of all, because importing TensorFlow takes longest.
                prefork.start(find_folder(), Limits())
                stack.callback(prefork.forget)
        with quick_imports():
            from autograder.batch import grading

        return grading.run(
            console,
            options.assignment,
            jobs,
            options.student,
            fresh=options.fresh,
            retrain=options.retrain,
            scheduler=options.scheduler,
        )
