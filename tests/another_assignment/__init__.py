"""Runs anywhere. The folder of a small assignment, for test_one_folder.py: nothing elsewhere names it."""
