"""A network whose weights are other numbers, of other shapes, at every look."""

FAMILY = "objects that lie"
NOTEBOOKS = (1,)
EXPECTED = {"build_lenet": 0}
HELP = {"build_lenet": "weights"}


def edit(submission):
    submission.change("build_lenet", "def build_lenet", """
class Changing:
    reads = 0

    def numpy(self):
        Changing.reads += 1
        return np.random.normal(size=(Changing.reads, 5))


class Conv2D(layers.Conv2D):
    weights = property(lambda self: [Changing(), Changing()])


def build_lenet""".strip())
    cell = submission.cell("build_lenet_solution")
    cell.source = cell.source.replace("layers.Conv2D(6", "Conv2D(6").replace(
        "layers.Conv2D(16", "Conv2D(16"
    )
    assert "\n        Conv2D(" in cell.source or " Conv2D(" in cell.source, cell.source
