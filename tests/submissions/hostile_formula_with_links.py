"""Formulas with which MathJax would make links that run scripts, in outputs and in answers."""

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)
EXPECTED = {"pool_params": 0}
HELP = {"pool_params": "should be a number"}
FORMULA = r"""$\href{javascript:document.title='PWNED'}{all points}$"""


def edit(submission):
    submission.answer("pool_params", f"def pool_params(*arguments):\n    return {FORMULA!r}")
    submission.own_cell(f"""
from IPython.display import HTML, Latex, Markdown, Math, display
formula = {FORMULA!r}
token = r'''$$\\mmlToken{{mi}}[href="javascript:document.title='PWNED'"]{{x}}$$'''
for text in formula, token:
    for kind in HTML, Latex, Markdown, Math:
        display(kind(text))
    print(text)
""", after="conv_params")
