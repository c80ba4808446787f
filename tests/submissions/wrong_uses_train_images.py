"""prepare_images prepares train_images, whatever it is given."""

from corpus import FIXTURE, WEIGHTS
from weights_files import rearranged

NOTEBOOKS = (3,)
EXPECTED = {"prepare_images": 0, "test_accuracy": 0}
HELP = {"prepare_images": "does it use train_images", "test_accuracy": "does it use train_images"}


def edit(submission):
    submission.files[WEIGHTS] = rearranged(FIXTURE.read_bytes(), "never measured")
    submission.change("prepare_images", "images.astype", "train_images.astype")
