"""A notebook file that nests so deep that careless readers fall over."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "exhausting"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "it holds too many things beside its cells' text to be read")
FLAGGED = COUNTING


def edit(submission):
    del submission.notebooks["2_count_parameters"]
    nested = b'{"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": {"x": ' + b"[" * 200_000
    submission.files["2_count_parameters.ipynb"] = nested + b"]" * 200_000 + b"}}"
