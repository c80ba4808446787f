"""The student's code warns, and displays things while it is being asked."""

NOTEBOOKS = (2,)


def edit(submission):
    submission.answer("dense_params", """
import warnings
from IPython.display import HTML, display

def dense_params(inputs, units):
    warnings.warn("dense_params is deprecated", DeprecationWarning)
    warnings.warn("inputs are large")
    display(HTML("<h1>at work</h1>"))
    print("inputs", inputs)
    return (inputs + 1) * units
""")
