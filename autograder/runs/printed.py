"""TRUSTED; nothing is executed. What a notebook that was handed in printed of a training: epochs, an accuracy.

They are the student's own words, for a picture of the training and for a person who compares: they bring
no points.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection

from nbformat import NotebookNode

from autograder.runs.notebooks import grade_id

MAX_CHARACTERS = 2**21  # of one cell's text: fifty epochs with a progress bar for each step
MAX_EPOCHS = 1_000
VALIDATION, EVALUATION = "validation", "evaluation"
# What Keras prints while it fits: "Epoch 3/50", and at the end of the epoch "accuracy: 0.81 - loss: 0.5".
_EPOCH = re.compile(r"\bEpoch (\d{1,6})/\d{1,6}\b")
_METRIC = re.compile(r"\b((?:val_)?(?:accuracy|loss)): (\d{1,9}(?:\.\d{1,9})?(?:e[+-]\d{1,2})?|nan|inf)\b")
# The steps of a progress bar, "1688/1688", perhaps between the codes of a colour.
_STEPS = re.compile(r"(?<!\d)\d{1,9}/(\d{1,9})(?!\d)")
_VALIDATED = re.compile(r"\bval_(?:accuracy|loss): ")
# Of an evaluation, or in words of the student's own: "accuracy: 0.8812", "Test accuracy: 88.12 %".
_EVALUATED = re.compile(
    r"([a-z]{0,12}[ _])?(?<![a-z])accuracy: (\d{1,3}(?:\.\d{1,16})?)(?![\d.e])( ?%)?", re.IGNORECASE
)

Epochs = list[dict[str, float]]


def printed_epochs(submitted: NotebookNode, cells: Collection[str]) -> Epochs:
    """For each epoch, in their order, its number as "epoch", and what was printed last of accuracy, loss,
    val_accuracy and val_loss. What was no number, in a training that diverged, is left out.

    cells: grade_ids of those that train for the student alone; the last of them that printed epochs counts.
    Empty where none did.
    """
    found: Epochs = []
    for cell in submitted.cells:
        if cell.cell_type == "code" and grade_id(cell) in cells:
            found = _epochs(_printed(cell)) or found
    return found


def printed_accuracy(
    submitted: NotebookNode, cells: Collection[str], graded: Collection[str], measured: Collection[str]
) -> dict[str, float | str] | None:
    """The accuracy that was printed last of images that a network does not learn from: {"accuracy": a share,
    "of": VALIDATION for what a training prints of those that it kept back, EVALUATION for all else}.

    cells: as for `printed_epochs`. graded: ids of graded cells, whose outputs are no words of the student's.
    measured: of those, the ones whose network is measured: what is printed below the last of them is of other
    networks. None where nothing was printed, and where nothing is measured.
    """
    places = [place for place, cell in enumerate(submitted.cells) if grade_id(cell) in measured]
    found: dict[str, float | str] | None = None
    for cell in submitted.cells[: places[-1]] if places else ():
        name = grade_id(cell)
        if cell.cell_type != "code" or name in graded:
            continue
        text, *parts = _EPOCH.split(_printed(cell))
        if not parts:
            found = _evaluated(text) or found
        elif name in cells:
            values, behind = _of_epoch(parts[-1])
            validated = values.get("val_accuracy", math.nan)
            # Of another training: what was printed above is not of it.
            found = {"accuracy": validated, "of": VALIDATION} if 0 <= validated <= 1 else None
            found = _evaluated(behind) or found
    return found


def _evaluated(text: str) -> dict[str, float | str] | None:
    """The last accuracy in what no training printed."""
    shares = [
        float(number) / (100 if percent else 1)
        for before, number, percent in _EVALUATED.findall(text)
        if not before.lower().startswith("train")
    ]
    shares = [share for share in shares if share <= 1]
    return {"accuracy": shares[-1], "of": EVALUATION} if shares else None


def _printed(cell: NotebookNode) -> str:
    outputs = cell.get("outputs", ())
    texts = [o.get("text", "") for o in outputs if o.get("output_type") == "stream"]
    return "".join(text for text in texts if isinstance(text, str))[:MAX_CHARACTERS]


def _epochs(text: str) -> Epochs:
    _, *parts = _EPOCH.split(text)
    epochs: Epochs = []
    for number, printed in zip(parts[::2], parts[1::2], strict=True):
        values, _ = _of_epoch(printed)
        if int(number) == 1:
            epochs = []  # another fit in the same cell: the last one is whose network was kept
        if values:
            numbers = {name: value for name, value in values.items() if math.isfinite(value)}
            epochs.append({"epoch": float(number), **numbers})
    return epochs[:MAX_EPOCHS]


def _of_epoch(printed: str) -> tuple[dict[str, float], str]:
    """What an epoch printed of itself, and the text behind it.

    A bar is drawn over and over in one line, or in a line for each step. The epoch ends with the line that tells
    of its validation, else with the last one that counts as many steps as the first.
    """
    validated = _VALIDATED.search(printed)
    steps = list(_STEPS.finditer(printed))
    own = [step.end() for step in steps if step[1] == steps[0][1]]
    last = validated.end() if validated else own[-1] if own else len(printed)
    end = printed.find("\n", last)
    end = len(printed) if end < 0 else end
    return {name: float(value) for name, value in _METRIC.findall(printed[:end])}, printed[end:]
