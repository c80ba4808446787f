"""Displays every kind of output that a page can show in a way of its own."""

FAMILY = "attacks on readers"
NOTEBOOKS = (2,)


def edit(submission):
    submission.own_cell("""
script = "document.title='PWNED'"
html = f"<img src=x onerror=\\"{script}\\"><script>{script}</script>"
kinds = {
    "application/javascript": script,
    "text/javascript": script,
    "image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg' onload=\\"{script}\\"><script>{script}</script></svg>",
    "text/markdown": html + "[x](javascript:alert())",
    "text/latex": "$" + html + "$",
    "application/vnd.jupyter.widget-view+json": {"model_id": html, "version_major": 2},
    "application/vnd.jupyter.widget-state+json": {"state": {html: 1}},
    "application/pdf": html, "image/jpeg": html, "image/png": '" onerror="' + script,
    "image/gif": html, "text/vnd.mermaid": html, "application/geo+json": {"type": html},
    html: html,
}
publish = get_ipython().display_pub.publish
for kind, data in kinds.items():
    publish({kind: data})
    publish({kind: data, "text/plain": html})
isolated = {"text/html": {"isolated": True}, "image/png": {"width": html, "alt": html}}
publish({"text/html": html}, metadata=isolated)
""", after="conv_params")
