"""Brackets that close without having been opened, within a formula: the one that opens was left out, or both were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gradcalc.check.answers.lexer import Token

_PAIRS: Final = {")": "(", "]": "["}
_PRODUCTS: Final = ("*", "·", "⋅", "×", "@", "∗")


def odd(tokens: Sequence[Token]) -> list[int]:
    """Where brackets close that nothing has opened, but for the end of a formula, where they are passed over."""
    opened = 0
    found = []
    for at, token in enumerate(tokens):
        sign = token.text if token.kind == "sign" else ""
        opened += sign in _PAIRS.values()
        if sign in _PAIRS and not opened:
            found.append(at)
        elif sign in _PAIRS:
            opened -= 1
    inside = [at for at in found if any(token.text not in _PAIRS and token.kind != "end" for token in tokens[at + 1 :])]
    return found if inside else []


def without(tokens: Sequence[Token]) -> list[Token]:
    """The tokens without brackets that close nothing."""
    dropped = {*odd(tokens)}
    return [token for at, token in enumerate(tokens) if at not in dropped]


def opened(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with brackets that open behind the first sign of a product: `a * b - c]` is `a * [b - c]`."""
    return [*_opened(tokens, odd(tokens))]


def _opened(tokens: Sequence[Token], closing: Sequence[int]) -> Iterator[Token]:
    start = 0
    for end in closing:
        part = tokens[start:end]
        first = next((i for i, token in enumerate(part) if token.kind == "sign" and token.text in _PRODUCTS), -1)
        yield from part[: first + 1]
        yield Token("sign", _PAIRS[tokens[end].text], tokens[end].start)
        yield from part[first + 1 :]
        yield tokens[end]
        start = end + 1
    yield from tokens[start:]
