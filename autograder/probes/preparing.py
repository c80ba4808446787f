"""UNTRUSTED: runs in the student's kernel, imports nothing of ours. States how images are prepared."""


def preparation(ask, prepare, model):
    """What prepare_images makes of each of the grader's batches, and whether the network takes it."""
    stated, refused = [], None
    for place, images in enumerate(map(decode, ask["images"])):
        try:
            prepared = prepare(images)
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
