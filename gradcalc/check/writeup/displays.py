r"""Find displayed equations in LaTeX and Markdown, and plain lines such as `dW2 = [0.1, 0.2]`. Nothing is expanded.

One pass from left to right: what opens a display is looked for, and then what closes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gradcalc.check.writeup.model import Display, Refused
from gradcalc.words import shorten

MOST_DISPLAYS: Final = 2_000
LONGEST: Final = 20_000
"""How many equations are read, and how many characters each may have."""
DISPLAYED: Final = (
    *("equation", "align", "gather", "multline", "eqnarray", "alignat", "flalign", "displaymath", "math"),
    *("aligned", "gathered", "split", "alignedat", "dmath"),
)
_MACROS: Final = (
    *("newcommand", "renewcommand", "providecommand", "def", "edef", "gdef", "let", "DeclareMathOperator"),
    *("newenvironment", "input", "include", "includeonly", "write", "immediate", "openin", "openout", "read"),
    *("catcode", "csname", "loop", "directlua", "ShellEscape", "usepackage", "RequirePackage"),
)
_OPENS: Final = re.compile(
    rf"\\begin\{{(?P<env>(?:{'|'.join(DISPLAYED)})\*?)\}}|(?<!\\)\$\$|(?<!\\)\\\[|^[ \t]*```math\b"
    rf"|\\(?P<macro>{'|'.join(_MACROS)}|write18)(?![A-Za-z])"
    r"|^[ \t]*(?:[-*+][ \t]+)?[`$]?(?P<plain>[^\W\d][^\s=<>!:`$]{0,60}[ \t]*(?<![+\-*/])=(?!=)[^\n]*)$",
    re.MULTILINE,
)
_CLOSE: Final = {"$$": re.compile(r"(?<!\\)\$\$"), "\\[": re.compile(r"\\\]"), "```": re.compile(r"^[ \t]*```", re.M)}


def displays(text: str) -> Iterator[Display | Refused]:
    """Each display in order, and what is refused: macros and files, what isn't closed, what is too long."""
    position, count = 0, 0
    unclosed = set[str]()
    while (found := _OPENS.search(text, position)) is not None:
        position = found.end()
        if found["macro"]:
            said = f"\\{found['macro']} isn't carried out: a write-up is read as it stands"
            yield Refused(shorten(text[found.start() :].partition("\n")[0]), found.start(), said)
            continue
        count += 1
        if count > MOST_DISPLAYS:
            yield Refused("", found.start(), f"at most {MOST_DISPLAYS:,} equations are read")
            return
        if found["plain"]:
            start = found.start("plain")
            yield Display(found["plain"].rstrip().rstrip("`$").rstrip(" ,.;"), start, is_plain=True)
            continue
        kind = found["env"] or found[0].strip()[:3].rstrip("m")
        end = None if kind in unclosed else _closing(kind).search(text, position)
        if end is None:
            unclosed.add(kind)
            yield Refused(shorten(found[0]), found.start(), f"'{found[0].strip()}' isn't closed", is_here=True)
        elif end.start() - found.end() > LONGEST:
            yield Refused(shorten(found[0]), found.start(), f"a display has at most {LONGEST:,} characters")
        else:
            yield Display(text[found.end() : end.start()], found.end())
        position = end.end() if end is not None else position


def _closing(kind: str) -> re.Pattern[str]:
    return _CLOSE.get(kind) or re.compile(rf"\\end\{{{re.escape(kind)}\}}")
