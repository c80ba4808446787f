"""A check and a given cell were rewritten."""

NOTEBOOKS = (2,)
EXPECTED = {"conv_params": 0}
NOTES = (
    "The cell 'conv_params' was changed; the original was used.",
    "The cell 'setup_2' was changed; the original was used.",
)


def edit(submission):
    submission.cell("conv_params").source = "5.0"
    submission.cell("setup_2").source += "\ncheck = lambda name: 5.0"
    submission.change("conv_params", "+ 1)", "+ 2)")
