"""TRUSTED: `nbgrader zip_collect`, which takes in whatever students have packed. Its two plugins.

    unpack (SafeExtractor)    downloaded/lenet/archive/STUDENT.zip → extracted/STUDENT/
    collect (SafeCollector)   whose it is → submitted/STUDENT/lenet/

A student is who the name of the archive says: nothing inside an archive can hand in for another student,
or invent one. What is wrong with an archive costs its own student only, and is told at the end.
"""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from nbgrader.apps.zipcollectapp import ZipCollectApp
from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin
from nbgrader.utils import find_all_notebooks, parse_utc

from autograder.assignments import ASSIGNMENTS
from autograder.course.archives import FILE, MIB, Archive, Entry, Refused, archive_stem
from autograder.course.intake import PATTERNS, is_pattern, keep_printable, limits_of, not_handed_in
from autograder.course.own_course import CourseError
from autograder.course.remedies import remedy
from autograder.judging.words import named, quoted

_OTHER_ARCHIVES = (".7z", ".bz2", ".rar", ".tar", ".tgz", ".xz", ".zipx")
_SOME = 3  # names in one sentence
_LONGEST = 200  # characters of a name


class CarefulZipCollect(ZipCollectApp):
    """nbgrader's command, which ends with what was not collected, and then with exit code 1.

    refused: why, by archive. remarks: sentences about what was collected in part. places: for each
    file that an archive gave, the part of its path that the archive's own place decides. by_folder: those
    places whose folder, and not whose name, says whose the archive is. students: whose files were collected.
    """

    refused: dict[str, str]
    remarks: list[str]
    places: dict[str, str]
    by_folder: dict[str, str]
    students: list[str]

    @classmethod
    def clear_instance(cls) -> None:
        """Called by traitlets, which would look for the one instance here: it is that of nbgrader's class."""
        ZipCollectApp.clear_instance()

    def shown(self, path: str | Path) -> str:
        """A path below the folders of archives and of what was unpacked, for a sentence."""
        for step in (self.archive_directory, self.extracted_directory):
            folder = Path(self._format_collect_path(step))
            if Path(path).is_relative_to(folder):
                return f"{folder}/{named(str(Path(path).relative_to(folder)))}"
        return named(str(path))

    def _collect_files(self, src_files: list[str]) -> dict[str, Any]:
        """Called by nbgrader with all files that were unpacked: those nearest the top go first."""
        found: dict[str, Any] = super()._collect_files(
            sorted(src_files, key=lambda path: (path.count(os.sep), path))
        )
        self.students = sorted(found)
        return found

    def process_extracted_files(self) -> None:
        """Called by nbgrader last of all."""
        try:
            super().process_extracted_files()
            self.remarks += self._not_handed_in()
            taken = [f"{self.shown(place)} as {named(who)}'s" for place, who in self.by_folder.items()]
            if taken:
                self.remarks.append(f"Taken by the name of their folder, not by their own: {some(taken)}.")
        finally:
            for remark in self.remarks:
                self.log.warning("%s", remark)
            for name, why in self.refused.items():
                self.log.error("Not collected: %s, because %s.", self.shown(name), why)
        if self.refused:
            self.exit(1)

    def _not_handed_in(self) -> Iterator[str]:
        """A sentence for each file that a student's notebook needs and that is not there."""
        assignment = self.coursedir.assignment_id
        try:
            limits = limits_of(self.config)
        except CourseError as error:
            yield str(error)
            return
        for student in self.students:
            for asked, files in not_handed_in(self.coursedir, assignment, student, limits).items():
                sentence = f"{named(student)} has handed in no {asked}"
                if files:
                    found = some(map(named, files))
                    sentence += f", but {found}: if this is it, give it that name, beside the notebooks"
                yield f"{sentence}."


def careful(app: ZipCollectApp) -> CarefulZipCollect:
    """nbgrader's command as the class above; its configuration has no place for another one."""
    if type(app) is ZipCollectApp:
        app.__class__ = CarefulZipCollect
        app.refused, app.remarks, app.places, app.by_folder, app.students = {}, [], {}, {}, []
        keep_printable(app.log)
    ours: CarefulZipCollect = app
    return ours


class SafeExtractor(ExtractorPlugin):
    """Takes out of each archive what an instructor would: the notebooks, and what is handed in with them."""

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Called by nbgrader with the folders to read and to write."""
        self._app = careful(self.parent)
        collector = self._app.collector_plugin_inst
        self._suffixes = tuple(collector.valid_ext)
        self._archives = tuple(suffix.lower() for suffix in self.zip_ext)
        self._expected = expected_names(self._app)
        for parent, folders, names in os.walk(archive_path):
            folders.sort()
            for name in sorted(names):
                path = Path(parent, name)
                place = Path(extracted_path, path.relative_to(archive_path))
                try:
                    self._take_in(path, place)
                except Refused as error:
                    self._app.refused[str(path)] = str(error)
                except Exception as error:
                    sentence = remedy(error)
                    if sentence:
                        self.log.error("%s", sentence)
                        raise SystemExit(1) from error
                    why = f"{type(error).__name__}: {quoted(str(error), _LONGEST)}"
                    self._app.refused[str(path)] = f"it is damaged ({why})"

    def _take_in(self, path: Path, place: Path) -> None:
        """Unpack an archive, or copy a file that lies beside the archives."""
        suffix = path.suffix.lower()
        if path.name.startswith("._") or suffix not in (*self._archives, *self._suffixes, *_OTHER_ARCHIVES):
            return
        if path.is_symlink() or not path.is_file():
            raise Refused("it is a link or no file at all")
        if suffix in self._archives:
            stem = archive_stem(path.name)
            if not stem.strip(". ") or stem.startswith(".") or not stem.isprintable():
                raise Refused("its name is none of a student")
            self.log.info("Unpacking %s", path)
            self._unpack(path, place.with_name(stem))
        elif suffix in self._suffixes:
            if path.stat().st_size > FILE:
                raise Refused(f"it is larger than {FILE // MIB} MiB")
            self.log.info("Copying %s", path)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        else:
            raise Refused(f"only archives with {', '.join(self._archives)} are opened: unpack it by hand")

    def _unpack(self, path: Path, place: Path) -> None:
        with Archive(path, self._archives) as archive:
            chosen, doubles, strange = self._choose(archive.entries)
            if not chosen:
                raise Refused(_but("it has none of the assignment's files", [*strange, *archive.left_out]))
            taken = {place / target: entry for target, entry in chosen.items()}
            there = [named(str(target)) for target in chosen if (place / target).exists()]
            if there:
                raise Refused(f"another archive of this name has {some(there)} already: leave one of the two")
            try:
                archive.take(taken)
            except BaseException:
                for one in taken:
                    one.unlink(missing_ok=True)
                raise
        self._app.places.update(dict.fromkeys(map(str, taken), str(place)))
        for words, names in (
            ("has several files of one name, those nearest the top were taken", doubles),
            ("has notebooks that the assignment does not have", strange),
            ("was not taken whole", archive.left_out),
        ):
            if names:
                self._app.remarks.append(f"{self._app.shown(path)} {words}: {some(names)}.")

    def _choose(self, entries: Iterable[Entry]) -> tuple[dict[Path, Entry], list[str], list[str]]:
        """What to take out and where to; which names there are several of; notebooks of other names.

        The latter two for a sentence.
        Of files of one name the one nearest the top is taken, of those the newest.
        """
        found: dict[str, list[Entry]] = {}  # by name, whatever its capitals
        targets = dict(self._expected)
        others, strange = [], []
        for entry in sorted(entries, key=lambda entry: entry.time, reverse=True):
            name = entry.parts[-1]
            if any(part.startswith(".") or part in ("__MACOSX", "__pycache__") for part in entry.parts):
                continue
            if folded(name) in self._expected:
                found.setdefault(folded(name), []).append(entry)
            elif name.endswith(".ipynb") and self._app.strict:
                strange.append(named(entry.name))
            elif name.endswith(self._suffixes):
                others.append(entry)
        nearest = min((e for same in found.values() for e in same), key=_depth, default=None)
        top = nearest.parts[:-1] if nearest else ()
        for entry in others:
            parts = entry.parts[len(top) :] if entry.parts[: len(top)] == top else entry.parts
            name = "/".join(parts)
            if not name.isprintable() or max(map(len, parts)) > _LONGEST:
                raise Refused(f"the name of a file in it cannot be used here: {named(name)}")
            targets.setdefault(folded(name), name)
            found.setdefault(folded(name), []).append(entry)
        chosen = {Path(targets[key]): min(same, key=_depth) for key, same in found.items()}
        doubles = [named(targets[key]) for key, same in found.items() if len(same) > 1]
        return chosen, doubles, strange


class SafeCollector(FileNameCollectorPlugin):
    """nbgrader's, which believes the archive's own name alone."""

    def __init__(self, **options: object):
        super().__init__(**options)
        self._seen: dict[tuple[str, str], bool] = {}  # whether its time is known
        self._archives: Counter[str] = Counter()  # by folder

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """Called by nbgrader with every file; whose it is and what, or None for nobody's."""
        app = careful(self.parent)
        place = app.places.get(submitted_file, submitted_file)
        found: dict[str, Any] | None = super().collect(submitted_file)
        if found is not None and not {"student_id", "file_id"} <= set(found):
            return found  # nbgrader says what the regular expression lacks
        if found is None and place == submitted_file:  # no archive: it may be nobody's, as for nbgrader
            app.remarks.append(f"Nobody's, by its name: {app.shown(submitted_file)} (see named_regexp).")
            return None
        match = re.match(self.named_regexp, submitted_file)
        if (
            found is None
            or match is None
            or match.end("student_id") > len(place)
            or not _names_a_student(found)
        ):
            app.refused[place] = (
                "its name says no student: mend named_regexp in nbgrader_config.py, or unpack by hand what "
                "holds the work of many students"
            )
            return None
        student = found["student_id"]
        if is_pattern(student):
            app.refused[place] = (
                f"it would be of a student named {quoted(student, _LONGEST)}, and {PATTERNS}: rename it, or mend "
                "named_regexp in nbgrader_config.py"
            )
            return None
        if found.get("timestamp") is not None and (
            match.end("timestamp") > len(place) or not _is_time(found["timestamp"])
        ):
            app.remarks.append(f"{app.shown(submitted_file)}: nobody knows when this was handed in.")
            found["timestamp"] = None
        dated = found.get("timestamp") is not None
        folder = place[: match.end("student_id")]
        if not dated and folder != place and self._archives_in(folder) > 1:
            app.refused[place] = (
                f"the folder {named(student)} says whose it is and has other archives as well, perhaps of other "
                f"students: put archives that are named after students beside that folder, and of one student's "
                "leave one"
            )
            return None
        key = student, os.path.splitext(found["file_id"])[0] + os.path.splitext(submitted_file)[1]
        if key in self._seen and not (dated and self._seen[key]):  # else nbgrader takes the newest
            told = f"{named(student)} handed in another {named(key[1])}"
            app.remarks.append(f"{app.shown(submitted_file)} was left out: {told}.")
            return None
        self._seen[key] = dated
        if place != submitted_file and Path(folder) in Path(place).parents:
            app.by_folder[place] = student
        return found

    def _archives_in(self, folder: str) -> int:
        """How many archives gave files, in this folder of what was unpacked and those below it."""
        if not self._archives:  # everything is unpacked before anything is collected
            for archive in set(careful(self.parent).places.values()):
                self._archives.update(map(str, Path(archive).parents))
        return self._archives[folder]


def expected_names(app: ZipCollectApp) -> Mapping[str, str]:
    """The names that students' files must have, by what they are whatever the capitals."""
    coursedir = app.coursedir
    release = coursedir.format_path(coursedir.release_directory, ".", coursedir.assignment_id)
    assignment = ASSIGNMENTS.get(coursedir.assignment_id)
    asked = assignment.files.values() if assignment else ()
    return {folded(name): name for name in (*find_all_notebooks(release), *asked)}


def some(names: Iterable[str]) -> str:
    """The first of them, in one phrase."""
    listed = [*names]
    more = f" and {len(listed) - _SOME:,} more" if len(listed) > _SOME else ""
    return ", ".join(listed[:_SOME]) + more


def _but(sentence: str, names: list[str]) -> str:
    return f"{sentence}, but {some(names)}" if names else sentence


def folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _depth(entry: Entry) -> int:
    return len(entry.parts)


def _names_a_student(found: Mapping[str, str | None]) -> bool:
    student = found["student_id"] or ""
    is_name = student.isprintable() and student[:1] not in ("", ".") and "/" not in student
    return is_name and bool(found["file_id"])


def _is_time(text: str) -> bool:
    try:
        return bool(text) and parse_utc(text) is not None
    except (ValueError, OverflowError, TypeError):
        return False
