"""Right in another way: the functional API in both notebooks that build."""

NOTEBOOKS = (1, 3)

BUILD = """
def build_lenet():
    images = keras.Input(shape=(28, 28, 1))
    x = layers.Conv2D(6, 5, activation="sigmoid")(images)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(16, 5, activation="sigmoid")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(120, activation="sigmoid")(x)
    x = layers.Dense(84, activation="sigmoid")(x)
    return keras.Model(images, layers.Dense(10, activation="sigmoid")(x))
"""


def edit(submission):
    submission.answer("build_lenet", BUILD)
    submission.answer("network", BUILD)
