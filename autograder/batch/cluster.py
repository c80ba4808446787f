"""TRUSTED: the workers of a Dask cluster, for `autograder grade --scheduler ADDRESS`.

Parcels and answers travel as bytes, so workers share no files with us; they only need the same
versions of this package and of what it runs on. Dask itself pickles what we send it, our own
function and our own bytes, between machines that trust one another. Nothing of a student's is ever
unpickled: an answer is JSON.

On a worker's machine, in an environment with this package and its extra `cluster`:

    dask worker ADDRESS --preload autograder.batch.preload --nthreads 1 --nworkers 8 [--resources "GPU=1"]
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any

from autograder.batch.parcels import WrongWorker, difference, prove, run_parcel, software
from autograder.batch.workers import WorkerDied
from autograder.course.own_course import CourseError

_PATIENCE_S = 30  # for the scheduler, and for its first worker
_AHEAD = 2  # parcels for each thread of the cluster, so that none waits for the next

try:
    from distributed import Client, KilledWorker, WorkerPlugin, get_worker
except ImportError:
    Client = None  # type: ignore[assignment, misc]  # `connect` says what to do
    WorkerPlugin = object  # type: ignore[assignment, misc]


class _Canary(WorkerPlugin):  # type: ignore[misc, unused-ignore]
    """The canary's packed notebooks by stem, on every worker, also on those that join later.

    Not scattered data: Dask keeps that on one worker only, after a while, and forgets each job that
    needs it when that worker dies.
    """

    def __init__(self, parcels: Mapping[str, bytes]):
        self.name = f"autograder-canary-{uuid.uuid4().hex}"  # another run's canary may be there too
        self.parcels = dict(parcels)


def _canary_here(name: str) -> dict[str, bytes]:
    """On a worker: the canary's packed notebooks by stem."""
    canary = get_worker().plugins[name]
    assert isinstance(canary, _Canary)
    return canary.parcels


class ClusterWorker:
    """One parcel at a time, anywhere on the cluster. Dask tries again elsewhere when that dies.

    canary: the name under which the workers keep it.
    """

    def __init__(self, client: Client, gpu: bool, canary: str):
        self._client = client
        self._gpu = gpu
        self._canary = canary
        self._future: Any = None
        self._closed = False

    def run(self, parcel: bytes, retrains: bool) -> bytes:
        """The answer to a parcel. Raises `WorkerDied`, or `CourseError` for a worker unlike us."""
        if self._closed:
            raise WorkerDied
        self._future = self._client.submit(
            _run,
            parcel,
            self._canary,
            pure=False,
            resources={"GPU": 1} if retrains and self._gpu else None,
        )
        try:
            answer: bytes = self._future.result()
            return answer
        except KilledWorker as error:
            raise WorkerDied(error.allowed_failures + 1) from None
        except CancelledError:
            # The scheduler may forget a job with its worker; where it is itself gone, another try
            # comes to nothing either.
            if self._client.status != "running":
                raise
            raise WorkerDied from None
        except WrongWorker as error:
            raise CourseError(f"A worker cannot grade this course: {error}") from None
        finally:
            self._future = None

    def close(self) -> None:
        """Give up what is running."""
        self._closed = True
        future = self._future
        if future is not None:
            future.cancel()


def _run(parcel: bytes, canary: str) -> bytes:
    """On a worker: as a process of its own would do, a job that cannot be run at all dies."""
    try:
        _prove_once(canary)
        return run_parcel(parcel, _canary_here(canary).__getitem__)
    except WrongWorker:
        raise
    except Exception as error:
        raise WorkerDied from error


def _prove_once(canary: str) -> None:
    """On a worker, also one that joined later: nothing is graded before the canary got its points."""
    notebooks = _canary_here(canary)
    with _proving:
        if _proved.get("canary") != notebooks:
            prove(notebooks.values())
            _proved["canary"] = notebooks


_proved: dict[str, Mapping[str, bytes]] = {}  # of this worker's process
_proving = threading.Lock()


@contextmanager
def connect(address: str, canary: Mapping[str, bytes]) -> Iterator[list[ClusterWorker]]:
    """As many workers as keep the cluster at this address busy. Raises `CourseError`.

    canary: its packed notebooks by stem; they run on each worker that is there, before anything else.
    """
    if Client is None:
        raise CourseError(
            "Dask is not installed here: run make setup, or pip install -c constraints.txt -e '.[cluster]'."
        )
    try:
        client = Client(address, timeout=_PATIENCE_S)
    except (OSError, TimeoutError, ValueError) as error:
        raise CourseError(f"There is no Dask scheduler at {address} ({error}).") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE_S)
        except TimeoutError:
            raise CourseError(
                f"The scheduler at {address} has no workers: start one, as the README says."
            ) from None
        _compare(client)
        kept = _Canary(canary)
        client.register_plugin(kept)
        try:
            _prove_each(client, kept.name)
            workers = client.scheduler_info(n_workers=-1)["workers"].values()
            gpu = any(worker["resources"].get("GPU") for worker in workers)
            threads = sum(worker["nthreads"] for worker in workers)
            yield [ClusterWorker(client, gpu, kept.name) for _ in range(_AHEAD * threads)]
        finally:
            if client.status == "running":  # no longer, where the scheduler is gone
                client.unregister_worker_plugin(kept.name)


def _compare(client: Client) -> None:
    """Refuse workers that would execute something else than we would."""
    for worker, theirs in client.run(software, on_error="return").items():
        if isinstance(theirs, Exception):
            reason = f"autograder cannot be imported there ({theirs})"
        else:
            reason = difference(software(), theirs)
        if reason:
            raise CourseError(
                f"The worker {worker} cannot grade this course: {reason}. Install the same "
                "versions there as here, then start it again."
            )


def _prove_each(client: Client, canary: str) -> None:
    """Refuse a cluster with a worker on which the canary does not get its points."""
    proofs = [
        client.submit(_prove_once, canary, pure=False, workers=[worker], allow_other_workers=False)
        for worker in client.scheduler_info(n_workers=-1)["workers"]
    ]
    try:
        client.gather(proofs)
    except WrongWorker as error:
        raise CourseError(f"A worker cannot grade this course: {error}") from None
    except KilledWorker:
        raise CourseError("A worker died of the reference solution: look into its log.") from None
