"""TRUSTED; jupyter_client and nbformat only, nothing is executed. For which kernel a notebook is.

The sandbox has one kernel, this Python. A notebook for another one is refused: run here, every answer
in it would be wrong. Its kernelspec alone says so, in nbgrader's gradebook that of the source; what a
student's JupyterLab notes beside it (language_info) decides nothing.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbformat import NotebookNode

from autograder.judging.words import named

_NATIVE = ("python", "python3")  # what Jupyter calls the Python that it runs on itself
# Alone, it is the Python that asks, as jupyter_client has it.
_BARE = re.compile(r"python(3(\.[0-9]+)?)?\Z")
# A module may read these when it is imported, and the warm process has imported it already. How much
# TensorFlow logs (TF_CPP_…) is none of them: the sandbox sets it, and so does every cell that is careful.
_READ_AT_IMPORT = re.compile(
    r"\b(?!TF_CPP_)(KERAS|TF|TF2|XLA|OMP|MKL|OPENBLAS|NUMEXPR|CUDA|JAX|TORCH|GLOG|MPL|ABSL)[A-Z]*_[A-Z0-9_]+\b"
    r"|\bMPL(BACKEND|CONFIGDIR)\b|\bkeras\.json\b|\bmatplotlibrc\b"
)


CHOOSE = (
    "Choose the kernel “Python 3” in source/ and run nbgrader generate_assignment --force again, or grade "
    "this assignment in a course without the sandbox."
)


def unlike_ours(kernelspec: Any) -> str:
    """Why a notebook with this kernelspec cannot run on the Python that grades, in one sentence, or "".

    None, or what is no kernelspec, says nothing about it.
    """
    spec = kernelspec if isinstance(kernelspec, dict) else {}
    name, language = str(spec.get("name") or "python3"), str(spec.get("language") or "python")
    why = _why_not(name, language)
    if not why:
        return ""
    kernel, language = named(name, "'"), named(language, "'")
    return f"This notebook is for the kernel {kernel} and the language {language}: {why}."


def _why_not(name: str, language: str) -> str:
    if language.casefold() not in ("python", "ipython"):
        return "the sandbox runs Python alone"
    if name.casefold() in _NATIVE:
        return ""
    try:
        spec = KernelSpecManager().get_kernel_spec(name)
    except NoSuchKernel:
        return "there is no such kernel on this machine"
    command = [*map(str, spec.argv), ""]
    if spec.language.casefold() != "python" or not any("ipykernel" in word for word in command):
        return "the sandbox runs Python alone"
    ours = Path(sys.executable)
    python = Path(command[0])
    # Not resolved: the Python of an environment is a link to the one that it was made with.
    if _BARE.match(command[0]) or (python.parent == ours.parent and _BARE.match(python.name)):
        return ""
    return "that is another Python than the one that grades"


def reads_settings_at_import(notebook: NotebookNode) -> bool:
    """Whether a cell names a setting, KERAS_BACKEND for instance, that imports read once."""
    return any(cell.cell_type == "code" and _READ_AT_IMPORT.search(cell.source) for cell in notebook.cells)
