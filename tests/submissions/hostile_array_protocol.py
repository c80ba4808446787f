"""Returns objects whose __array__ raises, ends the program, lies about itself or never ends well."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "objects that lie"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = {
    "conv_params": "conv_params(5, 5, 1, 6) raised RuntimeError: “no array for you”",
    "pool_params": "raised SystemExit",
    "dense_params": "should be a number, but yours is an array of shape (0,)",
    "count_params": "No claim came back",
    "dense_share": "should be a number",
    "dense_bytes": "should be 3,072,000,000, but yours is 2.",
}
FLAGGED = ("count_params",)


def edit(submission):
    submission.untouched()
    submission.own_cell(f"""
class Liar:
    def __init__(self, trick):
        self.trick = trick
        self.reads = 0

    def __array__(self, *arguments, **options):
        self.reads += 1
        return self.trick(self)

def raises(self):
    raise RuntimeError("no array for you")

def ends(self):
    raise SystemExit

def interrupts(self):
    raise KeyboardInterrupt

tricks = [raises, ends, lambda self: np.zeros(0), interrupts,
          lambda self: np.array([object()]), lambda self: np.array(1 + self.reads)]
for name, trick in zip({COUNTING}, tricks):
    globals()[name] = lambda *arguments, trick=trick: Liar(trick)
""", after="lenet_layers")
    for name in COUNTING:
        submission.answer(name, "pass")
