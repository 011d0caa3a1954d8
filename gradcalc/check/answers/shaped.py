r"""Shapes that stand below names: `W_{H \times D}` is the W that has this shape."""

from __future__ import annotations

from collections.abc import Sequence

from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.meanings import Meanings
from gradcalc.formula.table import Shape


def is_shape(tokens: Sequence[Token]) -> bool:
    """Whether what stands below a name is a shape."""
    return any(token.kind == "sign" and token.text == "×" for token in tokens)


def sides_of(tokens: Sequence[Token]) -> list[str]:
    """The sizes of a shape as they are typed, without what binds their letters."""
    found = [""]
    for token in tokens:
        if token.kind == "sign" and token.text == "×":
            found.append("")
        elif token.kind != "end":
            found[-1] += _typed(token)
    return found


def _typed(token: Token) -> str:
    below = (_typed(each) for part in token.inner if isinstance(part, list) for each in part if each.kind != "end")
    return f"{'' if token.kind == 'index' else token.text}{''.join(below)}"


def fits(sides: Sequence[str], shape: Shape | None, meanings: Meanings) -> bool:
    """Whether a shape is the one that is told; a letter that the problem doesn't have stands for one size."""
    new = sizes_by(sides, shape, meanings)
    if new is not None:
        meanings.unknown_sizes |= new
    return new is not None


def sizes_by(sides: Sequence[str], shape: Shape | None, meanings: Meanings) -> dict[str, int] | None:
    """What letters that the problem doesn't have stand for then; None where the shape is another one."""
    if shape is None or len(sides) != len(shape):
        return None
    found = dict(meanings.unknown_sizes)
    for side, size in zip(sides, shape, strict=True):
        known = size_of(side, meanings)
        if (found.setdefault(side, size) if known is None else known) != size:
            return None
    return found


def size_of(side: str, meanings: Meanings) -> int | None:
    """The size that is told: a number, or a letter of the problem however its index is written, `D_x` for `Dx`."""
    plain = {name.replace("_", ""): size for name, size in meanings.sizes.items()}
    return int(side) if side.isdecimal() else meanings.sizes.get(side, plain.get(side.replace("_", "")))
