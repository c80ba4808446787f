"""A network whose weights are other numbers, of other shapes, at every look."""

FAMILY = "objects that lie"
NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 0}
HELP = {"build_lenet": "Your code raised"}


def edit(submission):
    submission.answer("build_lenet", """
class Changing:
    reads = 0

    def numpy(self):
        Changing.reads += 1
        return np.random.normal(size=(5, 5, 1, 6 + Changing.reads))


class Conv2D(layers.Conv2D):
    weights = property(lambda self: [Changing(), Changing()])


def build_lenet():
    model = keras.Sequential([keras.Input(shape=(28, 28, 1))])
    for filters in (6, 16):
        model.add(Conv2D(filters, 5, activation="sigmoid"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    for units in (120, 84, 10):
        model.add(layers.Dense(units, activation="sigmoid"))
    return model
""")
