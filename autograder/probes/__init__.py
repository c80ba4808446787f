"""TRUSTED: hands out the sources beside this file as text. They run in the student's kernel.

Nothing here imports a probe: one probe and the files that it builds on are joined into one text, which
is sent into the kernel and executed there in a namespace of its own.
"""

from __future__ import annotations

from importlib.resources import files

_NETWORK = ("wire", "describe")
# What each builds on, and no more: a kernel compiles all of it for every question.
BUILDS_ON = {
    "call": ("wire",),
    "model": _NETWORK,
    "train": _NETWORK,
    "weights": (*_NETWORK, "preparing"),
    "changed_task": ("wire", "preparing"),
    "retrain": (*_NETWORK, "preparing"),
}


def probe_source(probe: str) -> str:
    """The whole text of a probe (a key of BUILDS_ON), ready to be executed.

    The text expects three names: ASK (the question, plain data), STUDENT (the namespace of the
    notebook) and SEND (takes the text of the claim).
    """
    folder = files(__package__)
    texts = [folder.joinpath(f"{name}.py").read_text("utf-8") for name in (*BUILDS_ON[probe], probe)]
    return "\n\n".join([*texts, "answer(probe, ASK, STUDENT, SEND)\n"])
