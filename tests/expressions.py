"""Random formulas of every form that parse can give."""

from __future__ import annotations

import keyword
import unicodedata

from hypothesis import strategies as st

from gradcalc.formula.expr import Apply, Expr, Name, Num, neg
from gradcalc.formula.index import Along, params_of
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import Function, functions, without_brackets

OPERATORS = ("add", "neg", "mul", "div", "matmul", "pow", "transpose")
PARTS = ("part", "place")
CALLS = [entry for entry in functions() if entry.name not in (*OPERATORS, *PARTS) and entry.group != "unknown"]


def _is_name(text: str) -> bool:
    return (
        text.isidentifier()
        and unicodedata.normalize("NFKC", text) == text
        and not keyword.iskeyword(text)
        and canonical(text) == text
        and not without_brackets(text)
    )


def identifiers() -> st.SearchStrategy[str]:
    common = st.sampled_from(
        ["a", "b", "W1", "dW1", "x", "y", "yhat", "T", "d", "α", "θ1", "_", "e", "inf", "σ", "sum"]
    )
    anything = st.text(st.characters(categories=["L", "Nd", "Mn", "Pc"]), min_size=1, max_size=4).filter(_is_name)
    return common | anything


def numbers() -> st.SearchStrategy[Num]:
    return st.builds(Num, st.floats(allow_nan=False, allow_infinity=False) | st.integers(-3, 10).map(float))


def _sum(terms: list[Expr]) -> Expr:
    """A sum as parse gives it: what stands first is no sum itself, as brackets there change nothing."""
    first, *rest = terms
    flat = first.args if isinstance(first, Apply) and first.function == "add" else (first,)
    return Apply("add", (*flat, *rest))


def along() -> st.SearchStrategy[Along]:
    """An index, or a range, along one axis."""
    alone, ends = st.integers(1, 12).map(Along), st.tuples(st.integers(1, 9), st.integers(0, 9))
    return alone | ends.map(lambda both: Along(both[0], sum(both))) | st.integers(1, 9).map(lambda i: Along(i, -1))


def indices() -> st.SearchStrategy[tuple[Along, ...]]:
    """What stands in a bracket: one index, or a row and a column."""
    return st.lists(along(), min_size=1, max_size=2).map(tuple)


KINDS = ("leaf", "call", *OPERATORS, "add", "neg", "mul", "pow", *PARTS)


@st.composite
def canonical_expressions(draw: st.DrawFn, depth: int | None = None) -> Expr:
    """Every form that parse can give: flat sums, no minus before a bare number."""
    depth = draw(st.integers(0, 4)) if depth is None else depth
    kind = draw(st.sampled_from(KINDS)) if depth else "leaf"
    inner = canonical_expressions(depth=depth - 1)
    if kind == "leaf":
        return draw(identifiers().map(Name) | numbers())
    if kind == "add":
        return _sum(draw(st.lists(inner, min_size=2, max_size=4)))
    if kind == "neg":
        return neg(draw(inner))
    if kind == "transpose":
        return Apply("transpose", (draw(inner),))
    if kind == "call":
        return _called(draw, inner, draw(st.sampled_from(CALLS)))
    if kind == "part":
        return Apply("part", (draw(inner),), params_of(draw(indices())))
    if kind == "place":
        return Apply("place", (draw(inner), draw(inner)), params_of(draw(indices())))
    return Apply(kind, (draw(inner), draw(inner)))


def _setting(entry: Function, name: str) -> st.SearchStrategy[float]:
    """The value of a parameter; an axis is counted from the front, whichever way it was typed."""
    if name != "axis":
        return numbers().map(lambda number: number.value)
    return st.sampled_from([0.0, 1.0, *entry.params.values()])


def _called(draw: st.DrawFn, inner: st.SearchStrategy[Expr], entry: Function) -> Expr:
    given = {name: draw(_setting(entry, name)) for name in entry.settings if draw(st.booleans())}
    return Apply(entry.name, tuple(draw(inner) for _ in entry.args), tuple(given.items()))
