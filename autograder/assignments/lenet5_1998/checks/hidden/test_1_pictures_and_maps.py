"""TRUSTED: this notebook has no hidden checks: the same checks judge the inputs that only the grader knows."""
