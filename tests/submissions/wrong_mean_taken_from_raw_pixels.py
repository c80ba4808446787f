"""MEAN and STD are applied to pixels from 0 to 255; the trained weights are a poor match."""

NOTEBOOKS = (3,)
EXPECTED = {"prepare_images": 3, "test_accuracy": 15.5}
HELP = {"prepare_images": "Divide by 255 before MEAN is taken away."}


def edit(submission):
    submission.change("prepare_images", '.astype("float32") / 255', '.astype("float32")')
