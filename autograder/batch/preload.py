"""TRUSTED: gets a Dask worker ready before it takes parcels, in Dask's terms a preload module.

    dask worker ADDRESS --preload autograder.batch.preload

Without it the first parcel waits for all that, and every kernel of a batch for the first.
"""

from __future__ import annotations

from typing import Any

from autograder.batch.startup import quick_imports

with quick_imports():
    from autograder.batch.parcels import sandbox_found, software


def dask_setup(worker: Any) -> None:
    """Called by Dask when the worker starts: imports TensorFlow in the process to fork from."""
    software()
    sandbox_found()
