"""Opens files until no more can be had, and keeps them open."""

FAMILY = "exhausting"
NOTEBOOKS = (2,)


def edit(submission):
    submission.own_cell("""
kept = []
try:
    while True:
        kept.append(open("/dev/null"))
except OSError as error:
    print(error)
""", after="pool_params")
