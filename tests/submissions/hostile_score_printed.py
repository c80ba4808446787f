"""Prints and displays scores and reports as they look when all went well."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "forging messages"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")


def edit(submission):
    unsolved(submission, """
passed = {"outcome": "passed", "score": 9.0, "points": 9.0, "flagged": False, "checks": []}
for points in 5.0, 9.0, 29.0:
    print(points)
    get_ipython().display_pub.publish({
        "text/plain": str(points),
        "application/vnd.autograder.verdict+json": passed,
    })
points
""")
