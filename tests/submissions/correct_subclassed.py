"""Right in another way: a network that is a subclass of keras.Model."""

NOTEBOOKS = (1,)


def edit(submission):
    submission.answer("build_lenet", """
class LeNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Conv2D(6, 5, activation="sigmoid")
        self.half = layers.MaxPooling2D(2)
        self.second = layers.Conv2D(16, 5, activation="sigmoid")
        self.quarter = layers.MaxPooling2D(2)
        self.row = layers.Flatten()
        self.dense = [layers.Dense(units, activation="sigmoid") for units in (120, 84, 10)]

    def call(self, images):
        x = self.half(self.first(images))
        x = self.row(self.quarter(self.second(x)))
        for dense in self.dense:
            x = dense(x)
        return x


def build_lenet():
    return LeNet()
""")
