"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. States what a network does.

The network gets weights that the grader drew, and its outputs are claimed: nobody knows them without
computing them. Beside them stands what happened on the way, layer by layer AS THEY WERE CALLED, for
one image; `model.layers` is not asked, because it says neither how often nor in which order.

try_network gives {"input_shape": one image's, "shapes": of model.weights, "outputs": [array for each
draw of weights], "calls": [{"kind", "own", "name", "config", "weights", "inputs", "bare", "output"}],
"values": [arrays]}, where weights are places in shapes, inputs, bare and output places in values, bare
what a layer gives without its activation, -1 for none, value 0 the image, and the calls are those of
the first draw. With weights=True also "weights": its own arrays.
"""

import contextlib
import sys

CALLS = 64  # layers whose call is told
NUMBERS = 400_000  # float32 values that are told of one forward pass
OWN_NUMBERS = 2_000_000  # float32 values of the network's own weights; larger ones are not sent

# Layers that the grader computes again, each with the settings that decide what it does.
SETTINGS = {
    "Conv2D": "kernel_size strides padding dilation_rate groups data_format",
    "MaxPooling2D": "pool_size strides padding data_format",
    "AveragePooling2D": "pool_size strides padding data_format",
    "Dense": "",
}


def try_network(model, trial, weights=False):
    import keras

    draws = decode(trial["numbers"]).astype("float32")  # (draws, K)
    with full_precision(model):
        # This also builds a network without an Input.
        images = fitting_images(model, decode(trial["images"]).astype("float32"))  # (N, 28, 28, 1)
    variables = list(model.weights)
    variances = {id(layer.moving_variance) for layer in parts_of(model) if hasattr(layer, "moving_variance")}
    before = [keras.ops.convert_to_numpy(variable) for variable in variables]
    facts = {"input_shape": list(images.shape[1:]), "shapes": [list(a.shape) for a in before]}
    if weights:
        few = sum(a.size for a in before) <= OWN_NUMBERS
        facts["weights"] = [encode_array(a) for a in before] if few else []
    try:
        outputs = []
        for numbers in draws:
            for place, variable in enumerate(variables):
                if "int" not in str(variable.dtype) and "bool" not in str(variable.dtype):
                    values = drawn(numbers, place, tuple(variable.shape))
                    variable.assign(abs(values) if id(variable) in variances else values)
            if outputs:
                with full_precision(model):
                    outputs.append(as_array(applied(model, images)))
            else:
                calls, values, result = watched_call(model, images, variables)
                facts.update(calls=calls, values=values)
                outputs.append(result)
    finally:  # it may be the network that the student has just trained
        for variable, array in zip(variables, before):
            variable.assign(array)
    facts["outputs"] = [encode_array(array) for array in outputs]
    return facts


def drawn(numbers, place, shape):
    """The grader's weights for the array at this place, as in autograder/judging/tracing.py."""
    exact = np.resize(np.roll(numbers, place), shape) / np.sqrt(np.float32(max(np.prod(shape[:-1]), 1)))
    return (exact.astype("float32").view("uint32") & 0xFFFF0000).view("float32")


def parts_of(model):
    """The network and all layers in it, as far as Keras knows them."""
    flatten = getattr(model, "_flatten_layers", None)
    return list(flatten()) if flatten else [model]


def applied(model, images):
    """What the network gives when it is not trained: layers that act while training stand aside."""
    if getattr(model, "_call_has_training_arg", False):
        return model(images, training=False)
    return model(images)


@contextlib.contextmanager
def full_precision(model):
    """Products are not rounded on the way, whatever the notebook or the GPU would do.

    Half precision leaves 3 digits, and TensorFlow's on new GPUs as many.
    """
    import keras

    lowered = [
        (layer, layer.dtype_policy)
        for layer in parts_of(model)
        if "16" in str(getattr(layer, "compute_dtype", ""))
    ]
    tensorflow = sys.modules.get("tensorflow") if keras.backend.backend() == "tensorflow" else None
    rounding = tensorflow.config.experimental if tensorflow else None
    rounded = rounding.tensor_float_32_execution_enabled() if rounding else False
    try:
        for layer, _ in lowered:
            variables = layer.variable_dtype
            layer.dtype_policy = keras.DTypePolicy("float32")
            # Half precision may be what its weights are kept in as well: Keras then turns them into float32.
            layer.dtype_policy._variable_dtype = variables
        if rounded:
            rounding.enable_tensor_float_32_execution(False)
        yield
    finally:
        for layer, policy in lowered:
            layer.dtype_policy = policy
        if rounded:
            rounding.enable_tensor_float_32_execution(True)


def fitting_images(model, images):
    """The grader's images, or of the shape that the network takes where it takes another.

    Calling it builds a network that is not built yet. One that is, and says that it takes these images, is
    not called for that.
    """
    said = getattr(model, "input_shape", None)
    if getattr(model, "built", False) and isinstance(said, tuple) and said[1:] == images.shape[1:]:
        return images
    try:
        applied(model, images)
        return images
    except Exception as error:
        shape = getattr(model, "input_shape", None)
        if not isinstance(shape, tuple) or not all(isinstance(n, int) for n in shape[1:]):
            raise Failed from error
        if tuple(shape[1:]) == images.shape[1:] or np.prod(shape[1:]) > NUMBERS:
            raise Failed from error
    images = np.resize(images, (len(images), *shape[1:]))
    try:
        applied(model, images)
    except Exception as error:
        raise Failed from error
    return images


def as_array(tensor):
    import keras

    if isinstance(tensor, (dict, list, tuple)):
        outputs = tensors(tensor)
        if len(outputs) > 1:
            raise TypeError(f"the network gave {len(outputs)} outputs, not one")
        tensor = outputs[0] if outputs else tensor  # the one output, whatever it lies in
    if tensor is None or isinstance(tensor, (dict, str)):
        raise TypeError(f"the network gave {type(tensor).__name__}, not numbers")
    array = np.asarray(keras.ops.convert_to_numpy(tensor))
    return array if array.dtype.kind in "biuf" else array.astype("float32")  # bfloat16


def tensors(given):
    """All tensors in lists, tuples and dicts of them."""
    if isinstance(given, dict):
        given = list(given.values())
    if isinstance(given, (list, tuple)):
        return [one for item in given for one in tensors(item)]
    return [given] if hasattr(given, "shape") else []


def watched_call(model, images, variables):
    """What the layers were given and gave for the first image; and the outputs of all images."""
    from unittest import mock

    import keras

    call = keras.Layer.__call__
    calls, values, places, room = [], [], {}, [NUMBERS]

    def place(tensor):
        """The place in `values` of the part that belongs to the first image; -1 for none."""
        try:
            array = as_array(tensor)[0]
        except Exception:  # a tensor without numbers, or with no images in it
            return -1
        known = (array.shape, array.dtype.name, array.tobytes())
        if known not in places:
            room[0] -= array.size
            if room[0] < 0:
                return -1
            places[known] = len(values)
            values.append(encode_array(array))
        return places[known]

    def watched(layer, *arguments, **options):
        begun = len(calls)
        inputs = [place(one) for one in tensors([*arguments, *options.values()])]
        result = call(layer, *arguments, **options)
        kind = known_kind(layer)
        if len(calls) > begun and kind not in SETTINGS:
            return result  # a network, or a layer made of layers, which have just been told
        del calls[begun:]  # the activation of a layer may be a layer too
        bare = without_activation(layer, lambda: call(layer, *arguments, **options))
        del calls[begun:]
        if len(calls) < CALLS and not isinstance(layer, keras.layers.InputLayer):
            known = {id(variable): number for number, variable in enumerate(variables)}
            calls.append(
                {
                    "kind": kind[:80],
                    "own": type(layer).__name__ != kind or not all(map(of_keras, parts(layer))),
                    "name": str(layer.name)[:80],
                    "config": {
                        name: encode(getattr(layer, name, None)) for name in SETTINGS.get(kind, "").split()
                    },
                    "weights": [known.get(id(variable), -1) for variable in layer.weights],
                    "inputs": inputs,
                    "bare": -1 if bare is None else place(bare),
                    "output": place(result),
                }
            )
        return result

    place(images)
    with full_precision(model), mock.patch.object(keras.Layer, "__call__", watched):
        result = as_array(applied(model, images))
    return calls, values, result


def without_activation(layer, run):
    """What a layer that was just called gives without its activation; None where it has none."""
    import keras

    activation = getattr(layer, "activation", None)
    if known_kind(layer) not in SETTINGS or activation in (None, keras.activations.linear):
        return None
    try:
        layer.activation = keras.activations.linear
        return run()
    except Exception:
        return None
    finally:
        layer.activation = activation


def parts(layer):
    return [part for part in (type(layer), getattr(layer, "activation", None)) if part is not None]


def of_keras(part):
    return str(getattr(part, "__module__", "")).split(".")[0] == "keras"


def known_kind(layer):
    """The name of the layer's class, or of the layer of Keras that it is a kind of."""
    for kind in type(layer).__mro__:
        if kind.__name__ in SETTINGS and of_keras(kind):
            return kind.__name__
    return type(layer).__name__
