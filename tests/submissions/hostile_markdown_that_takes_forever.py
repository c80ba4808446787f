"""Markdown, HTML, code and colours that make careless parsers run for hours."""

import nbformat

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)

SLOW = [text[:3_000] for text in (
    "[" * 6_000, "![" * 6_000, "*a_" * 6_000, "`" * 2_999 + "x" + "`" * 2_998, "> " * 500 + "x",
    "$" * 6_000, "\\\\(" * 6_000, "<" * 6_000, "<a " * 6_000, "<!--" * 6_000, "[a](" * 6_000,
    "- " * 500 + "x", "|" * 3_000 + "\n" + "|-" * 3_000, "&" * 6_000, "\\begin{x}" * 6_000,
    "[a]: b\n" * 6_000, "#a\n" * 6_000, "<div>" * 6_000, "<p><b>" * 6_000,
)]


def edit(submission):
    submission.cell("why_dense").source = "\n\n".join(SLOW)
    cells = submission.notebook(2).cells
    cells += [nbformat.v4.new_markdown_cell(text) for text in SLOW]
    cells.append(nbformat.v4.new_code_cell("  \n" * 20_000))
    cells.append(nbformat.v4.new_code_cell("1" + "*" * 40_000))
    submission.own_cell("""
from IPython.display import HTML, display
for text in "<div>", "<b>", "<table><tr><td>", "<p a=", "<!--><div>", "&x", "<ul><li>", "\\x1b[":
    display(HTML(text * 6000))
    print(text * 6000)
""", after="conv_params")
