"""Claims as a kernel would send them, made without one."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.assignments import ASSIGNMENTS
from autograder.judging.exercises import Exercise
from autograder.judging.judge import judge
from autograder.judging.network import NetworkError, read_network
from autograder.judging.questions import Question, ask_question
from autograder.judging.tracing import drawn
from autograder.judging.verdicts import Verdict

SEED = b"tests" * 12
EXERCISES = {e.id: e for e in ASSIGNMENTS["lenet"].exercises}


def ask(exercise: str | Exercise, hidden: bool = True) -> Question:
    """The question on an exercise, with the seed of the tests."""
    record = EXERCISES[exercise] if isinstance(exercise, str) else exercise
    return ask_question(record, SEED, hidden)


def claim_text(question: Question, facts: dict[str, Any], **changes: Any) -> str:
    """The text of a claim that answers the question, with fields of it changed."""
    claim = {
        "exercise": question.exercise.id,
        "nonce": question.nonce,
        "state": "done",
        "error": None,
        "facts": facts,
    }
    return json.dumps({**claim, **changes}, default=_array)


def _array(value: np.ndarray) -> dict[str, Any]:
    array = np.ascontiguousarray(value)
    data = base64.b64encode(array.tobytes()).decode()
    return {"$array": {"dtype": array.dtype.name, "shape": list(value.shape), "data": data}}


def verdict_on(question: Question, facts: dict[str, Any], **changes: Any) -> Verdict:
    """The judge's verdict on one claim."""
    name = question.exercise.id
    return judge([(question, claim_text(question, facts, **changes))])[name]


def answers(question: Question, function: Any) -> dict[str, Any]:
    """The facts of a "call" probe that called this function."""
    calls = question.ask["calls"]
    return {"answers": [{"value": _as_told(function(*map(_made, call)))} for call in calls]}


def _made(argument: Any) -> Any:
    """Of an array that the kernel makes itself, the array."""
    made = isinstance(argument, tuple) and argument[:1] == ("$greys",)
    return np.resize(np.arange(256, dtype="uint8"), argument[1]) if made else argument


def _as_told(value: Any) -> Any:
    """A large array is told by its shape alone."""
    if isinstance(value, np.ndarray) and value.nbytes > 2**20:
        return {"$other": "ndarray", "text": f"an array of shape {value.shape}"}
    return value


def conv(filters: int, size: int = 5, **config: Any) -> dict[str, Any]:
    usual = {
        "filters": filters,
        "kernel_size": [size, size],
        "strides": [1, 1],
        "padding": "valid",
        "dilation_rate": [1, 1],
        "groups": 1,
        "data_format": "channels_last",
        "use_bias": True,
        "activation": "sigmoid",
    }
    return _layer("Conv2D", {**usual, **config})


def pool(kind: str = "MaxPooling2D", **config: Any) -> dict[str, Any]:
    usual = {"pool_size": [2, 2], "strides": [2, 2], "padding": "valid"}
    return _layer(kind, {**usual, "data_format": "channels_last", **config})


def flatten() -> dict[str, Any]:
    return _layer("Flatten", {"data_format": "channels_last"})


def dense(units: int, **config: Any) -> dict[str, Any]:
    return _layer("Dense", {"units": units, "use_bias": True, "activation": "sigmoid", **config})


def _layer(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "name": kind.lower(), "config": config}


def lenet_layers() -> list[dict[str, Any]]:
    """LeNet, without weights."""
    return [
        conv(6),
        pool(),
        conv(16),
        pool(),
        flatten(),
        dense(120),
        dense(84),
        dense(10),
    ]


def with_weights(layers: list[dict[str, Any]], seed: int = 0) -> list[dict[str, Any]]:
    """The layers with random weights that fit 28 × 28 × 1 images."""
    random = np.random.default_rng(seed)
    shape: tuple[int, ...] = (28, 28, 1)
    made = []
    for layer in layers:
        config, weights = layer["config"], []
        if layer["kind"] in ("Conv2D", "MaxPooling2D", "AveragePooling2D"):
            h, w = config.get("kernel_size") or config["pool_size"]
            down, right = config["strides"]
            if layer["kind"] == "Conv2D":
                weights = [(h, w, shape[2], config["filters"]), (config["filters"],)]
            out = config.get("filters", shape[2])
            if config["padding"] == "same":
                shape = (-(-shape[0] // down), -(-shape[1] // right), out)
            else:
                shape = ((shape[0] - h) // down + 1, (shape[1] - w) // right + 1, out)
        elif layer["kind"] == "Flatten":
            shape = (int(np.prod(shape)),)
        elif layer["kind"] == "Dense":
            weights = [(shape[-1], config["units"]), (config["units"],)]
            shape = (*shape[:-1], config["units"])
        kept = weights if config.get("use_bias", True) else weights[:1]
        arrays = [random.normal(0, 0.1, s).astype("float32") for s in kept]
        made.append({**layer, "weights": arrays})
    return made


def network_facts(
    question: Question, layers: list[dict[str, Any]], outputs: Sequence[np.ndarray] | None = None
) -> dict[str, Any]:
    """The facts of a "model" probe whose network has these layers.

    outputs: what it claims to give for each draw of weights; what it gives by default.
    """
    return {"network": tried(question, with_weights(layers), outputs)}


def training_facts(layers: list[dict[str, Any]], history: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The facts of a "train" probe whose network has these layers, and other weights than before."""
    question = ask("train_lenet")
    facts = {
        **network_facts(question, layers), "history": history, "how": "fit", "asked": 2, "ran": 2,
        "last": 2, "before": [np.zeros(3)], "after": [np.ones(3)], "rows": 70, "matched": 70,
        "mislabelled": 0, "prepared": "", "observed": {},
    }  # fmt: skip
    return {**facts, **changes}


def trained_facts(question: Question, layers: list[dict[str, Any]]) -> dict[str, Any]:
    """What a probe says of a network with these layers and weights of its own."""
    arrays = [array for layer in layers for array in layer["weights"]]
    return {"network": {**tried(question, layers), "weights": arrays}}


def tried(
    question: Question, layers: list[dict[str, Any]], outputs: Sequence[np.ndarray] | None = None
) -> dict[str, Any]:
    """What describe.py says of a network of these layers, without Keras."""
    trial = {name: array.astype("float32") for name, array in question.ask["trial"].items()}
    shapes = [array.shape for layer in layers for array in layer["weights"]]
    values, calls, given = [trial["images"][0]], [], 0
    gave = []
    for numbers in trial["numbers"]:
        arrays = iter([drawn(numbers, place, shape) for place, shape in enumerate(shapes)])
        filled = [{**layer, "weights": [next(arrays) for _ in layer["weights"]]} for layer in layers]
        try:
            gave.append(read_network(filled).predict(trial["images"]))
        except NetworkError:
            gave.append(np.zeros((4, 10), "float32"))
        for index, layer in enumerate(layers if not calls else ()):
            place = sum(len(before["weights"]) for before in layers[:index])
            linear = {**filled[index], "config": {**layer["config"], "activation": "linear"}}
            bare = layer["kind"] in ("Conv2D", "Dense") and layer["config"]["activation"] != "linear"
            try:
                value, before = (
                    read_network([*filled[:index], last]).predict(trial["images"][:1])[0]
                    for last in (filled[index], linear)
                )
            except NetworkError:
                break
            values += [before, value]
            calls.append(
                {
                    "kind": layer["kind"], "own": False, "name": layer["name"],
                    "config": layer["config"],
                    "weights": list(range(place, place + len(layer["weights"]))),
                    "inputs": [given], "bare": len(values) - 2 if bare else -1,
                    "output": len(values) - 1,
                }
            )  # fmt: skip
            given = len(values) - 1
    return {
        "input_shape": [28, 28, 1],
        "shapes": [list(shape) for shape in shapes],
        "outputs": gave if outputs is None else list(outputs),
        "calls": calls,
        "values": values,
    }
