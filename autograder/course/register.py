"""TRUSTED; SQLite and NumPy only. The register of weights: whose network is like whose.

While a batch runs, rows are only entered, each at the same cost however many there are. Whose networks
are alike is found afterwards, from the rows that are new, so the order in which students were graded
decides nothing. What is found is evidence for a person: likeness.py says of what kind.
"""

from __future__ import annotations

import math
import os
import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Self, TypeVar

from autograder.copies.likeness import Fingerprint, Sieve, candidates, compare
from autograder.course.own_course import CourseError

# A comparison takes some tenths of a second. Of those who are known to be alike among themselves (half
# a class that copied one seed from a tutorial) a network is compared until so many are like it.
ENOUGH = 8
_AT_ONCE = 64  # networks of which the sieve is asked in one go; each takes 110 KB of memory
_ROWS = 1_000  # of the sieve that are in memory at once: they are read faster so than all together
_PATIENCE_S = 60.0  # until another process has written

# Of what was handed in twice, byte for byte, one execution is kept, and so one start of train_lenet.
_ONE_SUBMISSION = (
    "Two handed in the same file, with the same notebook, byte for byte: no common start explains that."
)
_GONE = (
    " That network is no longer there: another was handed in since, or the submission was removed or renamed."
)

_APPLICATION, _FORMAT = 0x4C654E74, 4  # at the head of the file, so that no other is taken for ours
_TABLES = f"""
PRAGMA page_size = 8192;  -- a row with its sieve fits
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_FORMAT};
CREATE TABLE submissions (
    student TEXT PRIMARY KEY,
    digest TEXT NOT NULL,       -- names what was executed
    compared INTEGER NOT NULL,  -- whether its network was compared with the others
    told INTEGER NOT NULL,      -- whether the gradebook was told what was found, since it was entered
    sieve BLOB                  -- NULL where there is no network to compare
);
CREATE INDEX digests ON submissions (student, digest);
CREATE INDEX unresolved ON submissions (student) WHERE NOT (compared AND told);
CREATE TABLE fingerprints (student TEXT PRIMARY KEY, fingerprint BLOB NOT NULL);
CREATE TABLE former (  -- networks that were replaced or removed: the register only grows
    id INTEGER PRIMARY KEY, student TEXT NOT NULL, sieve BLOB NOT NULL, fingerprint BLOB NOT NULL
);
CREATE INDEX formers ON former (student);
CREATE TABLE pairs (  -- from both sides; from one alone where the other's network has gone
    student TEXT, other TEXT, evidence TEXT NOT NULL, explanation TEXT NOT NULL,
    PRIMARY KEY (student, other)
) WITHOUT ROWID;
"""
# What `_through_the_sieve` looks at.
_THERE = "SELECT sieve, student FROM submissions WHERE sieve NOT NULL"
_FORMER = "SELECT sieve, student, id FROM former"

_Read = TypeVar("_Read")


@dataclass(frozen=True)
class Pair:
    """What a person should know of two networks that are alike. other: whose the other one is."""

    other: str
    evidence: str
    explanation: str


@dataclass(frozen=True)
class Group:
    """Students whose networks are alike, directly or by way of others'.

    explanations: those that were found for its pairs, each once.
    """

    students: tuple[str, ...]
    explanations: tuple[str, ...]


class Register:
    """The networks of one assignment by student, in one file. One process writes it at a time.

    Everything raises `CourseError` where the file holds something else, or cannot be used.
    """

    def __init__(self, path: Path):
        self._path = path
        try:
            if not path.exists():
                _make(path)
            self._db = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
        except sqlite3.Error as error:
            raise self._sentence(error) from None
        try:
            self._require_ours()
        except BaseException:
            self._db.close()
            raise

    def _require_ours(self) -> None:
        with self._transaction("DEFERRED") as db:
            said = [
                db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("application_id", "user_version", "page_count", "page_size")
            ]
            whole = math.prod(said[2:]) == self._path.stat().st_size
            if said[:2] != [_APPLICATION, _FORMAT] or not whole:
                raise self._damaged()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def enter(self, student: str, digest: str, fingerprint: Fingerprint | None) -> None:
        """Note what a student handed in, in the place of what was there before.

        digest: a name for what was executed. fingerprint: None where there is no network that could
        be the student's own.
        """
        raw, sieve = (fingerprint.to_bytes(), fingerprint.sieve_bytes) if fingerprint else (None, None)
        with self._transaction("IMMEDIATE") as db:
            before = db.execute(
                "SELECT compared FROM submissions LEFT JOIN fingerprints USING (student) "
                "WHERE student = ? AND fingerprint IS ?",
                (student, raw),
            ).fetchone()
            if before is None:  # another network than before
                self._remember(student)
            db.execute(
                "INSERT OR REPLACE INTO submissions VALUES (?, ?, ?, FALSE, ?)",
                (student, digest, bool(before and before[0]), sieve),
            )
            if raw is None:
                db.execute("DELETE FROM fingerprints WHERE student = ?", (student,))
            else:
                db.execute("INSERT OR REPLACE INTO fingerprints VALUES (?, ?)", (student, raw))

    def digests(self) -> dict[str, str]:
        """By student, the name of what was executed when it was entered."""
        with self._transaction("DEFERRED") as db:
            return dict(db.execute("SELECT student, digest FROM submissions").fetchall())

    def pairs_of(self, student: str) -> list[Pair]:
        """The networks that are like this student's, as the last `resolving` found."""
        with self._transaction("DEFERRED") as db:
            rows = db.execute(
                "SELECT other, evidence, explanation FROM pairs WHERE student = ? ORDER BY other",
                (student,),
            ).fetchall()
        return [Pair(*row) for row in rows]

    def groups(self) -> list[Group]:
        """Who is alike with whom; the largest group first."""
        with self._transaction("DEFERRED") as db:
            pairs = db.execute("SELECT student, other, explanation FROM pairs").fetchall()
        return [
            Group(
                tuple(students),
                tuple(sorted({why for student, _, why in pairs if why and student in students})),
            )
            for students in _Groups((student, other) for student, other, _ in pairs).all()
        ]

    @contextmanager
    def resolving(self, handed_in: Callable[[str], bool]) -> Iterator[frozenset[str]]:
        """Compare what was entered since the last time; whose exercise is to be flagged now.

        It is kept when the block ends well, else found once more the next time. handed_in: whether a
        student's submission is still there. A network that was replaced or removed is compared with the others'
        all the same: in whatever order, who copied it is found, and does not lose the flag with it.
        """
        with self._transaction("IMMEDIATE"):
            yield self._resolve(handed_in)

    def _resolve(self, handed_in: Callable[[str], bool]) -> frozenset[str]:
        db = self._db
        before = set(db.execute("SELECT student, other FROM pairs"))
        paired = {student for student, _ in before}
        rows = db.execute(
            "SELECT student, compared, told FROM submissions WHERE NOT (compared AND told)"
        ).fetchall()
        entered = {student for student, _, told in rows if not told}
        new = {student for student, compared, _ in rows if not compared}
        gone = {student for student in paired | entered | new if not handed_in(student)}
        for student in gone:
            self._remember(student)
            self._forget(student)
        # Of a group that loses one, not every two may have been compared.
        open_ = new | gone
        open_ |= {student for pair in before if open_.intersection(pair) for student in pair}
        for student in open_:
            db.execute("DELETE FROM pairs WHERE student = ?", (student,))
        if open_ - gone:
            self._compare(open_ - gone, handed_in)
        after = set(db.execute("SELECT student, other FROM pairs"))
        alike = {student for student, _ in after}
        # Who was told of a pair before, and perhaps has looked, is told again only of a new network.
        flagged = {student for student, other in after - before if {student, other} & new}
        db.execute("UPDATE submissions SET compared = TRUE, told = TRUE WHERE NOT (compared AND told)")
        return frozenset(flagged | alike & entered)

    def _compare(self, these: Collection[str], handed_in: Callable[[str], bool]) -> None:
        """Find the pairs of these students, none of which is noted, among all."""
        db = self._db
        networks = "SELECT student FROM fingerprints WHERE student = ?"
        students = [s for s in sorted(these) if db.execute(networks, (s,)).fetchone()]
        groups = _Groups(db.execute("SELECT student, other FROM pairs"))
        partners, done, gone = Counter[str](), set[frozenset[str]](), set[str]()
        fingerprint = lru_cache(_AT_ONCE)(self._fingerprint)
        for begin in range(0, len(students), _AT_ONCE):
            through = self._through_the_sieve(_THERE, students[begin : begin + _AT_ONCE])
            for student, other in through:
                pair = frozenset((student, other))
                enough = partners[student] >= ENOUGH and other in groups.of(student)
                if student == other or pair in done or other in gone or enough:
                    continue
                done.add(pair)
                likeness = compare(fingerprint(student), fingerprint(other))
                if not likeness.alike:
                    continue
                if not handed_in(other):
                    self._remember(other)
                    self._forget(other)
                    gone.add(other)
                    continue
                if self._executed(student) == self._executed(other):
                    likeness = replace(likeness, explanation=_ONE_SUBMISSION)
                for one, two in ((student, other), (other, student)):
                    partners[one] += 1
                    told = (one, two, likeness.sentence(), likeness.explanation)
                    db.execute("INSERT OR REPLACE INTO pairs VALUES (?, ?, ?, ?)", told)
                groups.join(student, other)
        self._compare_with_former(students)

    def _compare_with_former(self, students: Sequence[str]) -> None:
        """Find whose network is like one that has gone since, and was another student's."""
        fingerprint = lru_cache(_AT_ONCE)(self._fingerprint)
        partners: dict[str, set[str]] = {student: {student} for student in students}
        for begin in range(0, len(students), _AT_ONCE):
            through = self._through_the_sieve(_FORMER, students[begin : begin + _AT_ONCE])
            for student, other, place in through:
                if other in partners[student] or len(partners[student]) > ENOUGH:
                    continue
                raw = self._db.execute("SELECT fingerprint FROM former WHERE id = ?", (place,)).fetchone()[0]
                likeness = compare(fingerprint(student), self._checked(Fingerprint.from_bytes, raw))
                if likeness.alike:
                    partners[student].add(other)
                    told = (student, other, likeness.sentence() + _GONE, likeness.explanation)
                    self._db.execute("INSERT OR IGNORE INTO pairs VALUES (?, ?, ?, ?)", told)

    def _through_the_sieve(self, query: str, students: Sequence[str]) -> list[tuple[Any, ...]]:
        """Each of these students with what the query gives, less the sieve, of networks that may be like theirs."""
        fingerprints = [self._fingerprint(student) for student in students]
        found: list[tuple[Any, ...]] = []
        rows = self._db.execute(query)
        while some := rows.fetchmany(_ROWS):
            sieve = self._checked(Sieve, (row[0] for row in some))
            for student, fingerprint in zip(students, fingerprints, strict=True):
                found += [(student, *some[place][1:]) for place in candidates(fingerprint, sieve)]
        return sorted(found)

    def _fingerprint(self, student: str) -> Fingerprint:
        [raw] = self._db.execute(
            "SELECT fingerprint FROM fingerprints WHERE student = ?", (student,)
        ).fetchone() or [b""]
        return self._checked(Fingerprint.from_bytes, raw)

    def _executed(self, student: str) -> str:
        query = "SELECT digest FROM submissions WHERE student = ?"
        digest: str = self._db.execute(query, (student,)).fetchone()[0]
        return digest

    def _remember(self, student: str) -> None:
        """Keep the network of a student that is about to go."""
        self._db.execute(
            "INSERT INTO former (student, sieve, fingerprint) SELECT student, sieve, fingerprint "
            "FROM submissions JOIN fingerprints USING (student) WHERE student = ?1 AND fingerprint NOT IN "
            "(SELECT fingerprint FROM former WHERE student = ?1)",
            (student,),
        )

    def _forget(self, student: str) -> None:
        for table in ("submissions", "fingerprints"):
            self._db.execute(f"DELETE FROM {table} WHERE student = ?", (student,))

    @contextmanager
    def _transaction(self, kind: str) -> Iterator[sqlite3.Connection]:
        try:
            self._db.execute(f"BEGIN {kind}")
            try:
                yield self._db
            except BaseException:
                self._db.rollback()
                raise
            self._db.commit()
        except sqlite3.Error as error:
            raise self._sentence(error) from None

    def _checked(self, read: Callable[[Any], _Read], raw: Any) -> _Read:
        try:
            return read(raw)
        except ValueError:
            raise self._damaged() from None

    def _sentence(self, error: sqlite3.Error) -> CourseError:
        if not isinstance(error, sqlite3.OperationalError):
            return self._damaged()
        if "locked" in str(error):
            return CourseError(f"Another grading uses {self._path}: run this again when it is done.")
        return CourseError(
            f"{self._path} cannot be used ({error}): see that there is room and permission to write it, "
            "then run this again."
        )

    def _damaged(self) -> CourseError:
        return CourseError(
            f"{self._path} is damaged, and it says whose networks are alike: bring a copy of it back; or "
            "remove it, and grade everybody again (autograder grade, or nbgrader autograde --force)."
        )


class _Groups:
    """Who belongs together, as more and more pairs become known."""

    def __init__(self, pairs: Iterable[tuple[str, str]]):
        self._of: dict[str, set[str]] = {}
        for one, other in pairs:
            self.join(one, other)

    def of(self, student: str) -> set[str]:
        """The student, and all who are like them, directly or by way of others."""
        return self._of.setdefault(student, {student})

    def join(self, one: str, other: str) -> None:
        """These two are alike."""
        if other not in self.of(one):
            both = self.of(one) | self.of(other)
            self._of |= dict.fromkeys(both, both)

    def all(self) -> list[list[str]]:
        """Every group in the order of its names; the largest first."""
        groups = {id(group): sorted(group) for group in self._of.values()}
        return sorted(groups.values(), key=lambda group: (-len(group), group))


def _make(path: Path) -> None:
    """A new register: it is there whole or not at all."""
    unfinished = path.with_suffix(f".{secrets.token_hex(4)}")
    with closing(sqlite3.connect(unfinished)) as db:
        db.executescript(_TABLES)
    os.replace(unfinished, path)
