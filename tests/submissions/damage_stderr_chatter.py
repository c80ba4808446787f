"""TensorFlow, C++ and the student's own code write to stderr, in cells and in graded functions."""

NOTEBOOKS = (1, 2)

CHATTER = """os.write(2, b"2025-01-01 E cuda_dnn.cc:8310] Unable to register factory\\n")"""


def edit(submission):
    submission.own_cell("import sys\nprint('WARNING: retracing', file=sys.stderr)", after="setup_1")
    submission.change("build_lenet", "    return model", f"    {CHATTER}\n    return model")
    submission.answer("pool_params", f"""
import os

def pool_params(height, width):
    {CHATTER}
    return 0
""")
