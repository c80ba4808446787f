"""train_lenet trains, and returns the model alone."""

NOTEBOOKS = (3,)
EXPECTED = {"train_lenet": 4}
HELP = {"train_lenet": "train_lenet should return (model, history), yours returns a Sequential."}


def edit(submission):
    submission.change("train_lenet", "return model, history", "return model")
