"""THE WALL; what the rest of the grader uses of the sandbox. The kernel manager is in provisioner.py.

`available` says whether kernels can be sandboxed on this machine.
"""

from autograder.sandbox.bubblewrap import SandboxError
from autograder.sandbox.limits import LimitHit, Limits, Unwatched
from autograder.sandbox.process import available

__all__ = ["LimitHit", "Limits", "SandboxError", "Unwatched", "available"]
