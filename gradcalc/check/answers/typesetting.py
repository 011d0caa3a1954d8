r"""Formulas in LaTeX as trees in one form, without what only sets them: sizes, spaces, mathematics within text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from gradcalc.check.answers.calls import is_function
from gradcalc.check.answers.normal import normal
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.formula.parse import MAX_LENGTH
from gradcalc.formula.tex.commands import names
from gradcalc.formula.tex.read import ALIASES, TexError, read
from gradcalc.formula.tex.tree import Row

_TEX: Final = re.compile(r"\\[A-Za-z]|[_^]\{")
_SIZES: Final = re.compile(
    r"\\(?:big|Big|bigg|Bigg)[lrm]?(?![A-Za-z])|\\(?:displaystyle|limits|nolimits|space|,|;|!)(?![A-Za-z])"
    r"|\\(?:enspace|enskip|strut|allowbreak|tiny|small|normalsize|large|Large|LARGE|huge|Huge)(?![A-Za-z])"
    r"|\\(?:[hm]skip|m?kern)\s*-?[\d.]+\s*[a-z]{2}"
)
_COMMAND: Final = re.compile(r"\\([A-Za-z]{3,})(?![A-Za-z])")
_MIXED: Final = re.compile(r"\\(?:text|mbox|textrm)\s*\{([^{}$]*)\$([^{}$]*)\$([^{}$]*)\}")
"""Text with mathematics in it."""
_UPRIGHT_D: Final = re.compile(r"\\mathrm\s*\{\s*~\s*d\s*\}")
r"""`\mathrm{~d}`, as programs that read pages set the d of a differential."""


class NotTex(NotReadable):
    """TeX that can't be read: where in its text, from 0, and why."""

    def __init__(self, start: int, why: str) -> None:
        self.start, self.why = start, why
        super().__init__(f"column {start + 1}: {why}")


def is_own(command: str) -> bool:
    r"""Whether it is a command of the student's own for a function, `\softmax`, which TeX hasn't."""
    return is_function(command) and command not in names() and command not in ALIASES


def is_tex(text: str) -> bool:
    """Whether there is TeX in a formula."""
    return bool(_TEX.search(text))


def tree_of(text: str) -> Row:
    """The tree of a formula. Raises NotTex."""
    text = _COMMAND.sub(lambda found: f" {found[1]}" if is_own(found[1]) else found[0], text)
    plain = _SIZES.sub(lambda found: " " * len(found[0]), text).replace("...", r"\dots ").replace(".*", " *")
    plain = _UPRIGHT_D.sub(lambda found: " d".ljust(len(found[0])), plain)
    while (found := _MIXED.search(plain)) is not None:
        plain = f"{plain[: found.start()]}\\text{{{found[1]}}} {found[2]} \\text{{{found[3]}}}{plain[found.end() :]}"
    try:
        return (_kept_tree if len(plain) <= MAX_LENGTH else _tree)(plain)
    except TexError as error:
        raise NotTex(error.start, f"{error.why}{error.hint}") from None


def _tree(text: str) -> Row:
    return normal(read(text, grids=True))


_kept_tree: Final = lru_cache(maxsize=256)(_tree)
"""Of a line that is read for several sizes, and for all that its letters may be, the same tree."""
