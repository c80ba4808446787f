"""Returns objects whose type, repr and error messages are HTML, or endless, or no text at all."""

from hostile_tools import COUNTING, NOTHING

FAMILY = "objects that lie"
NOTEBOOKS = (2,)
EXPECTED = NOTHING
HELP = {
    "conv_params": "should be a number, but yours is “<img src=x onerror='document.title='PWNED''>”",
    "pool_params": "raised RuntimeError",
    "dense_params": "raised TypeError: “__repr__ returned non-string",
    "count_params": "raised an error: “<img src=x onerror='document.title='PWNED''>”",
    "dense_share": "</pre></div></textarea></script><svg onload=",
}


def edit(submission):
    submission.untouched()
    submission.own_cell(f"""
page = "<img src=x onerror=\\"document.title='PWNED'\\">"
closing = "</pre></div></textarea></script><svg onload=document.title='PWNED'>"
Element = type("<b onclick=x>" * 9, (), {{"__repr__": lambda self: page}})
Raising = type("Raising", (), {{"__repr__": lambda self: 1 / 0 if False else exec("raise RuntimeError(closing)")}})
NoText = type("NoText", (), {{"__repr__": lambda self: 7}})
Error = type("<script>document.title='PWNED'</script>", (Exception,), {{}})

def raises(*arguments):
    raise Error(page)

answers = [Element, Raising, NoText, raises, lambda: closing, lambda: "\\x1b]0;PWNED\\x07" * 99]
for name, answer in zip({COUNTING}, answers):
    globals()[name] = lambda *arguments, answer=answer: answer()
""", after="lenet_layers")
    for name in COUNTING:
        submission.answer(name, "pass")
