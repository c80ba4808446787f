"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. States how images are prepared, and
changes the task that they are of."""


def preparation(ask, prepare, model):
    """What prepare_images makes of each of the grader's batches, and whether the network takes it."""
    stated, refused = [], None
    for place, images in enumerate(map(decode, ask["images"])):
        try:
            prepared = one_array(prepare(images))
        except Exception as error:
            raise Failed from error
        try:
            if not place and len(prepared) == len(images):  # of whatever else, the shape says enough
                model(prepared)
        except Exception as error:
            refused = describe_error(error)
        stated.append(encode(prepared))
        del prepared  # one at a time, for it may be all of train_images each time
    return {"prepared": stated, "refused": refused}


def one_array(prepared):
    """What the cell that trains makes of it: a list of equal arrays is one array there."""
    if not isinstance(prepared, (list, tuple)):
        return prepared
    try:
        return np.asarray(prepared)
    except ValueError:  # of unequal ones
        return prepared


def changed(labelled, change):
    """Images (N, 28, 28) and labels (N,) as those of another task: other places, other kinds."""
    images, labels = labelled
    pixels = images.reshape(len(images), -1)[:, decode(change["places"])]
    return pixels.reshape(images.shape), decode(change["kinds"])[labels]
