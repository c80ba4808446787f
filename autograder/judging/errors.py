"""TRUSTED; standard library only. What an error of Python or Keras means, in a student's words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.judging.claims import RaisedError
from autograder.judging.words import named

_CALLED_TOO_SOON = "A layer is made first and called then: layers.Flatten()(x), not layers.Flatten(x)."
_OTHER_CONVOLUTION = (
    "A {1}D convolution, as Conv{1}D, is not for images, which have two sides, height and width: write "
    "layers.Conv2D."
)
# Errors that only trying the network shows: to run the cell would show nothing.
_ONLY_TRIED = (
    (
        r"the network gave (\w+), not numbers",
        "Your network gives {1}, not an array of scores: is there a return at the end of call?",
    ),
    (
        r"the network gave (\d+) outputs, not one",
        (
            "Your network gives {1} outputs, and LeNet gives one, the ten scores of its last layer: return "
            "that alone, as in keras.Model(inputs, scores)."
        ),
    ),
    (
        r"has already been configured to use input shape",
        "Your network has no layers yet: add them.",
    ),
    (
        r"^TypeError: \S+\(\) got an unexpected keyword argument '(epochs)'",
        "Your function is called with {1}=…, as in the notebook's first line of it: give it that parameter again.",
    ),
    (
        r"missing a required argument: 'inputs'",
        "Your function is a network itself: write a function that builds one and returns it.",
    ),
)
# A pattern in "type: message", and the sentence; {1} is what the pattern's first group found.
_CAUSES = (
    (
        r"Only instances of .{0,2}keras\.Layer.* can be added.*Received: <class '[\w.]*?(\w+)'>",
        "You gave the class {1} where a layer is asked for: write layers.{1}() with brackets.",
    ),
    (r"data_format=<kerastensor|Iterating over a symbolic KerasTensor", _CALLED_TOO_SOON),
    (r"activation function identifier: <KerasTensor", _CALLED_TOO_SOON),
    (
        r"activation function identifier: \d",
        (
            "Behind the number of units comes the activation: Keras counts the inputs by itself, so "
            "write layers.Dense(120)."
        ),
    ),
    (
        r"activation function identifier: (\w+)",
        'Keras knows no activation called {1}: the sigmoid is activation="sigmoid".',
    ),
    (
        r"output size would be zero or negative.*inputs shape=\(\w+, 1, (\d+), \1\)",
        "In Keras the channels come last: keras.Input(shape=(28, 28, 1)).",
    ),
    # A window has a weight for each place of the first axis, and there are not as many of the last.
    (
        (
            r"output size would be zero or negative"
            r".*inputs shape=\(\w+, (\d+), \d+, (?!\1\))\d+\)`, `kernel shape=\(\d+, \d+, \1, "
        ),
        (
            "The convolution takes the first axis for the channels, and here they come last: leave "
            'data_format="channels_first" out. If set_image_data_format says it, take that line out and '
            "restart the kernel."
        ),
    ),
    (
        r"output size would be zero or negative.*inputs shape=\(\w+, (\d+), ",
        (
            "A window does not fit into the {1} pixels that are left. Conv2D takes the number of filters "
            "and then the window, Conv2D(6, 5): Keras counts the channels that come in by itself."
        ),
    ),
    (r"of layer '\w*conv([13])d\w*' is incompatible", _OTHER_CONVOLUTION),
    (r"calling Conv(1)DTranspose", _OTHER_CONVOLUTION),
    (
        r"Kernel shape must have the same length as input, but received kernel of shape \(\d+, \d+, \d+\)",
        _OTHER_CONVOLUTION.replace("{1}", "1"),
    ),
    (
        r"of layer '\w*pooling([13])d\w*' is incompatible",
        (
            "A {1}D pooling is not for images, which have two sides, height and width: write "
            "layers.MaxPooling2D."
        ),
    ),
    (
        r"expected (?:min_)?ndim=[35], found ndim=4",
        (
            "This layer is not for images, which have height, width and channels. LeNet's layers for images "
            "are Conv2D and MaxPooling2D."
        ),
    ),
    (
        r"expected min_ndim=4, found ndim=",
        (
            "A convolution and a pooling need height, width and channels: begin with "
            "keras.Input(shape=(28, 28, 1)), and put Flatten behind the last pooling."
        ),
    ),
    (
        r"Kernel shape must have the same length as input",
        "Leave the number of images out of the shape: keras.Input(shape=(28, 28, 1)).",
    ),
    (
        r"Cannot convert '28' to a shape",
        "The shape is one tuple, in brackets of its own: keras.Input(shape=(28, 28, 1)).",
    ),
    (
        r"missing 1 required positional argument: 'kernel_size'",
        "A convolution needs the number of filters and the size of its window: layers.Conv2D(6, 5).",
    ),
    (
        r"Layer\.__init__\(\) takes 1 positional argument but 2 were given",
        "A model of the functional kind needs both its ends: keras.Model(inputs, outputs).",
    ),
    (
        r"does not have a `call\(\)` method",
        "A subclass of keras.Model says in a method call(self, images) what it computes.",
    ),
    (
        r"Received a label value of -?\d+ which is outside the valid range",
        "Labels are the numbers from 0 to 9: leave them as they are given.",
    ),
    (
        r"dtype='string' is not a valid dtype",
        'What stands third in compile is loss_weights, not what to report: write metrics=["accuracy"].',
    ),
    (
        r"NameError: name '(Conv2D|MaxPooling2D|MaxPool2D|Flatten|Dense)' is not defined",
        "Layers are in the module layers: write layers.{1}.",
    ),
    (
        r"NameError: name '(Input|Sequential|Model)' is not defined",
        "It is in the module keras: write keras.{1}.",
    ),
)


def explained(error: RaisedError, names: str) -> str:
    """What an error that a student's code raised means, where that is known, and where to see it.

    names: of the functions that were called.
    """
    text = f"{error.type}: {error.message}"
    tried = _first_of(_ONLY_TRIED, text)
    if tried:
        return tried
    where = f"Your code raised {error}. Run {names} in a cell to see where."
    return f"{_first_of(_CAUSES, text)} {where}".strip()


def _first_of(causes: Sequence[tuple[str, str]], text: str) -> str:
    for pattern, sentence in causes:
        found = re.search(pattern, text, re.DOTALL)
        if found:
            return sentence.replace("{1}", named(found[1])) if found.groups() else sentence
    return ""
