"""TRUSTED; standard library and NumPy only. What a network did with one image, and whether that is so.

A kernel claims the outputs of a network for weights that the grader drew, and what went in and out of
each layer on the way (autograder/probes/describe.py). `Traced` reads this with suspicion:

* `outputs` decide. A check compares them with those of a reference that is computed here: whoever
  claims them has computed them.
* `steps` explain, and serve part marks: the way of the first image, one step for each layer in the
  order in which they were called. What a convolution, a pooling or a dense layer gave is computed
  again, slowly and plainly; activations are known by what they give, whatever they are called. So is
  a student's own code: one piece that takes the sigmoid, the largest of each window and puts the rest
  in a row is three steps. What changes nothing (a Reshape, a Dropout, a Lambda) is no step. What is
  not known is a step of its own.
* `lie` says which layer of Keras does not give what it was claimed to give: then nothing is believed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from autograder.judging.claims import Claim, ClaimError
from autograder.judging.words import named

Shape = tuple[int, ...]

OWN_CODE = "your own code"  # the kind of a step that is no layer
ARGMAX = "argmax"  # the kind of a step that gives the place of the largest score

MAX_CALLS = 64
MAX_ARRAYS = 1_000  # weights of one network
MAX_PARAMETERS = 5_000_000  # of one layer that is computed again; 20 MB as float32
MAX_VALUES = 4_000_000  # in all windows of one layer that is computed again; 16 MB
MAX_OPERATIONS = 100_000_000  # multiplications of one layer that is computed again
MAX_SIDE = 4_096  # of a window, a stride or a dilation, in pixels

# What a layer gives is compared with what it should give to within this share of the largest value.
# GPUs round the factors of a product to 11 bits unless told not to, which moves a sigmoid behind LeNet's
# widest layer by 0.002; half precision moves it by as much.
TOLERANCE = 0.01


@dataclass(frozen=True)
class Step:
    """One step on the way of an image.

    kind: the Keras class name, `OWN_CODE`, or the name of the student's own class. name: the student's
    name for it. Both may stand in a sentence. activation: a key of `ACTIVATIONS`, "linear" where it has none, or ""
    where it is not known. output_shape: without the image axis. params: number of weights.
    window: of a pooling, its size and its strides in pixels. known: whether what it gave was
    computed again here.
    """

    kind: str
    name: str
    activation: str
    output_shape: Shape
    params: int
    known: bool
    window: tuple[int, ...] = ()


def read_trial(claim: Claim) -> dict[str, Any]:
    """The part of a claim that tells of a network, or ClaimError."""
    facts = claim.facts.get("network")
    if not isinstance(facts, dict):
        raise ClaimError("it does not tell of a network")
    return facts


class Traced:
    """A network as it was tried.

    input_shape: of one image that it was tried with. shapes: of its weights, in Keras' order.
    outputs: (N, ...) for each draw of weights. used: places in `shapes` of the weights that take part in
    what it gives. weights: its own arrays of those, none where they were not asked for or are too large.
    unused: names of layers, as `named` gives them, that were called and whose result went nowhere. steps, lie: see above.
    """

    def __init__(self, facts: dict[str, Any], trial: dict[str, np.ndarray]):
        """trial: "images" (N, height, width, channels) and "numbers" (draws, K) that were asked with.

        Raises ClaimError for facts that the probe does not send.
        """
        self.images = trial["images"].astype(np.float32)
        self.numbers = trial["numbers"].astype(np.float32)
        self.input_shape = _shape(facts.get("input_shape"))
        self.shapes = [_shape(shape) for shape in _list(facts, "shapes", MAX_ARRAYS)]
        self.outputs: list[np.ndarray] = _arrays(facts, "outputs", len(self.numbers))
        if len(self.outputs) != len(self.numbers):
            raise ClaimError("it does not tell the outputs of every draw of weights")
        weights = _arrays(facts, "weights", MAX_ARRAYS) if "weights" in facts else []
        if weights and [array.shape for array in weights] != self.shapes:
            raise ClaimError("its weights are not of the shapes that it tells")
        self.lie = ""
        self.idle: list[str] = []  # kinds of the layers that changed nothing
        self.used: Sequence[int] = range(len(self.shapes))
        self.unused: list[str] = []
        with np.errstate(all="ignore"):  # numbers that are too large are never the same as others
            self.steps = tuple(_merged(_Way(self, facts).steps()))
        self.weights = [weights[place] for place in self.used] if weights else []

    @property
    def total_params(self) -> int:
        """How many numbers the network's weights are."""
        return sum(math.prod(shape) for shape in self.shapes)

    @property
    def used_shapes(self) -> list[Shape]:
        """The shapes of the weights that take part in what it gives, in Keras' order."""
        return [self.shapes[place] for place in self.used]

    @property
    def takes_our_images(self) -> bool:
        """Whether it was tried with the grader's images, and not with others of a shape of its own."""
        return self.input_shape == self.images.shape[1:]

    def drawn(self, draw: int) -> list[np.ndarray]:
        """Those of its weights that are used, of one draw, as float32, in Keras' order."""
        return [drawn(self.numbers[draw], place, self.shapes[place]) for place in self.used]


def drawn(numbers: np.ndarray, place: int, shape: Shape) -> np.ndarray:
    """The grader's weights for the array at this place: (K,) numbers, repeated from `place` on.

    They are divided by the root of the number of inputs of one unit, so that no sum grows large. Each has
    eight binary digits, as bfloat16 has: a network that keeps its weights in half precision holds the same.
    """
    inputs = max(math.prod(shape[:-1]), 1)
    exact = np.resize(np.roll(numbers, place), shape) / np.sqrt(np.float32(inputs))
    weights: np.ndarray = (exact.astype(np.float32).view(np.uint32) & 0xFFFF0000).view(np.float32)
    return weights


# ---- Reading ----


def _list(facts: dict[str, Any], name: str, most: int) -> list[Any]:
    value = facts.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise ClaimError(f"its {name!r} are missing, or too many")
    return value


def _arrays(facts: dict[str, Any], name: str, most: int) -> list[np.ndarray]:
    arrays = _list(facts, name, most)
    if not all(isinstance(a, np.ndarray) and a.dtype.kind in "biuf" for a in arrays):
        raise ClaimError(f"its {name!r} are not arrays of numbers")
    return arrays


def _shape(value: Any) -> Shape:
    if not isinstance(value, list) or len(value) > 8 or not all(_whole(n, 2**31) for n in value):
        raise ClaimError("a shape in it is not a list of whole numbers")
    return tuple(value)


def _whole(value: Any, most: int) -> bool:
    return type(value) is int and 0 <= value <= most


# ---- The way of an image ----


@dataclass(frozen=True)
class _Move:
    """From one value to the next: a layer's call, or what happens between two of them."""

    kind: str
    own: bool
    name: str
    config: dict[str, Any]
    weights: list[int]
    given: np.ndarray
    bare: np.ndarray | None
    gave: np.ndarray


# Of a claimed call its kind and what it was given and gave, the latter without its activation and with it.
_Call = tuple[str, np.ndarray | None, np.ndarray | None, np.ndarray | None]


class _Way:
    """Makes steps out of the claimed calls."""

    def __init__(self, traced: Traced, facts: dict[str, Any]):
        self.traced = traced
        self.values = [
            array.astype(np.float32, copy=False) for array in _arrays(facts, "values", 8 * MAX_CALLS)
        ]
        self.calls = _list(facts, "calls", MAX_CALLS)
        if not self.values:
            raise ClaimError("it does not tell what its network was given")

    def steps(self) -> list[Step]:
        """In the order of the calls, with steps of the student's own code where two do not join."""
        return [step for move in self._moves() for step in self._classified(move)]

    def _moves(self) -> list[_Move]:
        moves = []
        at = self.values[0]
        for call, (kind, given, bare, gave) in self._taking_part():
            if given is None or gave is None:  # nothing was told of it, so nothing is known of it
                empty = np.zeros(0, np.float32)
                moves.append(_Move(kind, True, kind, {}, [], empty, None, empty))
                continue
            if not _equal(at, given):
                moves.append(_Move(OWN_CODE, True, OWN_CODE, {}, [], at, None, given))
            weights = [place for place in call["weights"] if place >= 0]
            own = call["own"] or len(weights) < len(call["weights"])
            moves.append(_Move(kind, own, named(call["name"]), call["config"], weights, given, bare, gave))
            at = gave
        outputs = self.traced.outputs[0]
        last = outputs[0] if outputs.ndim and len(outputs) else np.zeros(0)
        if not _equal(at, last):
            last = np.asarray(last, np.float32)
            moves.append(_Move(OWN_CODE, True, OWN_CODE, {}, [], at, None, last))
        return moves

    def _taking_part(self) -> list[tuple[dict[str, Any], _Call]]:
        """The calls, read, without those whose result went nowhere; tells `traced` of these.

        Backwards from the outputs. Where code of the student's own stands between two layers, nobody
        knows what it takes, and so none is left out.
        """
        calls = [(call, self._call(call)) for call in self.calls]
        outputs = self.traced.outputs[0]
        last = np.asarray(outputs[0], np.float32) if outputs.ndim and len(outputs) else np.zeros(0)
        wanted = {place for place, value in enumerate(self.values) if _equal(value, last)}
        kept, dropped = [], []
        for call, read in reversed(calls):
            if call["output"] in wanted:
                wanted = wanted - {call["output"]} | {*call["inputs"]}
                kept.append((call, read))
            else:
                dropped.append(call)
        from_the_images = all(p >= 0 and _equal(self.values[p], self.values[0]) for p in wanted)
        if not kept or not from_the_images:
            return calls
        used = {place for call, _ in kept for place in call["weights"]}
        if -1 not in used:
            self.traced.used = sorted(used)
            self.traced.unused = [
                named(call["name"]) for call in reversed(dropped) if not used.issuperset(call["weights"])
            ]
        return kept[::-1]

    def _call(self, call: Any) -> _Call:
        """A claimed call's kind and what it was given and gave, the latter without its activation and
        with it; None where that is not told."""
        fields = {"kind": str, "own": bool, "name": str, "config": dict, "weights": list,
                  "inputs": list, "bare": int, "output": int}  # fmt: skip
        if not isinstance(call, dict) or not all(
            type(call.get(name)) is kind for name, kind in fields.items()
        ):
            raise ClaimError("a layer's call in it is not described")
        places = [*call["inputs"], call["bare"], call["output"]]
        if not all(type(place) is int and -1 <= place < len(self.values) for place in places):
            raise ClaimError("a layer in it has values that are not there")
        if not all(type(place) is int and -1 <= place < len(self.traced.shapes) for place in call["weights"]):
            raise ClaimError("a layer in it has weights that are not there")

        def value(place: int) -> np.ndarray | None:
            return self.values[place] if place >= 0 else None

        given = value(call["inputs"][0]) if call["inputs"] else None
        return named(call["kind"]), given, value(call["bare"]), value(call["output"])

    def _classified(self, move: _Move) -> list[Step]:
        """The step that a move is; none where it changes nothing."""
        shapes = [self.traced.shapes[place] for place in move.weights]
        step = Step(move.kind, move.name, "linear", move.gave.shape, sum(map(math.prod, shapes)), True)
        if not move.weights:
            plain = _without_weights(move)
            if plain == {}:
                self.traced.idle.append(step.kind)
                return []
            if plain is not None:
                return [replace(step, **plain)]
        if not (np.isfinite(move.given).all() and np.isfinite(move.gave).all()):
            kind = f"{move.kind} whose numbers are not finite"
            return [replace(step, kind=kind, activation="", known=False)]
        if move.kind in _COMPUTED:
            before = self._computed(move.kind, move.config, move, shapes)
            bare = move.bare
            if before is not None and (bare is None or _equal(before, bare)):
                # What came before the activation shows that the layer was computed: with any activation.
                activation = _activation(before if bare is None else bare, move.gave)
                if activation or bare is not None:
                    return [replace(step, activation=activation, window=_window_of(move))]
            if before is not None:
                self._doubt(move)
        elif move.kind == "Flatten":
            self._doubt(move)
        apart = self._taken_apart(move, step, shapes)
        if apart:
            return apart
        if move.kind in (*_COMPUTED, "Flatten"):
            step = replace(step, kind=f"{move.kind} of your own")
        return [replace(step, activation="", known=False)]

    def _doubt(self, move: _Move) -> None:
        """A layer of Keras that gave something else than such a layer gives."""
        if not move.own:
            self.traced.lie = self.traced.lie or f"{move.kind} ({move.name})"

    def _taken_apart(self, move: _Move, step: Step, shapes: list[Shape]) -> list[Step]:
        """The steps of own code that is a layer of LeNet's kinds, or several; none where it is not."""
        if not move.weights:
            return [replace(step, **change) for change in _passage(move.given, move.gave) or ()]
        for kind, config in _USUAL.items() if move.own else ():
            before = self._computed(kind, config, move, shapes)
            after = None if before is None else _passage(before, move.gave)
            if before is not None and after is not None:
                layer = replace(step, kind=kind, output_shape=before.shape)
                return [layer, *(replace(step, params=0, **change) for change in after)]
        return []

    def _computed(
        self, kind: str, config: dict[str, Any], move: _Move, shapes: list[Shape]
    ) -> np.ndarray | None:
        """What a layer of this kind gives before its activation; None where it cannot be computed."""
        if sum(map(math.prod, shapes)) > MAX_PARAMETERS:
            return None
        numbers = self.traced.numbers[0]
        weights = [drawn(numbers, place, shape) for place, shape in zip(move.weights, shapes, strict=True)]
        if move.kind not in _COMPUTED:  # own code may keep the bias in front
            weights.sort(key=np.ndim, reverse=True)
        try:
            return _COMPUTED[kind](move.given, config, weights)
        except _CannotCompute:
            return None


def _window_of(move: _Move) -> tuple[int, ...]:
    """Of a pooling that was computed, so that its settings are known to be numbers."""
    if move.kind not in ("MaxPooling2D", "AveragePooling2D"):
        return ()
    return (*_pair(move.config, "pool_size"), *_pair(move.config, "strides"))


def _without_weights(move: _Move) -> dict[str, Any] | None:
    """What a move without weights is, by what it gave: changes to make to its step.

    Empty where it changes nothing; None where it is not known.
    """
    given, gave = move.given, move.gave
    if given.size == gave.size and given.size and _rearranged(given, gave):
        return {} if gave.ndim != 1 or given.ndim == 1 else {"kind": "Flatten"}
    if given.shape == gave.shape:
        activation = _activation(given, gave)
        if activation:
            return {"kind": "Activation", "activation": activation}
    if move.own or move.kind == "Lambda":
        if _scaled(given, gave):
            return {"kind": "Rescaling"}
        if _padded(given, gave):
            return {"kind": "ZeroPadding2D"}
    return None


def _rearranged(given: np.ndarray, gave: np.ndarray) -> bool:
    """Whether gave holds the same values in another shape, or in one row in any order of the axes."""
    if given.shape == gave.shape or gave.ndim != 1:
        return _equal(given.ravel(), gave.ravel())
    return _flattens(given, gave)


def _scaled(given: np.ndarray, gave: np.ndarray) -> bool:
    """Whether all values were multiplied by one number."""
    if given.shape != gave.shape or not given.any():
        return False
    flat, scaled = given.astype(np.float64).ravel(), gave.astype(np.float64).ravel()
    return bool(gave.any()) and _equal(given * (flat @ scaled / (flat @ flat)), gave)


def _padded(given: np.ndarray, gave: np.ndarray) -> bool:
    """Whether as many zeros were put on both sides of height and width."""
    if given.ndim != 3 or gave.ndim != 3 or given.shape[2] != gave.shape[2]:
        return False
    more = [after - before for before, after in zip(given.shape[:2], gave.shape[:2], strict=True)]
    if min(more) < 0 or any(n % 2 for n in more):
        return False
    return _equal(np.pad(given, [*((n // 2, n // 2) for n in more), (0, 0)]), gave)


def _passage(given: np.ndarray, gave: np.ndarray) -> list[dict[str, Any]] | None:
    """How one piece of code without weights comes from given to gave, as changes to make to steps.

    It may take an activation, halve height and width with windows of 2×2, and put the values in a row.
    None where it does something else.
    """
    for changes, value in _passages(given, gave.size):
        if value.size == gave.size and _rearranged(value, gave):
            row = gave.ndim == 1 and value.ndim != 1
            return changes + [{"kind": "Flatten", "output_shape": gave.shape}] * row
    return None


def _passages(given: np.ndarray, size: int) -> Iterator[tuple[list[dict[str, Any]], np.ndarray]]:
    """Every way that may give so many values: what was done, and what came of it."""
    if given.size == size:
        for activation, value in _activated(given):
            yield [activation] if activation else [], value
    elif given.ndim == 3:
        for kind in ("MaxPooling2D", "AveragePooling2D"):
            for activation, value in _activated(given):
                for pooling, halved in _halved(kind, value):
                    yield [activation, pooling] if activation else [pooling], halved
            for pooling, halved in _halved(kind, given):
                for activation, value in _activated(halved):
                    yield [pooling, activation] if activation else [pooling], value


def _activated(given: np.ndarray) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
    """What each activation makes of given, the first of them none at all."""
    for name, function in ACTIVATIONS.items():
        change = {"kind": "Activation", "activation": name, "output_shape": given.shape}
        yield {} if name == "linear" else change, function(given.astype(np.float64))


def _halved(kind: str, given: np.ndarray) -> Iterator[tuple[dict[str, Any], np.ndarray]]:
    """What a pooling of this kind makes of given; nothing where it does not fit."""
    try:
        value = _COMPUTED[kind](given, _HALVING, [])
    except _CannotCompute:
        return
    yield {"kind": kind, "window": (2, 2, 2, 2), "output_shape": value.shape}, value


def _flattens(given: np.ndarray, gave: np.ndarray) -> bool:
    """Whether gave holds the same values in one row, with the axes in any order."""
    orders = itertools.permutations(range(given.ndim)) if given.ndim <= 3 else ()
    return any(_equal(given.transpose(order).ravel(), gave) for order in orders)


def _equal(some: np.ndarray, others: np.ndarray) -> bool:
    """The same shape and values, but for rounding; values that are not finite are never the same."""
    if some.shape != others.shape:
        return False
    some, others = some.astype(np.float64), others.astype(np.float64)
    most = abs(some).max(initial=0.0)
    return bool(np.isfinite(most) and np.all(abs(some - others) <= TOLERANCE * most))


def _merged(steps: list[Step]) -> list[Step]:
    """An activation in a step of its own belongs to the layer with weights before it.

    Also behind a max pooling: the largest of f(a), f(b) is f of the largest where f never decreases.
    And zeros around the image belong to the convolution behind them: it is one with padding.
    """
    merged: list[Step] = []
    for step in steps:
        place = len(merged) - 1
        if step.kind == "Conv2D" and merged and merged[place].kind == "ZeroPadding2D":
            merged.pop()
        if step.kind == "Activation":
            if place > 0 and merged[place].kind == "MaxPooling2D" and step.activation in _RISING:
                place -= 1
            if place >= 0 and merged[place].params and merged[place].activation == "linear":
                merged[place] = replace(merged[place], activation=step.activation)
                continue
        merged.append(step)
    return merged


# ---- Activations, known by what they give ----


def _sigmoid(x: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):  # the limit, 0, is right
        y: np.ndarray = 1 / (1 + np.exp(-x))
    return y


def _softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    y: np.ndarray = e / e.sum(axis=-1, keepdims=True)
    return y


def _gelu(x: np.ndarray) -> np.ndarray:
    y: np.ndarray = x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))) / 2
    return y


# (…, channels) float64 -> the same shape, as keras.activations has them.
ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda x: x,
    "sigmoid": _sigmoid,
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "softmax": _softmax,
    "gelu": _gelu,
    "silu": lambda x: x * _sigmoid(x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "selu": lambda x: 1.05070099 * np.where(x > 0, x, 1.67326324 * np.expm1(np.minimum(x, 0))),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "relu6": lambda x: np.clip(x, 0, 6),
    "softplus": lambda x: np.logaddexp(x, 0),
    "softsign": lambda x: x / (1 + abs(x)),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "exponential": np.exp,
    "log_softmax": lambda x: np.log(_softmax(x)),
    "mish": lambda x: x * np.tanh(np.logaddexp(x, 0)),
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "log_sigmoid": lambda x: -np.logaddexp(-x, 0),
    "tanh_shrink": lambda x: x - np.tanh(x),
    "soft_shrink": lambda x: np.sign(x) * np.maximum(abs(x) - 0.5, 0),
    "hard_shrink": lambda x: np.where(abs(x) > 0.5, x, 0),
    "squareplus": lambda x: (x + np.sqrt(x * x + 4)) / 2,
    "sparse_plus": lambda x: np.where(x >= 1, x, np.where(x > -1, (x + 1) ** 2 / 4, 0)),
    "sparse_sigmoid": lambda x: np.clip((x + 1) / 2, 0, 1),
}
_RISING = ("sigmoid", "relu", "tanh", "elu", "selu", "leaky_relu", "relu6", "softplus", "softsign",
           "hard_sigmoid", "exponential")  # fmt: skip


def _activation(before: np.ndarray, after: np.ndarray) -> str:
    """The activation that makes the one of the other, or ""."""
    if before.shape != after.shape or not before.ndim or not before.size:
        return ""
    before = before.astype(np.float64)
    return next((name for name, f in ACTIVATIONS.items() if _equal(f(before), after)), "")


# ---- Layers, computed again: (H, W, C) or (…, values) float32 in and out, slowly and plainly ----


class _CannotCompute(Exception):
    """The settings or shapes are not those of such a layer, or it would take too long."""


def _pair(config: dict[str, Any], name: str) -> tuple[int, int]:
    value = config.get(name)
    if not isinstance(value, list) or len(value) != 2:
        raise _CannotCompute
    if not all(_whole(n, MAX_SIDE) and n for n in value):
        raise _CannotCompute
    return value[0], value[1]


def _windows(
    image: np.ndarray, config: dict[str, Any], window: str, dilation: tuple[int, int], fill: float
) -> np.ndarray:
    """Every window of an image: (rows, columns, channels, window height, window width)."""
    if image.ndim != 3 or config.get("padding") not in ("valid", "same"):
        raise _CannotCompute
    pads = []
    sizes = [(n - 1) * d + 1 for n, d in zip(_pair(config, window), dilation, strict=True)]
    strides = _pair(config, "strides")
    for side, size, stride in zip(image.shape, sizes, strides, strict=False):
        # TensorFlow's rule: of the padding that "same" needs, the odd pixel goes after the image.
        pad = max((-(-side // stride) - 1) * stride + size - side, 0)
        pad = pad if config["padding"] == "same" else 0
        if size > side + pad:
            raise _CannotCompute
        pads.append((pad // 2, pad - pad // 2))
    if (
        math.prod(side + sum(pad) for side, pad in zip(image.shape, [*pads, (0, 0)], strict=False))
        > MAX_VALUES
    ):
        raise _CannotCompute
    padded = np.pad(image, [*pads, (0, 0)], constant_values=fill)
    windows = sliding_window_view(padded, sizes, axis=(0, 1))
    windows = windows[:: strides[0], :: strides[1], :, :: dilation[0], :: dilation[1]]
    if windows.size > MAX_VALUES:
        raise _CannotCompute
    return windows


def _channels_last(image: np.ndarray, config: dict[str, Any]) -> bool:
    if config.get("data_format") not in ("channels_last", "channels_first") or image.ndim != 3:
        raise _CannotCompute
    return bool(config["data_format"] == "channels_last")


def _conv2d(image: np.ndarray, config: dict[str, Any], weights: Sequence[np.ndarray]) -> np.ndarray:
    last = _channels_last(image, config)
    image = image if last else np.moveaxis(image, 0, -1)
    windows = _windows(image, config, "kernel_size", _pair(config, "dilation_rate"), 0.0)
    kernel, bias = _kernel_and_bias(weights, 4)
    groups = config.get("groups")
    filters, each = kernel.shape[-1], kernel.shape[2]
    if not _whole(groups, MAX_SIDE) or not groups or filters % groups:
        raise _CannotCompute
    if windows.shape[2:] != (each * groups, *kernel.shape[:2]):
        raise _CannotCompute
    if windows.size * (filters // groups) > MAX_OPERATIONS:
        raise _CannotCompute
    parts = [
        np.einsum("rcdhw,hwdf->rcf", some, filters_of, optimize=True)
        for some, filters_of in zip(
            np.split(windows, groups, axis=2), np.split(kernel, groups, axis=3), strict=True
        )
    ]
    result = np.concatenate(parts, axis=-1) + bias
    return result if last else np.moveaxis(result, -1, 0)


def _kernel_and_bias(weights: Sequence[np.ndarray], rank: int) -> tuple[np.ndarray, np.ndarray | float]:
    if not weights or len(weights) > 2 or weights[0].ndim != rank:
        raise _CannotCompute
    if len(weights) == 1:
        return weights[0], 0.0
    if weights[1].shape != weights[0].shape[-1:]:
        raise _CannotCompute
    return weights[0], weights[1]


def _pooling(fill: float, combine: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    def pool(image: np.ndarray, config: dict[str, Any], weights: Sequence[np.ndarray]) -> np.ndarray:
        last = _channels_last(image, config)
        image = image if last else np.moveaxis(image, 0, -1)
        result = combine(_windows(image, config, "pool_size", (1, 1), fill), axis=(-1, -2))
        return result if last else np.moveaxis(result, -1, 0)

    return pool


def _dense(values: np.ndarray, config: dict[str, Any], weights: Sequence[np.ndarray]) -> np.ndarray:
    kernel, bias = _kernel_and_bias(weights, 2)
    if not values.ndim or values.shape[-1] != kernel.shape[0]:
        raise _CannotCompute
    if values.size * kernel.shape[1] > MAX_OPERATIONS:
        raise _CannotCompute
    sums: np.ndarray = values @ kernel + bias
    return sums


_COMPUTED: dict[str, Callable[..., np.ndarray]] = {
    "Conv2D": _conv2d,
    "MaxPooling2D": _pooling(-np.inf, np.max),
    "AveragePooling2D": _pooling(np.nan, np.nanmean),  # padding does not count
    "Dense": _dense,
}
# As a student's own code does it: what Keras' layers do unless they are told otherwise.
_USUAL: dict[str, dict[str, Any]] = {
    "Conv2D": {"kernel_size": [5, 5], "strides": [1, 1], "padding": "valid", "dilation_rate": [1, 1],
               "groups": 1, "data_format": "channels_last"},
    "Dense": {},
}  # fmt: skip
_HALVING = {"pool_size": [2, 2], "strides": [2, 2], "padding": "valid", "data_format": "channels_last"}
