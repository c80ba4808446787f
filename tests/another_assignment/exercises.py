"""Runs anywhere; standard library only. One exercise in a notebook that is called as one of LeNet's."""

from autograder.judging.exercises import Assignment, Exercise

ASSIGNMENT = Assignment(
    name="doubling",
    exercises=(
        Exercise(
            "double",
            "1_build_lenet",
            4,
            "Twice a number",
            "call",
            {"function": "double", "calls": [[2], [5]]},
            "Add the number to itself.",
        ),
    ),
)
