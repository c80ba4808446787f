"""Prints HTML, and characters that steer a terminal, turn the direction of writing or make links."""

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)


def edit(submission):
    submission.own_cell("""
import sys

html = "</pre></div><script>document.title='PWNED'</script><img src=x onerror=document.title='PWNED'>"
for stream in sys.stdout, sys.stderr:
    for text in (html, f"\\x1b[31m{html}\\x1b[0m", f"\\x1b]8;;javascript:{html}\\x1b\\\\x\\x1b]8;;\\x1b\\\\",
                 f'\\x1b[38;2;1;2;3" onmouseover="{html}m', "\\x1b]0;PWNED\\x07\\x1b[2J\\x1b[6n",
                 "\\x00\\x08\\u202e\\u2066\\ud800", "\\x1b[" + "1;" * 5000 + "m", "\\r" * 100_000):
        try:
            print(text, file=stream)
        except UnicodeError:
            pass
""", after="conv_params")
