"""Raises errors whose name, message and traceback are HTML."""

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)


def edit(submission):
    submission.own_cell("""
html = "</pre><script>document.title='PWNED'</script><img src=x onerror=document.title='PWNED'>"
Error = type(html, (Exception,), {"__module__": html})
get_ipython().showtraceback = lambda *arguments, **options: get_ipython()._showtraceback(
    Error, Error(html), [html, f"\\x1b[31m{html}\\x1b[0m"])
raise Error(html)
""", after="conv_params")
