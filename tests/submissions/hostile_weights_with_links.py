"""A weights file whose arrays are links into other files: the system's, and another student's."""

import io

import h5py
from corpus import WEIGHTS

FAMILY = "attacks on readers"
NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 0}
HELP = {"test_accuracy": "lenet.weights.h5 cannot be opened as a Keras weights file"}


def edit(submission):
    file = io.BytesIO(submission.files[WEIGHTS])
    with h5py.File(file, "r+") as weights:
        bias = weights["layers/conv2d/vars/1"]
        del weights["layers/conv2d/vars/1"], weights["layers/dense_2/vars/0"]
        weights["layers/conv2d/vars"].create_dataset(
            "1", bias.shape, bias.dtype, external=[("/etc/passwd", 0, bias.nbytes)]
        )
        weights["layers/dense_2/vars/0"] = h5py.ExternalLink(
            "../../correct/lenet/lenet.weights.h5", "layers/dense_2/vars/0"
        )
    submission.files[WEIGHTS] = file.getvalue()
