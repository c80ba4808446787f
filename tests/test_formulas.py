"""Formulas on pages: drawn by the browser itself, and nothing else can be in them."""

import re

import pytest

from autograder.cleaning.formulas import CHARACTERS, DEPTH
from autograder.cleaning.markup import formula, markdown


def shown(source):
    return markdown(source, {}, None)


@pytest.mark.parametrize(
    ("source", "drawn"),
    [
        (r"$256 \cdot 120$", "<mn>256</mn><mo>·</mo><mn>120</mn>"),
        (r"$$\frac{a}{b}$$", "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>"),
        (r"$x_i^2$", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
        (r"\begin{align}a&=b\end{align}", "<mtable"),
        ("| $a$ |\n|--|\n| 1 |", "<mi>a</mi>"),
    ],
)
def test_a_formula_becomes_mathml(source, drawn):
    assert drawn in shown(source)
    assert "$" not in shown(source)


def test_a_formula_that_a_kernel_shows_is_drawn():
    assert formula(r"$\displaystyle x^2$").startswith('<math display="block">')


@pytest.mark.parametrize(
    "tex",
    [r"\text{<script>x</script>}", r"\text{&lt;img src=x onerror=x&gt;}", r"\href{javascript:x}{y}",
     r"\style{position:fixed}{x}", r"\class{x}{y}", r"\color{red}{x}", r"\hspace{900em} x", r"\rule{9em}{9em}",
     "\\mathrm{\"onload=x}", r"\text{]]><script>}", r"\unicode{x3c}script\unicode{x3e}", r"\def\x{\x}\x"],
)  # fmt: skip
def test_a_formula_holds_nothing_but_mathematics(tex):
    html = shown(f"${tex}$")
    assert not re.search(r"<(?!/?(math|m\w+|p|code)\b)", html), html
    assert not re.search(r"<[^>]*\s(on\w+|href|style|class|width|height|src)=", html), html


@pytest.mark.parametrize(
    "source",
    [
        "![$x$](http://x.org)",
        "[a](http://x.org '$x$')",
        '<a title="$x$">a</a>',
        '<img src="data:," alt="$x$">',
    ],
)
def test_a_formula_in_an_attribute_breaks_out_of_none(source):
    assert not re.search(r'="[^"]*<', shown(source))


@pytest.mark.parametrize(
    "forged", ["\ue0000\ue001", "&#xE000;0&#xE001;", "&#57344;9&#57345;", "\ue000a\ue001"]
)
def test_the_place_of_a_formula_cannot_be_forged(forged):
    assert shown(f"$x$ {forged * 50}").count("<math") == 1


@pytest.mark.parametrize(
    "tex", ["{" * (DEPTH + 1) + "x" + "}" * (DEPTH + 1), "x" * (CHARACTERS + 1), r"\left(", "{"]
)
def test_what_is_no_formula_or_too_much_of_one_is_shown_as_typed(tex):
    assert tex[:20] in shown(f"${tex}$")
