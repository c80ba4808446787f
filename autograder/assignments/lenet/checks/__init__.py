"""TRUSTED: the pytest files that decide. What a check may use is in autograder/judging/api.py."""
