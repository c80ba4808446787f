"""The answer book: runs only on the instructor's side, never where a student's code runs.

`parameters` is plain Python; `model` and `training` import keras (any backend).
"""
