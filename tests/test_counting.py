"""The counting exercises: the same answer earns the same, with every draw and in practice too."""

import json

import pytest
from counting import asked, checks_of, judged, judged_by_pytest, seeds, student
from counting_answers import RIGHT, WRONG
from looked_up import known_answers
from making_claims import EXERCISES

from autograder.assignments.lenet.checks.hidden.make_bank import make_bank
from autograder.judging import bank
from autograder.practice import check
from autograder.report import text_report
from lenet_solution import parameters

pytestmark = pytest.mark.slow  # together a minute and more

RIGHT_ONES = [(exercise, body) for exercise in RIGHT for body in RIGHT[exercise]]
WRONG_ONES = [(exercise, *wrong) for exercise in WRONG for wrong in WRONG[exercise]]
RIGHT_NAMES = [f"{exercise}-{number}" for number, (exercise, _) in enumerate(RIGHT_ONES)]
WRONG_NAMES = [f"{exercise}-{why}" for exercise, _, why, _ in WRONG_ONES]
DRAWN = tuple(name for name in RIGHT if name != "lenet_shapes")


def test_the_corpus_is_as_large_as_it_should_be():
    assert len(RIGHT_ONES) >= 30 and len(WRONG_ONES) >= 100
    assert set(RIGHT) == set(WRONG)


@pytest.mark.parametrize(("exercise", "body"), RIGHT_ONES, ids=RIGHT_NAMES)
def test_a_right_answer_has_every_point_with_every_draw(exercise, body):
    namespace = student(exercise, body)
    for seed in seeds(200):
        assert judged(exercise, namespace, seed).points == EXERCISES[exercise].points, seed


@pytest.mark.parametrize(("exercise", "points", "why", "body"), WRONG_ONES, ids=WRONG_NAMES)
def test_a_wrong_answer_earns_the_same_with_every_draw(exercise, points, why, body):
    earned = {judged(exercise, student(exercise, body), seed).points for seed in seeds(200)}
    assert earned == {points}, "the draw decides" if len(earned) > 1 else earned
    assert points < EXERCISES[exercise].points


@pytest.mark.parametrize(("exercise", "body"), RIGHT_ONES, ids=RIGHT_NAMES)
def test_practice_calls_every_right_answer_right(exercise, body):
    namespace = student(exercise, body)
    for seed in seeds(20):
        assert judged(exercise, namespace, seed, graded=False).points == EXERCISES[exercise].points


@pytest.mark.parametrize(("exercise", "points", "why", "body"), WRONG_ONES, ids=WRONG_NAMES)
def test_practice_is_as_strict_as_grading_with_every_draw_of_the_bank(exercise, points, why, body):
    for seed in seeds(20):
        assert judged(exercise, student(exercise, body), seed, graded=False).points == points


SAMPLE = WRONG_ONES[:: len(WRONG_ONES) // 12]


@pytest.mark.parametrize(
    ("exercise", "points", "why", "body"), SAMPLE, ids=[f"{e}-{w}" for e, _, w, _ in SAMPLE]
)
def test_the_real_judge_agrees(exercise, points, why, body):
    seed = seeds(1)[0]
    assert judged_by_pytest(exercise, student(exercise, body), seed) == points


# Practice tells no answer before it is found.


def right_texts(exercise, calls):
    """The right answers to these calls, as a text might show them."""
    answers = [getattr(parameters, exercise)(*call) for call in calls]
    return {f"{answer:,}" for answer in answers} | {str(answer) for answer in answers}


@pytest.mark.parametrize(("exercise", "points", "why", "body"), WRONG_ONES, ids=WRONG_NAMES)
def test_practice_never_names_the_right_answer_to_what_it_asks(exercise, points, why, body):
    help = judged(exercise, student(exercise, body), seeds(1)[0], graded=False).help
    assert help
    for text in help:
        # "should be" is followed by what kind of thing it should be, and by no value.
        assert "should be" not in text or "should be a number" in text or "should be a tuple" in text


def test_an_empty_list_of_shapes_is_told_no_shape():
    report = repr(check("lenet_shapes", {"lenet_shapes": list}))
    for shape in parameters.lenet_shapes():
        assert " × ".join(map(str, shape)) not in report
    assert "24" not in report and "256" not in report


@pytest.mark.parametrize("exercise", RIGHT)
def test_the_titles_of_checks_give_nothing_away(exercise):
    fixed = asked(exercise, b"", graded=False)
    calls = fixed.ask["calls"][: fixed.public_calls]
    shapes = {str(size) for shape in parameters.lenet_shapes() for size in shape if size > 8}
    answers = shapes if exercise == "lenet_shapes" else right_texts(exercise, calls)
    for function, _ in checks_of(exercise):
        assert not [answer for answer in answers - {"0"} if answer in function.__doc__]


def test_graded_feedback_says_what_was_asked_what_came_and_what_is_right():
    wrong = student("output_size", "return (size + 2 * padding - window) / stride + 1")
    [longer, padded] = judged("output_size", wrong, seeds(1)[0]).help
    assert "should be" in longer and "yours is" in longer
    assert "Part of a step is no place" in longer and "Part of a step is no place" in padded


# One mistake costs once.

LOOP = "return sum(globals()[kind + '_params'](*sizes) for kind, *sizes in layers if kind != 'flatten')"
IFS = """total = 0
for layer in layers:
    if layer[0] == "conv":
        total += conv_params(*layer[1:])
    elif layer[0] == "pool":
        total += pool_params(layer[1], layer[2])
    elif layer[0] == "dense":
        total += dense_params(inputs=layer[1], units=layer[2])
return total"""
ONE_WRONG = {
    "conv_params": ["return height * width * channels_in * filters", "return height * width * filters", "return height + width", "return 7",
                    "print(height * width * channels_in * filters)", "return height * width * c * filters", "return '150'", "pass",
                    "return [height * width * channels_in * filters]", "raise ValueError"],
    "pool_params": ["return height * width", "return height + 1", "return 4", "pass", "raise NotImplementedError"],
    "dense_params": ["return inputs * units", "return inputs * units + 1", "return inputs", "return np.arange(3)"],
}  # fmt: skip
EXCUSES = [{function: body} for function in ONE_WRONG for body in ONE_WRONG[function]] + [
    {"conv_params": "return height * width * channels_in * filters", "dense_params": "return inputs * units"},
    {
        "conv_params": "return height * width * channels_in * filters + 1",
        "dense_params": "return inputs * units + 1",
    },
    {"conv_params": "return filters * height", "pool_params": "return height * width"},
    {
        "conv_params": "return height * width * channels_in * filters",
        "dense_params": "return conv_params(1, 1, inputs, units)",
    },
    {"conv_params": "pass", "pool_params": "pass", "dense_params": "pass"},
]


@pytest.mark.parametrize("wrong", EXCUSES, ids=str)
@pytest.mark.parametrize("count", [LOOP, IFS], ids=["loop", "ifs"])
def test_what_is_put_together_right_has_its_points_and_is_told_what_is_wrong(wrong, count):
    for exercise, answer in (("count_params", count), ("dense_share", RIGHT["dense_share"][0])):
        namespace = student(exercise, answer, **{**wrong, "count_params": count})
        for graded in (True, False):
            result = judged(exercise, namespace, seeds(1)[0], graded)
            assert result.points == EXERCISES[exercise].points, result.help
            assert any(
                all(name in note for name in wrong) and "not right yet" in note for note in result.notes
            )


@pytest.mark.parametrize("graded", [True, False])
def test_what_raises_in_a_function_that_it_builds_on_is_told_where_it_is_wrong_itself_too(graded):
    raises = {"conv_params": "raise NameError('conv_params is not defined')"}
    rounded = RIGHT["dense_share"][0].replace("return ", "return round(", 1) + ", 2)"
    result = judged("dense_share", student("dense_share", rounded, **raises), seeds(1)[0], graded)
    assert result.points == 0
    assert "With right functions in their place it answers, but not right either." in " ".join(result.help)
    right = judged(
        "dense_share", student("dense_share", RIGHT["dense_share"][0], **raises), seeds(1)[0], graded
    )
    assert right.points == EXERCISES["dense_share"].points


BYTES = {
    "return height * width * channels * units": "each float32 takes 4 bytes",
    "return 8 * height * width * channels * units": "That is float64",
    "return 32 * height * width * channels * units": "32 bits",
    "return 4 * height * width * channels * units / 1e9": "in gigabytes",
    "return 4 * height * width * channels * units / 10**6": "in megabytes",
    "return 4 * height * width * channels * units / 2**20": "in mebibytes",
    "return 4 * (height * width * channels + 1) * units": "Leave the biases out",
    "return 4 * height * width * units": "they count as inputs too",
    "return 4 * height * width * 3 * units": "Every channel counts",
    "return 4 * height * width * channels * units * 10**400": "",
}


@pytest.mark.parametrize("graded", [True, False])
@pytest.mark.parametrize(("body", "cause"), BYTES.items())
def test_bytes_in_another_measure_are_told_so_by_the_first_check_that_fails(body, cause, graded):
    for seed in seeds(5):
        result = judged("dense_bytes", student("dense_bytes", body), seed, graded)
        assert result.points < EXERCISES["dense_bytes"].points and cause in result.help[0], result.help


NO_BIAS = {"conv_params": "return height * width * channels_in * filters"}
NO_BIASES = {"dense_params": "return inputs * units"}
NO_POOLS = """total = 0
for kind, *sizes in layers:
    if kind == "conv":
        total += conv_params(*sizes)
    elif kind == "dense":
        total += dense_params(*sizes)
return total"""


@pytest.mark.parametrize(
    "wrong", [NO_BIAS, NO_BIASES, NO_BIAS | NO_BIASES, NO_BIAS | {"pool_params": "return 4"}], ids=str
)
@pytest.mark.parametrize(
    "count",
    [
        NO_POOLS,
        NO_POOLS.replace("return", "    elif kind == 'pool':\n        total += 0\nreturn"),
        "table = {'conv': conv_params, 'dense': dense_params}\nreturn sum(table[k](*a) for k, *a in layers if k in table)",
    ],
    ids=["ifs", "nothing for poolings", "a table"],
)
def test_a_count_that_leaves_poolings_out_loses_nothing_where_another_part_is_wrong(count, wrong):
    for graded in (True, False):
        result = judged("count_params", student("count_params", count, **wrong), seeds(1)[0], graded)
        assert result.points == 9 and result.notes, result.help


@pytest.mark.parametrize(
    ("exercise", "body", "wrong"),
    [
        ("count_params", NO_POOLS.replace("dense_params(*sizes)", "(sizes[0] + 1) * sizes[1]"), NO_BIAS),
        ("count_params", NO_POOLS.replace("conv_params(*sizes)", "(math.prod(sizes[:3]) + 1) * sizes[3]"), NO_BIASES),
        ("dense_share", "return sum((l[1] + 1) * l[2] for l in layers if l[0] == 'dense') / count_params(layers)", NO_BIAS),
        ("dense_share", ("dense = sum(dense_params(*l[1:]) for l in layers if l[0] == 'dense')\nconv = sum(conv_params(*l[1:]) "
         "for l in layers if l[0] == 'conv')\nreturn dense / (dense + conv)"), NO_BIAS | NO_BIASES),
        ("dense_share", "return 1 - count_params([l for l in layers if l[0] == 'conv']) / count_params(layers)", NO_BIAS),
        ("dense_share", "whole = count_params(layers)\nreturn (whole - count_params([l for l in layers if l[0] == 'conv'])) / whole",
         NO_BIASES),
    ],
    ids=["dense written out", "conv written out", "dense written out in a share", "of dense and conv", "one minus", "what is left"],
)  # fmt: skip
def test_one_part_called_and_another_written_out_loses_nothing(exercise, body, wrong):
    for graded in (True, False):
        result = judged(
            exercise, student(exercise, body, **{"count_params": NO_POOLS, **wrong}), seeds(1)[0], graded
        )
        assert result.points == EXERCISES[exercise].points and result.notes, result.help


@pytest.mark.parametrize(
    "count",
    [
        NO_POOLS.replace("dense_params(*sizes)", "sizes[0] * sizes[1]"),
        NO_POOLS.replace("total += dense_params(*sizes)", "pass"),
        NO_POOLS.replace("conv_params(*sizes)", "conv_params(*sizes[1:], sizes[0])"),
    ],
    ids=["dense written out without biases", "without dense", "conv with its sizes in another order"],
)
def test_a_wrong_part_excuses_no_mistake_beside_it(count):
    assert judged("count_params", student("count_params", count, **NO_BIAS), seeds(1)[0]).points < 9


@pytest.mark.parametrize(
    "count",
    [
        "raise ValueError",
        "return sum(math.prod(l[1:]) for l in layers if l[0] != 'flatten')",
        "return sum(conv_params(*l[1:]) for l in layers if l[0] == 'conv')",
        "for l in layers:\n    if l[0] == 'conv': return conv_params(*l[1:])\n    if l[0] == 'dense': return dense_params(*l[1:])",
        "return sum({'conv': conv_params, 'pool': pool_params, 'dense': dense_params}[l[0]](*l[1:]) for l in layers)",
        "return sum(globals()[l[0] + '_params'](*l[1:]) for l in layers if l[0] != 'flatten') if layers else None",
        "pass",
    ],
)
def test_a_share_of_a_wrong_count_loses_nothing(count):
    result = judged(
        "dense_share", student("dense_share", RIGHT["dense_share"][0], count_params=count), seeds(1)[0]
    )
    assert result.points == 4 and "count_params, on which it builds" in " ".join(result.notes)


CHAIN = """first = output_size(28, 5)
second = {pooled_1}
third = output_size(second, 5)
fourth = {pooled_2}
return [(first, first, 6), (second, second, 6), (third, third, 16), (fourth, fourth, 16), ({flat},), (120,), (84,), (10,)]"""
CHAINS = [
    CHAIN.format(pooled_1="output_size(first, 2, 2)", pooled_2="output_size(third, 2, 2)", flat="fourth * fourth * 16"),
    CHAIN.format(pooled_1="output_size(first, 2, stride=2)", pooled_2="output_size(third, 2, stride=2)", flat="256"),
    CHAIN.format(pooled_1="first // 2", pooled_2="third // 2", flat="fourth ** 2 * 16"),
    CHAIN.format(pooled_1="first // 2", pooled_2="output_size(third, 2, 2)", flat="fourth ** 2 * 16"),
    CHAIN.replace("output_size(second, 5)", "output_size(12, 5)").format(
        pooled_1="output_size(24, 2, 2)", pooled_2="output_size(8, 2, 2)", flat="4 * 4 * 16"),
    CHAIN.format(pooled_1="output_size(24, 2, 2)", pooled_2="output_size(third, 2, 2)", flat="fourth * fourth * 16"),
]  # fmt: skip


@pytest.mark.parametrize(
    "chain", CHAINS, ids=["sizes", "literal", "halved", "one halved", "of right sizes", "one of a right size"]
)
@pytest.mark.parametrize(
    "size",
    [
        "return (size + 2 * padding - window) // stride",
        "return size - window",
        "pass",
        "return (size - window) / stride + 2",
        "raise ValueError",
    ],
)
def test_shapes_by_a_wrong_output_size_lose_nothing(chain, size):
    for graded in (True, False):
        result = judged("lenet_shapes", student("lenet_shapes", chain, output_size=size), seeds(1)[0], graded)
        assert result.points == 9, result.help
        assert "output_size, on which it builds, is not right yet" in " ".join(result.notes)


@pytest.mark.parametrize(
    "size", ["return (size - window + 2 * padding) // stride", "return size + window * stride"]
)
def test_shapes_by_a_wrong_output_size_lose_nothing_with_every_draw(size):
    namespace = student("lenet_shapes", CHAINS[0], output_size=size)
    assert {judged("lenet_shapes", namespace, seed).points for seed in seeds(200)} == {9.0}


@pytest.mark.parametrize(
    "answer",
    [
        "return 4 * (dense_params(height * width * channels, units) - units)",
        "return dense_params(height * width * channels, units) * 4 - 4 * units",
    ],
)
@pytest.mark.parametrize("dense", ["return inputs * units", "return inputs + units", "pass"])
def test_bytes_by_a_wrong_dense_params_lose_nothing(answer, dense):
    result = judged("dense_bytes", student("dense_bytes", answer, dense_params=dense), seeds(1)[0])
    assert result.points == 5, result.help
    wrong = "return 4 * dense_params(height * width, units)"
    assert judged("dense_bytes", student("dense_bytes", wrong, dense_params=dense), seeds(1)[0]).points < 3


@pytest.mark.parametrize(
    "kept",
    ["OF = {'conv': conv_params, 'pool': pool_params, 'dense': dense_params}", ("import functools\nOF = {name: functools.partial(f) for name, f in "
     "(('conv', conv_params), ('pool', pool_params), ('dense', dense_params))}")],
    ids=["a table", "partial"],
)  # fmt: skip
def test_functions_kept_in_a_table_are_replaced_too_and_come_back(kept):
    namespace = student(
        "count_params",
        "return sum(OF[kind](*sizes) for kind, *sizes in layers if kind in OF)",
        conv_params="return height",
    )
    exec(kept, namespace)
    before = {name: namespace[name] for name in namespace if name.endswith("_params")}
    assert judged("count_params", namespace, seeds(1)[0]).points == 9
    assert {name: namespace[name] for name in before} == before
    assert namespace["conv_params"](5, 5, 1, 6) == 5 and namespace["dense_params"](256, 120) == 30_840


@pytest.mark.parametrize("wrong", EXCUSES, ids=str)
def test_formulas_of_its_own_are_right_beside_a_wrong_part_and_are_told_nothing(wrong):
    for exercise, answer in (
        ("count_params", RIGHT["count_params"][2]),
        ("dense_share", RIGHT["dense_share"][6]),
    ):
        result = judged(exercise, student(exercise, answer, **wrong), seeds(1)[0])
        assert result.points == EXERCISES[exercise].points and not result.notes


def test_one_function_under_every_name_is_as_it_was_afterwards():
    namespace = student("count_params", "return 1")
    one = namespace["count_params"]
    namespace.update(dict.fromkeys(("conv_params", "pool_params", "dense_params", "dense_share"), one))
    for exercise in ("count_params", "dense_share"):
        assert judged(exercise, namespace, seeds(1)[0]).points == 0
    assert one([]) == 1 and one.__defaults__ is None


ZEROS = dict.fromkeys(("conv_params", "dense_params", "count_params"), "return 0")


@pytest.mark.parametrize(
    "parts",
    [
        ZEROS,
        {"conv_params": "return 7", "count_params": "return 7 * sum(l[0] == 'conv' for l in layers) + sum(dense_params(*l[1:]) for l in layers if l[0] == 'dense')"},
        {"conv_params": "return height", "dense_params": "return inputs", "count_params": "return sum(l[1] for l in layers if l[0] in ('conv', 'dense'))"},
        {"dense_params": "return 'x'", "count_params": "return 0"},
        {"dense_params": "raise ValueError", "count_params": "return 0"},
        {"dense_params": "raise NotImplementedError", "count_params": "return 0"},
        {"conv_params": "return height * width", "count_params": "return 44426"},
    ],
    ids=["zeros", "a constant part", "two wrong parts", "a text", "an error", "not attempted", "a constant sum"],
)  # fmt: skip
def test_what_excuses_nothing(parts):
    others = {name: body for name, body in parts.items() if name != "count_params"}
    result = judged("count_params", student("count_params", parts["count_params"], **others), seeds(1)[0])
    assert result.points == 0


def test_a_missing_part_costs_nothing_that_does_not_need_it():
    namespace = student("count_params", RIGHT["count_params"][2])
    del namespace["pool_params"]
    assert judged("count_params", namespace, seeds(1)[0]).points == 9


@pytest.mark.parametrize("end", ["raise SystemExit", "raise KeyboardInterrupt", "exit()"])
def test_a_part_that_ends_the_kernel_or_is_interrupted_takes_no_other_answer_along(end):
    namespace = student("count_params", RIGHT["count_params"][2], dense_params=end)
    assert judged("count_params", namespace, seeds(1)[0]).points == 9


# The bank.


def test_the_bank_is_what_its_command_makes():
    assert json.loads(bank.path_of("lenet").read_text("utf-8")) == json.loads(json.dumps(make_bank()))


@pytest.mark.parametrize("exercise", DRAWN)
def test_the_bank_knows_every_right_answer_and_no_other(exercise):
    for draw in bank.practice_draws("lenet", exercise):
        for call in draw:
            right = getattr(parameters, exercise)(*call)
            assert bank.is_right("lenet", exercise, call, right)
            assert not bank.is_right("lenet", exercise, call, right + 1)
            assert not bank.is_right("lenet", exercise, call, float("nan"))


@pytest.mark.parametrize("exercise", DRAWN)
def test_no_draw_repeats_the_public_inputs_and_draws_differ(exercise):
    questions = [asked(exercise, seed) for seed in seeds(20)]
    public = questions[0].ask["calls"][: questions[0].public_calls]
    draws = [question.ask["calls"][question.public_calls :] for question in questions]
    assert not [call for draw in draws for call in draw if call in public]
    assert len({repr(draw) for draw in draws}) == 20


def test_every_stride_is_drawn_with_every_remainder_with_and_without_padding():
    for seed in seeds(50):
        seen = set()
        for size, window, *more in asked("output_size", seed).ask["calls"][3:]:
            stride, padding = [*more, 1, 0][:2] if not more else [*more, 0][:2]
            assert 1 <= window <= size
            seen.add((stride, (size + 2 * padding - window) % stride, padding > 0))
        assert {(s, r, p) for s in (1, 2, 3) for r in range(s) for p in (False, True)} <= seen


def test_what_practice_asks_first_can_be_worked_out_on_paper():
    for draw in bank.practice_draws("lenet", "output_size"):
        assert all(max(call) <= 30 for call in draw[:12])


def test_a_report_of_practice_shows_the_network_that_was_tried():
    body = RIGHT["count_params"][0].replace("in layers", "in LENET")
    text = text_report(check("count_params", student("count_params", body)).verdict, practice=True)
    assert "count_params(LENET[:2]) is not 44,426." in text


@pytest.mark.parametrize("exercise", DRAWN)
def test_a_table_of_all_that_practice_tells_earns_nothing(exercise):
    table = f"def {exercise}(*given):\n    return KNOWN.get(repr([*given]), -1)"
    namespace = student(exercise, table)
    namespace["KNOWN"] = known_answers(exercise)
    assert judged(exercise, namespace, seeds(1)[0], graded=False).points == EXERCISES[exercise].points
    assert {judged(exercise, namespace, seed).points for seed in seeds(200)} == {0}


# A number that two mistakes give is told as neither alone, and a number that one of them gives as that one.

_CONV = "return (height * width * channels_in + 1) * filters"
_SIZE = "return (size + 2 * padding - window) // stride + 1"
_ORDER_OF_CONV = "their order is conv_params(height, width, channels_in, filters)"
TOLD = {
    "1 added before dividing": ("output_size", "return (size + 2 * padding - window + 1) // stride",
        ["Add 1 after dividing", "Add 1 after dividing"], ["Take the window away before", ""]),
    "the window taken away after dividing": ("output_size", "return (size + 2 * padding) // stride - window + 1",
        ["Take the window away before", "Take the window away before"], ["Add 1 after dividing", ""]),
    "stride and padding in another order": ("output_size", f"def output_size(size, window, padding=0, stride=1):\n    {_SIZE}",
        ["Stride and padding are exchanged"] * 2, ["", ""]),
    "size and window in another order": ("output_size", f"def output_size(window, size, stride=1, padding=0):\n    {_SIZE}",
        ["Size and window are exchanged"] * 3, [""] * 3),
    "both divided": ("output_size", "return (size + 2 * padding) // stride - window // stride + 1",
        ["two divisions round twice"] * 2, ["round down, with //"] * 2),
    "filters before channels": ("conv_params", f"def conv_params(height, width, filters, channels_in):\n    {_CONV}",
        [_ORDER_OF_CONV] * 3, ["not for each input channel"] * 3),
    "filters and channels first": ("conv_params", f"def conv_params(filters, channels_in, height, width):\n    {_CONV}",
        [_ORDER_OF_CONV] * 3, [""] * 3),
    "channels and filters first": ("conv_params", f"def conv_params(channels_in, filters, height, width):\n    {_CONV}",
        [_ORDER_OF_CONV] * 3, [""] * 3),
    "units before inputs": ("dense_params", "def dense_params(units, inputs):\n    return (inputs + 1) * units",
        ["their order is dense_params(inputs, units)"] * 2, ["not for each input"] * 2),
    "one bias for all": ("conv_params", "return height * width * channels_in * filters + 1", ["not one for the layer"] * 3, [""] * 3),
    "no layer taken for a dense one": ("dense_share", "return count_params([l for l in layers if l[0] == 'Dense']) / count_params(layers)",
        ["No layer was counted as dense"], ["divide with /"]),
    "no bias, and one channel": ("conv_params", "return height * width * filters", ["looks at all its input channels"] * 3, [""] * 3),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_a_wrong_formula_is_told_as_itself_beside_what_gives_the_same_numbers(name):
    exercise, body, told, beside = TOLD[name]
    for seed in seeds(20):
        help = judged(exercise, student(exercise, body), seed).help
        assert len(help) == len(told)
        for text, cause, other in zip(help, told, beside, strict=True):
            assert cause in text, text
            assert " Or: " not in text or (other and other in text), text


# What is wrong with the function as such is told beside the number.

REMEMBERS = {
    "a total outside": "import math\ntotal = 0\ndef count_params(layers):\n    global total\n    for kind, *sizes in layers:\n"
    "        total += {'conv': conv_params, 'dense': dense_params}.get(kind, lambda *_: 0)(*sizes)\n    return total",
    "a default list": "def count_params(layers, counts=[]):\n    for kind, *sizes in layers:\n"
    "        if kind == 'conv': counts.append(conv_params(*sizes))\n        elif kind == 'dense': counts.append(dense_params(*sizes))\n"
    "    return sum(counts)",
    "an attribute": "count_params.total = getattr(count_params, 'total', 0) + sum(dense_params(*l[1:]) for l in layers if l[0] == 'dense')\n"
    "return count_params.total + sum(conv_params(*l[1:]) for l in layers if l[0] == 'conv')",
}  # fmt: skip


@pytest.mark.parametrize("way", REMEMBERS)
def test_a_function_that_keeps_what_calls_before_it_left_is_told_so(way):
    for graded in (True, False):
        result = judged("count_params", student("count_params", REMEMBERS[way]), seeds(1)[0], graded)
        assert result.points < 9 and all(
            "something is kept from the calls before" in help for help in result.help
        )


CHANGES = {
    "removes": "total = count_params(layers)\nfor l in layers:\n    if l[0] != 'dense':\n        layers.remove(l)\n"
    "return count_params(layers) / total",
    "deletes by place": "total = count_params(layers)\nfor n, l in enumerate(layers):\n    if l[0] != 'dense':\n        del layers[n]\n"
    "return count_params(layers) / total",
    "pops": "total = count_params(layers)\nfor l in layers:\n    if l[0] != 'dense':\n        layers.pop(layers.index(l))\n"
    "return count_params(layers) / total",
}  # fmt: skip


@pytest.mark.parametrize("way", CHANGES)
def test_a_list_that_shrinks_while_it_is_gone_through_is_shown_and_named_as_the_cause(way):
    for graded in (True, False):
        result = judged("dense_share", student("dense_share", CHANGES[way]), seeds(1)[0], graded)
        help = " ".join(result.help)
        assert result.points < 4 and "It changes the list that it is given" in help, help
        assert " layers>" not in help and "('dense', " in help


@pytest.mark.parametrize(
    "body", ["return float('nan')", "return np.divide(0, 0)", "return np.float64(0) / 0"]
)
def test_what_is_not_a_number_is_no_sign_of_something_kept(body):
    result = judged("dense_share", student("dense_share", body), seeds(1)[0])
    assert result.help and not any("calls before" in help for help in result.help)
    assert any("yours is nan" in help for help in result.help)


def test_a_number_with_thousands_of_digits_is_wrong_and_no_error_of_the_function():
    result = judged("dense_bytes", student("dense_bytes", "return 10**5000"), seeds(1)[0])
    assert result.points == 0 and not any("ValueError" in help for help in result.help)
