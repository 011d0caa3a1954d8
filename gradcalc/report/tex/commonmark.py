r"""TeX that Markdown leaves alone: what GitHub, Jupyter, Quarto and MyST make of `$$ … $$` is then the same.

GitHub reads a file as Markdown before it looks for mathematics: `\\` becomes `\`, `\,` a comma, two `*` or `_` may
become emphasis, `[…](…)` a link. So nothing of that kind may stand in a formula.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gradcalc.report.tex.escape import letters

_OPERATOR = re.compile(r"\\operatorname\{([^{}]*)\}")
_NAMES = {
    r"\\": r"\cr",
    r"\,": r"\thinspace",
    r"\:": r"\medspace",
    r"\;": r"\thickspace",
    r"\!": r"\negthinspace",
    r"\{": r"\lbrace",
    r"\}": r"\rbrace",
    r"\|": r"\Vert",
    r"\_": "\\ ",
}
_ESCAPED = re.compile(r"\\([\\,:;!{}|_])(?=([A-Za-z])?)")
_SIGNS = {"*": r"\ast ", "<": r"\lt ", ">": r"\gt ", "|": r"\vert ", "~": "\\ "}
_SIGN = re.compile(r"[*<>|~]")
_MAY_OPEN = re.compile(r"(?<![A-Za-z0-9 ])_(?! )")
_LINK = re.compile(r"\](?=\()")
_NOTE = re.compile(r"\[(?=\^)")


def mathematics(tex: str) -> str:
    """The same formula, as CommonMark passes it on unchanged; GitHub takes no `\\operatorname`."""
    for step in _STEPS:
        tex = step(tex)
    return tex


_STEPS: tuple[Callable[[str], str], ...] = (
    lambda tex: _OPERATOR.sub(r"\\mathrm{\1}", tex),
    lambda tex: _ESCAPED.sub(lambda m: _NAMES["\\" + m[1]] + (" " if m[2] and m[1] != "_" else ""), tex),
    lambda tex: _SIGN.sub(lambda m: _SIGNS[m[0]], tex),
    lambda tex: _LINK.sub("] ", _NOTE.sub("[ ", tex)),
    lambda tex: _MAY_OPEN.sub("_ ", tex),
    letters,
)

_CODE = re.compile(r"((?<!`)`[^`]+`(?!`))")
_BREAK = re.compile(r"[\r\n\v\f]")
_SPECIAL = re.compile(r"[\\*$<~`]|\](?=[(:\[])|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|#$")
_LINE_START = re.compile(r"^(\d+)([.)])(?= )|^([#+-])(?= )|^(>|---)")


def prose(text: str) -> str:
    """A sentence, on one line; what stands between two single backticks stays as it is."""
    parts = _CODE.split(" ".join(text.split()) if _BREAK.search(text) else text.replace("\u00a0", " "))
    return "".join(part if i % 2 else _SPECIAL.sub(lambda m: "\\" + m[0], part) for i, part in enumerate(parts))


def line(text: str) -> str:
    """A paragraph that isn't taken for a list, a heading or a quotation."""
    return _LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[0]}", text)


def cell(text: str) -> str:
    """What stands in a table, where `|` ends a column."""
    return text.replace("|", r"\|")
