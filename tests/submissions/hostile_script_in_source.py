"""Code that ends the page's own elements, and cells with names and tags that are HTML."""

import nbformat

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)
HTML = "</pre></div></textarea></script><script>document.title='PWNED'</script>"


def edit(submission):
    submission.own_cell(
        f'# {HTML}\n"""{HTML}"""\n%%html\n{HTML}\n!echo "{HTML}"\n', after="conv_params"
    )
    submission.own_cell(f"%%html\n{HTML}", after="conv_params")
    submission.own_cell(f"%%javascript\ndocument.title='PWNED' // {HTML}", after="conv_params")
    cell = nbformat.v4.new_code_cell(HTML)
    cell.id = "x-onclick"
    cell.metadata = {"tags": [HTML, '" onclick="1'], "nbgrader": {"grade_id": HTML}, "name": HTML}
    submission.notebook(2).cells.append(cell)
