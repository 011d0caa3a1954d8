r"""Find displayed equations in LaTeX and Markdown, and plain lines such as `dW2 = [0.1, 0.2]`. Nothing is expanded.

One pass from left to right: what opens a display is looked for, and then what closes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gradcalc.check.writeup.model import MOST_WORDS, Display, Refused
from gradcalc.words import shorten

MOST_DISPLAYS: Final = 2_000
LONGEST: Final = 20_000
"""How many equations are read, and how many characters each may have."""
DISPLAYED: Final = (
    *("equation", "align", "gather", "multline", "eqnarray", "alignat", "flalign", "displaymath", "math"),
    *("aligned", "gathered", "split", "alignedat", "dmath", "IEEEeqnarray", "subequations"),
)
_MACROS: Final = (
    *("newcommand", "renewcommand", "providecommand", "def", "edef", "gdef", "let", "DeclareMathOperator"),
    *("newenvironment", "input", "include", "includeonly", "write", "immediate", "openin", "openout", "read"),
    *("catcode", "csname", "loop", "directlua", "ShellEscape", "usepackage", "RequirePackage"),
)
_OPENS: Final = re.compile(
    rf"\\begin\{{(?P<env>(?:{'|'.join(DISPLAYED)})\*?)\}}(?:\{{\d\}}|\{{[rclsCLR]+\}})?"
    r"|(?<!\\)\$\$|(?<!\\)\\\[|^[ \t]*\\\\\[(?!\d)|^[ \t]*```math\b"
    r"|^[ \t]*(?P<item>(?:[-*+][ \t]+|\w{1,3}[.)][ \t]+|>[ \t]*)*)"
    r"(?:\$(?P<tick>`?)(?P<alone>[^$\n]+)(?P=tick)\$|\\\((?P<round>(?:(?!\\[()]).)+)\\\))"
    r"[ \t]*[.,;]?[ \t]*(?:\\\\)?[ \t]*$"
    rf"|\\(?P<macro>{'|'.join(_MACROS)}|write18)(?![A-Za-z])"
    r"|^[ \t]*(?:[-*+][ \t]+)?[`$]?(?P<plain>[^\W\d][^\s=<>!:`$]{0,60}[ \t]*(?<![+\-*/])=(?!=)[^\n]*)$",
    re.MULTILINE,
)
_CLOSE: Final = {
    **{"$$": re.compile(r"(?<!\\)\$\$"), "\\[": re.compile(r"\\\]"), "\\\\[": re.compile(r"\\\\\]")},
    "```": re.compile(r"^[ \t]*(?:>[ \t]*)*```", re.M),
}
_GOES_BEFORE: Final = re.compile(r"(?:\A\s*|(?:[.:;$`\\)]|\n)[ \t]*\n[ \t]*)\Z")
"""What ends before a formula that stands alone on its line: not the line of a sentence that goes on with it."""
_QUOTED: Final = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
_ARRANGED: Final = re.compile(
    r"\s*(?:\\left\s*(?:\\\{|\.|\\lbrace)\s*)?\\begin\{(array|cases|aligned|matrix|split)\}(?:\[.\])?(?:\{[^{}]*\})?"
    r"(?:(?!\\begin\{).)*\\end\{\1\}\s*(?:\\right\s*(?:\\\}|\.|\\rbrace))?[\s.,;]*",
    re.DOTALL,
)
"""A display that is one array, which arranges equations as `aligned` does."""
_ARRANGES: Final = re.compile(
    r"(?:\\left\s*(?:\\\{|\.|\\lbrace)\s*)?\\begin\{(?:array|cases|aligned|matrix|split)\}(?:\[.\])?(?:\{[rcl|]+\})?"
    r"|\\end\{(?:array|cases|aligned|matrix|split)\}\s*(?:\\right\s*(?:\\\}|\.|\\rbrace))?"
)
_AT_SIGN: Final = re.compile(r"&\s*=\s*&?|=\s*&|(?:\\\\|\\begin\{\w+\})\s*&")
"""Where a column may end that is a side of an equation, or all of one."""
_BEFORE_REMARK: Final = re.compile(r"&[&\s]*(?=\(|\\text\b|\\\\|\\end\b)")
"""Columns before a remark behind an equation: `u &=& x^2 &&& (y = u)`."""


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
        alone = next((name for name in ("plain", "alone", "round") if found[name]), "")
        if len(found[alone or 0]) > LONGEST:
            yield Refused(shorten(found[0]), found.start(), f"a display has at most {LONGEST:,} characters")
            continue
        if alone and alone != "plain":
            before = text[max(0, found.start() - MOST_WORDS) : found.start()]
            if "=" in found[alone] and (found["item"] or _GOES_BEFORE.search(before)):
                yield Display(found[alone], found.start(alone))
            continue
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
            inside = text[found.end() : end.start()]
            is_quoted = text[text.rfind("\n", 0, found.start()) + 1 :].lstrip().startswith(">")
            inside = _QUOTED.sub(_spaces, inside) if is_quoted else inside
            yield Display(_arranged(inside), found.end())
        position = end.end() if end is not None else position


def _arranged(tex: str) -> str:
    r"""A display without `\begin{array}{rcl} … \end{array}` around it, if its columns are the sides of equations."""
    is_one = "=" in tex and _ARRANGED.fullmatch(tex) and "&" not in _BEFORE_REMARK.sub("", _AT_SIGN.sub("", tex))
    return _ARRANGES.sub(_spaces, tex) if is_one else tex


def _spaces(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _closing(kind: str) -> re.Pattern[str]:
    return _CLOSE.get(kind) or re.compile(rf"\\end\{{{re.escape(kind)}\}}")
