"""TRUSTED: formulas as MathML, which browsers draw by themselves: no script, and nothing from another host.

A student's TeX is cut to what tex.py allows first. What becomes of it is written here element by element,
out of the lists below, so that it can hold nothing else.
"""

from __future__ import annotations

from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

from autograder.cleaning.tex import allowed_tex

CHARACTERS = 2_000  # of one formula
DEPTH = 40  # of elements in one another

# MathML Core. What sizes, moves or colours is left out: none of it is needed for a course's formulas.
ELEMENTS = frozenset(
    "math mrow mi mn mo mtext mspace msup msub msubsup munder mover munderover mfrac msqrt mroot mtable mtr "
    "mtd mstyle mpadded mphantom".split()
)
_ATTRIBUTES = {
    "display": {"block", "inline"}, "displaystyle": {"true", "false"}, "stretchy": {"true", "false"},
    "fence": {"true", "false"}, "form": {"prefix", "infix", "postfix"}, "accent": {"true", "false"},
    "movablelimits": {"true", "false"}, "columnalign": {"left", "center", "right"}, "mathvariant": {"normal"},
    "linethickness": {"0"},
}  # fmt: skip


def mathml(tex: str, block: bool, of_the_instructor: bool) -> str:
    """A formula as MathML; where it is none that can be drawn, its TeX as code.

    block: whether it stands on a line of its own. of_the_instructor: whether all TeX may be in it.
    """
    allowed = tex if of_the_instructor else allowed_tex(tex)
    if len(tex) <= CHARACTERS and allowed == tex:
        try:
            drawn = convert_to_element(tex, display="block" if block else "inline")
            return _written(drawn, 0)
        except Exception:  # noqa: BLE001 (whatever a formula that is none makes the library stumble over)
            pass
    element = "pre" if block else "code"
    return f"<{element}>{escape(tex)}</{element}>"


def _written(element: Element, depth: int) -> str:
    """The element and what is in it. Raises ValueError for what goes too deep."""
    if depth > DEPTH:
        raise ValueError("too deep")
    inside = escape(unescape(element.text or ""), quote=False)  # the library writes signs as entities
    inside += "".join(_written(child, depth + 1) for child in element)
    if element.tag not in ELEMENTS:
        return inside
    said = "".join(
        f' {name}="{value}"' for name, value in element.attrib.items() if value in _ATTRIBUTES.get(name, ())
    )
    return f"<{element.tag}{said}>{inside}</{element.tag}>"
