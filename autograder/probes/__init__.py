"""TRUSTED: hands out the sources beside this file as text. They run in the student's kernel.

Nothing here imports a probe: wire.py, describe.py, preparing.py and one probe are joined into one
text, which is sent into the kernel and executed there in a namespace of its own.
"""

from __future__ import annotations

from importlib.resources import files

PARTS = ("wire.py", "describe.py", "preparing.py")


def probe_source(probe: str) -> str:
    """The whole text of a probe ("call", "model", "train", "weights"), ready to be executed.

    The text expects three names: ASK (the question, plain data), STUDENT (the namespace of the
    notebook) and SEND (takes the text of the claim).
    """
    folder = files(__package__)
    texts = [folder.joinpath(name).read_text("utf-8") for name in (*PARTS, f"{probe}.py")]
    return "\n\n".join([*texts, "answer(probe, ASK, STUDENT, SEND)\n"])
