"""Attention of the samples to each other, as those of a sequence: Vaswani and others, Attention is all you need (2017).

Scores have a row for each sample that asks, and a column for each that is asked, whichever way samples lie.
"""

from __future__ import annotations

from typing import Annotated

from gradcalc.formula.expr import Expr, Name, Num, call
from gradcalc.formula.index import ALL, Along, params_of
from gradcalc.formula.shapes import counted
from gradcalc.formula.table import AXIS, Axis
from gradcalc.problem.document import is_read
from gradcalc.problem.forms import Numbers
from gradcalc.problem.keys import Keys, Limits, Must, form, key
from gradcalc.problem.networks.stage import Index, Stage
from gradcalc.problem.networks.table import Kind
from gradcalc.problem.networks.weights import entries, read_biases, read_weights

MASKED = -1e9
"""The score of what may not be seen, as TensorFlow has it: its exponential is 0."""
_WEIGHTS = Must("given as numbers,", "[[1, 0], [0, 1]]")


@form
class Projections(Keys):
    """The weights of queries, keys, values and of what comes out, each with its biases where it has any."""

    Wq: Numbers = key("The weights of the queries", must=_WEIGHTS)
    Wk: Numbers = key("The weights of the keys", must=_WEIGHTS)
    Wv: Numbers = key("The weights of the values", must=_WEIGHTS)
    Wo: Numbers = key("The weights of what comes out; the heads' outputs as they are where left out", None)
    bq: Numbers = key("The biases of the queries", None)
    bk: Numbers = key("The biases of the keys", None)
    bv: Numbers = key("The biases of the values", None)
    bo: Numbers = key("The biases of what comes out", None)


@form
class Attention(Keys):
    """Attention of the samples to each other, in one head or several."""

    attention: Projections = key(
        "The weights Wq, Wk, Wv and Wo, and biases bq, bk, bv and bo",
        must=Must("a mapping", "{Wq: [[1, 0], [0, 1]], Wk: [[1, 0], [0, 1]], Wv: [[1, 0], [0, 1]]}"),
    )
    heads: Annotated[int, Limits(ge=1, le=1000)] = key(
        "How many heads share the entries of queries, keys and values", 1, must=Must("a whole number from 1 to 1,000")
    )
    causal: bool = key("Whether a sample sees only itself and those before it", False, must=Must("true or false"))


def attention(stage: Stage, layer: Attention) -> None:
    """`q, k, v`, and for each head `scores`, `p` and what it puts out; these together go through Wo."""
    if not is_read(layer.attention):
        stage.put_out_unread()
        return
    sizes = {letter: _projection(stage, layer.attention, letter) for letter in "qkv"}
    if not _fit(stage, layer, sizes):
        stage.put_out_unread()
        return
    out = layer.attention.Wo
    has = f"v{stage.number} has {counted(sizes['v'] or 0, 'entry')}"
    units = None if out is None else read_weights(stage, "Wo", out, ("attention", "Wo"), sizes["v"], has)
    bias = _biases(stage, layer.attention, "o", units if out is not None else sizes["v"])
    mask = None
    if layer.causal and stage.samples is not None:
        ones = call("ones", rows=stage.samples, columns=stage.samples)
        mask = stage.define(stage.name("mask"), call("tril", ones), "causal")
    for index in stage.sources:
        heads = _Heads(stage, layer, sizes, index, mask).together()
        if out is not None:
            stage.put_out(index, stage.notation.combined(stage.name("Wo"), bias, heads.id))
        else:
            stage.put_out(index, heads if bias is None else call("add", heads, Name(bias)))


def _projection(stage: Stage, given: Projections, letter: str) -> int | None:
    """Enter the weights and biases of queries, keys or values and add their equations; how many entries they have."""
    base = f"W{letter}"
    size = read_weights(stage, base, getattr(given, base), ("attention", base), stage.features, entries(stage))
    bias = _biases(stage, given, letter, size)
    for index, source in stage.sources.items():
        rule = stage.notation.combined(stage.name(base), bias, source.id)
        stage.define(stage.name(letter, index), rule, "attention", base)
    return size


def _biases(stage: Stage, given: Projections, letter: str, size: int | None) -> str | None:
    what = f"there {'is' if size == 1 else 'are'} {counted(size or 0, 'unit')}"
    return read_biases(stage, f"b{letter}", getattr(given, f"b{letter}"), ("attention", f"b{letter}"), size, what)


def _fit(stage: Stage, layer: Attention, sizes: dict[str, int | None]) -> bool:
    """Whether queries fit keys, and all can be divided among the heads; a fault where they don't."""
    if None in sizes.values():
        return False
    q, k, v = (f"{letter}{stage.number}" for letter in "qkv")
    if sizes["q"] != sizes["k"]:
        has = f"{q} has {counted(sizes['q'] or 0, 'entry')}, and {k} {sizes['k']}"
        stage.fault(f": {has}: a query and a key have as many", "attention", "Wk")
        return False
    for name, size in ((f"{q} and {k} have", sizes["q"]), (f"{v} has", sizes["v"])):
        if (size or 0) % layer.heads:
            message = f"is {layer.heads}, but {name} {counted(size or 0, 'entry')}, which {layer.heads} don't divide"
            stage.fault(message, "heads")
            return False
    return True


class _Heads:
    """The heads of one sequence."""

    def __init__(
        self, stage: Stage, layer: Attention, sizes: dict[str, int | None], index: Index, mask: Name | None
    ) -> None:
        self.stage, self.heads, self.index, self.mask = stage, layer.heads, index, mask
        self.sizes = {letter: (size or 0) // layer.heads for letter, size in sizes.items()}

    def together(self) -> Name:
        """What all heads put out, one beside the other."""
        if self.heads == 1:
            return self.head(self.index, 1, "z")
        each = [self.head((*self.index, number), number, "head") for number in range(1, self.heads + 1)]
        joined = call("concat", *each, axis=int(self.stage.axis))
        return self.stage.define(self.stage.name("z", self.index), joined)

    def head(self, index: Index, number: int, base: str) -> Name:
        """The scores of one head, their softmax, and the values weighted by it."""
        q, k, v = (self.part(letter, number) for letter in "qkv")
        rows = self.stage.axis is Axis.ROWS
        products = call("matmul", q, call("transpose", k)) if rows else call("matmul", call("transpose", q), k)
        scale = call("sqrt", Num(float(self.sizes["q"])))
        scores = self.stage.define(self.stage.name("scores", index), call("div", products, scale))
        seen: Expr = scores if self.mask is None else call("where", self.mask, scores, Num(MASKED))
        p = self.stage.define(self.stage.name("p", index), call("softmax", seen, **{AXIS: 1.0}))
        weighted = call("matmul", p, v) if rows else call("matmul", v, call("transpose", p))
        return self.stage.define(self.stage.name(base, index), weighted)

    def part(self, letter: str, number: int) -> Expr:
        """A head's own entries of the queries, keys or values."""
        whole, size = Name(self.stage.name(letter, self.index)), self.sizes[letter]
        if self.heads == 1:
            return whole
        mine = Along((number - 1) * size + 1, number * size)
        taken = (ALL, mine) if self.stage.axis is Axis.ROWS else (mine, ALL)
        return call("part", whole, **dict(params_of(taken)))


KINDS = {"attention": Kind(Attention, attention)}
