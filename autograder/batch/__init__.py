"""TRUSTED: many submissions at once: `autograder grade`."""
