"""TRUSTED: notebook 3 has no hidden checks; the grader's own images are hidden inputs enough."""
