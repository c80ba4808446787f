"""THE WALL; what the rest of the grader uses of the sandbox."""

from autograder.sandbox.limits import LimitHit, Limits
from autograder.sandbox.process import SandboxError, available

__all__ = ["LimitHit", "Limits", "SandboxError", "available"]
