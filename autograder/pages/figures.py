"""TRUSTED: pictures in reports, as SVG that takes the colours of the page around it, in light and in dark."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

# What matplotlib draws in these colours, the page's style sheet colours.
_INK, _FIRST, _SECOND, _LINE = "#010101", "#020202", "#030303", "#040404"
_COLOURS = {_INK: "currentColor", _FIRST: "var(--link)", _SECOND: "var(--waits)", _LINE: "var(--line)"}
_HEAD = re.compile(r"^.*?(?=<svg)|\s*<metadata>.*?</metadata>", re.DOTALL)


def curve(epochs: Sequence[dict[str, float]]) -> str:
    """The loss and the accuracy after each epoch; epochs as runs/printed.py has them, at least two, of which
    one at least has a number."""
    from matplotlib.figure import Figure  # half a second, for pages that have a picture
    from matplotlib.ticker import MaxNLocator

    shown = [
        (name, [e.get(key) for e in epochs], [e.get(f"val_{key}") for e in epochs])
        for name, key in (("loss", "loss"), ("accuracy", "accuracy"))
    ]
    shown = [one for one in shown if any(value is not None for line in one[1:] for value in line)]
    figure = Figure(figsize=(3.6 * len(shown), 2.4), layout="constrained")
    numbers = [e["epoch"] for e in epochs]
    for axes, (name, training, validation) in zip(
        figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True
    ):
        for line, colour, style, label in (
            (training, _FIRST, "-", "training"), (validation, _SECOND, "--", "validation"),
        ):  # fmt: skip
            if any(value is not None for value in line):
                drawn = [float("nan") if value is None else value for value in line]
                axes.plot(numbers, drawn, style, color=colour, label=label)
        axes.set_title(name, color=_INK, fontsize=10)
        axes.set_xlabel("epoch", color=_INK, fontsize=9)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.tick_params(colors=_INK, labelsize=8)
        axes.legend(frameon=False, labelcolor=_INK, fontsize=8)
        for side, spine in axes.spines.items():
            spine.set_visible(side in ("left", "bottom"))
            spine.set_color(_LINE)
    return as_svg(figure)


def as_svg(figure: Any) -> str:
    """A figure of matplotlib as an <svg> without a background, the same every time."""
    from matplotlib import rc_context

    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "autograder"}), io.StringIO() as file:
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
        svg = _HEAD.sub("", file.getvalue())
    for drawn, meant in _COLOURS.items():
        svg = svg.replace(drawn, meant)
    return svg.strip()
