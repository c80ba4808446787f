"""Right in another way: one pooling and one activation for all, layers told in no order, Flatten in call."""

NOTEBOOKS = (1,)
SOURCE = """
class LeNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.scores = layers.Dense(10)
        self.pool = layers.MaxPooling2D(2)
        self.bend = layers.Activation("sigmoid")
        self.second = layers.Conv2D(16, 5)
        self.wide, self.narrow = (layers.Dense(n) for n in (120, 84))
        self.first = layers.Conv2D(6, 5)

    def call(self, x):
        x = self.pool(self.bend(self.first(x)))
        x = self.pool(self.bend(self.second(x)))
        x = layers.Flatten()(x)
        for dense in (self.wide, self.narrow, self.scores):
            x = self.bend(dense(x))
        return x


def build_lenet():
    return LeNet()
"""


def edit(submission):
    submission.answer("build_lenet", SOURCE)
