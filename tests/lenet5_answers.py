"""Answers to the exercises of lenet5_1998: right ones in many spellings, and wrong ones with what they must get."""

SQUASH = """
def scaled_tanh(x):
    return 1.7159 * np.tanh(2 / 3 * x)
"""
SUBSAMPLE = (
    SQUASH
    + """
def subsample(maps, coefficients, biases):
    h, w, count = maps.shape
    total = maps.reshape(h // 2, 2, w // 2, 2, count).sum(axis=(1, 3))
"""
)
CONVOLVE = """
def partial_convolution(maps, weights, biases, table):
    w = len(weights)
    h, l = maps.shape[0] - w + 1, maps.shape[1] - w + 1
    out = np.zeros((h, l, len(table)))
    for k, inputs in enumerate(table):
        out[..., k] = BIAS
        for m in INPUTS:
            for i in range(h):
                for j in range(l):
                    out[i, j, k] += (maps[i:i + w, j:j + w, m] * weights[:, :, m, k]).sum()
    return out
"""
COUNTS = """
def lenet5_params(maps, table, c5, f6):
    c3 = len(table)
    pairs = sum(len(inputs) for inputs in table)
    return [26 * maps, 2 * maps, 25 * pairs + c3, 2 * c3, (25 * c3 + 1) * c5, (c5 + 1) * f6]
"""


def convolving(bias: str = "biases[k]", inputs: str = "inputs", **changes: str) -> str:
    source = CONVOLVE.replace("BIAS", bias).replace("INPUTS", inputs)
    for before, after in changes.values():
        source = source.replace(before, after)
    return source


def counting(before: str, after: str) -> str:
    assert before in COUNTS
    return COUNTS.replace(before, after)


RIGHT: dict[str, list[str]] = {
    "pad_to_32": [
        """
def pad_to_32(images):
    return np.pad(images, ((0, 0), (2, 2), (2, 2)))
""",
        """
def pad_to_32(images):
    out = np.zeros((len(images), 32, 32))
    out[:, 2:30, 2:-2] = images
    return out
""",
        """
def pad_to_32(images):
    zeros = [0] * 32
    return [[zeros, zeros, *[[0, 0, *row, 0, 0] for row in image], zeros, zeros] for image in images]
""",
        """
def pad_to_32(images):
    side = np.zeros((len(images), 28, 2), images.dtype)
    wide = np.concatenate([side, images, side], axis=2)
    top = np.zeros((len(images), 2, 32), images.dtype)
    return np.concatenate([top, wide, top], axis=1)
""",
        """
def pad_to_32(images):
    one = np.eye(28, 32, 2)
    return np.einsum('ra,nrc,cb->nab', one, images, one)
""",
        """
def pad_to_32(images):
    out = np.zeros((len(images), 32, 32), 'float32')
    for n in range(len(images)):
        for r in range(28):
            for c in range(28):
                out[n, r + 2, c + 2] = images[n, r, c]
    return out
""",
    ],
    "layer_shapes": [
        """
def layer_shapes(side):
    a = side - 4
    b = a // 2
    c = b - 4
    d = c // 2
    return [(a, a, 6), (b, b, 6), (c, c, 16), (d, d, 16), (d - 4, d - 4, 120), (84,)]
""",
        """
def layer_shapes(side):
    shapes = []
    for count, halve in ((6, 1), (16, 1), (120, 0)):
        side = side - 5 + 1
        shapes.append((side, side, count))
        if halve:
            side = side / 2
            shapes.append((side, side, count))
    return shapes + [(84,)]
""",
        """
def layer_shapes(side):
    s = [side - 4, side // 2 - 2, side // 2 - 6, side // 4 - 3, side // 4 - 7]
    return tuple((n, n, c) for n, c in zip(s, (6, 6, 16, 16, 120))) + (84,)
""",
        """
def layer_shapes(side):
    s = np.array([side - 4, side // 2 - 2, side // 2 - 6, side // 4 - 3, side // 4 - 7])
    return [[n, n, c] for n, c in zip(s, (6, 6, 16, 16, 120))] + [[84]]
""",
        """
def layer_shapes(side):
    s = np.array([side - 4, side // 2 - 2, side // 2 - 6, side // 4 - 3, side // 4 - 7])
    return [np.array([n, n, c]) for n, c in zip(s, (6, 6, 16, 16, 120))] + [np.array([84])]
""",
    ],
    "scaled_tanh": [
        """
def scaled_tanh(x):
    return np.float32(1.7159) * np.tanh(np.float32(2 / 3) * np.float32(x))
""",
        SQUASH,
        """
def scaled_tanh(x):
    e = np.exp(2 * x * 2 / 3)
    return 1.7159 * (e - 1) / (e + 1)
""",
        """
def scaled_tanh(x):
    a, s = 1.7159, 2 / 3
    return a * (np.exp(s * x) - np.exp(-s * x)) / (np.exp(s * x) + np.exp(-s * x))
""",
        """
def scaled_tanh(x):
    out = np.zeros(np.shape(x))
    for place, value in np.ndenumerate(x):
        out[place] = 1.7159 * math.tanh(value * 2 / 3)
    return out
""",
        """
def scaled_tanh(x):
    if np.ndim(x):
        return [scaled_tanh(part) for part in x]
    return 1.7159 * math.tanh(2 * x / 3)
""",
        """
def scaled_tanh(x):
    return 1.7159 * (2 / (1 + np.exp(-4 / 3 * x)) - 1)
""",
        "scaled_tanh = np.vectorize(lambda x: 1.7159 * math.tanh(2 / 3 * x))",
    ],
    "subsample": [
        SUBSAMPLE + "    return scaled_tanh(total * coefficients + biases)",
        SQUASH
        + """
def subsample(maps, coefficients, biases):
    total = maps[::2, ::2] + maps[1::2, ::2] + maps[::2, 1::2] + maps[1::2, 1::2]
    return scaled_tanh(coefficients * total + biases)
""",
        SQUASH
        + """
def subsample(maps, coefficients, biases):
    h, w, count = maps.shape
    out = np.zeros((h // 2, w // 2, count))
    for r in range(h // 2):
        for c in range(w // 2):
            for m in range(count):
                out[r, c, m] = scaled_tanh(maps[2*r:2*r+2, 2*c:2*c+2, m].sum() * coefficients[m] + biases[m])
    return out
""",
        """
def subsample(maps, coefficients, biases):
    h, w, count = maps.shape
    total = np.einsum('iajbm,m->ijm', maps.reshape(h // 2, 2, w // 2, 2, count), coefficients)
    return 1.7159 * np.tanh(2 / 3 * (total + biases))
""",
        """
def subsample(maps, coefficients, biases):
    rows, columns, count = maps.shape
    return [[[1.7159 * math.tanh(2 / 3 * (coefficients[m] * sum(maps[r + i][c + j][m] for i in (0, 1) for j in (0, 1)) + biases[m])) for m in range(count)] for c in range(0, columns, 2)] for r in range(0, rows, 2)]
""",
        SUBSAMPLE
        + """
    mean = total / 4
    return scaled_tanh(4 * coefficients * mean + biases)
""",
    ],
    "connected": [
        """
def connected(k):
    return dict.fromkeys([(k + i) % 6 for i in range(3 + k // 6)] if k < 12 else [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]][k - 12]).keys()
""",
        """
def connected(k):
    return range(6) if k == 15 else frozenset([(k + i) % 6 for i in range(3 + k // 6)] if k < 12 else [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]][k - 12])
""",
        """
def connected(k):
    if k < 12:
        return set(np.arange(k, k + 3 + k // 6) % 6)
    return {np.float64(m) for m in range(6)} - [{2, 5}, {0, 3}, {1, 4}, set()][k - 12]
""",
        """
def connected(k):
    if k < 12:
        return sorted((k + i) % 6 for i in range(3 if k < 6 else 4))
    out = {12: (2, 5), 13: (0, 3), 14: (1, 4), 15: ()}[k]
    return [m for m in range(6) if m not in out]
""",
        """
TABLE = '0 1 2,1 2 3,2 3 4,3 4 5,0 4 5,0 1 5,0 1 2 3,1 2 3 4,2 3 4 5,0 3 4 5,0 1 4 5,0 1 2 5,0 1 3 4,1 2 4 5,0 2 3 5,0 1 2 3 4 5'
def connected(k):
    return [int(m) for m in TABLE.split(',')[k].split()]
""",
        """
def connected(k):
    if k < 12:
        return {(k + i) % 6 for i in range(3 + k // 6)}
    return set(range(6)) - [{2, 5}, {0, 3}, {1, 4}, set()][k - 12]
""",
        """
def connected(k):
    circle = np.arange(12) % 6
    if k < 6:
        return circle[k:k + 3]
    if k < 12:
        return circle[k - 6:k - 2]
    return np.setdiff1d(np.arange(6), [[2, 5], [0, 3], [1, 4], []][k - 12])
""",
        """
def connected(k):
    rows = ['X...XXX..XXXX.XX', 'XX...XXX..XXXX.X', 'XXX...XXX..X.XXX', '.XXX..XXXX..X.XX', '..XXX..XXXX.XX.X', '...XXX..XXXX.XXX']
    return tuple(m for m in range(6) if rows[m][k] == 'X')
""",
    ],
    "partial_convolution": [
        convolving(),
        """
def partial_convolution(maps, weights, biases, table):
    mask = np.zeros(weights.shape[2:])
    for k, inputs in enumerate(table):
        mask[list(inputs), k] = 1
    windows = np.lib.stride_tricks.sliding_window_view(maps, weights.shape[:2], (0, 1))
    return np.einsum('ijmab,abmk->ijk', windows, weights * mask) + biases
""",
        """
def partial_convolution(maps, weights, biases, table):
    w = len(weights)
    h, l = maps.shape[0] - w + 1, maps.shape[1] - w + 1
    layers = []
    for k, inputs in enumerate(table):
        layers.append(sum(maps[a:a + h, b:b + l, m] * weights[a, b, m, k]
            for a in range(w) for b in range(w) for m in inputs) + biases[k])
    return np.stack(layers, axis=-1)
""",
        """
def partial_convolution(maps, weights, biases, table):
    w = len(weights)
    h, l = maps.shape[0] - w + 1, maps.shape[1] - w + 1
    return [[[float(biases[k]) + sum(float(maps[i + a, j + b, m] * weights[a, b, m, k]) for m in table[k] for a in range(w) for b in range(w)) for k in range(len(table))] for j in range(l)] for i in range(h)]
""",
        """
def partial_convolution(maps, weights, biases, table):
    w = weights.shape[0]
    out = []
    for i in range(maps.shape[0] - w + 1):
        for j in range(maps.shape[1] - w + 1):
            part = maps[i:i + w, j:j + w]
            out.append([np.tensordot(part[:, :, list(t)], weights[:, :, list(t), k], 3) + biases[k] for k, t in enumerate(table)])
    return np.array(out).reshape(maps.shape[0] - w + 1, -1, len(table))
""",
    ],
    "lenet5_params": [
        COUNTS,
        """
def lenet5_params(maps, table, c5, f6):
    c3 = 0
    for inputs in table:
        c3 += 5 * 5 * len(inputs) + 1
    n = len(table)
    return (25 * maps + maps, maps + maps, c3, n + n, 25 * n * c5 + c5, c5 * f6 + f6)
""",
        """
def lenet5_params(maps, table, c5, f6):
    n = len(table)
    return np.array([26 * maps, 2 * maps, sum(len(t) * 25 + 1 for t in table), 2 * n, c5 * (n * 25 + 1), f6 * (c5 + 1)])
""",
        """
def lenet5_params(maps, table, c5, f6):
    flat = [m for inputs in table for m in inputs]
    n = len(table)
    return [26 * maps, 2 * maps, 25 * len(flat) + n, 2 * n, c5 + 25 * c5 * n, f6 + f6 * c5]
""",
        """
def lenet5_params(maps, table, c5, f6):
    n = len(table)
    flat = sum(table, [])
    return [26.0 * maps, 2.0 * maps, 25.0 * len(flat) + n, 2.0 * n, c5 + 25.0 * c5 * n, f6 + 1.0 * f6 * c5]
""",
    ],
    "rbf_output": [
        """
def rbf_output(f6, prototypes):
    return ((f6 - prototypes) ** 2).sum(axis=1)
""",
        """
def rbf_output(f6, prototypes):
    return [sum((a - b) ** 2 for a, b in zip(f6, p)) for p in prototypes]
""",
        """
def rbf_output(f6, prototypes):
    d = prototypes - f6
    return np.einsum('ku,ku->k', d, d)
""",
        """
def rbf_output(f6, prototypes):
    return (prototypes ** 2).sum(1) - 2 * prototypes @ f6 + (f6 ** 2).sum()
""",
        """
def rbf_output(f6, prototypes):
    return np.linalg.norm(prototypes - f6, axis=1) ** 2
""",
        """
def rbf_output(f6, prototypes):
    out = np.zeros(len(prototypes))
    for k in range(len(prototypes)):
        for u in range(len(f6)):
            out[k] += (f6[u] - prototypes[k, u]) ** 2
    return out
""",
    ],
    "nearest": [
        """
def nearest(outputs):
    return np.argmin(outputs)
""",
        """
def nearest(outputs):
    return int(outputs.argmin())
""",
        """
def nearest(outputs):
    return list(outputs).index(min(outputs))
""",
        """
def nearest(outputs):
    return min(range(len(outputs)), key=lambda k: outputs[k])
""",
        """
def nearest(outputs):
    return np.argsort(outputs)[0]
""",
        """
def nearest(outputs):
    best = 0
    for k in range(1, 10):
        if outputs[k] < outputs[best]:
            best = k
    return best
""",
    ],
}

# (exercise, what a student writes, points, words of the cause that is named)
WRONG: list[tuple[str, str, float, str]] = [
    (
        "nearest",
        """
def nearest(outputs):
    outputs.sort()
    return 0
""",
        0,
        "sort and change a copy",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.pad(images, ((0, 0), (3, 1), (2, 2)))
""",
        4,
        "off the middle",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    out = np.zeros((len(images), 32, 32), "uint8")
    out[:, 2:30, 2:30] = images
    return out
""",
        0,
        "Fractions were cut off",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.pad(images, ((0, 0), (0, 4), (0, 4)))
""",
        4,
        "below and on the right",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.pad(images, ((0, 0), (4, 0), (4, 0)))
""",
        4,
        "above and on the left",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.pad(images, ((0, 0), (1, 3), (1, 3)))
""",
        4,
        "off the middle",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.pad(images, ((0, 0), (2, 2), (2, 2)), mode='edge')
""",
        0,
        "repeats the picture's edge",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.pad(images, 2)
""",
        0,
        "Pictures were added",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.zeros((len(images), 32, 32))
""",
        0,
        "Only zeros",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.resize(images, (len(images), 32, 32))
""",
        0,
        "",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return images
""",
        0,
        "rows and columns become 32",
    ),
    (
        "layer_shapes",
        """
def layer_shapes(side):
    return [(28, 28, 6), (14, 14, 6), (10, 10, 16), (5, 5, 16), (1, 1, 120), (84,)]
""",
        0,
        "5 takes 4",
    ),
    (
        "layer_shapes",
        """
def layer_shapes(side):
    a = side - 4
    b = a // 2
    c = b - 4
    d = c // 2
    return [(a, a, 6), (b, b, 6), (c, c, 16), (d, d, 16), (120,), (84,)]
""",
        8,
        "still has maps",
    ),
    (
        "layer_shapes",
        """
def layer_shapes(side):
    a = side - 4
    b = a // 2
    c = b - 4
    d = c // 2
    return [(6, a, a), (6, b, b), (16, c, c), (16, d, d), (120, d - 4, d - 4), (84,)]
""",
        0,
        "number of maps last",
    ),
    (
        "layer_shapes",
        """
def layer_shapes(side):
    a = side - 4
    b = a // 2
    c = b - 4
    d = c // 2
    return [(a, a, 6), (b, b, 6), (c, c, 16), (d, d, 16), (1, 1, 120), (84,)]
""",
        8,
        "only for a side of 32",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    return np.tanh(x)
""",
        0,
        "tanh alone",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    return 1.7159 * np.tanh(x)
""",
        0,
        "S is missing",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    return np.tanh(2 / 3 * x)
""",
        0,
        "A is missing",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    return 2 / 3 * np.tanh(1.7159 * x)
""",
        0,
        "changed places",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    return 1.7159 * np.tanh(2 // 3 * x)
""",
        0,
        "2 // 3 is 0",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    return 1.7159 * np.tanh(0.67 * x)
""",
        0,
        "rounded",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    return x
""",
        0,
        "Nothing was squashed",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    return 1 / (1 + np.exp(-x))
""",
        0,
        "sigmoid",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    return 1.0
""",
        0,
        "Each number",
    ),
    ("subsample", SUBSAMPLE + "    return scaled_tanh(total / 4 * coefficients + biases)", 0, "average"),
    ("subsample", SUBSAMPLE + "    return total * coefficients + biases", 0, "squashing is missing"),
    (
        "subsample",
        SUBSAMPLE + "    return scaled_tanh((total + biases) * coefficients)",
        0,
        "bias comes after",
    ),
    ("subsample", SUBSAMPLE + "    return scaled_tanh(total * coefficients[0] + biases[0])", 6, "first pair"),
    ("subsample", SUBSAMPLE + "    return scaled_tanh(total * coefficients)", 0, "bias is missing"),
    ("subsample", SUBSAMPLE + "    return scaled_tanh(total)", 0, "are missing"),
    ("subsample", SUBSAMPLE + "    return np.tanh(total * coefficients + biases)", 0, "not with tanh alone"),
    (
        "subsample",
        SUBSAMPLE
        + "    return scaled_tanh(maps.reshape(h // 2, 2, w // 2, 2, count).max((1, 3)) * coefficients + biases)",
        0,
        "largest",
    ),
    (
        "subsample",
        SUBSAMPLE + "    return scaled_tanh(maps * coefficients + biases)",
        0,
        "Nothing was made smaller",
    ),
    ("subsample", SUBSAMPLE + "    return np.zeros((2, 3, 1))", 0, "shape"),
    (
        "connected",
        """
def connected(k):
    return [0, 1, 2, 3, 4, 5]
""",
        0,
        "Only the last map",
    ),
    (
        "connected",
        """
def connected(k):
    if k < 12:
        return [k % 6 + i for i in range(3 if k < 6 else 4)]
    return [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], range(6)][k - 12]
""",
        2,
        "behind 5 comes 0",
    ),
    (
        "connected",
        """
def connected(k):
    if k < 12:
        return [(k + i) % 6 for i in range(3)]
    return [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]][k - 12]
""",
        6,
        "yours reads 3",
    ),
    (
        "connected",
        """
def connected(k):
    if k < 12:
        return [(k + 1 + i) % 6 for i in range(3 + k // 6)]
    return [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]][k - 12]
""",
        2,
        "first of its neighbours",
    ),
    (
        "connected",
        """
def connected(k):
    if k < 12:
        return [(k + i) % 6 for i in range(3 + k // 6)]
    return [[1, 2, 4, 5], [0, 1, 3, 4], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]][k - 12]
""",
        8,
        "opposite",
    ),
    ("partial_convolution", convolving(inputs="range(maps.shape[2])"), 4, "Every map was read"),
    ("partial_convolution", convolving(bias="0"), 0, "biases are missing"),
    ("partial_convolution", convolving(bias="biases[k] * len(inputs)"), 0, "add it once"),
    ("partial_convolution", convolving(bias="biases[0]"), 0, "first one for all"),
    (
        "partial_convolution",
        convolving(turned=("weights[:, :, m, k]", "weights[::-1, ::-1, m, k]")),
        0,
        "turned round",
    ),
    (
        "partial_convolution",
        convolving(place=("weights[:, :, m, k]", "weights[:, :, inputs.index(m), k]")),
        4,
        "place in the line",
    ),
    ("partial_convolution", convolving(inputs="range(len(inputs))"), 4, "not those that it names"),
    (
        "partial_convolution",
        convolving(
            shape=("len(table)))", "len(table)))[:, :, ::-1]"),
            end=("return out", "return out.transpose(2, 0, 1)"),
        ),
        0,
        "last axis",
    ),
    (
        "lenet5_params",
        """
def lenet5_params(maps, table, c5, f6):
    return [156, 12, 1516, 32, 48120, 10164]
""",
        0,
        "",
    ),
    ("lenet5_params", counting("25 * pairs + c3", "(25 * maps + 1) * c3"), 8, "every map reads all of S2"),
    ("lenet5_params", counting("26 * maps", "25 * maps"), 11, "biases are missing"),
    ("lenet5_params", counting("2 * maps", "0"), 10, "no max pooling"),
    ("lenet5_params", counting("2 * maps", "maps"), 10, "a coefficient and a bias"),
    ("lenet5_params", counting("2 * c3", "2 * maps"), 11, "not as S2"),
    ("lenet5_params", counting("25 * pairs + c3", "26 * pairs"), 8, "not one for each map that it reads"),
    ("lenet5_params", counting("(25 * c3 + 1) * c5", "(c3 + 1) * c5"), 10, "whole window"),
    ("lenet5_params", counting("(c5 + 1) * f6", "c5 * f6"), 10, "one for each unit"),
    (
        "rbf_output",
        """
def rbf_output(f6, prototypes):
    return np.linalg.norm(prototypes - f6, axis=1)
""",
        0,
        "root",
    ),
    (
        "rbf_output",
        """
def rbf_output(f6, prototypes):
    return ((prototypes - f6) ** 2).mean(axis=1)
""",
        0,
        "average",
    ),
    (
        "rbf_output",
        """
def rbf_output(f6, prototypes):
    return abs(prototypes - f6).sum(axis=1)
""",
        0,
        "square them",
    ),
    (
        "rbf_output",
        """
def rbf_output(f6, prototypes):
    return prototypes @ f6
""",
        0,
        "dense unit",
    ),
    (
        "rbf_output",
        """
def rbf_output(f6, prototypes):
    return ((prototypes - f6) ** 2).sum()
""",
        0,
        "once for each prototype",
    ),
    (
        "nearest",
        """
def nearest(outputs):
    return np.argmax(outputs)
""",
        0,
        "largest output",
    ),
    (
        "nearest",
        """
def nearest(outputs):
    return 3
""",
        0,
        "",
    ),
    (
        "nearest",
        """
def nearest(outputs):
    return min(outputs)
""",
        0,
        "its place is asked for",
    ),
    (
        "nearest",
        """
def nearest(outputs):
    return np.argmin(outputs) + 1
""",
        0,
        "counted from 0",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    x *= 2 / 3
    return 1.7159 * np.tanh(x)
""",
        6,
        "changes what it is given",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    out = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        out[place] = 1.7159 * np.tanh(2 / 3 * x[place])
    return out
""",
        6,
        "raised AttributeError",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    return np.atleast_1d(1.7159 * np.tanh(2 / 3 * x))
""",
        6,
        "comes out as one number",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    return np.sign(x)
""",
        0,
        "",
    ),
    (
        "scaled_tanh",
        """
def scaled_tanh(x):
    return x ** 3
""",
        0,
        "",
    ),
    (
        "subsample",
        SUBSAMPLE
        + """    total *= coefficients
    maps[:] = 0
    return scaled_tanh(total + biases)
""",
        6,
        "changes what it is given",
    ),
    (
        "partial_convolution",
        """
def partial_convolution(maps, weights, biases, table):
    for k, inputs in enumerate(table):
        for m in range(maps.shape[2]):
            if m not in inputs:
                weights[:, :, m, k] = 0
    windows = np.lib.stride_tricks.sliding_window_view(maps, weights.shape[:2], (0, 1))
    return np.einsum('ijmab,abmk->ijk', windows, weights) + biases
""",
        4,
        "changes what it is given",
    ),
    (
        "lenet5_params",
        """
def lenet5_params(maps, table, c5, f6):
    n, c3 = len(table), 0
    while table:
        c3 += 25 * len(table.pop()) + 1
    return [26 * maps, 2 * maps, c3, 2 * n, (25 * n + 1) * c5, (c5 + 1) * f6]
""",
        8,
        "changes what it is given",
    ),
    (
        "rbf_output",
        """
def rbf_output(f6, prototypes):
    prototypes -= f6
    prototypes **= 2
    return prototypes.sum(axis=1)
""",
        3,
        "changes what it is given",
    ),
    (
        "connected",
        """
def connected(k):
    if k < 12:
        return [(k + i) % 6 for i in range(3 + k // 6)]
    raise KeyError(k)
""",
        8,
        "connected(12) raised KeyError",
    ),
    (
        "connected",
        """
def connected(k):
    if k < 12:
        return [(k + i) % 6 for i in range(3 + k // 6)]
    return None
""",
        8,
        "connected(12) gave None",
    ),
    (
        "connected",
        """
def connected(k):
    if k < 12:
        return [(k + i) % 6 for i in range(3 + k // 6)]
    return [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3]][k - 12]
""",
        8,
        "Map 15 of C3 reads all six",
    ),
    (
        "connected",
        """
def connected(k):
    reads = [(k + i) % 6 for i in range(3 + k // 6)] if k < 12 else [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]][k - 12]
    return [m in reads for m in range(6)]
""",
        0,
        "not True and False",
    ),
    (
        "connected",
        """
def connected(k):
    return {7, *([(k + i) % 6 for i in range(3 + k // 6)] if k < 12 else [[0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5]][k - 12])}
""",
        0,
        "only the S2 maps 0 to 5",
    ),
    (
        "layer_shapes",
        """
def layer_shapes(side):
    a = side - 4
    b = a // 2
    c = b - 4
    d = c // 2
    return [(a, a, 6), (b, b, 6), (c, c, 16), (d, d, 16), (d - 4, d - 4, 120)]
""",
        0,
        "but yours has 5",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.pad(images.swapaxes(1, 2), ((0, 0), (2, 2), (2, 2)))
""",
        0,
        "Rows and columns have changed places",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.pad(np.repeat(images[:1], len(images), axis=0), ((0, 0), (2, 2), (2, 2)))
""",
        0,
        "Every picture is the first one",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.pad(images.astype('float16'), ((0, 0), (2, 2), (2, 2)))
""",
        0,
        "float16",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.pad(images.astype(float), ((0, 0), (2, 2), (2, 2)), constant_values=-1)
""",
        0,
        "the border is not 0 everywhere",
    ),
    (
        "pad_to_32",
        """
def pad_to_32(images):
    return np.pad(images * 2.5 + 1, ((0, 0), (2, 2), (2, 2)))
""",
        0,
        "inside it are not the pictures",
    ),
    (
        "subsample",
        SUBSAMPLE + "    return 1.7159 * np.tanh(0.67 * (total * coefficients + biases))",
        0,
        "the squashing is not. 2 / 3 was rounded",
    ),
    (
        "subsample",
        SUBSAMPLE + "    return 1 / (1 + np.exp(-total * coefficients - biases))",
        0,
        "the squashing is not. That is the sigmoid",
    ),
    (
        "nearest",
        """
def nearest(outputs):
    return next((k for k in range(10) if outputs[k] < 35), 0)
""",
        0,
        "",
    ),
    (
        "nearest",
        """
def nearest(outputs):
    return next((k for k in range(10) if outputs[k] < outputs.mean() / 3), 0)
""",
        0,
        "",
    ),
    (
        "nearest",
        """
def nearest(outputs):
    return np.argmin(outputs.astype('uint8'))
""",
        0,
        "The ten outputs are ",
    ),
    (
        "subsample",
        SUBSAMPLE + "    return scaled_tanh(total * abs(coefficients) + biases)",
        0,
        "",
    ),
    (
        "subsample",
        SUBSAMPLE + "    return scaled_tanh(total * coefficients + abs(biases))",
        0,
        "",
    ),
]

# Right for every side that practice can draw, and for no other.
LOOKED_UP = """
TABLE = {4 * n: [4 * n - 4, 2 * n - 2, 2 * n - 6, n - 3, n - 7] for n in range(8, 20)}
def layer_shapes(side):
    return [(n, n, c) for n, c in zip(TABLE[side], (6, 6, 16, 16, 120))] + [(84,)]
"""
