"""Which TeX of a student's text a page's MathJax may read."""

import pytest

from autograder.cleaning.markup import clean_html, markdown
from autograder.cleaning.tex import allowed_tex


@pytest.mark.parametrize(
    "formula",
    [r"\frac{1}{2}", r"\sum_{i=1}^{n} w_i x_i + b", r"\sigma(z) = \frac{1}{1 + e^{-z}}",
     r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", r"\left(\mathbf{W}^\top x\right) \in \mathbb{R}^{84}",
     r"28 \times 28 \rightarrow 24 \times 24", r"\begin{align*} a &= b \\ &\le c \end{align*}",
     r"50\%, \$5, a\_b"],
)  # fmt: skip
def test_what_a_course_writes_stays_as_it_is(formula):
    assert allowed_tex(formula) == formula


@pytest.mark.parametrize(
    "formula",
    [r"\hspace{-90em}", r"\kern-90em x", r"\raise{900px}{29}", r"\rule{90em}{90em}", r"\llap{29 of 29}",
     r"\mathrlap{x}", r"\smash{x}", r"\moveleft 9em x", r"\style{position:fixed}{x}", r"\bbox[900px]{x}",
     r"\color{white}{x}", r"\Huge x", r"\href{http://x}{x}", r"\require{html}", r"\def\x{y}", r"\let\x\href",
     r"\newcommand{\x}{y}", r"\unicode{x202e}", r"\enclose{x}{y}", r"\begin{CD} x \end{CD}",
     r"\genfrac{}{}{900pt}{}{x}{y}", r"\mspace{-900mu}", r"\vphantom{\big(}", r"\tag{29 of 29}"],
)  # fmt: skip
def test_what_moves_covers_sizes_links_or_defines_is_no_command(formula):
    name = formula[1 : next(n for n, c in enumerate(formula[1:], 1) if not c.isalpha())]
    assert f"\\{name}" not in allowed_tex(formula)
    assert allowed_tex(formula).replace("\u200b", "") == formula  # and looks as it was typed


@pytest.mark.parametrize("end", [r"\\[-900px]", "\\\\ [-900px]", "\\\\*[-9em]", "\\\\\n  [-9em]"])
def test_the_end_of_a_line_has_no_distance_to_the_next(end):
    assert "\\\\{}" in allowed_tex(f"x {end} y")


@pytest.mark.parametrize(
    "html",
    [r"$\kern-9em x$", r"<b>$\kern-9em x$</b>", r'<a title="<pre>">x</a>$\kern-9em x$',
     r"<pre>a</pre>$\kern-9em x$<code>b</code>", r"$&#92;kern-9em x$", r"<p>$\kern<br>-9em x$",
     r"</pre>$\kern x$"],
)  # fmt: skip
def test_a_formula_is_found_wherever_mathjax_finds_one(html):
    assert "\\kern" not in clean_html(html)


@pytest.mark.parametrize("html", [r"<pre>\kern</pre>", r"<code>C:\kern</code>", r"<pre><b>\kern</b></pre>"])
def test_code_keeps_its_backslashes(html):
    assert clean_html(html) == html


def test_the_instructor_writes_any_tex(tmp_path):
    assert "<mspace" in markdown(r"$\hspace{1em} x$", {}, str(tmp_path))
    assert "<code>" in markdown(r"$\hspace{1em} x$", {}, None)
