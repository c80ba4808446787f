"""TRUSTED: notebook 1 has no hidden checks: the same checks judge the inputs that only the grader knows."""
