"""Markdown, HTML and colours that make careless parsers run for hours."""

import nbformat

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)

SLOW = [
    "[" * 20_000, "![" * 10_000, "*a_" * 10_000, "`" * 9_999 + "x" + "`" * 9_998, "> " * 500 + "x",
    "$" * 9_999, "\\(" * 5_000, "<" * 20_000, "<a " * 8_000, "<!--" * 5_000, "[a](" * 5_000,
    "- " * 500 + "x", "|" * 5_000 + "\n" + "|-" * 5_000, "&" * 20_000, "\\begin{x}" * 3_000,
    "[a]: b\n" * 3_000, "#" * 20_000, "~" * 20_000, "_" * 20_000, "<div>" * 5_000,
]


def edit(submission):
    submission.cell("why_dense").source = "\n\n".join(SLOW)
    cells = submission.notebook(2).cells
    for text in SLOW:
        cells.append(nbformat.v4.new_markdown_cell(text))
    submission.own_cell(f"""
from IPython.display import HTML, display
for text in {SLOW!r}:
    display(HTML(text[:9000]))
    print(text[:9000].replace("<", "\\x1b["))
""", after="conv_params")
