"""TRUSTED: what nbgrader is told to use of ours. Two lines switch it on, in a course's nbgrader_config.py:

    from autograder.course.lists import switch_on
    switch_on(c, __file__)

Assignments without a folder of ours are graded as before. Where the course has a folder `assignments`, each
folder in it is one of ours.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    ClearOutput,
    DeduplicateIds,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from autograder import assignments
from autograder.cleaning.outputs import CleanOutputs, safe_code, safe_html, safe_markdown, safe_text
from autograder.course.collecting import SafeCollector, SafeExtractor
from autograder.course.converters import (
    CheckOtherMetadata,
    ExecuteAndAsk,
    JudgeClaims,
    RebuildNotebook,
    ReleaseExporter,
    SubmissionExporter,
)
from autograder.course.export import SafeCsvExport
from autograder.course.feedback import FeedbackExporter
from autograder.course.handed_in import WEIGHTS
from autograder.course.pages import BoxOutputs, ShowLikeNetworks, ShowPictures, ShowPointsByHand


def switch_on(c: Any, file: str) -> None:
    """Write our classes into this configuration, what `get_config()` gives, in the place of nbgrader's own.

    file: the configuration's own, `__file__` in it, which lies in the course's folder. They are nbgrader's
    lists with ours in their places (marked); lines below may set anything else.
    """
    assignments.add_folder(Path(file).absolute().parent / "assignments")

    c.GenerateAssignment.exporter_class = ReleaseExporter  # ours

    c.Autograde.exporter_class = SubmissionExporter  # ours
    c.Autograde.sanitize_preprocessors = [
        RebuildNotebook,  # ours
        ClearOutput,
        DeduplicateIds,
        OverwriteKernelspec,
        OverwriteCells,
        CheckOtherMetadata,  # ours, in the place of CheckCellMetadata
    ]
    c.Autograde.autograde_preprocessors = [
        ExecuteAndAsk,  # ours, in the place of Execute
        IgnorePattern,
        JudgeClaims,  # ours
        SaveAutoGrades,  # before anything of an output is cleaned or cut
        AssignLatePenalties,
        CleanOutputs,  # ours
        ClearMetadataPreprocessor,
        LimitOutput,
        CheckOtherMetadata,  # ours, in the place of CheckCellMetadata
    ]

    c.GenerateFeedback.exporter_class = FeedbackExporter  # ours

    # Feedback pages and formgrader show students' cells: nothing in them may run in a reader's browser.
    c.HTMLExporter.preprocessors = [ShowPointsByHand, ShowLikeNetworks, ShowPictures, BoxOutputs]  # ours
    c.HTMLExporter.filters = {
        "markdown2html": safe_markdown,
        "highlight_code": safe_code,
        "clean_html": safe_html,
        "ansi2html": safe_text,
    }

    c.ExportApp.plugin_class = SafeCsvExport  # ours: a student called "=1+1" is no formula in grades.csv

    # zip_collect: downloaded/NAME/archive/STUDENT.zip, whatever folders are in it. By default notebooks
    # alone are taken out, and with a file_id that lacks its .h5 the weights would lose half their name.
    c.ZipCollectApp.extractor_plugin = SafeExtractor  # ours
    c.ZipCollectApp.collector_plugin = SafeCollector  # ours
    c.ZipCollectApp.strict = True  # notebooks of the assignment alone
    c.FileNameCollectorPlugin.valid_ext = [".ipynb", *WEIGHTS]
    c.FileNameCollectorPlugin.named_regexp = (
        r".*?/downloaded/[^/]+/extracted/(?P<student_id>[^/]+)/(.*/)?(?P<file_id>[^/]+)$"
    )
