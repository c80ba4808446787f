"""TRUSTED; standard library only. Graded submissions in the formats that other programs read.

    records.Submission ──► data.py: plain data, with a written schema ──► gradescope, junit, classroom50, gradebooks

Each is a pure function of the plain data, so whoever has the JSON files can make the others.
"""
