"""Every function of notebook 1 shows its result, and returns nothing."""

NOTEBOOKS = (1,)
EXPECTED = {"output_size": 0, "lenet_shapes": 0, "build_lenet": 0}
HELP = {
    "output_size": "gave None. Is there a return at the end of your function?",
    "lenet_shapes": "lenet_shapes() gave None. Is there a return",
    "build_lenet": "build_lenet() gave None. Is there a return",
}


def edit(submission):
    submission.change("output_size", "return (size", "print((size")
    submission.change("output_size", "stride + 1", "stride + 1)")
    submission.change("lenet_shapes", "return [", "shapes = [")
    submission.change("build_lenet", "return model", "model.summary()")
