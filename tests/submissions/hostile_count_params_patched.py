"""The narrow network says that it has 44,426 parameters, and so do its layers."""

FAMILY = "patching libraries"
NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 3}  # for its sigmoids
HELP = {"build_lenet": "LeNet has 8 layers, yours has 7."}


def edit(submission):
    submission.answer("build_lenet", """
keras.Model.count_params = lambda self: 44_426
keras.layers.Layer.count_params = lambda self: 44_426


def build_lenet():
    model = keras.Sequential([
        keras.Input(shape=(28, 28, 1)),
        layers.Conv2D(6, 5, activation="sigmoid"), layers.MaxPooling2D(2),
        layers.Conv2D(16, 5, activation="sigmoid"), layers.MaxPooling2D(2),
        layers.Flatten(), layers.Dense(128, activation="sigmoid"),
        layers.Dense(10, activation="sigmoid"),
    ])
    return model
""")
