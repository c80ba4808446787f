"""Makes tests/fixtures/class.npz: networks for the students of the tests, each trained by itself.

    python benchmarks/likeness_class.py     # once: trains them
    python tests/making_class.py

They are rounded to 8 bits, which costs less than 0.1 % of accuracy and leaves a quarter of the bytes.
"""

from pathlib import Path

import numpy as np

CLASS = Path(__file__).parent / "fixtures" / "class.npz"
TRAINED = Path("build/likeness")
# Of those that were trained when this was chosen, those with the highest test accuracy.
NAMES = (
    "own-012", "own-019", "own-033", "own-008", "own-036", "own-053", "own-051", "own-060", "own-048",
    "own-032", "own-039",
)  # fmt: skip


def rounded(array: np.ndarray) -> tuple[np.ndarray, np.float32]:
    """The array as int8, and what one step of it is worth."""
    step = np.abs(array).max() / 127
    return np.round(array / step).astype(np.int8), np.float32(step)


if __name__ == "__main__":
    numbers, steps = [], []
    for name in NAMES:
        with np.load(TRAINED / f"{name}.npz") as trained:
            pairs = [rounded(trained[f"w{place}"]) for place in range(10)]
        numbers.append(np.concatenate([array.ravel() for array, _ in pairs]))
        steps.append([step for _, step in pairs])
    np.savez_compressed(CLASS, numbers=numbers, steps=steps)
