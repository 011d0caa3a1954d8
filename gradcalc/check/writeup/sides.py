"""The sides of an equation from the tokens of a display, and the signs between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import dropwhile
from typing import Final

from gradcalc.check.writeup.model import Display, Side
from gradcalc.check.writeup.tokens import NAMES, Token

EQUALS: Final = frozenset(
    (
        *("=", r"\approx", r"\equiv", r"\triangleq", r"\coloneqq", r"\doteq", r"\simeq", "≈", "≡", ":=", NAMES),
        *(r"\leftarrow", r"\longleftarrow", r"\gets", "←"),
    )
)
NEARLY: Final = frozenset((r"\approx", r"\simeq", r"\doteq", "≈"))
ONE_NAME: Final = re.compile(
    r"\s*(?:\\(?!text|mbox|quad|[dt]?frac|sum|prod|nabla|partial|left|begin|forall)[A-Za-z]+(?![A-Za-z])\s*)*"
    r"(?:[A-Za-z]\s*|\{\s*[A-Za-z]+\s*\}\s*)?(?:'|\s*[_^]\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\?[A-Za-z0-9*]+))*\s*"
)
r"""One letter with what stands above and below it: `\delta^{(l)}_j`, `\hat{y}_t`."""
WIDE_SPACE: Final = r"\quad"
WIDE: Final = frozenset((WIDE_SPACE, r"\qquad", r"\hspace"))
_THIN: Final = frozenset((r"\,", r"\;", r"\:", r"\!", r"\>", r"\ "))
ENDS: Final = _THIN | {*",;.:~"}
"""Stops and spaces, at which a formula ends."""


def is_sign(token: Token) -> bool:
    """Whether a token is the sign of an equation, outside all brackets."""
    return token.depth == 0 and token.brackets == 0 and token.text in EQUALS


def text_of(part: Sequence[Token]) -> str:
    """Tokens as they are typed."""
    return "".join(token.text for token in part).strip()


def side_of(display: Display, part: Sequence[Token]) -> Side:
    """What stands between two signs, without the stop at its end."""
    first = next((token.start for token in part if not _is_blank(token)), part[0].start if part else 0)
    kept = [*dropwhile(_is_blank, (token for token in part if not (token.depth == 0 and token.text in WIDE)))]
    while kept and (kept[-1].text in ENDS or _is_space(kept[-1])):
        kept.pop()
    tex = "" if text_of(kept) == "{}" else text_of(kept)
    return Side(tex, display.start + first, is_plain=display.is_plain, pieces=tuple(_pieces(display, kept)))


def _pieces(display: Display, part: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where what stands side by side in the display begins: in the text of these tokens, and in the file."""
    length, end = 0, -1
    for token in part:
        if token.start != end:
            yield length, display.start + token.start
        length, end = length + len(token.text), token.start + len(token.text)


def _is_blank(token: Token) -> bool:
    return token.text in _THIN or _is_space(token)


def _is_space(token: Token) -> bool:
    return token.text.isspace()
