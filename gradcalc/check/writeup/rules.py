r"""Update rules that are written for any parameter: `W = W - r \nabla W`, `w_{t+1} = w_t - \eta \nabla w_t`.

The name on the left is none of the problem's; it is read as each parameter in turn, until the rule can be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from gradcalc.check.answers.interpreter import Interpreter
from gradcalc.check.answers.normal import normal
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.writeup.model import Side
from gradcalc.formula.expr import Expr, Num, names, substitute
from gradcalc.formula.tex.read import TexError, read
from gradcalc.formula.tex.tree import Fenced, Fraction, Group, Node, Row, Scripted
from gradcalc.formula.write import code
from gradcalc.optimizers.rule import RATE
from gradcalc.program.naming import gradient_name, new_name


def rule(sides: Sequence[Side], interpreter: Interpreter, only: str = "") -> tuple[str, str] | None:
    """The problem's own rule and the one that is written, both for one parameter; None of what is no update rule.

    With `only` it is that parameter's, whose letter it has: `w_{t+1} = w_t - \\eta (A w_t - b)`.
    """
    if len(sides) != 2 or sides[0].is_plain:
        return None
    solution = interpreter.solution
    for parameter in (only,) if only else solution.problem.parameters:
        own = solution.by_name.get(new_name(parameter))
        written = _as(parameter, sides, interpreter, RATE if only else "") if own is not None else None
        if own is None or written is None:
            continue
        rate = solution.problem.given.get(RATE)
        put = {RATE: Num(float(rate))} if rate is not None and not rate.shape and RATE not in names(written) else {}
        return code(substitute(own.expr, put)), code(written)
    return None


def _as(parameter: str, sides: Sequence[Side], interpreter: Interpreter, rate: str) -> Expr | None:
    """The right side, where the name on the left stands for a parameter; None where that makes no rule of it.

    A rule has the gradient in it by its name, or `rate` if that isn't empty.
    """
    with suppress(NotReadable, TexError):
        left, right = (normal(read(side.tex)) for side in sides)
        alike = {left, *((each,) for each in _alike(left, right))}
        with interpreter.own.calling(dict.fromkeys(alike, parameter)):
            written = interpreter.symbolic(sides[1].tex, interpreter.meanings()).expr
        used = {*names(written)}
        return written if parameter in used and not used.isdisjoint({gradient_name(parameter), rate}) else None
    return None


def _alike(left: Row, right: Row) -> Iterator[Node]:
    """What has the letter of the left side, but for what stands above it and below: old and new values."""
    letter = _letter(left[0]) if len(left) == 1 else None
    yield from (node for each in right for node in _parts(each) if letter is not None and _letter(node) == letter)


def _letter(node: Node) -> Node | None:
    return node.base if isinstance(node, Scripted) else node


def _parts(node: Node) -> Iterator[Node]:
    yield node
    match node:
        case Group(items) | Fenced(_, items, _):
            inner: Row = items
        case Fraction(above, below):
            inner = (above, below)
        case _:
            inner = ()
    for each in inner:
        yield from _parts(each)
