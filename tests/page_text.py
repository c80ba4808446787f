"""A feedback page as lines of text, for golden files that people read: what stands where, and in which state.

Left out is what differs from run to run and from machine to machine: inputs are drawn anew for each course, and
machines round differently. So numbers in comparisons and in what a program printed become gaps, and so do folders,
numbers of processes and the like. Of help only that it is there is told: which cause a wrong answer is given may
depend on the draw, and the samples' own tests say which must be. A picture is told by its kind. Points, words, order,
links and states stay.

A page is a list of blocks: its head, the list of a notebook's exercises, what to look at first, and every section.
A block is a list of parts, such as the paragraphs of a section, and a part a list of lines.
"""

import re
from hashlib import blake2b
from html.parser import HTMLParser

LINES = {  # elements that begin a line; what stands in others belongs to the line around them
    "body", "caption", "dd", "details", "div", "dl", "dt", "figure", "footer", "h1", "h2", "h3", "header", "hr", "li",
    "main", "nav", "ol", "p", "pre", "section", "summary", "table", "title", "tr", "ul", "blockquote", "article",
}  # fmt: skip
DEEPER = {"section", "details", "ul", "ol", "li", "table", "blockquote"}  # what is in them is indented
VOID = {"meta", "link", "img", "br", "hr", "input", "col", "wbr", "area", "source"}
CELLS = {"th", "td"}
STATES = {"passed", "failed", "waits", "quiet", "first", "right"}  # classes that are told also within a line
SHOWN = 6  # lines of what a program printed that are told
CODE = 10  # lines of a student's cell that are told; of the others only whether they are the same
WIDE = 160  # characters of a line that are told
NUMBER = re.compile(
    r"(?<![\w.])(?:0x[0-9a-f]+|[-−+]?\d+(?:[.,:]\d+)*(?:\.(?=\s*[-\d\]]|e[-+]\d))?(?:e[-+]?\d+)?)",  # "0." in an array, too
    re.IGNORECASE,
)
# In what a program printed: a folder, a name that is drawn, a value that is cut where its text is long.
FOLDER = re.compile(r"/[^\s'\",:]*/")
DRAWN = re.compile(r"(?<!\w)[0-9a-f]{8,}(?:[-_][0-9a-f]+)*", re.IGNORECASE)
CUT = re.compile(r"<[^<>]*\.\.\.>")
GAPS = re.compile(r"…(?:[\s,]*…)+")
QUOTED = re.compile(r"“[^”]*”")

Part = tuple[str, ...]
Block = tuple[Part, ...]


class _Reader(HTMLParser):
    """Collects the blocks of one page."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self._name = name
        self.blocks: list[list[list[str]]] = []
        self._open: list[tuple[str, tuple[str, ...]]] = []
        self._text = ""
        self._begun = "", 0  # how the line that is being read begins, and how deep it is
        self._silent = 0  # inside of what is told in another way: styles, drawings

    # What the parser calls

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        classes = tuple(given.get("class", "").split())
        if self._silent:
            self._silent += tag not in VOID
            return
        if tag in LINES:
            self._flush()
            self._perhaps_a_new_block(tag)
            self._begun = self._beginning(tag, classes, given), self._depth()
        elif tag == "meta" and "content" in given:
            self._text += f"meta {given.get('http-equiv', given.get('name', ''))}: {given['content']}"
            self._flush()
        elif tag == "img":
            self._text += f"[picture {_kind(given.get('src', ''))}: {given.get('alt', '')}]"
        elif tag == "a":
            address = given.get("href", "")
            # So the list of exercises reads the same on all pages of a submission.
            self._text += f"[{self._name * (self._in('nav') and address.startswith('#'))}{address}] "
        elif tag in CELLS:
            self._text += " | " if self._text else ""
        elif tag == "br":
            self._flush()
        if set(classes) & STATES and tag not in LINES:
            self._text += f"{{{' '.join(sorted(set(classes) & STATES))}}}"
        if tag in ("style", "script", "svg"):
            self._text += "" if tag == "style" else f"[{tag}]"
            self._silent = 1
            return
        if tag not in VOID:
            self._open.append((tag, classes))

    def handle_endtag(self, tag):
        if self._silent:
            self._silent -= tag not in VOID
            return
        if tag in LINES:
            self._flush()
        while self._open and tag not in VOID:
            closed, _ = self._open.pop()
            if closed == tag:
                break

    def handle_data(self, data):
        if not self._silent:
            self._text += data if self._in("pre") else re.sub(r"\s+", " ", data)

    def close(self):
        super().close()
        self._flush()

    # Lines

    def _in(self, *names: str) -> bool:
        return any(tag in names or set(names) & set(classes) for tag, classes in self._open)

    def _depth(self) -> int:
        return sum(tag in DEEPER for tag, _ in self._open)

    def _perhaps_a_new_block(self, tag: str) -> None:
        around = [tag for tag, _ in self._open]
        of_main = around[-1:] == ["main"] and tag != "nav"
        of_list = "nav" in around and tag == "section"
        if tag in ("title", "body", "header", "nav", "footer") or of_main or of_list:
            self.blocks.append([[]])
        elif self._open and (self._open[-1][0] in ("section", "details") or self._open[-1][1] == ("checks",)):
            self.blocks[-1].append([])

    @staticmethod
    def _beginning(tag: str, classes: tuple[str, ...], given: dict[str, str]) -> str:
        told = [f"{name}={given[name]!r}" for name in ("id", "aria-label", "open") if name in given]
        return " ".join([".".join([tag, *classes]), *told])

    def _flush(self) -> None:
        begun, depth = self._begun
        text, self._text, self._begun = self._text, "", ("", self._depth())
        lines = [line.rstrip() for line in text.split("\n")] if self._in("pre") else [" ".join(text.split())]
        lines = [self._without_what_differs(line) for line in lines if line.strip()]
        if self._in("output") and len(lines) > SHOWN:
            lines = [*lines[:SHOWN], "…"]
        if self._in("student") and len(lines) > CODE:
            rest = "\n".join(lines[CODE:]).encode("utf-8", "surrogatepass")
            lines = [*lines[:CODE], f"… {blake2b(rest, digest_size=4).hexdigest()}"]
        if begun and not lines and begun.split()[0] in ("p", "div", "td", "body", "pre", "li"):
            return
        if not self.blocks:
            self.blocks.append([[]])
        if begun or lines:
            first = "  " * depth + begun + (": " if begun and lines else "") + (lines[0] if lines else "")
            self.blocks[-1][-1] += [first, *("  " * depth + "| " + line for line in lines[1:])]

    def _without_what_differs(self, line: str) -> str:
        if self._in("output"):
            for found in (CUT, FOLDER, DRAWN, NUMBER):
                line = found.sub("…", line)
            line = re.sub(r"\s+", " ", GAPS.sub("…", line)).replace("[ …", "[…").replace("… ]", "…]")
        elif self._in("confusion", "wide"):
            line = NUMBER.sub("…", line)
        elif " were taken for " in line:  # what an untrained network takes for what, chance decides
            line = NUMBER.sub("…", QUOTED.sub("…", line))
        elif self._in("note") or (self._in("ol") and self._in("div")):
            line = "…"
        return line if len(line) <= WIDE else f"{line[:WIDE]} …"


def _kind(source: str) -> str:
    """What a picture is: its kind, and of what does not depend on how a machine draws, nothing more."""
    found = re.match(r"data:([\w/+]+);base64,(.*)", source, re.DOTALL)
    return found[1] if found else source


def blocks(name: str, html: str) -> list[Block]:
    """The blocks of the page in the file of this name."""
    reader = _Reader(name)
    reader.feed(html)
    reader.close()
    whole = (tuple(tuple(part) for part in block if part) for block in reader.blocks)
    return [block for block in whole if block]
