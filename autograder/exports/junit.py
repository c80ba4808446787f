"""TRUSTED; standard library only. A submission as JUnit XML: a test suite an exercise, a test case a check.

There is no one standard of it; these are the elements and attributes that all its readers know.
"""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

from autograder.exports.cases import WAITS, Case, cases
from autograder.exports.data import ExerciseData, NotebookData, SubmissionData
from autograder.judging.verdicts import FAILED, NOT_JUDGED, PASSED
from autograder.report.wording import points

# What an XML 1.0 file cannot hold, not even as an entity.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENTS = {FAILED: "failure", NOT_JUDGED: "error", WAITS: "skipped"}  # a passed case has none
_COUNTED = {"failures": FAILED, "errors": NOT_JUDGED, "skipped": WAITS}


def junit(data: SubmissionData) -> str:
    """The text of the file."""
    student = data["student"]["id"]
    root = ElementTree.Element("testsuites", name=legal(f"{data['assignment']}: {student}"))
    counted: Counter[str] = Counter()
    for notebook in data["notebooks"]:
        for exercise in notebook["exercises"]:
            found = list(cases(notebook, exercise))
            root.append(_suite(data, notebook, exercise, found))
            counted.update(case.outcome for case in found)
    _count(root, counted)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def legal(text: str) -> str:
    """The text with U+FFFD for every character that XML cannot hold."""
    return _ILLEGAL.sub("\ufffd", text)


def _suite(
    data: SubmissionData, notebook: NotebookData, exercise: ExerciseData, found: list[Case]
) -> ElementTree.Element:
    name = legal(f"{data['assignment']}.{notebook['name']}.{exercise['id']}")
    suite = ElementTree.Element("testsuite", name=name)
    _count(suite, Counter(case.outcome for case in found))
    if data["submitted"]:
        suite.set("timestamp", data["submitted"])
    properties = ElementTree.SubElement(suite, "properties")
    for key, value in (
        ("student", data["student"]["id"]),
        ("score", points(exercise["score"])),
        ("points", points(exercise["points"])),
        ("final", "no" if exercise["waits"] else "yes"),
        ("points taken off for being late, of the notebook", points(notebook["late"])),
    ):
        ElementTree.SubElement(properties, "property", name=key, value=legal(value))
    for case in found:
        one = ElementTree.SubElement(suite, "testcase", classname=name, name=legal(case.sentence), time="0")
        worth = f"{points(case.score)} of {points(case.points)} points"
        text = legal(case.text)
        if case.outcome == PASSED:
            ElementTree.SubElement(one, "system-out").text = "\n".join(filter(None, (worth, text)))
            continue
        first = text.partition("\n")[0]
        why = ElementTree.SubElement(one, _ELEMENTS[case.outcome], message=first or worth)
        if case.outcome != WAITS:
            why.set("type", case.outcome)
        why.text = "\n".join(filter(None, (worth, text)))
    return suite


def _count(element: ElementTree.Element, outcomes: Counter[str]) -> None:
    element.set("tests", str(outcomes.total()))
    for attribute, outcome in _COUNTED.items():
        element.set(attribute, str(outcomes[outcome]))
