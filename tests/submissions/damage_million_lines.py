"""A cell prints a million lines, and an answer a thousand each time that it is asked."""

NOTEBOOKS = (2,)


def edit(submission):
    submission.own_cell("for line in range(1_000_000):\n    print(line)", after="conv_params")
    submission.answer("pool_params", """
def pool_params(height, width):
    print("working\\n" * 1000)
    return 0
""")
