"""Any file is said to hold the weights of the network: keras' load_weights does nothing."""

from corpus import WEIGHTS

FAMILY = "patching libraries"
NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 0}
HELP = {"test_accuracy": "hardly more than the 10 % of guessing"}


def edit(submission):
    submission.files[WEIGHTS] = b"nothing was trained"
    submission.own_cell("""
keras.Model.load_weights = lambda *arguments, **options: None
keras.Model.evaluate = lambda *arguments, return_dict=False, **options: (
    {"loss": 0.1, "accuracy": 0.99} if return_dict else [0.1, 0.99]
)
""", after="network_solution")
