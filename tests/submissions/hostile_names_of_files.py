"""Files and folders with names that are HTML, that steer a terminal, or that leave their folder."""

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)
PAGE = "<img src=x onerror=document.title='PWNED'>"


def edit(submission):
    for name in (
        PAGE, f"{PAGE}.py", "\x1b]0;PWNED\x07", "two\nlines", "..\\..\\up", "-rf", "~", "$(id)",
        f"numpy/{PAGE}.py", "a" * 200, "deep/" * 40 + "file", ".ipynb_checkpoints/x", "CON",
    ):
        submission.files[name] = b"x"
