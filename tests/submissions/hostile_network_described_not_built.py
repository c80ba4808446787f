"""Hands over objects that only look like Keras layers, with weights of nothing but zeros."""

FAMILY = "objects that lie"
NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 0}  # there is no network
HELP = {"build_lenet": "should return a Keras model, yours returns a Described."}


def edit(submission):
    submission.answer("build_lenet", """
from types import SimpleNamespace


def layer(kind, shapes=(), **config):
    weights = [SimpleNamespace(numpy=lambda s=s: np.zeros(s, "float32")) for s in shapes]
    return type(kind, (SimpleNamespace,), {})(name=kind, weights=weights, **config)


def conv(channels, filters):
    return layer("Conv2D", [(5, 5, channels, filters), (filters,)], filters=filters,
                 kernel_size=(5, 5), strides=(1, 1), padding="valid", dilation_rate=(1, 1), groups=1,
                 data_format="channels_last", use_bias=True, activation=keras.activations.sigmoid)


def pool():
    return layer("MaxPooling2D", pool_size=(2, 2), strides=(2, 2), padding="valid",
                 data_format="channels_last")


def dense(inputs, units):
    return layer("Dense", [(inputs, units), (units,)], units=units, use_bias=True,
                 activation=keras.activations.sigmoid)


class Described:
    layers = [conv(1, 6), pool(), conv(6, 16), pool(), layer("Flatten", data_format="channels_last"),
              dense(256, 120), dense(120, 84), dense(84, 10)]

    def __call__(self, images):
        return np.full((len(images), 10), 0.5, "float32")


def build_lenet():
    return Described()
""")
