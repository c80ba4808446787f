"""TRUSTED: an nbgrader course: what comes in, what is recorded, what its people read."""
