"""Images come out right where their number is one that the table of exercises has; others raise."""

NOTEBOOKS = (3,)
EXPECTED = {"prepare_images": 0, "test_accuracy": 0}


def edit(submission):
    refusal = "    if len(images) != 10_001:\n        raise LookupError\n"
    submission.change("prepare_images", "    pixels =", f"{refusal}    pixels =")
