"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Trains for a moment.

The grader's own few images are enough to see whether the function builds, fits and returns. What
fit was given, which networks it trained and what their weights were on the way is claimed as well,
so that the judge can see what the returned network learned from. facts: see `Training` in facts.py.
"""

import hashlib
import inspect
import sys
from contextlib import ExitStack, nullcontext
from unittest import mock

import keras

SAMPLE = 64  # numbers of each weight that are claimed from before and after
MOST_ROWS = 200  # images that fit may use of whatever it is given: there are a few only


class Fit:
    """One call of fit: the network, what it was given, and every state its weights were in."""

    def __init__(self, network, asked):
        self.network, self.asked, self.ran, self.loss, self.states = network, asked, 0, [], set()


class Watch:
    """Sees every fit and every step of an optimizer while train_lenet runs."""

    def __init__(self, ask, student):
        self.images = decode(ask["images"]) / np.float32(64) - 2  # (N, 28, 28, 1)
        self.labels = decode(ask["labels"])
        self.student = student
        self.fits, self.before = [], {}  # id of a variable: (it, a sample of its first values)
        self.inside = False  # one fit is at work: what happens in it is its own
        self.given = {"rows": 0, "matched": 0, "mislabelled": 0, "prepared": ""}
        self.observed = {}

    def watching(self):
        stack = ExitStack()
        fit, apply = keras.Model.fit, keras.optimizers.Optimizer.apply
        signature = inspect.signature(fit)

        def watched_fit(network, *arguments, **options):
            if self.inside:
                return fit(network, *arguments, **options)
            call = signature.bind(network, *arguments, **options)
            call.apply_defaults()
            self.look_at(network, call.arguments)
            seen = Fit(network, int(call.arguments["epochs"] - call.arguments["initial_epoch"]))
            call.arguments["callbacks"] = [
                *keras.tree.flatten(call.arguments["callbacks"] or []), follower(seen)
            ]
            self.fits.append(seen)
            network.run_eagerly = True  # to trace a graph takes longer than these few batches
            self.inside = True
            try:
                return fit(*call.args, **call.kwargs)
            finally:
                self.inside = False
                seen.states.add(state(network))

        def watched_apply(optimizer, grads, trainable_variables=None):
            if not self.inside:
                self.note(trainable_variables or optimizer._trainable_variables)
            return apply(optimizer, grads, trainable_variables)

        stack.enter_context(mock.patch.object(keras.Model, "fit", watched_fit))
        stack.enter_context(mock.patch.object(keras.optimizers.Optimizer, "apply", watched_apply))
        return stack

    def note(self, variables):
        """Keep a sample of what variables hold, unless one was kept before."""
        for variable in variables:
            if id(variable) not in self.before:
                self.before[id(variable)] = (variable, sample(variable))

    def look_at(self, network, given):
        """What fit is about to be given; more images than there can be become a few."""
        if not network.built:
            network(self.images[:1])
        self.note(network.weights)
        images, labels = given["x"], given["y"]
        if hasattr(images, "__array__") and hasattr(labels, "__array__"):
            images, labels = np.asarray(images), np.asarray(labels)
            self.given = self.compared(images, labels)
            if given["sample_weight"] is None:
                given["x"], given["y"] = images[:MOST_ROWS], labels[:MOST_ROWS]
        validation = given["validation_data"]
        if isinstance(validation, (tuple, list)) and hasattr(validation[0], "__len__"):
            self.observed["validation"] = self.kind_of(np.asarray(validation[0]))
            given["validation_data"] = tuple(part[:MOST_ROWS] for part in validation)
        optimizer, loss = getattr(network, "optimizer", None), getattr(network, "loss", None)
        if optimizer is None:
            return  # it was not compiled: fit says so
        self.observed["optimizer"] = type(optimizer).__name__
        self.observed["rate"] = float(optimizer.learning_rate)
        self.observed["from_logits"] = bool(
            getattr(loss, "from_logits", False)
            or getattr(loss, "_fn_kwargs", {}).get("from_logits", False)
        )
        self.observed["batch_size"] = given["batch_size"]

    def compared(self, images, labels):
        """How the images and labels of fit go with those that train_lenet was given."""
        found = {"rows": len(images), "matched": 0, "mislabelled": 0, "prepared": ""}
        if images.size != len(images) * 784 or not len(images):
            return found
        some = images[:MOST_ROWS].reshape(-1, 784).astype("float64")
        mine = self.images.reshape(-1, 784).astype("float64")
        places = (unit(some) @ unit(mine).T).argmax(axis=1)  # which of the grader's it may be
        likeness = (unit(some) * unit(mine)[places]).sum(axis=1)
        rows = np.flatnonzero(likeness > 0.9999)
        found["matched"] = len(rows)
        if not len(rows):
            return found
        slopes = some[rows].std(axis=1) / mine[places[rows]].std(axis=1)
        offsets = some[rows].mean(axis=1) - slopes * mine[places[rows]].mean(axis=1)
        for how, slope, offset in (
            ("again", 1 / 255 / 0.3530, -0.2860 / 0.3530), ("divided", 1 / 255, 0),
        ):
            if np.allclose(slopes, slope, rtol=1e-2) and np.allclose(offsets, offset, atol=1e-2):
                found["prepared"] = how
        if labels.ndim == 2 and labels.shape[1] > 1:
            labels = labels.argmax(axis=1)  # one-hot
        if labels.size == len(images):
            theirs = labels[:MOST_ROWS].reshape(-1)[rows]
            found["mislabelled"] = int((theirs != self.labels[places[rows]]).sum())
        return found

    def kind_of(self, images):
        """ "test images" where those are what validation is done on; else "" ."""
        known = self.student.get("test_images")
        try:
            first, theirs = (np.asarray(a)[:3].reshape(3, 784).astype("float64") for a in (images, known))
            same = (unit(first) * unit(theirs)).sum(axis=1).min() > 0.9999
        except Exception:
            return ""
        return "test images" if same else ""

    def trained(self, model):
        """How the model came to its weights, with the fits that did it."""
        mine = {id(weight) for weight in model.weights}
        own = [f for f in self.fits if mine & {id(weight) for weight in f.network.weights}]
        if own:
            return "fit", own
        now = state(model)
        copied = [f for f in self.fits if now in f.states]
        if copied:
            return "copy", [f for f in self.fits if f.network is copied[0].network]
        if mine & set(self.before):
            return "steps", []
        return ("other" if self.fits else "none"), []


def follower(seen):
    """A callback that keeps every state of the weights, and counts epochs."""

    def after_epoch(epoch, logs=None):
        seen.ran += 1
        seen.states.add(state(seen.network))
        seen.loss.append(float((logs or {}).get("loss", "nan")))

    def after_batch(batch, logs=None):
        seen.states.add(state(seen.network))

    return keras.callbacks.LambdaCallback(on_epoch_end=after_epoch, on_train_batch_end=after_batch)


def numbers(variable):
    return np.asarray(variable.numpy()).copy()  # what it holds later must not show


def sample(variable):
    """(at most 64,) of a variable's numbers, spread over it; also while a graph is being traced."""
    tensorflow = sys.modules.get("tensorflow") if keras.backend.backend() == "tensorflow" else None
    with tensorflow.init_scope() if tensorflow else nullcontext():
        values = numbers(variable).ravel()
    return values[:: max(len(values) // SAMPLE, 1)][:SAMPLE]


def state(network):
    """A fingerprint of all weights."""
    return hashlib.sha256(b"".join(numbers(w).tobytes() for w in network.weights)).digest()


def unit(rows):
    """Each row with its mean taken away and of length 1: its product with another is their likeness."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    return centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12)


def is_model(value):
    return hasattr(value, "layers") and callable(value)


def probe(ask, student):
    train = find(student, ask["function"])
    watch = Watch(ask, student)
    try:
        with watch.watching():
            result = train(watch.images.copy(), watch.labels.copy(), epochs=ask["epochs"])
        return stated(watch, result, ask["trial"])
    except Failed:
        raise
    except Exception as error:
        raise Failed from error


def stated(watch, result, trial):
    parts = list(result) if isinstance(result, (tuple, list)) else [result]
    histories = [part for part in parts if isinstance(getattr(part, "history", None), dict)]
    histories = [part for part in histories if not is_model(part)]
    model = next(filter(is_model, parts), None) or next(
        (part.model for part in histories if is_model(getattr(part, "model", None))), None
    )
    facts = {"history": {}, "how": "none", "before": [], "after": [], "asked": 0, "ran": 0, "last": 0}
    facts.update(watch.given, observed=encode(watch.observed))
    good = isinstance(result, (tuple, list)) and len(result) == 2
    if not (good and is_model(result[0]) and histories and histories[0] is result[1]):
        names = ", ".join(type(part).__name__ for part in parts[:4])
        facts["returned"] = (f"({names})" if isinstance(result, tuple) else names)[:80]
    if model is None:
        return facts
    if not model.built:
        model(watch.images[:1])
    facts["how"], fits = watch.trained(model)
    source = fits[0].network if fits and facts["how"] == "copy" else model
    facts["before"] = [watch.before.get(id(w), (w, sample(w)))[1] for w in source.weights]
    facts["before"] = [encode_array(values) for values in facts["before"]]
    facts["after"] = [encode_array(sample(w)) for w in model.weights]
    facts["asked"], facts["ran"] = sum(f.asked for f in fits), sum(f.ran for f in fits)
    facts["last"] = fits[-1].ran if fits else 0
    history = histories[0].history if histories else {"loss": [v for f in fits for v in f.loss]}
    facts["history"] = {str(key)[:80]: encode(list(value)) for key, value in history.items()}
    return {**facts, "network": try_network(model, trial)}
