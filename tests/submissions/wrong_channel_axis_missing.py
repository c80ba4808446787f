"""prepare_images gives no channel axis; Keras adds it, so the accuracy is what it is."""

NOTEBOOKS = (3,)
EXPECTED = {"prepare_images": 4}
HELP = {"prepare_images": "The channel axis is missing."}


def edit(submission):
    submission.change("prepare_images", "[..., np.newaxis]", "")
