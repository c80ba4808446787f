"""Shows more and larger pictures than a page can bear, one of them a bomb of few bytes."""

FAMILY = "exhausting"
NOTEBOOKS = (2,)


def edit(submission):
    submission.own_cell("""
import struct, zlib

def png(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(min(height * (1 + width // 8), 2_000_000)))
    return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")

import base64
for side in [60_000] * 3 + [16] * 300:
    data = base64.b64encode(png(side, side)).decode()
    size = {"image/png": {"width": "9 onerror=document.title='PWNED'", "height": 10**9}}
    get_ipython().display_pub.publish({"image/png": data}, metadata=size)
""", after="conv_params")
