"""TRUSTED: inputs that only the grader knows, and right answers."""


def hidden_calls(exercise, random):
    """Calls of an exercise."""
    return [[int(number)] for number in random.integers(100, 10_000, 3)]


def right_answer(function, arguments):
    """What a right function gives."""
    return 2 * arguments[0]
