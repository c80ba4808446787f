"""TRUSTED; standard library only. Which TeX a student's text may have typeset: an allow-list.

MathJax reads formulas wherever a page's text has dollars. What is listed here makes symbols, stacks and
groups of a bounded size; what moves, covers, sizes, links, defines or loads is not, and stays as typed.
"""

from __future__ import annotations

import re

_COMMANDS = frozenset(
    # letters
    """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi
    omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda
    Xi Pi Sigma Upsilon Phi Psi Omega aleph beth ell hbar hslash imath jmath Re Im wp partial nabla infty
    emptyset varnothing complement prime degree angle top bot flat natural sharp
    """
    # sums, operators
    """sum prod coprod int iint iiint oint bigcup bigcap bigvee bigwedge bigoplus bigotimes bigodot biguplus
    limits nolimits arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf injlim ker lg
    lim liminf limsup ln log max min Pr projlim sec sin sinh sup tan tanh bmod pmod mod operatorname
    pm mp times div cdot ast star circ bullet cap cup uplus sqcap sqcup vee wedge lor land lnot neg setminus
    oplus ominus otimes oslash odot dagger ddagger amalg triangle triangleleft triangleright
    """
    # relations, arrows
    """le leq leqslant ge geq geqslant ne neq lt gt ll gg lll ggg equiv sim simeq approx approxeq cong doteq
    propto prec succ preceq succeq subset supset subseteq supseteq subsetneq supsetneq in ni notin not mid
    nmid parallel nparallel perp vdash dashv models forall exists nexists therefore because triangleq
    to gets leftarrow rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow longleftarrow
    longrightarrow longleftrightarrow Longleftarrow Longrightarrow Longleftrightarrow mapsto longmapsto
    implies impliedby iff uparrow downarrow updownarrow Uparrow Downarrow Updownarrow nearrow searrow
    swarrow nwarrow hookleftarrow hookrightarrow rightleftharpoons leadsto
    """
    # structures, accents, fonts, brackets
    """frac dfrac tfrac cfrac binom dbinom tbinom sqrt over choose atop stackrel overset underset substack
    overline underline overbrace underbrace overrightarrow overleftarrow xrightarrow xleftarrow widehat
    widetilde hat check breve acute grave tilde bar vec dot ddot begin end left right middle big Big bigg
    Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr lfloor rfloor lceil rceil langle rangle lbrace rbrace
    lbrack rbrack lvert rvert lVert rVert vert Vert backslash mathrm mathbf mathbb mathcal mathfrak mathit
    mathscr mathsf mathtt boldsymbol bm pmb text textbf textit textrm textsf texttt rm bf it sf tt cal
    displaystyle textstyle boxed cdots ldots dots vdots ddots dotsb dotsc colon quad qquad checkmark
    hline""".split()
)
_ENVIRONMENTS = frozenset(
    "matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array cases aligned align align* gathered "
    "gather gather* split equation equation* eqnarray eqnarray* multline multline*".split()
)
_COMMAND = re.compile(r"\\([a-zA-Z]+)(?:(?<=begin)\s*\{([^}]{0,40})\})?")
# A line's end with a distance to the next line, which may be negative.
_DISTANCE = re.compile(r"\\\\(?=\s*\*?\s*\[)")
_HARMLESS = "\\\u200b"  # looks like a backslash, and begins no command


def allowed_tex(text: str) -> str:
    """The text, in which commands that are not listed are no commands any more but look the same."""
    return _COMMAND.sub(_command, _DISTANCE.sub(r"\\\\{}", text))


def _command(found: re.Match[str]) -> str:
    name, environment = found.groups()
    if name not in _COMMANDS or (environment is not None and environment not in _ENVIRONMENTS):
        return _HARMLESS + found[0][1:]
    return found[0]
