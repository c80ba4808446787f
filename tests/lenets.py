"""Networks as students write them: right ones in many ways, and wrong ones with what they earn.

Each is the source of a cell that defines build_lenet, with keras, layers, ops and np at hand; one that
uses TensorFlow itself says tf. A right one computes LeNet, whatever it looks like. A wrong one has its
points of 20, and a piece of the help that its report must show.
"""

from __future__ import annotations

import itertools
import textwrap

ACT = 'activation="sigmoid"'


def cell(body: str) -> str:
    return textwrap.dedent(body).strip()


def sequential(*lines: str, shape: str = "(28, 28, 1)") -> str:
    """A Sequential of these layers, one a line."""
    inside = "".join(f"        {line},\n" for line in lines)
    return f"def build_lenet():\n    return keras.Sequential([\n        keras.Input(shape={shape}),\n{inside}    ])"


def stack(act: str = ACT, last: str | None = None, pool: str = "layers.MaxPooling2D(2)") -> list[str]:
    """LeNet's eight layers with these activations and poolings."""
    return [
        f"layers.Conv2D(6, 5, {act})", pool, f"layers.Conv2D(16, 5, {act})", pool, "layers.Flatten()",
        f"layers.Dense(120, {act})", f"layers.Dense(84, {act})",
        f"layers.Dense(10, {act if last is None else last})",
    ]  # fmt: skip


def replaced(place: int, *lines: str) -> list[str]:
    layers = stack()
    layers[place : place + 1] = lines
    return layers


def inserted(place: int, *lines: str) -> list[str]:
    layers = stack()
    layers[place:place] = lines
    return layers


def subclass(init: str, call: str, base: str = "keras.Model") -> str:
    init = textwrap.indent(textwrap.dedent(init).strip(), " " * 8)
    call = textwrap.indent(textwrap.dedent(call).strip(), " " * 8)
    return (
        f"class LeNet({base}):\n    def __init__(self):\n        super().__init__()\n{init}\n\n"
        f"    def call(self, x):\n{call}\n\n\ndef build_lenet():\n    return LeNet()"
    )


def functional(*lines: str) -> str:
    """inputs, then lines that each make another x, then the model."""
    body = "".join(f"    {line}\n" for line in lines)
    return (
        "def build_lenet():\n    inputs = x = keras.Input((28, 28, 1))\n"
        f"{body}    return keras.Model(inputs, x)"
    )


PARTS = """
self.c1 = layers.Conv2D(6, 5, activation="sigmoid")
self.c2 = layers.Conv2D(16, 5, activation="sigmoid")
self.d1 = layers.Dense(120, activation="sigmoid")
self.d2 = layers.Dense(84, activation="sigmoid")
self.d3 = layers.Dense(10, activation="sigmoid")
"""
PLAIN_PARTS = PARTS.replace(', activation="sigmoid"', "")

SIGMOIDS = {
    "by its name": ACT,
    "of keras.activations": "activation=keras.activations.sigmoid",
    "of keras.ops": "activation=ops.sigmoid",
    "of tensorflow": "activation=tf.nn.sigmoid",
    "as a formula": "activation=lambda x: 1 / (1 + ops.exp(-x))",
    "by tanh": "activation=lambda x: (1 + ops.tanh(x / 2)) / 2",
    "as a layer": "activation=layers.Activation('sigmoid')",
}

RIGHT: dict[str, str] = {
    f"sequential, sigmoid {name}": sequential(*stack(act)) for name, act in SIGMOIDS.items()
}

# One object called at several places.
RIGHT |= {
    "one pooling, subclassed": subclass(
        PARTS + "self.pool = layers.MaxPooling2D(2)\nself.flat = layers.Flatten()",
        "x = self.pool(self.c1(x))\nx = self.flat(self.pool(self.c2(x)))\nreturn self.d3(self.d2(self.d1(x)))",
    ),
    "one pooling, strides told": subclass(
        PARTS + "self.pool = layers.MaxPool2D(pool_size=(2, 2), strides=2)\nself.flat = layers.Flatten()",
        "x = self.pool(self.c1(x))\nx = self.flat(self.pool(self.c2(x)))\nreturn self.d3(self.d2(self.d1(x)))",
    ),
    "one pooling, functional": functional(
        "pool = layers.MaxPooling2D(2)", f"x = pool(layers.Conv2D(6, 5, {ACT})(x))",
        f"x = pool(layers.Conv2D(16, 5, {ACT})(x))", "x = layers.Flatten()(x)",
        f"for n in (120, 84, 10): x = layers.Dense(n, {ACT})(x)",
    ),
    "one pooling in a loop, functional": functional(
        "pool = layers.MaxPooling2D()",
        f"for n in (6, 16): x = pool(layers.Conv2D(n, 5, {ACT})(x))", "x = layers.Flatten()(x)",
        f"for n in (120, 84, 10): x = layers.Dense(n, {ACT})(x)",
    ),
    "one activation, subclassed": subclass(
        PLAIN_PARTS + "self.act = layers.Activation('sigmoid')\nself.pool = layers.MaxPooling2D(2)\nself.flat = layers.Flatten()",
        "x = self.pool(self.act(self.c1(x)))\nx = self.flat(self.pool(self.act(self.c2(x))))\n"
        "return self.act(self.d3(self.act(self.d2(self.act(self.d1(x))))))",
    ),
    "one activation, functional": functional(
        "act, pool = layers.Activation('sigmoid'), layers.MaxPooling2D(2)",
        "for n in (6, 16): x = pool(act(layers.Conv2D(n, 5)(x)))", "x = layers.Flatten()(x)",
        "for n in (120, 84, 10): x = act(layers.Dense(n)(x))",
    ),
    "one activation for convolutions, one for dense layers": functional(
        "one, two = layers.Activation('sigmoid'), layers.Activation('sigmoid')",
        "for n in (6, 16): x = layers.MaxPooling2D(2)(one(layers.Conv2D(n, 5)(x)))",
        "x = layers.Flatten()(x)", "for n in (120, 84, 10): x = two(layers.Dense(n)(x))",
    ),
    "one activation, behind the pooling": functional(
        "act, pool = layers.Activation('sigmoid'), layers.MaxPooling2D(2)",
        "for n in (6, 16): x = act(pool(layers.Conv2D(n, 5)(x)))", "x = layers.Flatten()(x)",
        "for n in (120, 84, 10): x = act(layers.Dense(n)(x))",
    ),
}  # fmt: skip

# Layers declared in another order than they are called, and made in odd places.
_CALL = (
    "x = self.p(self.c1(x))\nx = layers.Flatten()(self.p(self.c2(x)))\nreturn self.d3(self.d2(self.d1(x)))"
)
for _number, _order in enumerate(
    ([4, 3, 2, 1, 0], [2, 3, 4, 0, 1], [1, 0, 2, 4, 3], [0, 2, 1, 3, 4], [3, 4, 0, 2, 1])
):
    _lines = PARTS.strip().splitlines()
    RIGHT[f"declared in another order, {_number + 1}"] = subclass(
        "\n".join([_lines[place] for place in _order] + ["self.p = layers.MaxPooling2D(2)"]), _CALL
    )
RIGHT |= {
    "a pooling whose result goes nowhere": subclass(
        PARTS + "self.p = layers.MaxPooling2D(2)", "y = self.p(self.p(x))\n" + _CALL
    ),
    "Flatten made inside call": subclass(PARTS + "self.p = layers.MaxPooling2D(2)", _CALL),
    "pooling and Flatten made inside call": subclass(
        PARTS,
        "x = layers.MaxPooling2D(2)(self.c1(x))\nx = layers.Flatten()(layers.MaxPooling2D(2)(self.c2(x)))\n"
        "return self.d3(self.d2(self.d1(x)))",
    ),
    "activations made inside call": subclass(
        PLAIN_PARTS,
        "a = layers.Activation('sigmoid')\nx = layers.MaxPooling2D(2)(a(self.c1(x)))\n"
        "x = layers.Flatten()(layers.MaxPooling2D(2)(a(self.c2(x))))\n"
        "return a(self.d3(a(self.d2(a(self.d1(x))))))",
    ),
    "layers in lists": subclass(
        f"self.front = [layers.Conv2D(n, 5, {ACT}) for n in (6, 16)]\n"
        f"self.back = [layers.Dense(n, {ACT}) for n in (120, 84, 10)]",
        "for one in self.front:\n    x = layers.MaxPooling2D(2)(one(x))\nx = layers.Flatten()(x)\n"
        "for one in self.back:\n    x = one(x)\nreturn x",
    ),
    "layers in a dict": subclass(
        f"self.all = {{n: layers.Dense(n, {ACT}) for n in (10, 84, 120)}}\n"
        f"self.front = {{n: layers.Conv2D(n, 5, {ACT}) for n in (16, 6)}}\nself.p = layers.MaxPooling2D(2)",
        "x = self.p(self.front[6](x))\nx = layers.Flatten()(self.p(self.front[16](x)))\n"
        "return self.all[10](self.all[84](self.all[120](x)))",
    ),
}

# Harmless layers.
for _name, _place, _line in (
    ("Reshape in front", 0, "layers.Reshape((28, 28, 1))"),
    ("Identity", 3, "layers.Identity()"),
    ("Lambda", 5, "layers.Lambda(lambda x: x)"),
    ("Lambda in front", 0, "layers.Lambda(lambda x: x * 1.0)"),
    ("Reshape behind Flatten", 5, "layers.Reshape((256,))"),
    ("Dropout", 6, "layers.Dropout(0.5)"),
    ("Dropout between convolutions", 2, "layers.SpatialDropout2D(0.2)"),
    ("GaussianNoise", 0, "layers.GaussianNoise(0.1)"),
    ("a linear Activation", 1, "layers.Activation('linear')"),
    ("a Reshape and back", 4, "layers.Reshape((16, 16))"),
    ("relu where nothing is negative", 5, "layers.ReLU()"),
    ("Rescaling by 1", 0, "layers.Rescaling(1.0)"),
    ("a second Flatten", 5, "layers.Flatten()"),
    ("ActivityRegularization", 6, "layers.ActivityRegularization(l2=0.01)"),
):
    RIGHT[f"harmless: {_name}"] = sequential(*inserted(_place, _line))
RIGHT |= {
    "Reshape for Flatten": sequential(*replaced(4, "layers.Reshape((256,))")),
    "Reshape((-1,)) for Flatten": sequential(*replaced(4, "layers.Reshape((-1,))")),
    "padding and cropping again": sequential(*inserted(0, "layers.ZeroPadding2D(2)", "layers.Cropping2D(2)")),
}

# Sigmoid behind the pooling, or in layers of its own.
_BARE = "use_bias=True"
RIGHT |= {
    "sigmoid behind the pooling": sequential(
        "layers.Conv2D(6, 5)", "layers.MaxPooling2D(2)", "layers.Activation('sigmoid')",
        "layers.Conv2D(16, 5)", "layers.MaxPooling2D(2)", "layers.Activation('sigmoid')", *stack()[4:],
    ),
    "sigmoid behind Flatten": sequential(
        *stack()[:2], "layers.Conv2D(16, 5)", "layers.MaxPooling2D(2)", "layers.Flatten()",
        "layers.Activation('sigmoid')", *stack()[5:],
    ),
    "activations in layers of their own": sequential(
        *itertools.chain.from_iterable(
            (line, "layers.Activation('sigmoid')") if "Conv" in line or "Dense" in line else (line,)
            for line in stack(_BARE)
        )
    ),
    "activations as functions behind layers": functional(
        "for n in (6, 16): x = layers.MaxPooling2D(2)(ops.sigmoid(layers.Conv2D(n, 5)(x)))",
        "x = layers.Flatten()(x)",
        "for n in (120, 84, 10): x = keras.activations.sigmoid(layers.Dense(n)(x))",
    ),
    "sigmoid of the pooled, as functions": functional(
        "for n in (6, 16): x = ops.sigmoid(layers.MaxPooling2D(2)(layers.Conv2D(n, 5)(x)))",
        "x = layers.Flatten()(x)", f"for n in (120, 84, 10): x = layers.Dense(n, {ACT})(x)",
    ),
}  # fmt: skip

# Networks of networks, plain operations, and layers of the student's own.
RIGHT |= {
    "two networks in one": "def build_lenet():\n"
    f"    front = keras.Sequential([{', '.join(stack()[:5])}])\n"
    f"    back = keras.Sequential([{', '.join(stack()[5:])}])\n"
    "    return keras.Sequential([keras.Input((28, 28, 1)), front, back])",
    "a network inside a subclass": subclass(
        f"self.front = keras.Sequential([{', '.join(stack()[:5])}])\n"
        f"self.back = keras.Sequential([{', '.join(stack()[5:])}])",
        "return self.back(self.front(x))",
    ),
    "blocks as layers": cell("""
        class Block(layers.Layer):
            def __init__(self, filters):
                super().__init__()
                self.conv = layers.Conv2D(filters, 5, activation="sigmoid")
                self.pool = layers.MaxPooling2D(2)

            def call(self, x):
                return self.pool(self.conv(x))


        def build_lenet():
            return keras.Sequential([
                keras.Input((28, 28, 1)), Block(6), Block(16), layers.Flatten(),
                *(layers.Dense(n, activation="sigmoid") for n in (120, 84, 10)),
            ])
    """),
    "pooling and Flatten as operations": subclass(
        PARTS,
        "x = ops.max_pool(self.c1(x), 2)\nx = ops.max_pool(self.c2(x), 2)\n"
        "x = ops.reshape(x, (-1, 256))\nreturn self.d3(self.d2(self.d1(x)))",
    ),
    "pooling by hand": subclass(
        PARTS + "self.half = lambda x: ops.max(ops.reshape(x, (-1, x.shape[1] // 2, 2, x.shape[2] // 2, 2, x.shape[3])), axis=(2, 4))",
        "x = self.half(self.c1(x))\nx = self.half(self.c2(x))\n"
        "x = ops.reshape(x, (-1, 256))\nreturn self.d3(self.d2(self.d1(x)))",
    ),
    "operations of tensorflow": subclass(
        PARTS,
        "x = tf.nn.max_pool2d(self.c1(x), 2, 2, 'VALID')\nx = tf.nn.max_pool2d(self.c2(x), 2, 2, 'VALID')\n"
        "x = tf.reshape(x, (-1, 256))\nreturn self.d3(self.d2(self.d1(x)))",
    ),
    "kinds of Keras' layers": cell("""
        class MyConv(layers.Conv2D):
            pass


        class MyDense(layers.Dense):
            def __init__(self, units):
                super().__init__(units, activation="sigmoid")


        def build_lenet():
            return keras.Sequential([
                keras.Input((28, 28, 1)),
                MyConv(6, 5, activation="sigmoid"), layers.MaxPooling2D(2),
                MyConv(16, 5, activation="sigmoid"), layers.MaxPooling2D(2),
                layers.Flatten(), MyDense(120), MyDense(84), MyDense(10),
            ])
    """),
    "a dense layer of its own": cell("""
        class Full(layers.Layer):
            def __init__(self, units):
                super().__init__()
                self.units = units

            def build(self, shape):
                self.w = self.add_weight(shape=(shape[-1], self.units))
                self.b = self.add_weight(shape=(self.units,), initializer="zeros")

            def call(self, x):
                return ops.sigmoid(ops.matmul(x, self.w) + self.b)


        def build_lenet():
            model = keras.Sequential([keras.Input((28, 28, 1))])
            for n in (6, 16):
                model.add(layers.Conv2D(n, 5, activation="sigmoid"))
                model.add(layers.MaxPooling2D(2))
            model.add(layers.Flatten())
            for n in (120, 84, 10):
                model.add(Full(n))
            return model
    """),
    "a dense layer that stores its weights turned": cell("""
        class Full(layers.Layer):
            def __init__(self, inputs, units):
                super().__init__()
                self.w = self.add_weight(shape=(units, inputs))
                self.b = self.add_weight(shape=(units,), initializer="zeros")

            def call(self, x):
                return ops.sigmoid(ops.matmul(x, ops.transpose(self.w)) + self.b)


        def build_lenet():
            return keras.Sequential([
                keras.Input((28, 28, 1)),
                layers.Conv2D(6, 5, activation="sigmoid"), layers.MaxPooling2D(2),
                layers.Conv2D(16, 5, activation="sigmoid"), layers.MaxPooling2D(2),
                layers.Flatten(), Full(256, 120), Full(120, 84), Full(84, 10),
            ])
    """),
    "a convolution of its own": cell("""
        class Slide(layers.Layer):
            def __init__(self, channels, filters):
                super().__init__()
                self.kernel = self.add_weight(shape=(5, 5, channels, filters))
                self.bias = self.add_weight(shape=(filters,), initializer="zeros")

            def call(self, x):
                return ops.sigmoid(ops.conv(x, self.kernel, padding="valid") + self.bias)


        def build_lenet():
            return keras.Sequential([
                keras.Input((28, 28, 1)),
                Slide(1, 6), layers.MaxPooling2D(2), Slide(6, 16), layers.MaxPooling2D(2),
                layers.Flatten(), *(layers.Dense(n, activation="sigmoid") for n in (120, 84, 10)),
            ])
    """),
    "all weights in one class": cell("""
        class LeNet(keras.Model):
            def __init__(self):
                super().__init__()
                shapes = [(84, 10), (10,), (120, 84), (84,), (256, 120), (120,), (5, 5, 6, 16), (16,),
                          (5, 5, 1, 6), (6,)]
                self.all = [self.add_weight(shape=s) for s in shapes]

            def call(self, x):
                w3, b3, w2, b2, w1, b1, k2, c2, k1, c1 = self.all
                for kernel, bias in ((k1, c1), (k2, c2)):
                    x = ops.max_pool(ops.sigmoid(ops.conv(x, kernel) + bias), 2)
                x = ops.reshape(x, (-1, 256))
                for kernel, bias in ((w1, b1), (w2, b2), (w3, b3)):
                    x = ops.sigmoid(ops.matmul(x, kernel) + bias)
                return x


        def build_lenet():
            return LeNet()
    """),
    "a depthwise convolution of one channel": sequential(
        *replaced(0, f"layers.DepthwiseConv2D(5, depth_multiplier=6, {ACT})")
    ),
    "dense layers as convolutions": sequential(
        *stack()[:4], f"layers.Conv2D(120, 4, {ACT})", f"layers.Conv2D(84, 1, {ACT})",
        f"layers.Conv2D(10, 1, {ACT})", "layers.Flatten()",
    ),
    "the first dense layer as a convolution": sequential(
        *stack()[:4], f"layers.Conv2D(120, 4, {ACT})", "layers.Flatten()", *stack()[6:]
    ),
    "flattened with the channels in front": sequential(*inserted(4, "layers.Permute((3, 1, 2))")),
    "flattened column by column": sequential(*inserted(4, "layers.Permute((2, 1, 3))")),
}  # fmt: skip

# The scores in a container.
_LAYERS = [
    f"for n in (6, 16): x = layers.MaxPooling2D(2)(layers.Conv2D(n, 5, {ACT})(x))",
    "x = layers.Flatten()(x)", f"for n in (120, 84): x = layers.Dense(n, {ACT})(x)",
]  # fmt: skip
for _name, _scores in {
    "a dict": '{"scores": x}',
    "a list": "[x]",
    "a tuple in a dict": '{"all": (x,)}',
}.items():
    RIGHT[f"scores in {_name}"] = functional(*_LAYERS, f"x = layers.Dense(10, {ACT})(x)").replace(
        "keras.Model(inputs, x)", f"keras.Model({{'image': inputs}}, {_scores})"
    )

# Ways of saying the same.
RIGHT |= {
    "add after add": "def build_lenet():\n    model = keras.Sequential()\n    model.add(keras.Input((28, 28, 1)))\n"
    + "".join(f"    model.add({line})\n" for line in stack())
    + "    return model",
    "without Input": f"def build_lenet():\n    return keras.Sequential([{', '.join(stack())}])",
    "built by hand": f"def build_lenet():\n    model = keras.Sequential([{', '.join(stack())}])\n"
    "    model.build((None, 28, 28, 1))\n    return model",
    "input_shape of the first layer": "def build_lenet():\n    return keras.Sequential(["
    + ", ".join(["layers.InputLayer(shape=(28, 28, 1))", *stack()]) + "])",
    "settings told in full": sequential(
        "layers.Conv2D(filters=6, kernel_size=(5, 5), strides=(1, 1), padding='valid', activation='sigmoid', use_bias=True)",
        "layers.MaxPooling2D(pool_size=(2, 2), strides=(2, 2), padding='valid')",
        "layers.Conv2D(filters=16, kernel_size=[5, 5], dilation_rate=1, groups=1, activation='sigmoid')",
        "layers.MaxPool2D(2, 2)", "layers.Flatten()", *stack()[5:],
    ),
    "pooling with padding that has no effect": sequential(*stack(pool="layers.MaxPooling2D(2, padding='same')")),
    "initialisers, regularisers, constraints": sequential(
        *stack(ACT + ", kernel_initializer='he_normal', bias_initializer='ones', kernel_regularizer='l2', kernel_constraint=keras.constraints.MaxNorm(3)")
    ),
    "names": sequential(*stack(ACT)[:7], f"layers.Dense(10, {ACT}, name='softmax')"),
    "compiled": sequential(*stack()).replace("return keras.Sequential", "model = keras.Sequential")
    + "\n    model.compile(loss='sparse_categorical_crossentropy')\n    return model",
    "frozen": sequential(*stack()).replace("return keras.Sequential", "model = keras.Sequential")
    + "\n    model.trainable = False\n    return model",
    "images without channels": functional(
        "inputs = x = keras.Input((28, 28))", "x = layers.Reshape((28, 28, 1))(x)",
        f"for n in (6, 16): x = layers.MaxPooling2D(2)(layers.Conv2D(n, 5, {ACT})(x))",
        "x = layers.Flatten()(x)", f"for n in (120, 84, 10): x = layers.Dense(n, {ACT})(x)",
    ),
    "any number of pixels": sequential(*stack()[:4], "layers.Reshape((256,))", *stack()[5:], shape="(28, 28, 1)"),
    "training as an argument": subclass(
        PARTS, "x = layers.MaxPooling2D(2)(self.c1(x))\nx = layers.Flatten()(layers.MaxPooling2D(2)(self.c2(x)))\n"
        "return self.d3(self.d2(self.d1(x)))",
    ).replace("def call(self, x):", "def call(self, x, training=None, mask=None):"),
    "layers made in build": cell("""
        class LeNet(keras.Model):
            def build(self, shape):
                self.parts = [
                    layers.Conv2D(6, 5, activation="sigmoid"), layers.MaxPooling2D(2),
                    layers.Conv2D(16, 5, activation="sigmoid"), layers.MaxPooling2D(2),
                    layers.Flatten(), layers.Dense(120, activation="sigmoid"),
                    layers.Dense(84, activation="sigmoid"), layers.Dense(10, activation="sigmoid"),
                ]
                super().build(shape)

            def call(self, x):
                for part in self.parts:
                    x = part(x)
                return x


        def build_lenet():
            return LeNet()
    """),
    "double precision": sequential(*stack(ACT + ", dtype='float64'")),
    "a class that Keras builds": "@keras.saving.register_keras_serializable()\n" + subclass(
        PARTS + "self.p = layers.MaxPooling2D(2)", _CALL
    ),
}  # fmt: skip

# What a stranger tried: layers that act only while training, half precision, kernels stored in other ways.
RIGHT |= {
    "images flipped while training": sequential(*inserted(0, "layers.RandomFlip('horizontal')")),
    "images moved while training": sequential(*inserted(0, "layers.RandomTranslation(0.1, 0.1)")),
    "Dropout, training by default": subclass(
        PARTS + "self.p, self.drop = layers.MaxPooling2D(2), layers.Dropout(0.5)",
        _CALL.replace("self.d1(x)", "self.drop(self.d1(x), training=training)"),
    ).replace("def call(self, x):", "def call(self, x, training=True):"),
    "half precision for the products": sequential(*stack(ACT + ", dtype='mixed_bfloat16'")),
    "half precision for the products, the other kind": sequential(*stack(ACT + ", dtype='mixed_float16'")),
    "weights in half precision": sequential(*stack(ACT + ", dtype='float16'")),
    "weights in half precision, the other kind": sequential(*stack(ACT + ", dtype='bfloat16'")),
    "half precision in the first layers alone": sequential(
        *stack(ACT + ", dtype='float16'")[:4], *stack(ACT)[4:]
    ),
    "windows back to front": cell("""
        class LeNet(keras.Model):
            def __init__(self):
                super().__init__()
                shapes = [(5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,)]
                self.all = [self.add_weight(shape=s) for s in shapes]
                self.dense = [layers.Dense(n, activation="sigmoid") for n in (120, 84, 10)]

            def call(self, x):
                k1, c1, k2, c2 = self.all
                for kernel, bias in ((k1, c1), (k2, c2)):
                    x = ops.max_pool(ops.sigmoid(ops.conv(x, ops.flip(kernel, (0, 1))) + bias), 2)
                x = ops.reshape(x, (-1, 256))
                for layer in self.dense:
                    x = layer(x)
                return x


        def build_lenet():
            return LeNet()
    """),
    "kernels as torch stores them": cell("""
        class LeNet(keras.Model):
            def __init__(self):
                super().__init__()
                shapes = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 256), (120,), (84, 120), (84,),
                          (10, 84), (10,)]
                self.all = [self.add_weight(shape=s) for s in shapes]

            def call(self, x):
                k1, c1, k2, c2, w1, b1, w2, b2, w3, b3 = self.all
                for kernel, bias in ((k1, c1), (k2, c2)):
                    kernel = ops.transpose(kernel, (2, 3, 1, 0))
                    x = ops.max_pool(ops.sigmoid(ops.conv(x, kernel) + bias), 2)
                x = ops.reshape(x, (-1, 256))
                for kernel, bias in ((w1, b1), (w2, b2), (w3, b3)):
                    x = ops.sigmoid(ops.matmul(x, ops.transpose(kernel)) + bias)
                return x


        def build_lenet():
            return LeNet()
    """),
}


# ---- Wrong ones: source, points of 20, a piece of the help ----

RELU = 'activation="relu"'
WRONG: dict[str, tuple[str, float, str]] = {}


def wrong(name: str, source: str, points: float, help: str) -> None:
    assert name not in WRONG
    WRONG[name] = (source, points, help)


# Other activations: three points, and the one sentence.
for _act, _said in {
    "relu": "uses relu", "tanh": "uses tanh", "gelu": "uses gelu", "elu": "uses elu", "selu": "uses selu",
    "silu": "uses silu", "softplus": "uses softplus", "softsign": "uses softsign",
    "leaky_relu": "uses leaky_relu", "hard_sigmoid": "uses hard_sigmoid", "relu6": "uses relu6",
    "mish": "uses mish",
}.items():  # fmt: skip
    wrong(f"{_act} everywhere", sequential(*stack(f'activation="{_act}"')), 17, _said)
    wrong(
        f"{_act} inside, softmax last",
        sequential(*stack(f'activation="{_act}"', 'activation="softmax"')),
        17,
        _said,
    )
for _name, _act in {
    "tf.nn.relu": "activation=tf.nn.relu", "keras.ops.relu": "activation=ops.relu",
    "a lambda": "activation=lambda x: ops.maximum(x, 0)", "a layer": "activation=layers.ReLU()",
}.items():  # fmt: skip
    wrong(f"relu as {_name}", sequential(*stack(_act)), 17, "uses relu")
    wrong(
        f"relu as {_name}, no activation last", sequential(*stack(_act, "activation=None")), 17, "uses relu"
    )
for _name, _last, _said in (
    ("softmax", 'activation="softmax"', "uses softmax"),
    ("tf.nn.softmax", "activation=tf.nn.softmax", "uses softmax"),
    ("keras.ops.softmax", "activation=ops.softmax", "uses softmax"),
    ("no activation", "activation=None", "uses no activation"),
    ("relu", RELU, "uses relu"),
    ("tanh", 'activation="tanh"', "uses tanh"),
):
    wrong(f"{_name} in the last layer", sequential(*stack(ACT, _last)), 17, _said)
wrong("no activation at all", sequential(*stack("use_bias=True")), 17, "uses no activation")
wrong("no activation in the convolutions",
      sequential("layers.Conv2D(6, 5)", *stack()[1:2], "layers.Conv2D(16, 5)", *stack()[3:]),
      17, "uses no activation")  # fmt: skip
wrong("an activation of 1998",
      sequential(*stack("activation=lambda x: 1.7159 * ops.tanh(2 * x / 3)")), 17,
      "an activation of its own")  # fmt: skip
wrong("a steeper sigmoid", sequential(*stack("activation=lambda x: ops.sigmoid(3 * x)")), 17,
      "an activation of its own")  # fmt: skip
wrong("ReLU in layers of its own",
      sequential("layers.Conv2D(6, 5)", "layers.ReLU()", "layers.MaxPooling2D(2)", "layers.Conv2D(16, 5)",
                 "layers.ReLU()", "layers.MaxPooling2D(2)", "layers.Flatten()", "layers.Dense(120)",
                 "layers.ReLU()", "layers.Dense(84)", "layers.ReLU()", "layers.Dense(10)"),
      17, "uses relu")  # fmt: skip
wrong("Softmax in a layer of its own",
      sequential(*stack()[:7], "layers.Dense(10)", "layers.Softmax()"), 17, "uses softmax")  # fmt: skip
wrong("a shared relu", subclass(
    PLAIN_PARTS + "self.a, self.p = layers.ReLU(), layers.MaxPooling2D(2)",
    "x = self.p(self.a(self.c1(x)))\nx = layers.Flatten()(self.p(self.a(self.c2(x))))\n"
    "return self.d3(self.a(self.d2(self.a(self.d1(x)))))"), 17, "uses relu")  # fmt: skip
wrong("softmax of the sigmoids", subclass(
    PARTS + "self.p = layers.MaxPooling2D(2)",
    _CALL.replace("return self.d3(self.d2(self.d1(x)))", "return ops.softmax(self.d3(self.d2(self.d1(x))))")),
    14, "LeNet ends after 8 layers, yours goes on with softmax")  # fmt: skip

# Other poolings and windows.
for _name, _pool, _points, _said in (
    ("average pooling", "layers.AveragePooling2D(2)", 14, "keep the largest value of each window"),
    ("a pooling of 3", "layers.MaxPooling2D(3)", 9, "A 2×2 window that moves 2 pixels"),
    ("a pooling that moves 1", "layers.MaxPooling2D(2, strides=1)", 9, "A 2×2 window that moves 2 pixels"),
    ("no pooling", "layers.Identity()", 3, "LeNet has 8 layers, yours has 6"),
    ("a pooling of 1", "layers.MaxPooling2D(1)", 3, "LeNet has 8 layers, yours has 6"),
    ("convolutions for poolings", f"layers.Conv2D(6, 2, strides=2, {ACT})", 9, "Layer 2 should be MaxPooling2D"),
):  # fmt: skip
    wrong(_name, sequential(*stack(pool=_pool)), _points, _said)
for _place, _name in ((1, "first"), (3, "second")):
    wrong(
        f"the {_name} pooling left out", sequential(*replaced(_place)), 3, "LeNet has 8 layers, yours has 7"
    )
    wrong(f"the {_name} pooling averages", sequential(*replaced(_place, "layers.AveragePooling2D(2)")),
          14, "keep the largest value")  # fmt: skip
for _name, _first, _points, _said in (
    ("padding in the first convolution", f"layers.Conv2D(6, 5, padding='same', {ACT})", 9, "61,706 is LeNet with its first"),
    ("a window of 3", f"layers.Conv2D(6, 3, {ACT})", 9, "That is a 3×3 window"),
    ("a stride of 2", f"layers.Conv2D(6, 5, strides=2, {ACT})", 9, "leave strides and dilation_rate out"),
    ("8 filters", f"layers.Conv2D(8, 5, {ACT})", 9, "The number of filters decides the last axis: 6."),
    ("no bias in the first convolution", f"layers.Conv2D(6, 5, use_bias=False, {ACT})", 15, "The 6 biases are missing"),
    ("dilation", f"layers.Conv2D(6, 5, dilation_rate=2, {ACT})", 9, "leave strides and dilation_rate out"),
    ("a window of 4", f"layers.Conv2D(6, 4, {ACT})", 9, "Check kernel_size=5"),
    ("convolutions the other way", f"layers.Conv2DTranspose(6, 5, {ACT})", 3, "put Conv2D in its place"),
    ("a depthwise convolution", f"layers.DepthwiseConv2D(5, {ACT})", 3, "should be Conv2D, yours is DepthwiseConv2D"),
    ("a separable convolution", f"layers.SeparableConv2D(6, 5, {ACT})", 3, "put Conv2D in its place"),
    ("a locally growing activation", "layers.Conv2D(6, 5, activation='exponential')", 17, "uses exponential"),
):  # fmt: skip
    wrong(_name, sequential(*replaced(0, _first)), _points, _said)
wrong("groups", sequential(*replaced(2, f"layers.Conv2D(16, 5, groups=2, {ACT})")), 15, "leave groups out")
wrong("every second pixel of a window", sequential(*replaced(2, f"layers.Conv2D(16, 3, dilation_rate=2, {ACT})")), 15,
      "A filter holds 5·5·6 weights")  # fmt: skip
wrong("32 and 64 filters", sequential(*replaced(0, f"layers.Conv2D(32, 5, {ACT})")[:2],
      f"layers.Conv2D(64, 5, {ACT})", *stack()[3:]), 9, "The number of filters decides")  # fmt: skip
wrong("6 filters twice", sequential(*replaced(2, f"layers.Conv2D(6, 5, {ACT})")), 9,
      "The number of filters decides the last axis: 16.")  # fmt: skip
wrong("padding everywhere", sequential(
    *[line.replace("5, ", "5, padding='same', ").replace("(2)", "(2, padding='same')") for line in stack()]),
    9, "107,786 is LeNet with padding 'same' everywhere")  # fmt: skip
wrong(
    "the second pooling moves by one",
    sequential(*replaced(3, "layers.MaxPooling2D(2, 1)")),
    9,
    "should give 4 × 4 × 16, yours gives 7 × 7 × 16",
)
wrong("no biases", sequential(*stack(ACT + ", use_bias=False")), 15, "44,190 is LeNet without its 236 biases")

# Other dense layers.
wrong(
    "narrow",
    sequential(*stack()[:5], f"layers.Dense(128, {ACT})", stack()[7]),
    3,
    "36,758 is the narrow variant",
)
wrong("wide", sequential(f"layers.Conv2D(32, 5, {ACT})", stack()[1], f"layers.Conv2D(64, 5, {ACT})", stack()[3],
      "layers.Flatten()", f"layers.Dense(512, {ACT})", stack()[7]), 3, "582,026 is the wide variant")  # fmt: skip
wrong("84 left out", sequential(*replaced(6)), 3, "34,622 is LeNet without its 84-unit layer")
wrong("120 left out", sequential(*replaced(5)), 3, "LeNet has 8 layers, yours has 7")
wrong("10 left out", sequential(*stack()[:7]), 3, "Layer 8 is missing")
wrong(
    "84 before 120",
    sequential(*stack()[:5], stack()[6], stack()[5], stack()[7]),
    9,
    "The number of units is the shape: 120.",
)
wrong(
    "100 units",
    sequential(*replaced(5, f"layers.Dense(100, {ACT})")),
    9,
    "The number of units is the shape: 120.",
)
wrong(
    "one class too few",
    sequential(*replaced(7, f"layers.Dense(9, {ACT})")),
    9,
    "The number of units is the shape: 10.",
)
wrong(
    "one unit",
    sequential(*replaced(7, f"layers.Dense(1, {ACT})")),
    9,
    "The number of units is the shape: 10.",
)
wrong("a dense layer more", sequential(*stack(), f"layers.Dense(10, {ACT})"), 3, "LeNet ends after 8 layers")
wrong("no Flatten", sequential(*replaced(4)), 3, "Flatten the 4 × 4 × 16 values")
wrong("averages in the place of Flatten", sequential(*replaced(4, "layers.GlobalAveragePooling2D()")), 9,
      "Layer 5 should be Flatten")  # fmt: skip
wrong("a dense layer in the place of Flatten", sequential(*stack()[:4], stack()[5], "layers.Flatten()", *stack()[6:]), 9,
      "LeNet flattens right behind its second pooling.")  # fmt: skip
wrong(
    "a dense network",
    sequential("layers.Flatten()", *stack()[5:]),
    0,
    "Layer 1 should be Conv2D, yours is Flatten",
)
wrong(
    "a network of one layer",
    sequential("layers.Flatten()", f"layers.Dense(10, {ACT})"),
    0,
    "Layer 1 should be Conv2D",
)
wrong(
    "no layers",
    "def build_lenet():\n    return keras.Sequential([keras.Input((28, 28, 1))])",
    0,
    "Your network has no layers yet",
)
wrong("layers that are not used", subclass(PARTS + "self.p = layers.MaxPooling2D(2)",
      "return layers.Flatten()(x)[:, :10]"), 0, "nothing to train")  # fmt: skip
wrong("a layer that is not called", subclass(PARTS + "self.p = layers.MaxPooling2D(2)",
      _CALL.replace("self.d2(self.d1(x))", "self.d1(x)")), 3, "LeNet has 8 layers, yours has 7")  # fmt: skip

# A layer whose result goes nowhere: only its parameters are too many.
_MORE = PARTS + "self.p = layers.MaxPooling2D(2)\nself.more = layers.Dense(5, name='more')\n"
for _name, _call in {
    "in the middle": _CALL.replace("return self.d3(", "y = self.d1(x)\ny = self.more(y)\nreturn self.d3("),
    "at the end": _CALL.replace("return ", "y = ") + "\nself.more(y)\nreturn y",
    "in front": "self.more(layers.Flatten()(x))\n" + _CALL,
    "behind another": _CALL.replace("return ", "y = ") + "\nself.more(layers.Dropout(0.5)(y))\nreturn y",
}.items():
    wrong(f"a layer that goes nowhere {_name}", subclass(_MORE, _call), 15, "more, whose result goes nowhere")
wrong("a layer that is built and not called", subclass(_MORE + "self.more.build((None, 84))", _CALL), 15,
      "425 of its parameters are in no layer that it calls")  # fmt: skip

# More than LeNet.
for _name, _place, _line, _points, _said in (
    ("BatchNormalization", 4, "layers.BatchNormalization()", 9, "LeNet is older than batch normalisation"),
    ("BatchNormalization in front", 0, "layers.BatchNormalization()", 9, "LeNet is older than batch normalisation"),
    ("LayerNormalization", 5, "layers.LayerNormalization()", 9, "LeNet has no such layer here"),
    ("ZeroPadding2D", 0, "layers.ZeroPadding2D(2)", 9, "LeNet pads nothing"),
    ("Rescaling", 0, "layers.Rescaling(1 / 255)", 14, "the images are prepared before"),
    ("a factor", 0, "layers.Lambda(lambda x: x / 255)", 14, "the images are prepared before"),
    ("a sigmoid more", 2, "layers.Activation('sigmoid')", 14, "sigmoid once more"),
    ("a sigmoid more behind Flatten", 5, "layers.Activation('sigmoid')", 14, "sigmoid once more"),
    ("a tanh in front", 0, "layers.Activation('tanh')", 14, "one activation too many"),
    ("a tanh before Flatten", 4, "layers.Activation('tanh')", 14, "one activation too many"),
    ("a tanh behind Flatten", 5, "layers.Activation('tanh')", 14, "one activation too many"),
    ("LayerNormalization before Flatten", 4, "layers.LayerNormalization()", 9, "leave LayerNormalization out"),
    ("GroupNormalization before Flatten", 4, "layers.GroupNormalization(4)", 9, "leave GroupNormalization out"),
    ("UpSampling2D before Flatten", 4, "layers.UpSampling2D(2)", 3, "leave UpSampling2D out"),
    ("a convolution of 1×1 before Flatten", 4, f"layers.Conv2D(16, 1, {ACT})", 3, "leave Conv2D out"),
    ("a convolution of 1×1 before a pooling", 1, f"layers.Conv2D(6, 1, {ACT})", 3, "leave Conv2D out"),
    ("a dense layer before Flatten", 4, f"layers.Dense(16, {ACT})", 3, "leave Dense out"),
    ("a third convolution", 4, f"layers.Conv2D(120, 1, {ACT})", 3, "leave Conv2D out"),
    ("a pooling more", 4, "layers.MaxPooling2D(2)", 3, "leave MaxPooling2D out"),
    ("a third convolution and pooling", 4, f"layers.Conv2D(16, 1, {ACT}), layers.MaxPooling2D(2)", 3, "leave Conv2D out"),
    ("two normalisations before Flatten", 4, "layers.LayerNormalization(), layers.UnitNormalization()", 9,
     "leave LayerNormalization out"),
    ("a sum", 5, "layers.Lambda(lambda x: x + 1)", 14, "LeNet has no such layer here"),
):  # fmt: skip
    wrong(_name, sequential(*inserted(_place, _line)), _points, _said)
wrong("pixels divided in call", subclass(PARTS + "self.p = layers.MaxPooling2D(2)", "x = x / 255\n" + _CALL),
      14, "the images are prepared before")  # fmt: skip
wrong("a shortcut", subclass(PARTS + "self.p, self.e = layers.MaxPooling2D(2), layers.Dense(84)",
      "x = self.p(self.c1(x))\nx = self.d1(layers.Flatten()(self.p(self.c2(x))))\n"
      "return self.d3(self.d2(x) + self.e(x))"), 0, "LeNet has 8 layers")  # fmt: skip

# Images of another shape, and networks that cannot be built.
wrong("32 × 32", sequential(*stack(), shape="(32, 32, 1)"), 9, "Your network takes images of 32 × 32 × 1")
wrong("colour", sequential(*stack(), shape="(28, 28, 3)"), 9, "Your network takes images of 28 × 28 × 3")
wrong("channels in front", sequential(*stack(), shape="(1, 28, 28)"), 0, "the channels come last")
_FIRST = "data_format='channels_first'"
_FIRSTS = [line.replace(" 5,", f" 5, {_FIRST},") for line in stack()]
_CONFIG = "keras.config.set_image_data_format('channels_first')"
for _name, _source, _points, _said in (
    ("convolutions", sequential(*_FIRSTS), 0, "leave data_format"),
    ("all layers", sequential(*_FIRSTS).replace("ing2D(2", f"ing2D(2, {_FIRST}"), 0, "leave data_format"),
    ("the second convolution", sequential(*replaced(2, f"layers.Conv2D(16, 5, {_FIRST}, {ACT})")), 9, "leave data_format"),
    ("the first pooling", sequential(*replaced(1, f"layers.MaxPooling2D(2, {_FIRST})")), 9, "leave data_format"),
    ("the second pooling", sequential(*replaced(3, f"layers.MaxPooling2D(2, {_FIRST})")), 14, "leave data_format"),
    ("no Input", f"def build_lenet():\n    return keras.Sequential([{', '.join(_FIRSTS)}])", 0, "leave data_format"),
    ("Keras' settings", sequential(*stack()).replace(":\n", f":\n    {_CONFIG}\n", 1), 0, "If set_image_data_format says it"),
):  # fmt: skip
    wrong(f"channels first in {_name}", _source, _points, _said)
wrong("images in a row", sequential(*stack(), shape="(784,)"), 0, "need height, width and channels")
wrong("no channels", sequential(*stack(), shape="(28, 28)"), 0, "need height, width and channels")
wrong(
    "the batch in the shape",
    sequential(*stack(), shape="(None, 28, 28, 1)"),
    0,
    "Leave the number of images out",
)
wrong("a number for a shape", sequential(*stack(), shape="28"), 0, "The shape is one tuple")
wrong("convolutions of torch", sequential("layers.Conv2D(1, 6, 5)", stack()[1], "layers.Conv2D(6, 16, 5)", *stack()[3:]),
      0, "Conv2D takes the number of filters")  # fmt: skip
wrong("dense layers of torch", sequential(*stack()[:5], "layers.Dense(256, 120)", "layers.Dense(120, 84)"),
      0, "Keras counts the inputs by itself")  # fmt: skip
for _sides in "13":
    wrong(
        f"{_sides}D for 2D",
        sequential(*stack()).replace("2D", f"{_sides}D"),
        0,
        f"as Conv{_sides}D, is not for images",
    )
    wrong(
        f"Conv{_sides}D",
        sequential(*replaced(2, f"layers.Conv{_sides}D(16, 5, {ACT})")),
        0,
        "write layers.Conv2D",
    )
    wrong(
        f"Conv{_sides}DTranspose",
        sequential(*replaced(0, f"layers.Conv{_sides}DTranspose(6, 5)")),
        0,
        "write layers.Conv2D",
    )
    for _kind in ("MaxPooling", "AveragePooling", "GlobalMaxPooling"):
        wrong(
            f"{_kind}{_sides}D",
            sequential(*replaced(1, f"layers.{_kind}{_sides}D({'' if 'Global' in _kind else 2})")),
            0,
            "write layers.MaxPooling2D",
        )
    wrong(f"MaxPooling{_sides}D with a name", sequential(*replaced(1, f"layers.MaxPooling{_sides}D(name='p')")), 0,
          "This layer is not for images")  # fmt: skip
    wrong(
        f"ZeroPadding{_sides}D",
        sequential(*inserted(0, f"layers.ZeroPadding{_sides}D(2)")),
        0,
        "This layer is not for images",
    )
wrong("SeparableConv1D", sequential(*replaced(0, "layers.SeparableConv1D(6, 5)")), 0, "write layers.Conv2D")
wrong("an LSTM", sequential("layers.LSTM(10)"), 0, "This layer is not for images")
wrong(
    "Flatten without brackets",
    sequential(*replaced(4, "layers.Flatten")),
    0,
    "write layers.Flatten() with brackets",
)
wrong("MaxPooling2D without brackets", sequential(*replaced(1, "layers.MaxPooling2D")), 0,
      "write layers.MaxPooling2D() with brackets")  # fmt: skip
wrong(
    "Flatten(x)",
    functional(f"x = layers.Conv2D(6, 5, {ACT})(x)", "x = layers.Flatten(x)"),
    0,
    "made first and called then",
)
wrong("MaxPooling2D(x)", functional(f"x = layers.Conv2D(6, 5, {ACT})(x)", "x = layers.MaxPooling2D(x)"), 0,
      "made first and called then")  # fmt: skip
wrong(
    "Dense(10, x)",
    functional("x = layers.Flatten()(x)", "x = layers.Dense(10, x)"),
    0,
    "made first and called then",
)
wrong(
    "Model(x)",
    functional("x = layers.Flatten()(x)").replace("Model(inputs, x)", "Model(x)"),
    0,
    "needs both its ends",
)
wrong("no window", sequential("layers.Conv2D(6)"), 0, "the size of its window")
wrong("a misspelt activation", sequential(*stack('activation="sigmiod"')), 0, "no activation called sigmiod")
wrong("layers without their module", sequential(*replaced(0, "Conv2D(6, 5)")), 0, "write layers.Conv2D")
wrong(
    "forward for call",
    subclass(PARTS, "return x").replace("def call", "def forward"),
    0,
    "in a method call(self, images)",
)
wrong("call that returns nothing", subclass(PARTS, "self.c1(x)"), 0, "is there a return")
wrong(
    "nothing returned",
    "def build_lenet():\n    keras.Sequential()",
    0,
    "gave None. Is there a return at the end",
)
wrong("what add returns", "def build_lenet():\n    return keras.Sequential([keras.Input((28, 28, 1))]).add(layers.Flatten())",
      0, "gave None. Is there a return at the end")  # fmt: skip
wrong(
    "a tensor",
    functional("x = layers.Flatten()(x)").replace("keras.Model(inputs, x)", "x"),
    0,
    "yours returns a KerasTensor",
)
wrong(
    "a class",
    subclass(PARTS, "return x").replace("return LeNet()", "return LeNet"),
    0,
    "yours returns a class",
)
wrong("a list of layers", f"def build_lenet():\n    return [{', '.join(stack())}]", 0, "yours returns a list")
wrong("a pair", sequential(*stack()) + ", None", 0, "yours returns a tuple")

# What a stranger tried: activations that nobody has a list of, and numbers that overflow.
for _name, _act in {
    "sparsemax": "activation='sparsemax'", "ops.sin": "activation=ops.sin", "ops.abs": "activation=ops.abs",
    "a capped relu": "activation=lambda x: keras.activations.relu(x, max_value=0.3)",
    "a capped relu as a layer": "activation=layers.ReLU(max_value=0.2)",
    "a constant": "activation=lambda x: 0 * x + 0.5",
}.items():  # fmt: skip
    wrong(f"{_name} everywhere", sequential(*stack(_act)), 17, "uses an activation of its own")
wrong("exponential everywhere", sequential(*stack("activation='exponential'")), 5, "numbers are not finite")
wrong("a pooling of 3 that halves", sequential(*stack(pool="layers.MaxPooling2D(3, strides=2, padding='same')")),
      14, "should have a window of 2×2 that moves 2 pixels at a time: yours is 3×3 and moves 2.")  # fmt: skip
wrong("a dict without outputs", subclass(PARTS, "self.c1(x)\nreturn {}"), 0, "Your network gives dict")
wrong("two outputs", functional(*_LAYERS, f"y = layers.Dense(10, {ACT})(x)").replace("(inputs, x)", "(inputs, [y, x])"),
      0, "Your network gives 2 outputs, and LeNet gives one")  # fmt: skip
wrong("a network in the place of the function", sequential(*stack()) + "\n\n\nbuild_lenet = build_lenet()", 0,
      "write a function that builds one")  # fmt: skip

# The same mistakes in a student's own code cost the same: functions behind layers, layers of one's own,
# all weights in one class.


def behind(
    act: str = "sigmoid", pool: str = "max_pool", last: str = "ops.sigmoid(x)", first: str = ""
) -> str:
    """Layers without activations, and functions behind them."""
    return subclass(
        PLAIN_PARTS,
        f"{first}\nx = ops.{pool}(ops.{act}(self.c1(x)), 2)\nx = ops.{pool}(ops.{act}(self.c2(x)), 2)\n"
        "x = ops.reshape(x, (-1, x.shape[1] * x.shape[2] * x.shape[3]))\n"
        f"x = self.d3(ops.sigmoid(self.d2(ops.sigmoid(self.d1(x)))))\nreturn {last}",
    )


def by_hand(
    act: str = "sigmoid", pool: str = "max_pool", last: str = "ops.sigmoid(x)", first: str = ""
) -> str:
    """All weights in one class."""
    return subclass(
        "shapes = (5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,), (256, 120), (120,), (120, 84), (84,), (84, 10), (10,)\n"
        "self.all = [self.add_weight(shape=shape) for shape in shapes]",
        f"k1, c1, k2, c2, w1, b1, w2, b2, w3, b3 = self.all\n{first}\n"
        f"x = ops.{pool}(ops.{act}(ops.conv(x, k1) + c1), 2)\nx = ops.{pool}(ops.{act}(ops.conv(x, k2) + c2), 2)\n"
        "x = ops.sigmoid(ops.matmul(ops.reshape(x, (-1, 256)), w1) + b1)\n"
        f"x = ops.matmul(ops.sigmoid(ops.matmul(x, w2) + b2), w3) + b3\nreturn {last}",
    )


for _how, _own in {"functions behind layers": behind, "weights in one class": by_hand}.items():
    RIGHT[f"{_how}"] = _own()
    for _name, _change, _points, _said in (
        ("no activation last", {"last": "x"}, 17, "uses no activation"),
        ("softmax last", {"last": "ops.softmax(x)"}, 17, "uses softmax"),
        ("relu in the convolutions", {"act": "relu"}, 17, "uses relu"),
        ("average pooling", {"pool": "average_pool"}, 14, "keep the largest value of each window"),
        ("pixels divided", {"first": "x = x / 255"}, 14, "the images are prepared before"),
        ("argmax of the scores", {"last": "ops.argmax(ops.sigmoid(x), axis=1)"}, 14, "yours goes on with argmax"),
        ("softmax of the scores", {"last": "ops.softmax(ops.sigmoid(x))"}, 14, "yours goes on with softmax"),
    ):  # fmt: skip
        wrong(f"{_how}: {_name}", _own(**_change), _points, _said)
wrong(
    "functions behind layers: three mistakes",
    behind("relu", "average_pool", "x"),
    11,
    "Layer 1 (Conv2D) uses relu",
)
wrong("functions behind layers: images padded", behind(first="x = ops.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0)))"),
      9, "LeNet pads nothing")  # fmt: skip
wrong(
    "functions between functional layers",
    functional(
        "for n in (6, 16): x = ops.max_pool(ops.sigmoid(layers.Conv2D(n, 5)(x)), 2)",
        "x = layers.Flatten()(x)",
        "for n in (120, 84): x = ops.sigmoid(layers.Dense(n)(x))",
        "x = layers.Dense(10)(x)",
    ),
    17,
    "uses no activation",
)
for _name, _how, _points, _said in (
    ("largest", "ops.max_pool(x, 2)", 9, "The number of units is the shape: 84."),
    ("average", "ops.average_pool(x, 2)", 9, "keep the largest value of each window"),
):
    wrong(f"{_name} by a Lambda, and 80 units", sequential(
        *replaced(6, f"layers.Dense(80, {ACT})")).replace("layers.MaxPooling2D(2)", f"layers.Lambda(lambda x: {_how})"),
        _points, _said)  # fmt: skip
OWN_LAYERS = cell("""
    class Own(layers.Layer):
        def __init__(self, *shape, act):
            super().__init__()
            self.shape, self.act = shape, act

        def build(self, given):
            self.b = self.add_weight(shape=self.shape[-1:], initializer="zeros")
            self.w = self.add_weight(shape=self.shape)

        def call(self, x):
            of = ops.conv if len(self.shape) == 4 else ops.matmul
            return self.act(of(x, self.w) + self.b)


    class Pool(layers.Layer):
        def call(self, x):
            return ops.{pool}(x, 2)


    def build_lenet():
        return keras.Sequential([
            keras.Input((28, 28, 1)), Own(5, 5, 1, 6, act=ops.{act}), Pool(), Own(5, 5, 6, 16, act=ops.{act}), Pool(),
            layers.Flatten(), Own(256, 120, act=ops.sigmoid), Own(120, 84, act=ops.sigmoid),
            Own(84, {units}, act=ops.sigmoid),
        ])
""")
RIGHT["all layers of its own"] = OWN_LAYERS.format(pool="max_pool", act="sigmoid", units=10)
wrong(
    "all layers of its own: relu",
    OWN_LAYERS.format(pool="max_pool", act="relu", units=10),
    17,
    "own uses relu",
)
wrong("all layers of its own: average pooling", OWN_LAYERS.format(pool="average_pool", act="sigmoid", units=10),
      14, "keep the largest value of each window")  # fmt: skip
wrong("all layers of its own: 9 units", OWN_LAYERS.format(pool="max_pool", act="sigmoid", units=9),
      9, "The number of units is the shape: 10.")  # fmt: skip
