"""TRUSTED: one page about a class for those who teach it, from the records of its graded submissions."""
