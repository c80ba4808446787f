"""Writes an answer and cells of its own in a markdown that hides scripts."""

import nbformat

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)

MARKDOWN = r"""
<script>document.title='PWNED'</script> <img src=x onerror="document.title='PWNED'">

[link](javascript:document.title='PWNED') [link](<java
script:document.title='PWNED'>) <javascript:document.title='PWNED'>
[link](data:text/html;base64,PHNjcmlwdD4xPC9zY3JpcHQ+) ![picture](javascript:document.title='PWNED')
![picture](x"onerror="document.title='PWNED') ![" onerror="document.title='PWNED'](x "t\" onerror=\"1")
[ref]: javascript:document.title='PWNED' "'><img src=x onerror=document.title='PWNED'>"
[ref] [![ref]][ref]

# <img src=x onerror=document.title='PWNED'> "><svg onload=document.title='PWNED'>
## x {#y onclick="document.title='PWNED'"}

```"><script>document.title='PWNED'</script>
code
```
``` python"onmouseover="document.title='PWNED'
code
```
`</code><script>document.title='PWNED'</script>`

$<img src=x onerror=document.title='PWNED'>$ $$</script><svg onload=document.title='PWNED'>$$
\(<script>document.title='PWNED'</script>\) \begin{x}<img src=x onerror=document.title='PWNED'>\end{x}
$\href{javascript:document.title='PWNED'}{x}$ $\require{html}\style{position:fixed}{x}$
$\mmlToken{mi}[href="javascript:document.title='PWNED'"]{x}$ $\let\x\href \x{javascript:1}{y}$

| a | b |
|---|---|
| <img src=x onerror=document.title='PWNED'> | ![x](attachment:a.svg) |

![x](attachment:a.svg) ![x](attachment:b.png) <iframe src="javascript:1"></iframe> <form><button>x</button></form>
<details open ontoggle=document.title='PWNED'> <div style="position:fixed;inset:0">full marks</div>
&lt;script&gt;document.title='PWNED'&lt;/script&gt; &#x3c;script&#x3e; <a href="&#x6a;avascript:1">x</a>
"""


def edit(submission):
    answer = submission.cell("why_dense")
    answer.source = MARKDOWN
    answer.attachments = {
        "a.svg": {"image/svg+xml": "PHN2ZyBvbmxvYWQ9YWxlcnQoKS8+", 'x" onerror="1': "x"},
        "b.png": {'image/png" onerror="document.title=\'PWNED\'': '" onerror="1'},
    }
    cells = submission.notebook(2).cells
    cells.insert(3, nbformat.v4.new_markdown_cell(MARKDOWN))
    cells.insert(4, nbformat.v4.new_raw_cell(MARKDOWN, metadata={"raw_mimetype": "text/html"}))
