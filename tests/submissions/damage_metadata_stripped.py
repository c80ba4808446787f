"""Another editor threw all metadata away, and kept Jupyter's cell ids."""

NOTEBOOKS = (2,)


def edit(submission):
    for cell in submission.notebook(2).cells:
        cell.metadata.clear()
