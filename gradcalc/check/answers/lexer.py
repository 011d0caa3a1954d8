"""Cut a formula as people type it into tokens: numbers, names with their index, `∂L/∂W1`, transposes, signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from gradcalc.check.answers.numerals import NotReadable
from gradcalc.program.customs import LOSSES

RAISED: Final = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"
DIGITS: Final = str.maketrans(f"{RAISED}₀₁₂₃₄₅₆₇₈₉", "0123456789-0123456789")
_D: Final = r"(?:∂|d)\s*"
_NAME: Final = r"(?:(?!ᵀ)[^\W\d_⁰¹²³⁴⁵⁶⁷⁸⁹]\u0302?(?:(?!ᵀ)[^\W⁰¹²³⁴⁵⁶⁷⁸⁹⁻]|\u0302)*)"
_LAYER: Final = r"(?:\^\s*(?:\{\s*)?[\[(]\s*\d+\s*[\])](?:\s*\})?|_\{\d+\})?"
_PIECE: Final = re.compile(r"[^\W\d]+\d+|[^\W\d]+")
_TOKEN: Final = re.compile(
    rf"\s*(?:(?P<partial>{_D}(?:{'|'.join(sorted(LOSSES, key=len, reverse=True))})\s*/\s*{_D}(?P<of>{_NAME}{_LAYER}))"
    r"|(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)"
    rf"|(?P<name>(?:∇\s*)?{_NAME}{_LAYER})|(?P<raised>[{RAISED}]+)"
    r"|(?P<transpose>\^\s*\{?\s*(?:T\b|⊤)\s*\}?|ᵀ|⊤)|(?P<sign>\*\*|>=|<=|==|!=|≥|≤|≠|.))",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """What it is, its text (of a derivative the name below), and where it begins."""

    kind: str
    text: str
    start: int
    inner: tuple[Any, ...] = ()
    """Of one with an inside of its own, as a fraction of TeX has, the tokens of its parts."""


END: Final = Token("end", "", 0)
"""Behind the last token, where its place is of no matter."""


def tokens(text: str, is_name: Callable[[str], object]) -> list[Token]:
    """The tokens, and one at the end; names that are written together (`W2δ2`) are told apart by `is_name`.

    Raises NotReadable, with the column, where 0 stands right before a letter.
    """
    plain = unicodedata.normalize("NFC", text).replace("−", "-").replace("–", "-")
    found: list[Token] = []
    for match in _TOKEN.finditer(plain.rstrip()):
        kind = next(k for k in ("partial", "number", "name", "raised", "transpose", "sign") if match[k] is not None)
        token = Token(kind, match["of"] if kind == "partial" else match[kind], match.start(kind))
        if kind == "name" and found and found[-1] == Token("number", "0", token.start - 1):
            raise NotReadable(f"column {token.start}: no number begins with 0 and a letter")
        found += _apart(token, is_name) if kind == "name" else [token]
    return [*found, Token("end", "", len(plain))]


def _apart(token: Token, is_name: Callable[[str], object]) -> Iterator[Token]:
    pieces = list(_PIECE.finditer(token.text))
    apart = len(pieces) > 1 and "".join(piece[0] for piece in pieces) == token.text and not is_name(token.text)
    if apart and all(is_name(piece[0]) for piece in pieces):
        yield from (Token("name", piece[0], token.start + piece.start()) for piece in pieces)
    else:
        yield token
