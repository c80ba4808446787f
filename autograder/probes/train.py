"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. Trains for a moment.

The grader's own few images are enough to see whether the function builds, fits and returns. What
fit was given, which networks it trained and what their weights were on the way is claimed as well,
so that the judge can see what the returned network learned from. facts: see `Training` in facts.py.
"""

import hashlib
import inspect
import os
import random
import sys
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from unittest import mock

import keras

SAMPLE = 64  # numbers of each weight that are claimed from before and after
MOST_ROWS = 200  # images that fit may use of whatever it is given: there are a few only
MOST_KEPT = 2**26  # bytes of a weights file that is put back
LOOKED_AT = 5_000  # images of one fit that are compared with those of a second call
# What is stated of a training that was not seen to happen.
NOTHING = {"history": {}, "how": "none", "before": [], "after": [], "asked": 0, "ran": 0, "last": 0}


class Enough(BaseException):
    """Ends a second call of train_lenet, which shows what it gives fit and trains nothing."""


class Fit:
    """One call of fit: the network, what it was given, every state its weights were in, its error."""

    def __init__(self, network, asked):
        self.network, self.asked, self.ran, self.loss, self.states = network, asked, 0, [], set()
        self.error = None


class Watch:
    """Sees every fit and every step of an optimizer while train_lenet runs.

    shown: {fingerprint: image} of what fit was given, where that is more than the images it should be.
    built: every network that the student's build_lenet made meanwhile.
    """

    def __init__(self, ask, student):
        self.images = decode(ask["images"]) / np.float32(64) - 2  # (N, 28, 28, 1)
        self.labels = decode(ask["labels"])
        self.student = student
        self.shown, self.built = {}, []
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
            try:
                call = signature.bind(network, *arguments, **options)
            except TypeError as error:  # a name that fit does not know
                self.fits.append(Fit(network, 0))
                self.fits[-1].error = error
                raise
            call.apply_defaults()
            self.look_at(network, call.arguments)
            seen = Fit(network, int(call.arguments["epochs"] - call.arguments["initial_epoch"]))
            call.arguments["callbacks"] = [
                *keras.tree.flatten(call.arguments["callbacks"] or []),
                follower(seen),
            ]
            self.fits.append(seen)
            network.run_eagerly = True  # to trace a graph takes longer than these few batches
            self.inside = True
            try:
                return fit(*call.args, **call.kwargs)
            except Exception as error:
                seen.error = error
                raise
            finally:
                self.inside = False
                seen.states.add(state(network))

        def watched_apply(optimizer, grads, trainable_variables=None):
            if not self.inside:
                self.note(trainable_variables or optimizer._trainable_variables)
            return apply(optimizer, grads, trainable_variables)

        stack.enter_context(mock.patch.object(keras.Model, "fit", watched_fit))
        stack.enter_context(mock.patch.object(keras.optimizers.Optimizer, "apply", watched_apply))
        build = self.student.get("build_lenet")

        def watched_build(*arguments, **options):
            self.built.append(build(*arguments, **options))
            return self.built[-1]

        if inspect.isfunction(build):
            self.student["build_lenet"] = watched_build
            stack.callback(self.student.__setitem__, "build_lenet", build)
        return stack

    def only_looking(self, fits):
        """As `watching`, but fit trains nothing, and the last of so many fits ends the call."""
        stack = ExitStack()
        signature, seen = inspect.signature(keras.Model.fit), []

        def pretended_fit(network, *arguments, **options):
            self.look_for_others(signature.bind(network, *arguments, **options).arguments)
            seen.append(network)
            if len(seen) == fits:
                raise Enough
            return keras.callbacks.History()

        stack.enter_context(mock.patch.object(keras.Model, "fit", pretended_fit))
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
        self.look_for_others(given)
        images, labels = given["x"], given["y"]
        if hasattr(images, "__array__") and hasattr(labels, "__array__"):
            images, labels = np.asarray(images), np.asarray(labels)
            self.observed["exchanged"] = images.ndim < 3 <= labels.ndim
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
            getattr(loss, "from_logits", False) or getattr(loss, "_fn_kwargs", {}).get("from_logits", False)
        )
        self.observed["batch_size"] = given["batch_size"]
        self.observed["loss"] = name_of(loss)
        self.observed["one label each"] = isinstance(labels, np.ndarray) and labels.shape[1:] in ((), (1,))

    def look_for_others(self, given):
        """Keep fingerprints of what fit is given, unless it is just the images of train_lenet."""
        try:
            images = images_in(given["x"])
            rows = images.reshape(len(images), -1).astype("float32")
        except Exception:  # whatever else fit takes: Keras itself says whether it can be used
            return
        if len(rows) <= MOST_ROWS and rows.shape[1] == 784:
            mine = unit(self.images.reshape(-1, 784))
            if (unit(rows) @ mine.T).max(axis=1).min() > 0.9999:
                return
        rows = rows[:: len(rows) // LOOKED_AT + 1]
        rows = rows[np.ptp(rows, axis=1) > 0]  # an empty image may be anybody's
        self.shown.update({hash(row.tobytes()): row for row in rows})

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
            ("again", 1 / 255 / 0.3530, -0.2860 / 0.3530),
            ("divided", 1 / 255, 0),
        ):
            if np.allclose(slopes, slope, rtol=1e-2) and np.allclose(offsets, offset, atol=1e-2):
                found["prepared"] = how
        if labels.ndim == 2 and labels.shape[1] > 1:
            labels = labels.argmax(axis=1)  # one-hot
        if labels.size == len(images):
            theirs = labels[:MOST_ROWS].reshape(-1)[rows]
            right = self.labels[places[rows]]
            found["mislabelled"] = int((theirs != right).sum())
            became = sorted({(int(mine), int(its)) for mine, its in zip(right, theirs)})
            others = [pair for pair in became if pair[0] != pair[1]]
            if others and len(became) == len({mine for mine, _ in became}):  # in order, but renamed
                self.observed["relabelled"] = others[0]
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

    def origin_of(self, images):
        """The name of the notebook's array in which these images, (N, 784), are; "" for none."""
        for name in ("test_images", "train_images"):
            try:
                known = np.asarray(self.student[name])
                for start in range(0, len(known), 10_000):
                    some = unit(known[start : start + 10_000].reshape(-1, 784).astype("float32"))
                    if (unit(images) @ some.T).max() > 0.9999:
                        return name
            except Exception:
                continue
        return ""

    def built_one_like(self, model):
        """Whether build_lenet made a network with weights of these shapes."""
        shapes = [tuple(weight.shape) for weight in model.weights]
        return any(
            [tuple(weight.shape) for weight in getattr(one, "weights", ())] == shapes for one in self.built
        )

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


def images_in(given):
    """(N, …) array: the images that fit is given, the first of them where they come in batches."""
    if hasattr(given, "take"):  # a tf.data.Dataset, or an array itself
        given = given if hasattr(given, "__array__") else [batch for batch in given.take(8)]
    elif not hasattr(given, "__array__"):
        given = [given[place] for place in range(min(len(given), 8))]  # a keras.utils.PyDataset
    if isinstance(given, list):
        given = np.concatenate([np.asarray(batch[0]) for batch in given])
    return np.asarray(given)


def name_of(loss):
    """The name of a loss of Keras; "" for one's own, for several and for none."""
    loss = keras.losses.get(loss) if isinstance(loss, str) else loss
    of_keras = str(getattr(loss, "__module__", "")).split(".")[0] == "keras"
    return str(getattr(loss, "name", getattr(loss, "__name__", ""))) if of_keras else ""


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


@contextmanager
def networks_put_back():
    """Put the weights files beside the notebook back as they were: a train_lenet may save its network there.

    What is trained here for a moment must not take the place of what took the student minutes.
    """
    folder, before = "", {}
    with suppress(OSError):
        folder = os.getcwd()
        before = networks_in(folder)
    try:
        yield
    finally:
        with suppress(OSError):  # the folder may have gone, or have been none from the beginning
            after = networks_in(folder)
            for path, content in before.items():
                if after.get(path) != content:
                    with open(path, "wb") as file:
                        file.write(content)
            for path in after.keys() - before.keys():
                os.remove(path)


def networks_in(folder):
    """The content of each weights file in a folder, by its path; not of enormous ones, which LeNet's are not."""
    found = {}
    for entry in os.scandir(folder):
        if entry.name.endswith((".h5", ".keras")) and entry.is_file() and entry.stat().st_size <= MOST_KEPT:
            with open(entry.path, "rb") as file:
                found[entry.path] = file.read()
    return found


def probe(ask, student):
    train = find(student, ask["function"])
    watch, begun = Watch(ask, student), random_states()
    try:
        with networks_put_back():
            with watch.watching():
                result = train(watch.images.copy(), watch.labels.copy(), epochs=ask["epochs"])
            if watch.shown:
                look_again(watch, Watch(ask, student), train, ask["epochs"], begun)
        return stated(watch, result, ask["trial"])
    except Failed:
        raise
    except Exception as error:
        if not watch.fits or watch.fits[-1].error is not error:
            raise Failed from error
        return stopped(watch, error, ask["trial"])


def stopped(watch, error, trial):
    """What is known where fit raised: the error, and the network that it was called for."""
    try:
        network = try_network(watch.fits[-1].network, trial)
    except Exception:  # what stopped fit stops this too
        raise Failed from error
    watch.observed["built"] = watch.built_one_like(watch.fits[-1].network)
    facts = {**NOTHING, **watch.given, "observed": encode(watch.observed)}
    return {**facts, "network": network, "raised": describe_error(error)}


def look_again(watch, second, train, epochs, begun):
    """Call train_lenet with other images: what fit is given both times does not come from them.

    begun: the states of random numbers before the first call, so that both draw the same.
    """
    second.images = -np.roll(watch.images, (5, 9), axis=(1, 2))
    second.labels = watch.labels[::-1].copy()
    ended = random_states()
    set_random_states(begun)
    try:
        with second.only_looking(len(watch.fits)):
            train(second.images.copy(), second.labels.copy(), epochs=epochs)
    except (Exception, SystemExit, Enough):
        pass  # what was seen until then is enough
    finally:
        set_random_states(ended)
    if second.shown:
        constant = [row for key, row in watch.shown.items() if key in second.shown]
        watch.observed["constant"] = len(constant)
        if constant:
            watch.observed["origin"] = watch.origin_of(np.stack(constant[:20]))


def random_states():
    return np.random.get_state(), random.getstate()


def set_random_states(states):
    np.random.set_state(states[0])
    random.setstate(states[1])


def stated(watch, result, trial):
    named = isinstance(result, dict)
    parts = (
        list(result.values() if named else result) if isinstance(result, (dict, tuple, list)) else [result]
    )
    histories = [part for part in parts if isinstance(getattr(part, "history", None), dict)]
    histories = [part for part in histories if not is_model(part)]
    model = next(filter(is_model, parts), None) or next(
        (part.model for part in histories if is_model(getattr(part, "model", None))), None
    )
    facts = dict(NOTHING)
    good = isinstance(result, (tuple, list)) and len(result) == 2
    if not (good and is_model(result[0]) and histories and histories[0] is result[1]):
        names = ", ".join(type(part).__name__ for part in parts[:4])
        names = f"({names})" if isinstance(result, tuple) else names
        facts["returned"] = "dict" if named else names[:80]
    if model is None:
        return {**facts, **watch.given, "observed": encode(watch.observed)}
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
    if not histories and not fits:  # a loop of the student's own, with a record of its own
        history = next((part for part in parts if isinstance(part, dict)), {})
        history = {key: value for key, value in history.items() if isinstance(value, list)}
    facts["history"] = {str(key)[:80]: encode(list(value)) for key, value in history.items()}
    watch.observed["fits"] = len(fits)
    watch.observed["built"] = watch.built_one_like(model)
    facts.update(watch.given, observed=encode(watch.observed))
    return {**facts, "network": try_network(model, trial)}
