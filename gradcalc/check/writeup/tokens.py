r"""Cut a display into tokens, each with its place and how deep it stands in braces, `\left … \right` and matrices.

Environments that only arrange rows (`aligned`, `split`), and boxes around a formula, don't count as deeper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gradcalc.check.writeup.displays import DISPLAYED

_OPENING: Final = ("(", "[", r"\{", r"\lbrace", r"\langle", "⟨")
_CLOSING: Final = (")", "]", r"\}", r"\rbrace", r"\rangle", "⟩")
_NESTED: Final = r"(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*"
"""What stands in braces, with a few more within."""
_SIGNS: Final = "approx|equiv|triangleq|propto|sim|implies|Rightarrow|iff"
_TOKEN: Final = re.compile(
    r"\\(?P<edge>begin|end)\s*\{(?P<env>[A-Za-z]+\*?)\}(?:\[[a-z]\])?(?:(?<=at\})\{\d\})?"
    r"|\\tag\s*(?P<digit>\d)"
    r"|\\(?P<drop>tag\*?|label|vspace\*?|hspace\*?|ref|eqref|mathstrut|phantom|intertext|shortintertext)(?![A-Za-z])"
    r"\s*(?:\{(?P<told>[^{}]*)\})?"
    r"|\\(?P<plain>nonumber|notag|displaystyle|textstyle|limits|nolimits|noindent|par|centering)(?![A-Za-z])"
    r"|(?P<done>\\(?:checkmark|blacksquare|square|Box|qed|qedhere|hfill)(?![A-Za-z])|Q\.\s?E\.\s?D\.?)"
    r"|\\(?P<box>boxed|bbox|fbox|ensuremath|displaylines)(?![A-Za-z])\s*(?:\[[^\]]*\])?"
    rf"|\\(?P<colour>color|textcolor)\s*\{{[^{{}}]*\}}(?=\s*\{{(?:[^{{}}=]|\{{{_NESTED}\}})*=)"
    r"|\\(?P<sign>left|right)(?![A-Za-z])\s*(?P<fence>\\[A-Za-z]+|\\.|.)"
    rf"|\\(?P<over>overset|stackrel|underset)\s*\{{{_NESTED}\}}\s*\{{\s*(?P<under>:?=|\\(?:{_SIGNS}))\s*\}}"
    r"|(?P<unequal>\\not\s*=)"
    r"|\\\\\*?(?:\s*\[[^\]\n]{0,20}\])?|\\[A-Za-z]+|\\.|:=|=\s*:|.",
    re.DOTALL,
)
NAMES: Final = "=:"
"""The sign behind which a name stands for what is before it."""
_TRANSPARENT: Final = frozenset(DISPLAYED)


@dataclass(frozen=True, slots=True)
class Token:
    """Its text, its offset in the display, how deep it stands, and how many ordinary brackets are open."""

    text: str
    start: int
    depth: int
    brackets: int = 0
    number: str = ""
    """Of a `\\tag`, what it says."""


def tokens(tex: str) -> Iterator[Token]:
    """The tokens of a display, without labels and what arranges rows."""
    depth = brackets = 0
    boxes: list[int] = []
    opening = False
    """Whether the next brace opens a box."""
    for found in _TOKEN.finditer(tex):
        text = {"’": "'", "\\\n": r"\ "}.get(found[0], found[0])
        if found["digit"]:
            yield Token("", found.start(), depth, brackets, found["digit"])
        elif found["drop"]:
            yield Token("", found.start(), depth, brackets, (found["told"] or "") if found["drop"][:3] == "tag" else "")
        elif found["plain"] or found["done"]:
            continue
        elif found["env"]:
            name = found["env"].rstrip("*")
            if name in _TRANSPARENT and not depth:
                continue
            deeper = 1 if found["edge"] == "begin" else -1
            here = depth if deeper > 0 else depth + deeper
            depth = max(0, depth + deeper)
            yield Token(text, found.start(), max(here, 0) + 1, brackets)
        elif found["box"] or found["colour"]:
            opening = True
        elif found["unequal"]:
            yield Token(r"\neq", found.start(), depth, brackets)
        elif found["over"]:
            yield Token(found["under"], found.start(), depth, brackets)
        elif text == "{" and opening:
            opening = False
            boxes.append(depth)
        elif text == "}" and boxes and boxes[-1] == depth:
            boxes.pop()
        elif text == "{" or found["sign"] == "left":
            depth += 1
            yield Token(text, found.start(), depth, brackets)
        elif text == "}" or found["sign"] == "right":
            yield Token(text, found.start(), depth, brackets)
            depth = max(0, depth - 1)
        else:
            if text in _OPENING and depth == 0:
                brackets += 1
            yield Token(NAMES if text[0] == "=" != text else text, found.start(), depth, brackets)
            if text in _CLOSING and depth == 0:
                brackets = max(0, brackets - 1)
            if depth == 0 and (text.startswith("\\\\") or text == "&"):
                brackets = 0
