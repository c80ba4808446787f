"""prepare_images only divides by 255, has no channel axis, and gives float64."""

NOTEBOOKS = (3,)
EXPECTED = {"prepare_images": 0, "test_accuracy": 6.5}
HELP = {
    "prepare_images": "The channel axis is missing.",
    "test_accuracy": "images that are prepared with MEAN and STD",
}


def edit(submission):
    submission.answer("prepare_images", """
def prepare_images(images):
    return images / 255
""")
