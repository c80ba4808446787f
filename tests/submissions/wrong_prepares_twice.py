"""train_lenet prepares images that are prepared already."""

NOTEBOOKS = (3,)
EXPECTED = {"train_lenet": 4}
HELP = {"train_lenet": "prepared once more"}


def edit(submission):
    submission.change("train_lenet", "model.fit(images,", "model.fit(prepare_images(images)[..., 0],")
