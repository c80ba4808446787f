"""Looks for the gradebook and gives itself extra credit on every cell."""

from hostile_tools import COUNTING, NOTHING, unsolved

FAMILY = "writing where others read"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = dict.fromkeys(COUNTING, "Not attempted")
SECRETS = ("FOUND",)


def edit(submission):
    unsolved(submission, """
import pathlib, sqlite3

for folder in [pathlib.Path.cwd(), *pathlib.Path.cwd().parents]:
    book = folder / "gradebook.db"
    if book.exists():
        print("FOUND", book)
        with sqlite3.connect(book, timeout=2) as gradebook:
            gradebook.execute("UPDATE grade SET extra_credit = 100")
""")
