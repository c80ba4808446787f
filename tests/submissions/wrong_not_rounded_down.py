"""output_size divides with / and so counts parts of a step; LeNet's own sizes divide evenly."""

NOTEBOOKS = (1,)
EXPECTED = {"output_size": 2}
HELP = {"output_size": "Part of a step is no place: round down, with //."}


def edit(submission):
    submission.change("output_size", "// stride", "/ stride")
