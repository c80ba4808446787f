"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. States what a network is."""


def plain_config(layer):
    """The settings that decide shapes and outputs, as plain data; activations by their name."""
    names = (
        "filters kernel_size strides padding dilation_rate groups data_format use_bias units "
        "pool_size activation scale offset rate"
    ).split()
    config = {}
    for name in names:
        if hasattr(layer, name):
            value = getattr(layer, name)
            config[name] = getattr(value, "__name__", None) if name == "activation" else encode(value)
    return config


def flat_layers(model):
    """The layers in order, those of nested models in their place."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from flat_layers(layer)
        else:
            yield layer


def describe_model(model):
    return [
        {
            "kind": type(layer).__name__[:80],
            "name": str(layer.name)[:80],
            "config": plain_config(layer),
            "weights": [encode_array(weight.numpy()) for weight in layer.weights],
        }
        for layer in list(flat_layers(model))[:100]
    ]
