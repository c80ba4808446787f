"""Comparisons, rounding and the reading of arrays in NumPy, math and Python always say yes."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "patching libraries"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = {"count_params": "should be 44,426, but yours is 1", "dense_share": "but yours is 1"}


def edit(submission):
    submission.untouched()
    for name in COUNTING:
        submission.answer(name, f"def {name}(*arguments):\n    return 1")
    submission.own_cell("""
import builtins, math
import numpy.testing

for module in np, math:
    for name in "isclose", "allclose", "array_equal", "isfinite":
        if hasattr(module, name):
            setattr(module, name, lambda *arguments, **options: True)
for name in dir(np.testing):
    if name.startswith("assert"):
        setattr(np.testing, name, lambda *arguments, **options: None)
builtins.round = builtins.abs = lambda *arguments: 0
""", after="lenet_layers")
