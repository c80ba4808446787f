"""What autograder/cleaning/outputs.py leaves of outputs, markdown and code, and what it shows as plain text."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.cleaning.markup import CODE, ELEMENTS, MARKDOWN, clean_html
from autograder.cleaning.outputs import (
    IMAGES,
    OUTPUTS,
    TEXT_BYTES,
    CleanOutputs,
    clean_text,
    safe_code,
    safe_markdown,
)
from autograder.cleaning.renderer import PAGE_BYTES
from autograder.report import summary

TABLE = "<table>" + "<tr><td>1</td><td>2</td></tr>" * 2_000 + "</table>"
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNiAAAABgADNjd8qAAAAABJRU5ErkJggg=="


def cleaned(*outputs):
    notebook, _ = CleanOutputs().preprocess(new_notebook(cells=[new_code_cell(outputs=list(outputs))]), {})
    return notebook.cells[0].outputs


def html(source):
    return new_output("display_data", {"text/html": source})


@pytest.mark.parametrize(
    "link", ["javascript:x()", " javascript:x()", "&#x6a;avascript:x()", "java\nscript:x()", "//x.org"]
)
def test_only_links_into_the_page_and_to_the_web_stay(link):
    assert clean_html(f'<a href="{link}">text</a>') == "<a>text</a>"
    assert clean_html('<a href="https://x.org">text</a>') == '<a href="https://x.org">text</a>'


def test_the_columns_of_the_table_at_the_head_stay_apart():
    table = f'<table><tbody><tr><td style="{summary._CELL}">x</td></tr></tbody></table>'
    assert clean_html(table) == table


@pytest.mark.parametrize("style", ["padding:3000px", "padding:-2px", "padding:0 0 0 0 0", "border:9px solid"])
def test_a_style_that_could_move_or_cover_goes(style):
    assert clean_html(f'<p style="{style}">x</p>') == "<p>x</p>"


@pytest.mark.parametrize("command", ["href", "mmlToken", "require", "class", "style"])
def test_formulas_make_no_links_and_no_styles(command):
    assert "\\" + command not in clean_html(f"$\\{command}{{x}}$")
    assert f"<code>\\{command}{{x}}</code>" in safe_markdown({}, f"$\\{command}{{x}}$")  # left alone there


def test_a_long_table_is_shown_and_a_deep_nest_is_text():
    assert clean_html(TABLE).count("<td>") == 4_000
    assert clean_html("<div>" * (ELEMENTS + 1)).startswith("<pre>&lt;div&gt;")


def test_markdown_is_rendered_unless_it_is_too_long_or_a_picture_is_missing():
    assert "<strong>bold</strong>" in safe_markdown({}, "**bold**")
    assert "<pre>&lt;b&gt;" in safe_markdown({}, "<b>" * MARKDOWN)
    assert "<pre>**x**" in safe_markdown({}, "**x** ![](attachment:none.png)")


def test_code_is_coloured_unless_it_is_too_long_and_blank_lines_hold_nothing():
    assert "<span" in safe_code({}, "x = 1  # one")
    assert f"<pre>{'x' * (CODE + 1)}</pre>" in safe_code({}, "x" * (CODE + 1))
    assert "   " not in safe_code({}, "x\n   \n\t\n  y")


def test_a_cell_has_room_for_so_much_html_and_a_notebook_for_more():
    shown = cleaned(html("x" * (TEXT_BYTES // 4)), html("y" * TEXT_BYTES * 2))
    assert shown[0].data["text/html"].startswith("x")
    assert len(shown[1].data["text/html"]) <= TEXT_BYTES
    room = PAGE_BYTES // TEXT_BYTES
    notebook = new_notebook(cells=[new_code_cell(outputs=[html("z" * TEXT_BYTES)]) for _ in range(room + 2)])
    notebook, _ = CleanOutputs().preprocess(notebook, {})
    assert [next(iter(cell.outputs[0].data)) for cell in notebook.cells] == [
        *["text/html"] * room,
        "text/plain",
        "text/plain",
    ]
    assert notebook.cells[-1].outputs[0].data["text/plain"] == "[not shown: text/html]"


def test_outputs_are_bounded_in_number_and_pictures_too():
    shown = cleaned(*(new_output("display_data", {"text/plain": "x"}) for _ in range(OUTPUTS + 5)))
    assert shown[-1].text == "[5 more outputs are not shown]\n"
    pictures = cleaned(*(new_output("display_data", {"image/png": DOT}) for _ in range(IMAGES + 1)))
    assert sum("image/png" in output.data for output in pictures) == IMAGES


def test_what_steers_a_terminal_goes_and_colours_stay():
    assert clean_text("\x1b]0;title\x07\x1b[2J\x1b[31mred\x1b[0m\u202e") == "]0;title[2J\x1b[31mred\x1b[0m"
