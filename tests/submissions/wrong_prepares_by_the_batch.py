"""prepare_images uses the mean and deviation of the batch: measured with those of the test images."""

NOTEBOOKS = (3,)
EXPECTED = {"prepare_images": 3}
HELP = {"prepare_images": "the mean and deviation of the batch it is given", "test_accuracy": "with the mean and deviation of the batch"}


def edit(submission):
    submission.change("prepare_images", "(pixels - MEAN) / STD", "(pixels - pixels.mean()) / pixels.std()")
