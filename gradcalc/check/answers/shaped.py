r"""Shapes that stand below names: `W_{H \times D}` is the W that has this shape."""

from __future__ import annotations

from collections.abc import Sequence

from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.meanings import Meanings
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.formula.table import Shape
from gradcalc.words import shorten


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
    return found if any(found) else []


def sides_told(tokens: Sequence[Token]) -> list[str] | None:
    r"""The sizes that `n \times m` or `\mathbb{R}^{n \times m}` tells; none of `\mathbb{R}`, None of anything else."""
    first, *rest = [token for token in tokens if token.kind != "end"]
    if first.kind == "name" and first.text in ("R", "ℝ") and len(rest) < 2:
        raised = rest[0].inner[0] if rest and rest[0].kind in ("raise", "layer") else []
        return sides_of(raised) if bool(raised) == bool(rest) else None
    return sides_of(tokens) if is_shape(tokens) else None


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
    return int(side) if side.isdecimal() else meanings.sizes.get(_letter(side, meanings))


def letter_for(side: str, meanings: Meanings) -> tuple[str, int]:
    """A size as the problem has it, and the number that it is. Raises NotReadable where the problem has no such."""
    size = size_of(side, meanings)
    if size is None:
        raise NotReadable(f"unknown size '{shorten(side)}'")
    return (side if side.isdecimal() else _letter(side, meanings)), size


def _letter(side: str, meanings: Meanings) -> str:
    plain = {name.replace("_", ""): name for name in meanings.sizes}
    return side if side in meanings.sizes else plain.get(side.replace("_", ""), side)
