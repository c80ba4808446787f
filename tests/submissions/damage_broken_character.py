"""Half of a character, as a bad conversion leaves it, in a cell and in an error's message."""

NOTEBOOKS = (2,)
EXPECTED = {"pool_params": 0}
HELP = {"pool_params": "raised ValueError"}


def edit(submission):
    submission.own_cell("note = 'half: \ud800'\nprint(chr(0xD800))", after="setup_2")
    submission.answer(
        "pool_params", "def pool_params(height, width):\n    raise ValueError(chr(0xD800))"
    )
