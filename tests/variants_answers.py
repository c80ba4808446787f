"""Answers to the exercises of lenet_variants: right ones in many spellings, and wrong ones with what they must get."""

COUNTS = """
def variant_params(filters, units, padding):
    side, channels, counts = 28, 1, []
    for count in filters:
        counts.append((25 * channels + 1) * count)
        side = (side - 4) // 2 if padding == 'valid' else (side + 1) // 2
        channels = count
    inputs = side * side * channels
    for count in units:
        counts.append((inputs + 1) * count)
        inputs = count
    return counts
"""
CHANGE = """
def biggest_change(one, other):
    changes = np.abs(np.array(other) - np.array(one))
    place = changes.argmax()
    return place, changes[place] / changes.sum()
"""
BATCHES = """
def batches(images, labels, size):
    found = []
    for start in range(0, len(images), size):
        found.append((images[start:start + size] / 255, labels[start:start + size]))
    return found
"""
SOFTMAX = """
def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
"""
ENTROPY = """
def cross_entropy(scores, labels):
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(labels)), labels].mean()
"""
SIGMOID = """
def sigmoid_loss(outputs, labels):
    right = outputs[np.arange(len(labels)), labels]
    return -np.log(right / outputs.sum(axis=1)).mean()
"""
STEP = (
    SOFTMAX
    + """
def train_step(weights, images, labels, rate):
    error = softmax(images @ weights)
    error[np.arange(len(labels)), labels] -= 1
    return weights - rate * images.T @ error / len(images)
"""
)
MOMENTUM = """
def momentum_step(weights, gradient, velocity, rate, momentum):
    velocity = momentum * velocity - rate * gradient
    return weights + velocity, velocity
"""
NESTEROV = """
def nesterov_step(weights, gradient, velocity, rate, momentum):
    velocity = momentum * velocity - rate * gradient
    return weights + momentum * velocity - rate * gradient, velocity
"""
ADAM = """
def adam_step(weights, gradient, m, v, step, rate):
    m = 0.9 * m + 0.1 * gradient
    v = 0.999 * v + 0.001 * gradient ** 2
    mean, square = m / (1 - 0.9 ** step), v / (1 - 0.999 ** step)
    return weights - rate * mean / (np.sqrt(square) + 1e-7), m, v
"""
EPOCHS = """
def epoch_accuracies(counts):
    return [sum(right for right, seen in epoch) / sum(seen for right, seen in epoch) for epoch in counts]
"""
UNMIXED = """
def unmixed(first, printed_first, last, printed_last):
    return (last * printed_last - first * printed_first) / (last - first)
"""


def edited(source: str, *changes: tuple[str, str]) -> str:
    for before, after in changes:
        assert before in source, before
        source = source.replace(before, after)
    return source


RIGHT: dict[str, list[str]] = {
    "variant_params": [
        COUNTS,
        edited(COUNTS, ("return counts", "return np.array(counts)")),
        edited(COUNTS, ("return counts", "return tuple(float(count) for count in counts)")),
        """
def variant_params(filters, units, padding):
    sides = {'valid': [28, 12, 4], 'same': [28, 14, 7, 4, 2]}[padding]
    before = [1] + list(filters)
    conv = [5 * 5 * a * b + b for a, b in zip(before, before[1:])]
    sizes = [sides[len(filters)] ** 2 * filters[-1]] + list(units)
    return conv + [a * b + b for a, b in zip(sizes, sizes[1:])]
""",
        """
def variant_params(filters, units, padding):
    def dense(inputs, units):
        return [units[0] * (inputs + 1), *dense(units[0], units[1:])] if units else []
    def conv(side, channels, filters):
        if not filters:
            return dense(side * side * channels, units)
        after = math.ceil((side - (4 if padding == 'valid' else 0)) / 2)
        return [filters[0] * (25 * channels + 1), *conv(after, filters[0], filters[1:])]
    return conv(28, 1, filters)
""",
        """
def variant_params(filters, units, padding):
    n = np.int64(28)
    last, out = np.int32(1), []
    for f in np.asarray(filters):
        out += [f * 25 * last + f]
        n = np.ceil((n if padding == 'same' else n - 4) / 2)
        last = f
    last = n ** 2 * last
    for u in np.asarray(units):
        out += [u * last + u]
        last = u
    return out
""",
    ],
    "biggest_change": [
        CHANGE,
        edited(CHANGE, ("return place, changes[place] / changes.sum()", "return [int(place), float(changes.max() / changes.sum())]")),
        edited(CHANGE, ("return place, changes[place] / changes.sum()", "return np.array([place, changes[place] / changes.sum()])")),
        """
def biggest_change(one, other):
    changes = [abs(a - b) for a, b in zip(one, other)]
    return changes.index(max(changes)), max(changes) / sum(changes)
""",
        """
def biggest_change(one, other):
    best, total = 0, 0
    for place in range(len(one)):
        change = abs(one[place] - other[place])
        total += change
        if change > abs(one[best] - other[best]):
            best = place
    return best, abs(one[best] - other[best]) / total
""",
    ],
    "batches": [
        BATCHES,
        """
def batches(images, labels, size):
    images = images.astype('float32') / 255
    return [[images[i:i + size], labels[i:i + size]] for i in range(0, len(labels), size)]
""",
        """
def batches(images, labels, size):
    cuts = np.arange(size, len(images), size)
    return list(zip(np.split(images / 255., cuts), np.split(labels, cuts)))
""",
        """
def batches(images, labels, size):
    def each():
        start = 0
        while start < len(images):
            yield np.divide(images[start:start + size], 255), labels[start:start + size].astype(int)
            start += size
    return tuple(each())
""",
        """
def batches(images, labels, size):
    found = []
    for image, label in zip(images, labels):
        if not found or len(found[-1][0]) == size:
            found.append(([], []))
        found[-1][0].append((image / 255).tolist())
        found[-1][1].append(int(label))
    return found
""",
    ],
    "softmax": [
        SOFTMAX,
        """
def softmax(scores):
    return [[math.exp(s - max(row)) / sum(math.exp(t - max(row)) for t in row) for s in row] for row in scores]
""",
        """
def softmax(scores):
    out = np.zeros(scores.shape)
    for n, row in enumerate(scores):
        e = np.exp(row - np.max(row))
        out[n] = e / np.sum(e)
    return out
""",
        """
def softmax(scores):
    lower = np.subtract(scores, np.max(scores, 1)[:, None])
    return np.exp(lower - np.log(np.exp(lower).sum(1))[:, None])
""",
        """
def softmax(scores):
    scores = np.asarray(scores, float)
    return 1 / np.exp(np.minimum(scores[:, None, :] - scores[:, :, None], 700)).sum(axis=2)
""",
    ],
    "cross_entropy": [
        ENTROPY,
        """
def cross_entropy(scores, labels):
    total = 0
    for row, label in zip(scores, labels):
        top = max(row)
        total += top + math.log(sum(math.exp(s - top) for s in row)) - row[label]
    return total / len(labels)
""",
        """
def cross_entropy(scores, labels):
    return np.mean([np.logaddexp.reduce(row) - row[label] for row, label in zip(scores, labels)])
""",
        """
def cross_entropy(scores, labels):
    right = np.eye(scores.shape[1])[labels]
    low = scores - scores.max(axis=-1)[:, np.newaxis]
    return float((np.log(np.exp(low).sum(axis=-1)) - (low * right).sum(axis=-1)).mean())
""",
        """
def cross_entropy(scores, labels):
    scores = scores.astype('float64')
    picked = np.take_along_axis(scores, labels[:, None], 1)
    differences = scores - picked
    top = differences.max(1)
    return np.array((top + np.log(np.exp(differences - top[:, None]).sum(1))).mean())
""",
    ],
    "sigmoid_loss": [
        SIGMOID,
        """
def sigmoid_loss(outputs, labels):
    return sum(math.log(sum(row) / row[label]) for row, label in zip(outputs, labels)) / len(labels)
""",
        """
def sigmoid_loss(outputs, labels):
    shares = outputs / outputs.sum(axis=1, keepdims=True)
    return np.mean(-np.log([share[label] for share, label in zip(shares, labels)]))
""",
        """
def sigmoid_loss(outputs, labels):
    hot = np.eye(outputs.shape[1])[labels]
    return np.mean(np.log(outputs.sum(1)) - np.log((outputs * hot).sum(1)))
""",
        """
def sigmoid_loss(outputs, labels):
    clipped = np.clip(outputs / np.sum(outputs, axis=-1, keepdims=True), 1e-7, 1 - 1e-7)
    return -np.log(np.take_along_axis(clipped, labels[:, None], axis=1)).mean()
""",
    ],
    "train_step": [
        STEP,
        """
def train_step(weights, images, labels, rate):
    new = np.array(weights, float)
    for image, label in zip(images, labels):
        powers = np.exp(image @ weights)
        share = powers / powers.sum()
        for kind in range(weights.shape[1]):
            new[:, kind] -= rate / len(images) * image * (share[kind] - (kind == label))
    return new
""",
        """
def train_step(weights, images, labels, rate):
    powers = np.exp(np.einsum('nd,dk->nk', images, weights))
    error = powers / powers.sum(1)[:, None] - (labels[:, None] == np.arange(weights.shape[1]))
    return weights - rate * np.einsum('nd,nk->dk', images, error) / len(labels)
""",
        """
def train_step(weights, images, labels, rate):
    powers = np.exp(images @ weights)
    error = powers / powers.sum(axis=1, keepdims=True) - np.eye(weights.shape[1])[labels]
    slopes = [np.outer(image, e) for image, e in zip(images, error)]
    return (weights - rate * np.mean(slopes, axis=0)).tolist()
""",
        """
def train_step(weights, images, labels, rate):
    def loss(w):
        s = images.astype(float) @ w
        return np.mean(np.log(np.exp(s).sum(1)) - s[np.arange(len(labels)), labels])
    new = weights.astype(float)
    for place in np.ndindex(weights.shape):
        up, down = weights.astype(float), weights.astype(float)
        up[place] += 1e-4
        down[place] -= 1e-4
        new[place] -= rate * (loss(up) - loss(down)) / 2e-4
    return new
""",
    ],
    "momentum_step": [
        MOMENTUM,
        edited(MOMENTUM, ("return weights + velocity, velocity", "return [weights + velocity, velocity]")),
        """
def momentum_step(weights, gradient, velocity, rate, momentum):
    step = rate * gradient - momentum * velocity
    return np.stack([weights - step, -step])
""",
        """
def momentum_step(weights, gradient, velocity, rate, momentum):
    new_weights, new_velocity = weights.copy(), velocity.copy()
    for place in np.ndindex(weights.shape):
        new_velocity[place] = momentum * velocity[place] - rate * gradient[place]
        new_weights[place] += new_velocity[place]
    return new_weights, new_velocity
""",
        """
def momentum_step(weights, gradient, velocity, rate, momentum):
    velocity = np.subtract(np.multiply(momentum, velocity), np.multiply(rate, gradient))
    return (weights + velocity).tolist(), velocity.tolist()
""",
    ],
    "nesterov_step": [
        NESTEROV,
        """
def nesterov_step(weights, gradient, velocity, rate, momentum):
    plain = -rate * gradient
    new = momentum * velocity + plain
    return [weights + plain + momentum * new, new]
""",
        """
def nesterov_step(weights, gradient, velocity, rate, momentum):
    new = momentum * velocity - rate * gradient
    return weights - momentum * velocity + (1 + momentum) * new, new
""",
        """
def nesterov_step(weights, gradient, velocity, rate, momentum):
    new = momentum * velocity - rate * gradient
    return np.array([weights + momentum ** 2 * velocity - (1 + momentum) * rate * gradient, new])
""",
        """
def nesterov_step(weights, gradient, velocity, rate, momentum):
    v = [momentum * a - rate * g for a, g in zip(velocity, gradient)]
    return [w + momentum * a - rate * g for w, a, g in zip(weights, v, gradient)], v
""",
    ],
    "adam_step": [
        ADAM,
        """
def adam_step(weights, gradient, m, v, step, rate):
    m = m + (gradient - m) * (1 - 0.9)
    v = v + (np.square(gradient) - v) * (1 - 0.999)
    alpha = rate * np.sqrt(1 - 0.999 ** step) / (1 - 0.9 ** step)
    return weights - m * alpha / (np.sqrt(v) + 1e-7), m, v
""",
        edited(ADAM, ("(np.sqrt(square) + 1e-7)", "(square ** 0.5 + 1e-8)")),
        edited(ADAM, ("return weights - rate * mean / (np.sqrt(square) + 1e-7), m, v", "return np.stack([weights - rate * mean / (np.sqrt(square) + 1e-7), m, v])")),
        """
def adam_step(weights, gradient, m, v, step, rate):
    new_m, new_v, new = np.zeros(m.shape), np.zeros(v.shape), np.array(weights)
    for p in np.ndindex(weights.shape):
        new_m[p] = 0.9 * m[p] + (1 - 0.9) * gradient[p]
        new_v[p] = 0.999 * v[p] + (1 - 0.999) * gradient[p] ** 2
        new[p] -= rate * (new_m[p] / (1 - 0.9 ** step)) / (math.sqrt(new_v[p] / (1 - 0.999 ** step)) + 1e-7)
    return [new.tolist(), new_m, new_v]
""",
    ],
    "epoch_accuracies": [
        EPOCHS,
        """
def epoch_accuracies(counts):
    found = []
    for epoch in counts:
        right = seen = 0
        for r, s in epoch:
            right, seen = right + r, seen + s
        found.append(right / seen)
    return found
""",
        """
def epoch_accuracies(counts):
    return np.array([np.divide(*np.sum(epoch, axis=0)) for epoch in counts])
""",
        """
class Accuracy:
    def __init__(self):
        self.reset()
    def reset(self):
        self.right = self.seen = 0
    def update(self, right, seen):
        self.right += right
        self.seen += seen
    def result(self):
        return np.float32(self.right / self.seen)
def epoch_accuracies(counts):
    accuracy, found = Accuracy(), ()
    for epoch in counts:
        accuracy.reset()
        for batch in epoch:
            accuracy.update(*batch)
        found += (accuracy.result(),)
    return found
""",
        """
def epoch_accuracies(counts):
    return [np.average([r / s for r, s in epoch], weights=[s for _, s in epoch]) for epoch in counts]
""",
    ],
    "unmixed": [
        UNMIXED,
        """
def unmixed(first, printed_first, last, printed_last):
    return np.float64(last * printed_last - first * printed_first) / np.int64(last - first)
""",
        """
def unmixed(first, printed_first, last, printed_last):
    return printed_last + first * (printed_last - printed_first) / (last - first)
""",
        """
def unmixed(first, printed_first, last, printed_last):
    total = last * printed_last
    for _ in range(first):
        total -= printed_first
    return np.array(total / (last - first))
""",
        """
def unmixed(a, p, b, q):
    share = a / b
    return (q - share * p) / (1 - share)
""",
    ],
}  # fmt: skip

NETWORK = """
import keras
from keras import layers

def NAME():
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(ONE, 5, activation='sigmoid'),
        layers.MaxPooling2D(2),
        layers.Conv2D(TWO, 5, activation='sigmoid'),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(UNITS, activation='sigmoid'),
        layers.Dense(10, activation='sigmoid'),
    ])
"""
FUNCTIONAL = """
import keras
from keras import layers

def NAME():
    pool = layers.MaxPool2D((2, 2), strides=2)
    inputs = x = keras.Input(shape=(28, 28, 1))
    for filters in (ONE, TWO):
        x = pool(keras.ops.sigmoid(layers.Conv2D(filters, (5, 5))(x)))
    x = layers.Dense(UNITS, 'sigmoid')(layers.Reshape((-1,))(x))
    return keras.Model(inputs, layers.Activation('sigmoid')(layers.Dense(10)(x)))
"""
CLASS = """
import keras
from keras import layers

class Mended(keras.Model):
    def __init__(self):
        super().__init__()
        self.conv_1 = layers.Conv2D(32, 5, activation='sigmoid')
        self.pool_1 = layers.MaxPooling2D(2)
        self.conv_2 = layers.Conv2D(64, 5, activation='sigmoid')
        self.pool_2 = layers.MaxPooling2D(2)
        self.flatten = layers.Flatten()
        self.dense_1 = layers.Dense(512, activation='sigmoid')
        self.dense_2 = layers.Dense(10, activation='sigmoid')

    def call(self, x):
        x = self.pool_1(self.conv_1(x))
        x = self.pool_2(self.conv_2(x))
        return self.dense_2(self.dense_1(self.flatten(x)))

def build_subclassed():
    return Mended()
"""
DERIVED = edited(
    CLASS,
    ("activation='sigmoid')\n        self.pool", "activation='sigmoid', padding='same')\n        self.pool"),
    ("class Mended", "class Textbook"),
    (
        "    return Mended()",
        """
    class Mended(Textbook):
        def __init__(self):
            super().__init__()
            self.conv_1 = layers.Conv2D(32, 5, activation='sigmoid')
            self.conv_2 = layers.Conv2D(64, 5, activation='sigmoid')
    return Mended()""",
    ),
)
LAST_FIRST = edited(
    CLASS,
    ("        self.dense_2 = layers.Dense(10, activation='sigmoid')\n", ""),
    (
        "super().__init__()\n",
        "super().__init__()\n        self.dense_2 = layers.Dense(10, activation='sigmoid')\n",
    ),
)
OF_BLOCKS = """
import keras
from keras import layers

class Block(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.conv, self.pool = layers.Conv2D(filters, 5), layers.MaxPool2D()
    def call(self, x):
        return self.pool(keras.activations.sigmoid(self.conv(x)))

class Mended(keras.Sequential):
    pass

def build_subclassed():
    dense = [layers.Dense(units, activation=keras.ops.sigmoid) for units in (512, 10)]
    return Mended([Block(32), Block(64), layers.Flatten(), *dense])
"""


def network(form: str, name: str) -> str:
    one, two, units = (6, 16, 128) if name == "build_narrow" else (32, 64, 512)
    return (
        form.replace("NAME", name)
        .replace("ONE", str(one))
        .replace("TWO", str(two))
        .replace("UNITS", str(units))
    )


WHITE = """
import keras
from keras import layers

def NAME():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.parts = [
                layers.Conv2D(ONE, 5, activation='sigmoid'), layers.MaxPooling2D(), layers.Conv2D(TWO, 5, activation='sigmoid'),
                layers.MaxPooling2D(), layers.Flatten(), layers.Dense(UNITS, 'sigmoid'), layers.Dropout(0.2), layers.Dense(10, 'sigmoid'),
            ]
        def call(self, x):
            for part in self.parts:
                x = part(x)
            return x
    return Own()
"""
PADDED_POOLS = NETWORK.replace("MaxPooling2D(2)", "MaxPooling2D(2, padding='same')")
ADDED = """
import keras
from keras import layers

def NAME():
    model = keras.Sequential()
    model.add(layers.Input(shape=(28, 28, 1), name='picture'))
    for filters in [ONE, TWO]:
        model.add(layers.Conv2D(filters=filters, kernel_size=(5, 5), padding='valid'))
        model.add(layers.Activation('sigmoid'))
        model.add(layers.MaxPooling2D(pool_size=(2, 2), strides=(2, 2)))
    model.add(layers.Flatten())
    model.add(layers.Dense(units=UNITS, activation=keras.activations.sigmoid))
    model.add(layers.Dense(units=10, activation='sigmoid'))
    return model
"""
FORMS = (NETWORK, FUNCTIONAL, WHITE, PADDED_POOLS, ADDED)
RIGHT_NETWORKS = [
    *((name, network(form, name)) for name in ("build_narrow", "build_wide") for form in FORMS),
    *(("build_subclassed", source) for source in (CLASS, DERIVED, LAST_FIRST, OF_BLOCKS)),
    ("build_subclassed", network(WHITE, "build_subclassed")),
]
# (exercise, what a student writes, points, words of the cause that is named)
WRONG_NETWORKS: list[tuple[str, str, float, str]] = [
    (name, edited(network(NETWORK, name), change), points, cause)
    for name, change, points, cause in (
        ("build_narrow", ("Conv2D(16, 5,", "Conv2D(16, 5, padding='same',"), 0, "It is padded"),
        ("build_narrow", ("Conv2D(16, 5,", "Conv2D(16, 3,"), 0, "10 × 10 × 16"),
        ("build_narrow", ("(10, activation='sigmoid')", "(10)"), 4, "uses no activation"),
        ("build_narrow", ("(10, activation='sigmoid')", "(10, activation='softmax')"), 4, "uses softmax"),
        ("build_narrow", ("Conv2D(6, 5, activation='sigmoid')", "Conv2D(6, 5, activation='relu')"), 4, "uses relu"),
        ("build_narrow", ("MaxPooling2D", "AveragePooling2D"), 0, "should be a MaxPooling2D"),
        ("build_narrow", ("layers.Dense(128, activation='sigmoid'),", "layers.Dense(120, activation='sigmoid'),\n        layers.Dense(84, activation='sigmoid'),"), 0, "44,426 is LeNet itself"),
        ("build_narrow", ("Dense(10, activation='sigmoid')", "Dense(10, activation='sigmoid', use_bias=False)"), 4, "are the biases there"),
        ("build_narrow", ("Input((28, 28, 1))", "Input((32, 32, 1))"), 0, "It takes pictures of 32 × 32 × 1"),
        ("build_wide", ("(512", "(128"), 0, "should be a Dense that gives 512"),
        ("build_wide", ("layers.Flatten(),\n", ""), 0, "should be a Flatten"),
        ("build_wide", ("5, activation", "5, padding='same', activation"), 0, "1,663,370 is the wide network with padding"),
    )
] + [
    ("build_wide", network(NETWORK, "build_narrow").replace("build_narrow", "build_wide"), 0, "36,758 is the narrow network"),
    ("build_wide", network(NETWORK, "build_wide").replace("return keras.Sequential", "keras.Sequential"), 0, "gave None"),
    ("build_subclassed", CLASS.replace("5, activation", "5, padding='same', activation"), 0, "1,663,370"),
    ("build_subclassed", network(NETWORK, "build_subclassed"), 4, "its class is one of Keras"),
    ("build_subclassed", CLASS.replace("Mended()", "Mended"), 0, "call it, with ( )"),
    ("build_subclassed", edited(CLASS, ("self.dense_2(self.dense_1(self.flatten(x)))", "self.dense_2(self.dense_1(self.flatten(x))) ** 2")), 0, ""),
    ("build_subclassed", edited(CLASS, ("self.pool_2(self.conv_2(x))", "self.conv_2(x)")), 0, ""),
]  # fmt: skip

# (exercise, what a student writes, points, words of the cause that is named)
WRONG: list[tuple[str, str, float, str]] = [
    ("variant_params", edited(COUNTS, ("(25 * channels + 1) * count", "25 * channels * count")), 8, "biases are missing"),
    ("variant_params", edited(COUNTS, ("(25 * channels + 1) * count", "26 * count")), 10, "every channel that comes in"),
    ("variant_params", edited(COUNTS, ("(side + 1) // 2", "side // 2")), 11, "7 pixels are pooled to 4"),
    ("variant_params", edited(COUNTS, ("(side - 4) // 2 if padding == 'valid' else ", "")), 11, "takes 4 from the side"),
    ("variant_params", edited(COUNTS, (" if padding == 'valid' else (side + 1) // 2", "")), 11, "takes nothing from the side"),
    ("variant_params", edited(COUNTS, ("side * side * channels", "side * side")), 8, "channels are missing"),
    ("variant_params", edited(COUNTS, ("(inputs + 1) * count", "inputs * count")), 6, "one for each unit"),
    ("variant_params", edited(COUNTS, ("return counts", "return sum(counts)")), 0, "a list of"),
    ("variant_params", "def variant_params(filters, units, padding):\n    return [832, 51264, 524800, 5130]", 0, ""),
    ("variant_params", edited(COUNTS, ("for count in filters:", "while filters:\n        count = filters.pop(0)")), 10, "changes what it is given"),
    ("biggest_change", edited(CHANGE, ("changes.argmax()", "np.argmax(other)")), 0, "most parameters"),
    ("biggest_change", edited(CHANGE, ("np.abs(np.array(other) - np.array(one))", "np.array(other) - np.array(one)")), 0, "fewer parameters too"),
    ("biggest_change", edited(CHANGE, ("return place, ", "return place + 1, ")), 3, "counted from 0"),
    ("biggest_change", edited(CHANGE, ("/ changes.sum()", "/ changes.sum() * 100")), 3, "per cent"),
    ("biggest_change", edited(CHANGE, ("/ changes.sum()", "/ sum(other)")), 3, "not by all parameters"),
    ("biggest_change", edited(CHANGE, ("/ changes.sum()", "/ abs(sum(other) - sum(one))")), 3, "before you add up"),
    ("biggest_change", edited(CHANGE, ("return place, changes[place] / changes.sum()", "return place")), 0, "a place and a share"),
    ("biggest_change", "def biggest_change(one, other):\n    return 2, 0.902", 0, ""),
    ("biggest_change", edited(CHANGE, ("changes = np", "one.reverse()\n    other.reverse()\n    one.reverse()\n    changes = np")), 0, ""),
    ("batches", edited(BATCHES, (" / 255", "")), 4, "divide by 255"),
    ("batches", edited(BATCHES, ("len(images), size)", "len(images) - size + 1, size)")), 0, "What is left at the end is lost"),
    ("batches", edited(BATCHES, ("labels[start:start + size]", "labels[:size]")), 0, ""),
    ("batches", edited(BATCHES, ("labels[start:start + size]", "labels[start:start + size] / 255")), 4, "whole numbers"),
    ("batches", edited(BATCHES, ("images[start:start + size] / 255", "images[::-1][start:start + size] / 255")), 4, "another order"),
    ("batches", edited(BATCHES, ("/ 255", "// 255")), 4, "rounds down"),
    ("batches", edited(BATCHES, ("        found.append((", "        yield ("), ("start + size]))", "start + size])"), ("    return found", ""), ("    found = []\n", "")), 0, "a generator"),
    ("batches", "def batches(images, labels, size):\n    return [(images / 255, labels)]", 0, "All in one batch"),
    ("batches", edited(BATCHES, ("return found", "images[:] = 0\n    return found")), 4, "changes what it is given"),
    ("batches", "def batches(images, labels, size):\n    return [images[i:i + size] / 255 for i in range(0, len(images), size)]", 0, "(images, labels)"),
    ("softmax", edited(SOFTMAX, (" - scores.max(axis=1, keepdims=True)", "")), 2, "more than a computer's number holds"),
    ("softmax", edited(SOFTMAX, ("powers.sum(axis=1, keepdims=True)", "powers.sum()")), 0, ""),
    ("softmax", "def softmax(scores):\n    return [[math.exp(s) / sum(math.exp(t) for t in row) for s in row] for row in scores]", 2, "raised OverflowError"),
    ("variant_params", edited(COUNTS, ("    side, channels", "    assert padding == 'valid'\n    side, channels")), 11, "raised AssertionError"),
    ("variant_params", edited(COUNTS, ("    return counts", "    if padding == 'valid':\n        return counts")), 11, "gave None"),
    ("softmax", "def softmax(scores):\n    return np.exp(scores) / np.exp(scores).sum()", 0, "sum of its row"),
    ("softmax", "def softmax(scores):\n    return np.exp(scores) / np.exp(scores).sum(axis=0)", 0, "axis=1"),
    ("softmax", "def softmax(scores):\n    return 1 / (1 + np.exp(-scores))", 0, "That is the sigmoid"),
    ("softmax", "def softmax(scores):\n    return scores / scores.sum(axis=1, keepdims=True)", 0, "e to the power of each first"),
    ("softmax", edited(SOFTMAX, ("powers = ", "scores -= 1\n    powers = ")), 2, "changes what it is given"),
    ("softmax", "def softmax(scores):\n    return np.full(scores.shape, 1 / scores.shape[1])", 0, ""),
    ("cross_entropy", edited(ENTROPY, ("return -", "return ")), 0, "sign is missing"),
    ("cross_entropy", edited(ENTROPY, (".mean()", ".sum()")), 2, "not the sum"),
    ("cross_entropy", edited(ENTROPY, ("    scores = scores - scores.max(axis=1, keepdims=True)\n", "")), 4, "more than a computer's number holds"),
    ("cross_entropy", edited(ENTROPY, ("np.log(", "np.log2("), ("scores - np", "scores / np.log(2) - np")), 0, "base 2"),
    ("cross_entropy", edited(SOFTMAX + ENTROPY, ("    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))\n", "    logs = np.log(softmax(scores) + 1e-7)\n")), 4, "costs too little"),
    ("cross_entropy", edited(ENTROPY, ("labels].mean()", "scores.argmax(axis=1)].mean()")), 0, "the right kind's is asked for"),
    ("cross_entropy", edited(ENTROPY, ("-logs[", "-scores[")), 0, ""),
    ("cross_entropy", edited(ENTROPY, (".mean()", "")), 0, "one number is left"),
    ("cross_entropy", edited(ENTROPY, ("scores = scores - scores.max", "scores -= scores.max")), 4, "changes what it is given"),
    ("cross_entropy", "def cross_entropy(scores, labels):\n    return 2.302585", 0, ""),
    ("sigmoid_loss", edited(SIGMOID, ("right / outputs.sum(axis=1)", "right")), 0, "not divided by the sum"),
    ("sigmoid_loss", edited(SIGMOID, ("np.log(right / outputs.sum(axis=1))", "np.log(np.exp(right) / np.exp(outputs).sum(axis=1))")), 0, "Softmax was applied"),
    ("sigmoid_loss", edited(SIGMOID, ("outputs.sum(axis=1)", "outputs.sum()")), 2, "not of all"),
    ("sigmoid_loss", edited(SIGMOID, (".mean()", ".sum()")), 2, "not the sum"),
    ("sigmoid_loss", edited(SIGMOID, ("return -", "return ")), 0, "sign is missing"),
    ("sigmoid_loss", edited(SIGMOID, ("right = ", "outputs /= outputs.sum(axis=1, keepdims=True)\n    right = ")), 2, "changes what it is given"),
    ("train_step", edited(STEP, ("weights - rate", "weights + rate")), 0, "goes up"),
    ("train_step", edited(STEP, (" / len(images)", "")), 3, "not the sum"),
    ("train_step", edited(STEP, ("    error[np.arange(len(labels)), labels] -= 1\n", "")), 0, "less 1"),
    ("train_step", edited(STEP, ("rate * images", "images")), 0, "rate is missing"),
    ("train_step", edited(STEP, ("error = softmax(images @ weights)", "error = images @ weights")), 0, "softmax comes before"),
    ("train_step", edited(STEP, ("return weights - rate * images", "return images")), 0, "a step against it"),
    ("train_step", edited(STEP, ("return weights - rate * images.T @ error / len(images)", "weights -= rate * images.T @ error / len(images)\n    return weights")), 3, "changes what it is given"),
    ("train_step", edited(STEP, ("return weights - rate * images.T @ error / len(images)", "return error")), 0, "a column for each kind"),
    ("momentum_step", edited(MOMENTUM, ("- rate * gradient", "+ rate * gradient")), 0, "sign of the slope"),
    ("momentum_step", edited(MOMENTUM, ("velocity - rate * gradient", "velocity + gradient"), ("weights + velocity", "weights - rate * velocity")), 0, "without the rate in it"),
    ("momentum_step", edited(MOMENTUM, ("momentum * velocity - ", "-")), 2, "old velocity is lost"),
    ("momentum_step", edited(MOMENTUM, ("momentum * velocity", "velocity")), 2, "not slowed down"),
    ("momentum_step", edited(MOMENTUM, ("- rate *", "- (1 - momentum) * rate *")), 0, "That is an average"),
    ("momentum_step", edited(MOMENTUM, ("weights + velocity, velocity", "weights - rate * gradient, velocity")), 2, "not by the slope alone"),
    ("momentum_step", edited(MOMENTUM, ("weights + velocity, velocity", "velocity, weights + velocity")), 0, "another order"),
    ("momentum_step", edited(MOMENTUM, ("return weights + velocity, velocity", "return weights + velocity")), 0, "return both"),
    ("momentum_step", edited(MOMENTUM, ("return weights + velocity, velocity", "weights += velocity\n    return weights, velocity")), 2, "changes what it is given"),
    ("momentum_step", NESTEROV.replace("nesterov_step", "momentum_step"), 0, "Nesterov's step"),
    ("nesterov_step", MOMENTUM.replace("momentum_step", "nesterov_step"), 0, "plain momentum"),
    ("nesterov_step", edited(NESTEROV, (" - rate * gradient, velocity", ", velocity")), 0, "the plain one is missing"),
    ("nesterov_step", edited(NESTEROV, ("weights + momentum * velocity", "weights + velocity")), 0, "slowed down once more"),
    ("nesterov_step", edited(NESTEROV, ("weights + momentum * velocity - rate", "weights + momentum * velocity + rate")), 0, "subtracted, not added"),
    ("nesterov_step", edited(NESTEROV, ("velocity = momentum * velocity - rate * gradient", "velocity *= momentum\n    velocity -= rate * gradient")), 1, "changes what it is given"),
    ("adam_step", edited(ADAM, ("0.9 * m + 0.1 * gradient", "0.1 * m + 0.9 * gradient")), 1, "changed places"),
    ("adam_step", edited(ADAM, ("0.999 * v + 0.001 * gradient ** 2", "0.999 * v + 0.001 * gradient")), 1, "the square of the slope"),
    ("adam_step", edited(ADAM, ("m / (1 - 0.9 ** step), v / (1 - 0.999 ** step)", "m, v")), 2, "were not enlarged"),
    ("adam_step", edited(ADAM, ("v / (1 - 0.999 ** step)", "v")), 2, "v was not enlarged"),
    ("adam_step", edited(ADAM, ("np.sqrt(square)", "square")), 2, "root of v is missing"),
    ("adam_step", edited(ADAM, ("0.9 ** step", "0.9"), ("0.999 ** step", "0.999")), 4, "as at step 1"),
    ("adam_step", edited(ADAM, ("** step", "** (step + 1)")), 2, "counts one more"),
    ("adam_step", edited(ADAM, ("0.9 ** step", "0.9 * step"), ("0.999 ** step", "0.999 * step")), 4, "It is a power"),
    ("adam_step", edited(ADAM, ("weights - rate", "weights + rate")), 2, "goes up"),
    ("adam_step", edited(ADAM, ("(np.sqrt(square) + 1e-7)", "np.sqrt(square)")), 7, "0 divided by 0"),
    ("adam_step", """
def adam_step(weights, gradient, m, v, step, rate):
    m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient ** 2
    new = [w - rate * a / (1 - 0.9 ** step) / math.sqrt(b / (1 - 0.999 ** step)) for w, a, b in zip(weights.ravel(), m.ravel().tolist(), v.ravel().tolist())]
    return np.reshape(new, weights.shape), m, v
""", 7, "ZeroDivisionError"),
    ("cross_entropy", """
def cross_entropy(scores, labels):
    total = 0
    for row, label in zip(scores.tolist(), labels.tolist()):
        powers = [math.exp(score - max(row)) for score in row]
        total -= math.log(powers[label] / sum(powers))
    return total / len(labels)
""", 4, "math domain error"),
    ("cross_entropy", """
def cross_entropy(scores, labels):
    powers = np.exp(scores.astype(float) - scores.max(axis=1, keepdims=True))
    return -np.log((powers / powers.sum(axis=1, keepdims=True))[np.arange(len(labels)), labels]).mean()
""", 4, "a share that became 0 has no logarithm"),
    ("batches", """
def batches(images, labels, size):
    found = []
    for start in range(0, len(images), size):
        found.append((images[start:start + size] / 255, labels[start:start + size]))
        return found
""", 0, "does return stand inside the loop"),
    ("nesterov_step", edited(NESTEROV, ("weights + momentum * velocity", "weights - momentum * velocity")), 0, "is added, not subtracted"),
    ("epoch_accuracies", edited(EPOCHS, ("for right, seen in epoch) / sum", "for right, seen in epoch) // sum")), 0, "divide with /"),
    ("epoch_accuracies", edited(EPOCHS, ("for epoch in counts]", "for epoch in counts][::-1]")), 1, "in the wrong order"),
    ("epoch_accuracies", edited(EPOCHS, ("return [", "return [round("), (" for epoch in counts]", ", 2) for epoch in counts]")), 0, "round only when you print"),
    ("adam_step", edited(ADAM, (", m, v\n", ", mean, square\n")), 6, "as it is kept"),
    ("adam_step", edited(ADAM, ("1e-7), m, v", "1e-7)")), 0, "return all three"),
    ("adam_step", "def adam_step(weights, gradient, m, v, step, rate):\n    return weights - rate * np.sign(gradient), 0.1 * gradient, 0.001 * gradient ** 2", 2, "old m is lost"),
    ("adam_step", edited(ADAM, ("    m = 0.9 * m", "    m *= 0.9\n    m = m")), 4, "changes what it is given"),
    ("epoch_accuracies", """
def epoch_accuracies(counts):
    right, seen, found = 0, 0, []
    for epoch in counts:
        for r, s in epoch:
            right, seen = right + r, seen + s
        found.append(right / seen)
    return found
""", 1, "count anew in each epoch"),
    ("epoch_accuracies", "def epoch_accuracies(counts):\n    return [np.mean([r / s for r, s in epoch]) for epoch in counts]", 0, "a smaller one must not count as much"),
    ("epoch_accuracies", "def epoch_accuracies(counts):\n    return [epoch[-1][0] / epoch[-1][1] for epoch in counts]", 0, "last batch alone"),
    ("epoch_accuracies", edited(EPOCHS, (") / sum", ") * 100 / sum")), 0, "per cent"),
    ("epoch_accuracies", "def epoch_accuracies(counts):\n    return [[r / s for r, s in epoch] for epoch in counts]", 0, "a number for each epoch"),
    ("epoch_accuracies", """
def epoch_accuracies(counts):
    found = []
    while counts:
        epoch = counts.pop(0)
        found.append(sum(r for r, s in epoch) / sum(s for r, s in epoch))
    return found
""", 1, "changes what it is given"),
    ("unmixed", edited(UNMIXED, (" / (last - first)", "")), 2, "number of epochs in between"),
    ("unmixed", "def unmixed(first, printed_first, last, printed_last):\n    return printed_last - printed_first", 0, "how much more was printed"),
    ("unmixed", "def unmixed(first, printed_first, last, printed_last):\n    return printed_last", 0, "what was printed"),
    ("unmixed", edited(UNMIXED, ("(last - first)", "last")), 0, "not by all"),
    ("unmixed", edited(UNMIXED, ("(last - first)", "(last - first + 1)")), 0, "not 6"),
    ("unmixed", "def unmixed(first, printed_first, last, printed_last):\n    return 2 * printed_last - printed_first", 0, ""),
]  # fmt: skip
