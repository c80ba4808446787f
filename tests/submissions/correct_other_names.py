"""Right in another way: other names, loops, helpers, lists for tuples, NumPy's numbers."""

NOTEBOOKS = (1, 2, 3)


def edit(submission):
    submission.answer("output_size", """
def output_size(size, window, stride=1, padding=0):
    left_edges = range(-padding, size + padding - window + 1, stride)
    return len(left_edges)
""")
    submission.answer("lenet_shapes", """
def lenet_shapes():
    side, found = 28, []
    for filters in 6, 16:
        side = side - 4
        found.append([side, side, filters])
        side = side // 2
        found.append([side, side, filters])
    return found + [(side * side * filters,), (120,), (84,), (10,)]
""")
    submission.answer("build_lenet", """
def my_network():
    net = keras.models.Sequential(name="my_network")
    net.add(keras.layers.Input((28, 28, 1)))
    net.add(keras.layers.Convolution2D(6, (5, 5), name="seeing"))
    net.add(keras.layers.Activation("sigmoid"))
    net.add(keras.layers.MaxPool2D((2, 2), strides=2))
    net.add(keras.layers.Convolution2D(16, (5, 5), padding="valid", activation=keras.ops.sigmoid))
    net.add(keras.layers.MaxPool2D((2, 2)))
    net.add(keras.layers.Flatten())
    for n in (120, 84, 10):
        net.add(keras.layers.Dense(n, activation=keras.activations.sigmoid))
    return net

build_lenet = my_network
""")
    submission.answer("conv_params", """
def conv_params(height, width, channels_in, filters):
    one_filter = np.prod([height, width, channels_in])
    return one_filter * filters + filters
""")
    submission.answer("pool_params", "pool_params = lambda *window: 0")
    submission.answer("dense_params", """
def dense_params(inputs, units):
    return np.ones((inputs + 1, units)).size
""")
    submission.answer("count_params", """
def count_params(network):
    total = 0
    for layer in network:
        if layer[0] == "conv":
            total = total + conv_params(*layer[1:])
        elif layer[0] == "dense":
            total = total + dense_params(layer[1], layer[2])
    return total
""")
    submission.answer("dense_share", """
def dense_share(network):
    return 1 - count_params([l for l in network if l[0] != "dense"]) / count_params(network)
""")
    submission.answer("prepare_images", """
MEAN, STD = 0.2860, 0.3530

def prepare_images(grey):
    return np.expand_dims((grey / np.float32(255) - MEAN) / STD, -1).astype(np.float32)
""")
