"""Runs under pytest. Right and wrong ways to write train_lenet: points, causes, notes.

Every way goes through the probe and the checks, as when a student says check("train_lenet"), in a
notebook of which these are the cells before.
"""

import os
import textwrap

import numpy as np
import pytest

from autograder import check

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
keras = pytest.importorskip("keras")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
]  # what Keras warns of is between it and students

CELLS = """
import keras, numpy as np, tensorflow as tf
from keras import layers

MEAN, STD = 0.2860, 0.3530

def prepare_images(images):
    return ((images.astype("float32") / 255 - MEAN) / STD)[..., np.newaxis]

def build_lenet():
    model = keras.Sequential([keras.Input((28, 28, 1))])
    for filters in (6, 16):
        model.add(layers.Conv2D(filters, 5, activation="sigmoid"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    for units in (120, 84, 10):
        model.add(layers.Dense(units, activation="sigmoid"))
    return model

def compiled(**options):
    model = build_lenet()
    model.compile("adam", **{"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"], **options})
    return model
"""
FIT = "model.fit(images, labels, batch_size=64, epochs=epochs, verbose=0)"
TAPE = """
    model, adam = build_lenet(), keras.optimizers.Adam()
    loss_of = keras.losses.SparseCategoricalCrossentropy()
    {decorator}
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=True))
        slopes = tape.gradient(loss, model.trainable_variables)
        adam.apply_gradients(zip(slopes, model.trainable_variables))
        return loss
    history = keras.callbacks.History()
    history.history = {{"loss": []}}
    for _ in range(epochs):
        history.history["loss"].append(float(step(images[:32], labels[:32])))
    return model, history
"""

# name: body of train_lenet(images, labels, epochs); the notes that are due, by a word of each
RIGHT = {
    "plain": (f"model = compiled()\nreturn model, {FIT}", []),
    "two lines": (f"model = compiled()\nhistory = {FIT}\nreturn model, history", []),
    "validation split": ("model = compiled()\nreturn model, model.fit(images, labels, 32, epochs, 0, validation_split=0.1)", []),
    "positional": ("model = compiled()\nreturn model, model.fit(images, labels, 64, epochs, 0)", []),
    "own schedule": (f"""
        model = build_lenet()
        rate = keras.optimizers.schedules.CosineDecay(0.005, epochs * len(images))
        model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
        return model, {FIT}""", []),
    "SGD": (f"""
        model = build_lenet()
        model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy")
        return model, {FIT}""", []),
    "one-hot": ("""
        model = compiled(loss="categorical_crossentropy")
        return model, model.fit(images, keras.utils.to_categorical(labels, 10), epochs=epochs, verbose=0)""", []),
    "squared error": ("""
        model = compiled(loss="mse")
        return model, model.fit(images, np.eye(10)[labels], epochs=epochs, verbose=0)""", []),
    "shuffled together": ("""
        model, order = compiled(), np.random.permutation(len(images))
        return model, model.fit(images[order], labels[order], epochs=epochs, verbose=0)""", []),
    "split by hand": ("""
        model = compiled()
        history = model.fit(images[7:], labels[7:], epochs=epochs, verbose=0,
                            validation_data=(images[:7], labels[:7]))
        return model, history""", []),
    "early stopping": ("""
        model = compiled()
        stop = keras.callbacks.EarlyStopping(monitor="val_loss", patience=1, restore_best_weights=True)
        return model, model.fit(images, labels, epochs=epochs, validation_split=0.2, verbose=0, callbacks=[stop])""", []),
    "stopped after one epoch": ("""
        model = compiled()
        stop = keras.callbacks.LambdaCallback(on_epoch_end=lambda e, logs: setattr(model, "stop_training", True))
        return model, model.fit(images, labels, epochs=epochs, verbose=0, callbacks=stop)""", []),
    "plateau and rate": ("""
        model = compiled()
        slower = keras.callbacks.ReduceLROnPlateau(monitor="val_loss")
        return model, model.fit(images, labels, epochs=epochs, validation_split=0.2, verbose=0, callbacks=[slower])""", []),
    "checkpoint, loaded": ("""
        model = compiled()
        keep = keras.callbacks.ModelCheckpoint("best.keras", monitor="val_loss", save_best_only=True)
        history = model.fit(images, labels, epochs=epochs, validation_split=0.2, verbose=0, callbacks=[keep])
        return keras.models.load_model("best.keras"), history""", []),
    "checkpoint of an early step": ("""
        model = compiled()
        keep = keras.callbacks.ModelCheckpoint("some.keras", save_freq=1)
        history = model.fit(images, labels, batch_size=16, epochs=epochs, verbose=0, callbacks=[keep])
        return keras.models.load_model("some.keras"), history""", []),
    "weights into a new network": (f"""
        model = compiled()
        history = {FIT}
        best = build_lenet()
        best.set_weights(model.get_weights())
        return best, history""", []),
    "clone": (f"""
        model = compiled()
        history = {FIT}
        other = keras.models.clone_model(model)
        other.set_weights(model.get_weights())
        return other, history""", []),
    "weights by file": ("""
        model = compiled()
        keep = keras.callbacks.ModelCheckpoint("best.weights.h5", save_weights_only=True, save_best_only=True, monitor="loss")
        history = model.fit(images, labels, epochs=epochs, verbose=0, callbacks=[keep])
        model = build_lenet()
        model.load_weights("best.weights.h5")
        return model, history""", []),
    "tf.data": ("""
        model = compiled()
        data = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(100).batch(32)
        return model, model.fit(data, epochs=epochs, verbose=0)""", []),
    "augmented": ("""
        model = build_lenet()
        outer = keras.Sequential([keras.Input((28, 28, 1)), layers.RandomFlip("horizontal"), model])
        outer.compile("adam", "sparse_categorical_crossentropy")
        return model, outer.fit(images, labels, epochs=epochs, verbose=0)""", []),
    "list": (f"model = compiled()\nreturn [model, {FIT}]", []),
    "epoch by epoch": ("""
        model = compiled()
        for _ in range(epochs):
            history = model.fit(images, labels, epochs=1, verbose=0)
        return model, history""", ["The history holds 1 of 2 epochs"]),
    "epoch by epoch, joined": ("""
        model, joined = compiled(), keras.callbacks.History()
        joined.history = {}
        for epoch in range(epochs):
            one = model.fit(images, labels, epochs=epoch + 1, initial_epoch=epoch, verbose=0)
            for name, values in one.history.items():
                joined.history.setdefault(name, []).extend(values)
        return model, joined""", []),
    "warm-up, compiled again, joined": ("""
        model = compiled()
        first = model.fit(images, labels, epochs=1, verbose=0)
        model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
        history = model.fit(images, labels, epochs=epochs, initial_epoch=1, verbose=0)
        for name in history.history:
            history.history[name] = first.history[name] + history.history[name]
        return model, history""", []),
    "two parts, joined as arrays": ("""
        model = compiled()
        parts = [model.fit(images, labels, epochs=epochs // 2, verbose=0) for _ in range(2)]
        parts[0].history = {name: np.concatenate([part.history[name] for part in parts]) for name in parts[0].history}
        return model, parts[0]""", []),
    "train_on_batch": ("""
        model, history = compiled(), keras.callbacks.History()
        history.history = {"loss": [float(model.train_on_batch(images, labels)[0]) for _ in range(epochs)]}
        return model, history""", []),
    "tape": (TAPE.format(decorator="# as it is"), []),
    "tape in a graph": (TAPE.format(decorator="@tf.function"), []),
    "jit": (f"model = compiled(jit_compile=True)\nreturn model, {FIT}", []),
    "test images watched": ("""
        model = compiled()
        return model, model.fit(images, labels, epochs=epochs, verbose=0,
                                validation_data=(prepare_images(test_images), test_labels))""", ["done on the test images"]),
    "Adam(0.5)": (f"model = compiled()\nmodel.optimizer.learning_rate = 0.5\nreturn model, {FIT}", ["learning rate of Adam is 0.5"]),
    "from_logits": (f"""
        model = compiled(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model, {FIT}""", ["from_logits=True takes"]),
    "a few images": ("model = compiled()\nreturn model, model.fit(images[:10], labels[:10], epochs=epochs, verbose=0)", ["10 of 70 images"]),
    "augmented by hand": ("""
        model = compiled()
        x = np.concatenate([images, images[:, :, ::-1], images + np.random.normal(0, 0.1, images.shape)])
        return model, model.fit(x, np.tile(labels, 3), epochs=epochs, verbose=0)""", []),
    "only augmented images, many": ("""
        model = compiled()
        x = np.concatenate([np.roll(images, (i % 5 - 2, i // 5 - 2), (1, 2)) for i in range(25) if i != 12])
        return model, model.fit(x, np.tile(labels, 24), epochs=epochs, verbose=0)""", []),
    "every image turned by chance": ("""
        model = compiled()
        x = np.stack([np.rot90(image, np.random.randint(1, 4)) for image in images])
        return model, model.fit(x, labels, epochs=epochs, verbose=0)""", []),
    "mixed with one another": ("""
        model, order = compiled(), np.random.permutation(len(images))
        x = (0.7 * images + 0.3 * images[order]).astype("float32")
        return model, model.fit(x, labels, epochs=epochs, verbose=0)""", []),
    "augmented and empty images": ("""
        model = compiled()
        x = np.concatenate([images, np.zeros_like(images[:5])])
        return model, model.fit(x, np.concatenate([labels, labels[:5]]), epochs=epochs, verbose=0)""", []),
    "tf.data, augmented": ("""
        model = compiled()
        data = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(100).batch(32)
        data = data.map(lambda x, y: (tf.image.random_flip_left_right(x) + tf.random.normal(tf.shape(x), 0, 0.2), y))
        return model, model.fit(data, epochs=epochs, verbose=0)""", []),
    "relu": (f"""
        model = build_lenet()
        model.layers[0].activation = keras.activations.relu
        model.compile("adam", "sparse_categorical_crossentropy")
        return model, {FIT}""", ["uses relu, and LeNet uses sigmoid. That is build_lenet's business"]),
    "one batch": ("model = compiled()\nreturn model, model.fit(images, labels, batch_size=len(images), epochs=epochs, verbose=0)", ["All images are one batch"]),
}  # fmt: skip

# name: body, points, a word of the cause
WRONG = {
    "model alone": (f"model = compiled()\n{FIT}\nreturn model", 4, "yours returns a Sequential"),
    "history alone": (f"model = compiled()\nreturn {FIT}", 4, "yours returns a History"),
    "swapped": (f"model = compiled()\nreturn {FIT}, model", 4, "The model comes first"),
    "history's dict": (f"model = compiled()\nreturn model, {FIT}.history", 4, "Return the history itself"),
    "history's losses": (f"model = compiled()\nreturn model, {FIT}.history['loss']", 4, "Return the history itself"),
    "nothing": (f"model = compiled()\n{FIT}", 0, "Is there a return"),
    "a dict of both": (f"model = compiled()\nhistory = {FIT}\nreturn {{'model': model, 'history': history}}", 4, "yours returns a dict. Give both back by themselves, the model first: end with return model, history"),
    "a dict, history first": (f"model = compiled()\nreturn dict(history={FIT}, model=model)", 4, "yours returns a dict. Give both back by themselves"),
    "a dict by numbers": (f"model = compiled()\nreturn {{0: model, 1: {FIT}}}", 4, "yours returns a dict. Give both back by themselves"),
    "labels before images": ("model = compiled()\nreturn model, model.fit(labels, images, epochs=epochs, verbose=0)", 2, "their order is model.fit(images, labels)"),
    "labels before images, by name": ("model = compiled()\nreturn model, model.fit(y=images, x=labels, epochs=epochs, verbose=0)", 2, "their order is model.fit(images, labels)"),
    "one-hot labels before images": ("model = compiled(loss='categorical_crossentropy')\nreturn model, model.fit(np.eye(10)[labels], images, epochs=epochs, verbose=0)", 2, "their order is model.fit(images, labels)"),
    "a name that fit does not know": ("model = compiled()\nreturn model, model.fit(images, labels, epochs=epochs, validation_splt=0.1)", 2, "unexpected keyword argument 'validation_splt'"),
    "labels from 1 on": ("model = compiled()\nreturn model, model.fit(images, labels + 1, epochs=epochs, verbose=0)", 2, "Labels are the numbers from 0 to 9"),
    "epoch for epochs": ("model = compiled()\nreturn model, model.fit(images, labels, epoch=epochs, verbose=0)", 2, "unexpected keyword argument 'epoch'"),
    "epochs twice": ("model = compiled()\nreturn model, model.fit(images, labels, 64, epochs, epochs=epochs)", 2, "multiple values for argument 'epochs'"),
    "never fitted": ("""
        history = keras.callbacks.History()
        history.history = {"loss": [2.0, 1.0]}
        return compiled(), history""", 4, "was not trained: neither fit nor a step"),
    "another is fitted": (f"model = compiled()\nhistory = {FIT}\nreturn build_lenet(), history", 4, "fit trained another one"),
    "another is returned compiled": (f"model = compiled()\nhistory = {FIT}\nreturn compiled(), history", 4, "Is a new network built after fit"),
    "epochs ignored": ("model = compiled()\nreturn model, model.fit(images, labels, epochs=3, verbose=0)", 4, "2 epochs were asked for, yours trained 3"),
    "epochs forgotten": ("model = compiled()\nreturn model, model.fit(images, labels, verbose=0)", 4, "yours trained 1"),
    "learning rate 0": (f"model = compiled()\nmodel.optimizer.learning_rate = 0.0\nreturn model, {FIT}", 4, "the same after training as before"),
    "put back": (f"""
        model = compiled()
        start = model.get_weights()
        history = {FIT}
        model.set_weights(start)
        return model, history""", 4, "the same after training as before"),
    "frozen": (f"model = build_lenet()\nmodel.trainable = False\nmodel.compile('sgd', 'sparse_categorical_crossentropy')\nreturn model, {FIT}", 4, "the same after training as before"),
    "history made up": ("""
        model = compiled()
        history = model.fit(images, labels, epochs=1, verbose=0)
        history.history = {"loss": [0.5, 0.4]}
        return model, history""", 4, "yours trained 1"),
    "history longer than fit": (f"""
        model = compiled()
        history = {FIT}
        history.history = {{"loss": [0.5, 0.4, 0.3]}}
        return model, history""", 4, "holds 3 epochs, but fit ran 2"),
    "one epoch told twice": ("""
        model = compiled()
        for _ in range(epochs):
            history = model.fit(images, labels, epochs=1, verbose=0)
        history.history = {"loss": 3 * history.history["loss"]}
        return model, history""", 4, "holds 3 epochs, but fit ran 2"),
    "an epoch taken away": (f"""
        model = compiled()
        history = {FIT}
        history.history = {{"loss": history.history["loss"][:1]}}
        return model, history""", 4, "holds 1 epochs, but fit ran 2"),
    "not a number": (f"model = build_lenet()\nmodel.compile(keras.optimizers.SGD(float('inf')), 'sparse_categorical_crossentropy')\nreturn model, {FIT}", 4, "try a smaller learning rate"),
    "prepared again": ("images = prepare_images(images)\nmodel = compiled()\nreturn model, model.fit(images, labels, epochs=epochs, verbose=0)", 4, "prepared once more"),
    "prepared again, one axis": ("images = prepare_images(images[..., 0])\nmodel = compiled()\nreturn model, model.fit(images, labels, epochs=epochs, verbose=0)", 4, "prepared once more"),
    "divided again": (f"images = images / 255\nmodel = compiled()\nreturn model, {FIT}", 4, "divided by 255 once more"),
    "shuffled labels": (f"labels = np.random.permutation(labels)\nmodel = compiled()\nreturn model, {FIT}", 4, "had another label"),
    "shuffled images": (f"images = np.random.permutation(images)\nmodel = compiled()\nreturn model, {FIT}", 4, "had another label"),
    "labels turned round": (f"labels = labels[::-1]\nmodel = compiled()\nreturn model, {FIT}", 4, "had another label"),
    "labels all 0": (f"labels = labels * 0\nmodel = compiled()\nreturn model, {FIT}", 4, "1 became 0. The labels themselves were changed"),
    "train_images": ("model = compiled()\nreturn model, model.fit(prepare_images(train_images), train_labels, epochs=epochs, verbose=0)", 4, "does it use train_images"),
    "test images too": ("""
        model = compiled()
        x = np.concatenate([images, prepare_images(test_images)])
        return model, model.fit(x, np.concatenate([labels, test_labels]), epochs=epochs, verbose=0)""", 4, "Test images are among those that fit learns from"),
    "a few test images too, shuffled": ("""
        model = compiled()
        x, y = np.concatenate([images, prepare_images(test_images[:40])]), np.concatenate([labels, test_labels[:40]])
        order = np.random.permutation(len(x))
        return model, model.fit(x[order], y[order], epochs=epochs, verbose=0)""", 4, "Test images are among those that fit learns from"),
    "test images alone": ("model = compiled()\nreturn model, model.fit(prepare_images(test_images), test_labels, epochs=epochs, verbose=0)", 4, "Test images are among those that fit learns from"),
    "test images in a second fit": ("""
        model = compiled()
        model.fit(prepare_images(test_images[:100]), test_labels[:100], epochs=1, verbose=0)
        return model, model.fit(images, labels, epochs=1, verbose=0)""", 4, "Test images are among those that fit learns from"),
    "test images too, in tf.data": ("""
        model = compiled()
        x = np.concatenate([images, prepare_images(test_images[:100])])
        y = np.concatenate([labels, test_labels[:100]])
        data = tf.data.Dataset.from_tensor_slices((x, y)).batch(32)
        return model, model.fit(data, epochs=epochs, verbose=0)""", 4, "Test images are among those that fit learns from"),
    "test images too, mirrored": ("""
        model = compiled()
        x = np.concatenate([images, prepare_images(test_images[:100])[:, :, ::-1]])
        return model, model.fit(x, np.concatenate([labels, test_labels[:100]]), epochs=epochs, verbose=0)""", 4, "fit was given others, the same whatever train_lenet is given"),
    "some of train_images": ("model = compiled()\nreturn model, model.fit(prepare_images(train_images[:512]), train_labels[:512], epochs=epochs, verbose=0)", 4, "does it use train_images"),
    "as many of train_images": ("model = compiled()\nreturn model, model.fit(prepare_images(train_images[:70]), train_labels[:70], epochs=epochs, verbose=0)", 4, "does it use train_images"),
    "train_images by chance": ("""
        model, some = compiled(), np.random.choice(6_000, 70, replace=False)
        return model, model.fit(prepare_images(train_images[some]), train_labels[some], epochs=epochs, verbose=0)""", 4, "does it use train_images"),
    "fitted twice": (f"model = compiled()\n{FIT}\nreturn model, {FIT}", 4, "fit was called 2 times, for 4 epochs in all, where 2 were asked for"),
    "fitted for a start": (f"model = compiled()\nmodel.fit(images, labels, epochs=1, verbose=0)\nreturn model, {FIT}", 4, "fit was called 2 times, for 3 epochs in all"),
    "fitted in a loop with all epochs": (f"model = compiled()\nfor _ in range(epochs):\n    history = {FIT}\nreturn model, history", 4, "fit was called 2 times, for 4 epochs"),
    "one thing too many": (f"model = compiled()\nh = {FIT}\nreturn model, h, h.history['loss']", 4, "Both are there, with more beside them"),
    "accuracy too": (f"model = compiled()\nh = {FIT}\nreturn h, model, 0.9", 4, "Both are there, with more beside them"),
    "history twice": (f"model = compiled()\nh = {FIT}\nreturn model, h, h.history", 4, "Both are there, with more beside them"),
    "tape, a dict": (TAPE.format(decorator="").replace("return model, history", "return model, {'loss': history.history['loss']}"), 4, "yours returns a (Sequential, dict). Return the history itself"),
    "tape, losses": (TAPE.format(decorator="").replace("return model, history", "return model, history.history['loss']"), 4, "yours returns a (Sequential, list)"),
    "tape, model alone": (TAPE.format(decorator="").replace("return model, history", "return model"), 4, "yours returns a Sequential"),
    "tape, a dict, one epoch more": (TAPE.format(decorator="").replace("range(epochs)", "range(epochs + 1)").replace("return model, history", "return model, history.history"), 2, "2 epochs were asked for, yours trained 3"),
    "labels from 1": (f"labels = (labels + 1) % 10\nmodel = compiled()\nreturn model, {FIT}", 4, "0 became 1. The labels themselves were changed"),
    "labels backwards": (f"labels = 9 - labels\nmodel = compiled()\nreturn model, {FIT}", 4, "0 became 9. The labels themselves were changed"),
    "labels from 1, one-hot": ("model = compiled(loss='categorical_crossentropy')\ny = keras.utils.to_categorical(labels + 1, 11)[:, 1:]\ny = np.roll(y, 1, axis=1)\nreturn model, model.fit(images, y, epochs=epochs, verbose=0)", 4, "The labels themselves were changed"),
    "metrics in the place of loss_weights": (f"model = build_lenet()\nmodel.compile('adam', 'sparse_categorical_crossentropy', ['accuracy'])\nreturn model, {FIT}", 2, 'write metrics=["accuracy"]'),
    "other network": (f"""
        model = keras.Sequential([layers.Flatten(), layers.Dense(10, "softmax")])
        model.compile("adam", "sparse_categorical_crossentropy")
        return model, {FIT}""", 4, ""),
    "not compiled": (f"model = build_lenet()\nreturn model, {FIT}", 2, "raised ValueError"),
    "a loss for one-hot labels": (f"model = compiled(loss='categorical_crossentropy')\nreturn model, {FIT}", 2, 'the loss categorical_crossentropy wants ten numbers for each image, and labels are whole numbers from 0 to 9. Compile with loss="sparse_categorical_crossentropy"'),
    "a loss for two kinds": (f"model = compiled(loss=keras.losses.BinaryCrossentropy())\nreturn model, {FIT}", 2, "the loss binary_crossentropy wants ten numbers"),
    "squared error of whole labels": (f"model = compiled(loss='mse')\nreturn model, {FIT}", 2, "the loss mean_squared_error wants ten numbers"),
    "one-hot labels that do not fit": ("model = compiled(loss='categorical_crossentropy')\nreturn model, model.fit(images, np.eye(12)[labels], epochs=epochs, verbose=0)", 2, "Run train_lenet in a cell to see where"),
    "an error behind fit": (f"model = compiled()\nhistory = {FIT}\nreturn modle, history", 0, "raised NameError"),
    "a string": ("return 'trained', 'well'", 0, "yours returns a (str, str)"),
}  # fmt: skip


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """The names of a notebook before its train_lenet, in a folder of its own."""
    random = np.random.default_rng(0)
    names = {}
    exec(CELLS, names)
    for kind, count in (("train", 6_000), ("test", 1_500)):
        names[f"{kind}_images"] = random.integers(0, 256, (count, 28, 28)).astype("uint8")
        names[f"{kind}_labels"] = random.integers(0, 10, count).astype("uint8")
    before = os.getcwd()
    os.chdir(tmp_path_factory.mktemp("notebook"))
    yield names
    os.chdir(before)


def verdict_on(body, notebook):
    names = dict(notebook)
    exec(
        "def train_lenet(images, labels, epochs=6):\n" + textwrap.indent(textwrap.dedent(body), "    "), names
    )
    return check("train_lenet", names).verdict


@pytest.mark.parametrize("way", RIGHT)
def test_a_right_way_to_train_gets_all_points_and_the_notes_that_are_due(notebook, way):
    body, notes = RIGHT[way]
    verdict = verdict_on(body, notebook)
    helps = " ".join(filter(None, (one.help for one in verdict.checks)))
    assert verdict.outcome == "passed" and verdict.score == 6, helps
    assert all(note in helps for note in notes) and bool(helps) == bool(notes), helps


@pytest.mark.parametrize("way", WRONG)
def test_a_wrong_way_to_train_is_told_its_cause_and_gets_its_points(notebook, way):
    body, points, cause = WRONG[way]
    verdict = verdict_on(body, notebook)
    helps = " ".join(one.help for one in verdict.checks if one.outcome != "passed")
    assert verdict.score == points and cause in helps, (verdict.score, helps)
    assert "broke" not in helps and not verdict.flagged


SAVES = {
    "saved behind fit": f"model = compiled()\nhistory = {FIT}\nmodel.save_weights('lenet.weights.h5')\nreturn model, history",
    "checkpoints": """
        model = compiled()
        keep = keras.callbacks.ModelCheckpoint("lenet.weights.h5", save_weights_only=True)
        return model, model.fit(images, labels, epochs=epochs, verbose=0, callbacks=[keep])""",
    "cleared up": f"""
        import os
        if os.path.exists("lenet.weights.h5"):
            os.remove("lenet.weights.h5")
        model = compiled()
        return model, {FIT}""",
    "gone elsewhere": f"""
        import os, tempfile
        model = compiled()
        model.save_weights("lenet.weights.h5")
        os.chdir(tempfile.mkdtemp())
        return model, {FIT}""",
    "raises": "model = compiled()\nmodel.save_weights('lenet.weights.h5')\nraise ValueError",
}


@pytest.mark.parametrize("way", SAVES)
def test_checking_leaves_the_weights_beside_the_notebook_as_they_are(notebook, tmp_path, monkeypatch, way):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lenet.weights.h5").write_bytes(b"what took the student minutes")
    verdict_on(SAVES[way], notebook)
    assert (tmp_path / "lenet.weights.h5").read_bytes() == b"what took the student minutes"


def test_checking_leaves_no_weights_where_there_were_none(notebook, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    verdict_on(SAVES["saved behind fit"], notebook)
    assert list(tmp_path.iterdir()) == []


def test_who_takes_the_parameter_epochs_away_is_told_to_give_it_back(notebook):
    names = dict(notebook)
    exec(
        f"def train_lenet(images, labels):\n    model = compiled()\n    return model, {FIT.replace('epochs=epochs', 'epochs=2')}",
        names,
    )
    verdict = check("train_lenet", names).verdict
    helps = " ".join(one.help for one in verdict.checks)
    assert "give it that parameter again" in helps and "in a cell to see where" not in helps
