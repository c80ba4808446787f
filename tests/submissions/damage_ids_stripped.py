"""A tool threw all metadata and all cell ids away: code counts, and the written answer stands in no cell of ours."""

NOTEBOOKS = (2,)
NOTES = ("The cell 'why_dense' was missing",)


def edit(submission):
    for cell in submission.notebook(2).cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "why_dense":
            cell.source = "Each of its inputs has a weight for every unit."
        cell.metadata.clear()
        del cell["id"]
