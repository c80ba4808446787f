"""What of a cell's outputs and texts a page shows, and that it says what it does not show."""

import base64
import io
import re
from html.parser import HTMLParser

import matplotlib.pyplot as plt
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image

from autograder.cleaning.formulas import ELEMENTS
from autograder.cleaning.markup import clean_html
from autograder.cleaning.outputs import (
    IMAGES,
    PICTURES,
    CleanOutputs,
    Pictures,
    Room,
    clean_outputs,
    safe_markdown,
)
from autograder.cleaning.pictures import IMAGE_BYTES, is_picture, picture_file

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><circle r="4"/></svg>'


def cleaned(*outputs):
    cell = new_code_cell(outputs=list(outputs))
    notebook, _ = CleanOutputs().preprocess(new_notebook(cells=[cell]), {})
    return notebook.cells[0].outputs


def display(**forms):
    names = {"html": "text/html", "plain": "text/plain", "latex": "text/latex", "md": "text/markdown",
             "png": "image/png", "jpeg": "image/jpeg", "svg": "image/svg+xml", "gif": "image/gif",
             "widget": "application/vnd.jupyter.widget-view+json"}  # fmt: skip
    return new_output("display_data", {names[name]: value for name, value in forms.items()})


def picture(kind, size=(4, 3), **options):
    """A real picture, in base64."""
    file = io.BytesIO()
    Image.fromarray(np.zeros((size[1], size[0], 3), np.uint8)).save(file, kind, **options)
    return base64.b64encode(file.getvalue()).decode()


def text_of(outputs):
    return "".join(o.get("text", "") or "".join(o.get("data", {}).values()) for o in outputs)


class Markup(HTMLParser):
    """The elements and attributes that a browser finds in some HTML."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


PNG, JPEG = picture("png"), picture("jpeg")


@pytest.mark.parametrize(
    "options",
    [{}, {"progressive": True}, {"quality": 5}, {"optimize": True}, {"comment": b"\xff\xda"}],
    ids=["baseline", "progressive", "poor", "optimised", "with a comment"],
)
def test_a_jpeg_is_shown(options):
    shown = cleaned(display(jpeg=picture("jpeg", **options), plain="<PIL.Image>"))
    assert len(shown) == 1 and "image/jpeg" in shown[0].data


def resized(width, height):
    """A JPEG whose header says another size than it has."""
    raw = bytearray(base64.b64decode(JPEG))
    at = raw.index(b"\xff\xc0") + 5
    raw[at : at + 4] = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    "value",
    [
        resized(60_000, 60_000), resized(0, 100), PNG, "no base64!", JPEG[:16], "", 5, ["x"],
        base64.b64encode(b"\xff\xd8\xff" + b"\xff\xc0\0\x02" * 2).decode(),
        base64.b64encode(b"\xff\xd8\xff\xda" + base64.b64decode(JPEG)).decode(),
        base64.b64encode(base64.b64decode(JPEG) + b"x" * (IMAGE_BYTES + 8192)).decode(),
        base64.b64encode(b"<svg onload=alert(1)>").decode(),
    ],
    ids=["too large", "empty", "a png", "no base64", "cut off", "nothing", "number", "list",
         "two frames", "scan first", "too many bytes", "svg"],
)  # fmt: skip
def test_what_is_no_jpeg_of_a_bearable_size_is_named_instead(value):
    assert not is_picture("image/jpeg", value)
    output = display(plain="<Image>")
    output.data["image/jpeg"] = value
    shown = text_of(clean_outputs([output], Room()))
    assert shown == "<Image>[not shown: image/jpeg]\n"


@pytest.mark.parametrize(
    ("output", "missing"),
    [
        (display(svg=SVG, plain="<Figure>"), "image/svg+xml"),
        (display(svg=SVG), "image/svg+xml"),
        (display(widget={}, plain="IntSlider()"), "application/vnd.jupyter.widget-view+json"),
        (display(widget={}, html="<b>slider</b>"), "application/vnd.jupyter.widget-view+json"),
        (display(gif="R0lGODdh", plain="<Image>"), "image/gif"),
        (display(png="no picture", plain="<Figure>"), "image/png"),
        (display(svg=SVG, png=PNG), "image/svg+xml"),
    ],
    ids=["svg", "svg alone", "widget", "widget with html", "gif", "bad png", "svg with png"],
)
def test_what_is_left_out_is_named_also_beside_another_form_of_it(output, missing):
    shown = text_of(cleaned(output))
    assert f"[not shown: {missing}]" in shown and "<svg" not in shown


@pytest.mark.parametrize(
    "output",
    [display(html="<b>1</b>", latex="$1$", plain="1"), display(png=PNG, plain="<Figure>"),
     display(png=PNG, jpeg="no picture"), display(html="<b>1</b>", svg=SVG), display(plain="1"),
     display(md="**1**", latex="$1$")],
    ids=["html", "png", "png and a bad jpeg", "html and svg", "text", "markdown"],
)  # fmt: skip
def test_nothing_is_said_where_the_richest_form_is_shown(output):
    assert "not shown" not in text_of(cleaned(output))


def test_a_picture_too_many_is_named():
    shown = cleaned(*(display(png=PNG, plain="<Figure>") for _ in range(IMAGES + 1)))
    assert text_of(shown[-2:]) == "<Figure>[not shown: image/png]\n"


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_a_figure_of_matplotlib_is_shown_or_named(kind):
    file = io.BytesIO()
    figure = plt.figure()
    figure.gca().plot([1, 2])
    figure.savefig(file, format=kind)
    plt.close(figure)
    raw = file.getvalue()
    value = raw.decode() if kind == "svg" else base64.b64encode(raw).decode()
    shown = cleaned(display(**{kind: value}, plain="<Figure size 640x480>"))
    assert ("image/png" in shown[0].data) == (kind == "png")
    assert ("[not shown: image/svg+xml]" in text_of(shown)) == (kind == "svg")


@pytest.mark.parametrize(
    ("output", "html"),
    [
        (display(latex="$\\frac{1}{2}$", plain="1/2"), "<mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn>"),
        (display(latex="$$a < b$$"), "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
        (display(md="**bold** and `code`", plain="<Markdown>"), "<strong>bold</strong>"),
        (display(md="| a |\n|---|\n| 1 |"), "<td>1</td>"),
    ],
)
def test_formulas_and_markdown_are_shown(output, html):
    assert html in cleaned(output)[0].data["text/html"]


@pytest.mark.parametrize(
    "attack",
    ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))",
     "![x](javascript:alert(1))", "<a href='&#106;avascript:alert(1)'>x</a>", "<svg onload=alert(1)>",
     "$\\href{javascript:alert(1)}{x}$", "<style>*{display:none}</style>", "<math><mi xlink:href='x'>",
     "<details open ontoggle=alert(1)><summary onclick=alert(1)>x</summary></details>",
     "<scr<script></script>ipt>alert(1)</scr<script></script>ipt>",
     "<img alt='<style>' src=x><script>alert(1)</script>", "<img alt=\"x> <script>alert(1)</script>\">"],
)  # fmt: skip
@pytest.mark.parametrize("form", ["latex", "md", "html"])
def test_formulas_and_markdown_run_nothing(form, attack):
    shown = cleaned(display(**{form: attack}))[0].data.get("text/html", "")
    found = Markup(shown)
    assert not found.tags & {"script", "svg", "style", "iframe"}
    if "math" in found.tags:  # drawn by the grader from TeX: nothing but what it draws
        assert form == "latex" and found.tags <= ELEMENTS
        assert {name for name, _ in found.attributes} <= {"display", "stretchy", "fence", "form"}
    assert not [name for name, _ in found.attributes if name.startswith("on") or name == "xlink:href"]
    assert not [value for name, value in found.attributes if name in ("href", "src") and "script" in value]
    assert "\\href" not in re.sub(r"<(code|pre)>.*?</\1>", "", shown)  # no formula: its letters, as code


@pytest.mark.parametrize(
    ("html", "gone"),
    [("<iframe src='x'></iframe>", "iframe"), ("<video></video><audio></audio>", "audio, video"),
     ("<svg><circle/></svg>", "svg"), ("<script>draw()</script>", "script"), ("<canvas>", "canvas")],
)  # fmt: skip
def test_html_says_what_went_out_of_it(html, gone):
    assert clean_html(f"<p>before</p>{html}") == f"<p>before</p><div>[not shown: {gone}]</div>"


def test_style_sheets_and_scripts_leave_no_text():
    table = "<style scoped>\n.dataframe {color: red}\n</style><table><tr><td>1</td></tr></table>"
    assert clean_html(table) == "<table><tbody><tr><td>1</td></tr></tbody></table>"
    assert clean_html("a<SCRIPT>b</SCRIPT >c") == "ac<div>[not shown: script]</div>"
    assert clean_html("a<style>b") == "a"


def test_a_picture_from_elsewhere_is_named():
    assert clean_html('<img src="https://example.org/x.png" alt="a plot">') == "[not shown: picture a plot]"
    assert clean_html('<img src="x.png">') == "[not shown: picture]"


def test_details_open_and_close():
    html = "<details open><summary>More</summary>text</details>"
    assert clean_html(html).replace('open=""', "open") == html


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["10%\r", "20%\r", "30%\n"], "30%\n"),
        (["10%", "\r20%", "\r30%\n", "done\n"], "30%\ndone\n"),
        (["abc\b\bX\n"], "aX\n"),
        (["one\r\n", "two\r\n"], "one\ntwo\n"),
    ],
)
@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_of_a_progress_bar_the_last_state_is_shown_also_when_it_came_in_pieces(name, pieces, shown):
    assert text_of(cleaned(*(new_output("stream", name=name, text=text) for text in pieces))) == shown


def test_the_last_state_alone_is_shown_of_results_and_errors_too():
    result = display(plain="10%\r100%")
    error = new_output("error", ename="E", evalue="a\rb", traceback=["x\ry"])
    shown = cleaned(result, error)
    assert shown[0].data["text/plain"] == "100%" and shown[1].traceback == ["y"]


def test_streams_that_are_none_are_cleaned_too():
    odd = new_output("stream", name="stdout", text="x")
    odd.name, odd.text = "<b>", ["a", 5]
    assert text_of(clean_outputs([odd], Room())) == "a5"


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "release" / "lenet"
    (folder / "img").mkdir(parents=True)
    for name, raw in (
        ("x.png", base64.b64decode(PNG)), ("x.jpg", base64.b64decode(JPEG)), ("x.svg", SVG.encode()),
        ("a b.png", base64.b64decode(PNG)), ("notes.txt", b"text"), ("fake.png", b"the answers"),
        ("large.png", base64.b64decode(PNG) + b"x" * IMAGE_BYTES),
    ):  # fmt: skip
        (folder / "img" / name).write_bytes(raw)
    (tmp_path / "key.png").write_bytes(base64.b64decode(PNG))
    (folder / "img" / "link.png").symlink_to(tmp_path / "key.png")
    return folder


@pytest.mark.parametrize("name", ["img/x.png", "img/x.jpg", "img/x.svg", "img/a%20b.png", "./img/x.png"])
@pytest.mark.parametrize(
    "spelling", ["![p]({})", '<img src="{}">', "text ![p]({} 'title') text", "![p][1]\n\n[1]: {}"]
)
def test_a_text_of_the_instructor_shows_pictures_of_the_release(release, name, spelling):
    text = spelling.format(name)
    context = {"resources": {PICTURES: Pictures(release, frozenset([text]))}}
    assert 'src="data:image/' in safe_markdown(context, text)
    assert "[not shown: picture" in safe_markdown(context, f"{text} ")  # a student's


@pytest.mark.parametrize(
    "name",
    ["img/link.png", "../../key.png", "..%2F..%2Fkey.png", "img/notes.txt", "img/fake.png", "img/large.png",
     "img/none.png", "img", "", "/etc/hostname", "file:///etc/hostname", "x" * 5_000, "a\0b",
     "https://example.org/x.png", "img/../../../key.png"],
)  # fmt: skip
def test_nothing_else_is_shown_not_even_for_the_instructor(release, name):
    assert picture_file(release, name) is None
    text = f"![p]({name.replace(chr(0), '')})"
    context = {"resources": {PICTURES: Pictures(release, frozenset([text]))}}
    assert "data:image" not in safe_markdown(context, text)


def test_a_students_drawing_is_not_shown_and_the_instructors_is_a_picture():
    address = f"data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}"
    assert clean_html(f'<img src="{address}">') == "[not shown: picture]"
    assert clean_html(f'<img src="{address}">', of_the_instructor=True) == f'<img src="{address}">'
    assert clean_html(SVG, of_the_instructor=True) == "<div>[not shown: script, svg]</div>"
