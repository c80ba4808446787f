"""Golden files of the feedback pages of all samples: one for each submission, tests/golden_pages/samples/ASSIGNMENT/NAME.txt.

    python tests/golden_samples.py      # grades all samples and writes the files anew: a quarter of an hour

Look at what changed before you commit. What a file leaves out, see page_text.py. What stands word for word
in the file of the right sample (`base_of`), or above in the same file, is told by how it begins, after "=": a block or a part.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from page_text import Block, blocks

FOLDER = Path(__file__).parent / "golden_pages" / "samples"
BASE = {"lenet": "correct"}
ANY_BASE = "right_1"  # of an assignment with samples in its folder
# Of these a page differs from run to run: what is found in the frames around an answer, what a broken kernel
# says on its way out, what an answer was written for that is drawn for each course.
VARIES = {"hostile_reads_frames", "damage_broken_character", "wrong_looked_up_by_digest"}
WRITE = "--write-golden-pages"
NO_PAGE = "(no page)\n"
TOLD = 60  # lines of a difference
BEGINS = 40  # characters of what stands elsewhere in full


class GoldenPages:
    """Compares the pages of a course's feedback/ with the golden files, or writes those anew."""

    def __init__(self, course: Path, assignment: str, write: bool):
        self._course = course
        self._assignment = assignment
        self._write = write

    def compare(self, name: str) -> None:
        """Fails where a page of this submission does not read as it did."""
        made, path = self._text(name), FOLDER / self._assignment / f"{name}.txt"
        if self._write:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made, "utf-8")
            return
        kept = path.read_text("utf-8") if path.is_file() else ""
        if made != kept:
            pytest.fail(f"{path.name} has other pages now:\n{_difference(kept, made)}", pytrace=False)

    def _pages(self, name: str) -> dict[str, list[Block]]:
        folder = self._course / "feedback" / name / self._assignment
        return {
            path.name: blocks(path.name, path.read_text("utf-8")) for path in sorted(folder.glob("*.html"))
        }

    def _text(self, name: str) -> str:
        base = FOLDER / self._assignment / f"{base_of(self._assignment)}.txt"
        there = base.read_text("utf-8") if name != base.stem and base.is_file() else ""
        lines: list[str] = []
        for page, found in self._pages(name).items():
            lines.append(f"## {page}")
            for block in found:
                above = "\n".join(["", *lines, ""])
                whole = [line for part in block for line in part]
                if _stands(whole, there + above):
                    lines.append(_again(whole))
                elif name == base.stem:
                    lines += whole
                else:
                    for part in block:
                        lines += [_again(part)] if _stands(part, there + above) else part
        return "\n".join(lines) + "\n" if lines else NO_PAGE


def _stands(some: Sequence[str], text: str) -> bool:
    return "\n".join(["", *some, ""]) in text


def _again(some: Sequence[str]) -> str:
    words = " ".join(line.strip() for line in some)
    return f"= {words}" if len(words) <= BEGINS else f"= {words[:BEGINS]} …"


def _difference(kept: str, made: str) -> str:
    """The lines that differ, below the name of the page that they are on."""
    page, told = "", []
    lines = difflib.unified_diff(kept.splitlines(), made.splitlines(), n=10**6, lineterm="")
    for line in [*lines][3:]:
        if line[1:4] == "## ":
            page = line[1:]
        if line[0] in "+-":
            told += [page] if page not in told else []
            told.append(line)
    more = [f"… and {len(told) - TOLD} more lines"] if len(told) > TOLD else []
    return "\n".join([*told[:TOLD], *more])


def base_of(assignment: str) -> str:
    """The right sample whose file has the course's text in full."""
    return BASE.get(assignment, ANY_BASE)


def base_first(assignment: str, names: Iterable[str]) -> list[str]:
    """These submissions in the order in which their files are written, without those that have none."""
    return sorted({*names} - VARIES, key=lambda name: (name != base_of(assignment), name))


def golden_names(assignment: str) -> set[str]:
    """The submissions that have a golden file."""
    return {path.stem for path in (FOLDER / assignment).glob("*.txt")}


if __name__ == "__main__":
    here = Path(__file__).parent
    files = [str(here / f"test_{name}.py") for name in ("sample_pages", "hostile")]
    sys.exit(pytest.main([*files, "-k", "reads_as_it_did", WRITE]))
