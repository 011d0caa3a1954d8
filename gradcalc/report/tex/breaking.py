"""Break a formula into lines that fit: at sums before products, outside brackets before inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from gradcalc.report.tex.tokens import TOUCHING, Token, settled, total

_LINE, _DEEPER = 10.0, 6.0
_TIGHTER = (0.0, 3.0, 5.0)
_TOO_WIDE = 1e6


@dataclass(frozen=True, slots=True)
class _Place:
    """Between which tokens a line may end, and how bad that is."""

    before: int
    penalty: float


def lines(tokens: Sequence[Token], first: float, rest: float) -> list[tuple[Token, ...]]:
    """The tokens in lines of at most `first` em, then `rest` em; what can't be broken may be wider."""
    if total(tokens) <= first:
        return [tuple(tokens)]
    tokens = settled(_divided(tokens, min(first, rest)))
    places = [_Place(0, 0.0), *_places(tokens), _Place(len(tokens), 0.0)]
    ends = _cheapest(tokens, places, first, rest)
    return [_trimmed(tokens[start:end], start > 0) for start, end in pairwise(ends)]


def narrowest(tokens: Sequence[Token]) -> float:
    """How wide a line must be at least."""
    parts = _divided(tokens, 0.0)
    ends = [0, *(place.before for place in _places(parts)), len(parts)]
    return max(total(_trimmed(parts[start:end], start > 0)) for start, end in pairwise(ends))


def _divided(tokens: Sequence[Token], room: float) -> list[Token]:
    """Matrices wider than a line in blocks of columns."""
    return [
        part
        for token in tokens
        for part in (token.divided(room) if token.width > room and token.divided is not None else (token,))
    ]


def _places(tokens: Sequence[Token]) -> list[_Place]:
    depths = list(accumulate((token.kind == "open") - (token.kind == "close") for token in tokens))
    found = []
    for i, (token, depth) in enumerate(zip(tokens, depths, strict=True)):
        penalty = _LINE + _DEEPER * depth + _TIGHTER[token.level]
        if token.kind in ("operator", "seam") and i:
            found.append(_Place(i, penalty))
        elif token.kind == "comma":
            found.append(_Place(i + 1, penalty))
    return found


def _cheapest(tokens: Sequence[Token], places: Sequence[_Place], first: float, rest: float) -> list[int]:
    """The places at which to break with the least penalty in all."""
    cost, came = [0.0] + [float("inf")] * (len(places) - 1), [0] * len(places)
    for j in range(1, len(places)):
        for i in range(j - 1, -1, -1):
            line = _trimmed(tokens[places[i].before : places[j].before], i > 0)
            over = total(line) - (rest if i else first)
            if over > 0 and i < j - 1:
                break
            here = cost[i] + places[j].penalty + (_TOO_WIDE + over if over > 0 else 0.0)
            if here < cost[j]:
                cost[j], came[j] = here, i
    ends = [len(places) - 1]
    while ends[-1]:
        ends.append(came[ends[-1]])
    return [places[i].before for i in reversed(ends)]


def _trimmed(line: Sequence[Token], continued: bool) -> tuple[Token, ...]:
    """A line without the seam that it begins with; an operator there stays one, a product gets its sign."""
    if not (continued and line and line[0].kind in ("operator", "seam")):
        return tuple(line)
    if line[0].kind == "seam":
        return tuple(line[1:])
    sign = r"\cdot" if line[0].level == TOUCHING else line[0].tex
    return (Token("{} " + sign, max(line[0].width, 0.722), "operator", level=line[0].level), *line[1:])
