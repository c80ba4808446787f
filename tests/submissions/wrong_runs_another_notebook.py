"""Takes the network of notebook 3 from notebook 1, which is not there when notebook 3 is graded."""

NOTEBOOKS = (3,)
EXPECTED = {"train_lenet": 0, "test_accuracy": 0}
HELP = {"train_lenet": "This notebook runs another one, which is not there when each is graded by itself"}
FLAGGED = {"train_lenet", "test_accuracy"}


def edit(submission):
    submission.change("network", submission.cell("network_solution").source, "%run 1_build_lenet.ipynb")
