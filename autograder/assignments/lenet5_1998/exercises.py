"""Runs anywhere; standard library only. THE table: what is asked, for how much.

Nearly all inputs are drawn: for grading in checks/hidden/inputs.py, for practice in checks/bank.json.
"""

from __future__ import annotations

from typing import Any

from autograder.judging.exercises import Assignment, Exercise, Written

_MAPS, _OUTPUT = "1_pictures_and_maps", "2_table_and_output"


def _calls(function: str, *arguments: list[Any]) -> dict[str, Any]:
    return {"function": function, "calls": [*arguments]}


# Where scaled_tanh is wrong, subsample loses nothing by it: it is asked again with another function in its place.
_BUILDS_ON_SQUASHING = {
    "also": [["scaled_tanh", [4.0]]],
    "stand_ins": {"scaled_tanh": "def scaled_tanh(x):\n    return 2 * x + 3\n"},
    "together": [["scaled_tanh"]],
}

ASSIGNMENT = Assignment(
    name="lenet5_1998",
    exercises=(
        Exercise(
            "pad_to_32",
            _MAPS,
            10,
            "Pictures of 28×28 in the middle of 32×32",
            "call",
            _calls("pad_to_32"),
            "How many rows more are there? Half of them come above the picture, half below; columns alike.",
            "For instance 4×4 in the middle of 10×10: 6 rows more, 3 above and 3 below, and the picture's first "
            "pixel is then at row 3, column 3.",
            minutes=10,
        ),
        Exercise(
            "layer_shapes",
            _MAPS,
            12,
            "The output shapes of the layers, by hand",
            "call",
            _calls("layer_shapes", [32]),
            "Go from layer to layer: what comes out of one goes into the next.",
            "For instance 12×12, a window of 3×3 and 2 maps: 12 - 3 + 1 = 10, so (10, 10, 2); blocks of 2×2 make "
            "(5, 5, 2) of it.",
            minutes=15,
        ),
        Exercise(
            "scaled_tanh",
            _MAPS,
            8,
            "The squashing function",
            "call",
            _calls("scaled_tanh"),
            "Two numbers: one multiplies x before tanh, the other one multiplies what tanh gives.",
            "For instance with amplitude 2 and slope 1/2, at x = 4: tanh(2) = 0.9640, and twice that is 1.9281.",
            minutes=10,
        ),
        Exercise(
            "subsample",
            _MAPS,
            16,
            "The subsampling of S2 and S4",
            "call",
            _calls("subsample") | _BUILDS_ON_SQUASHING,
            "Add up the four numbers of a block; times the coefficient; plus the bias; then squash.",
            "For instance the block 1, 0, 0, 2 with coefficient 0.5 and bias -1: 3 · 0.5 - 1 = 0.5, and "
            "scaled_tanh(0.5) = 0.5517.",
            minutes=20,
        ),
        Exercise(
            "connected",
            _OUTPUT,
            10,
            "Which maps of S2 a map of C3 reads",
            "call",
            _calls("connected", *([c3_map] for c3_map in range(16))),
            "The six S2 maps stand in a circle: behind 5 comes 0 again.",
            "For instance in a circle of four (0, 1, 2, 3), three neighbours from 2 on are 2, 3 and 0: sorted, "
            "[0, 2, 3].",
            minutes=15,
        ),
        Exercise(
            "partial_convolution",
            _OUTPUT,
            14,
            "A convolution that reads only some maps",
            "call",
            _calls("partial_convolution"),
            "For each map that comes out: its bias, and for every map that the table names for it the window "
            "times the weights, added up.",
            "For instance 1×1 maps 3 and 5, a window of 1×1 with weights 2 and 4, bias 1: who reads both gets "
            "3 · 2 + 5 · 4 + 1 = 27, who reads the second alone 5 · 4 + 1 = 21.",
            minutes=25,
        ),
        Exercise(
            "lenet5_params",
            _OUTPUT,
            12,
            "The parameters, layer by layer",
            "call",
            _calls("lenet5_params"),
            "Count what one map or one unit has, and its bias; then how many of them there are.",
            "For instance a window of 3×3 on 2 maps: 18 weights and a bias are 19; four such maps have 76.",
            minutes=20,
        ),
        Exercise(
            "rbf_output",
            _OUTPUT,
            8,
            "How far from each of the drawn digits",
            "call",
            _calls("rbf_output"),
            "Subtract, square, add up: once for each prototype.",
            "For instance (1, -1) and the prototype (0, 1): differences 1 and -2, squares 1 and 4, together 5.",
            minutes=15,
        ),
        Exercise(
            "nearest",
            _OUTPUT,
            4,
            "The digit that is meant",
            "call",
            _calls("nearest"),
            "An output is a distance: which distance does the right digit have?",
            "For instance the distances 7, 3 and 9: the second is meant, and its place, from 0 on, is 1.",
            minutes=10,
        ),
    ),
    not_executed=frozenset(
        "fields_picture pad_picture shapes_picture tanh_picture subsample_picture all_picture table_picture "
        "convolution_picture params_picture prototypes_picture".split()
    ),
    written=(Written("why_table", _OUTPUT, 6, minutes=15),),
)
