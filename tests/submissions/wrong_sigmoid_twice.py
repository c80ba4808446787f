"""The layers are LeNet's, but the network does more with them than they say."""

NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 14}
HELP = {"build_lenet": "LeNet ends after 8 layers, yours goes on with sigmoid"}


def edit(submission):
    submission.answer("build_lenet", """
class Twice(keras.Sequential):
    def call(self, inputs, **options):
        return keras.ops.sigmoid(super().call(inputs, **options))


def build_lenet():
    model = Twice([keras.Input(shape=(28, 28, 1))])
    for filters in (6, 16):
        model.add(layers.Conv2D(filters, 5, activation="sigmoid"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    for units in (120, 84, 10):
        model.add(layers.Dense(units, activation="sigmoid"))
    return model
""")
