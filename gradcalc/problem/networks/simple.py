"""Layers without parameters: units dropped by a given mask, and what came out of an earlier layer added again."""

from __future__ import annotations

from typing import Annotated

from gradcalc.formula.brackets import member_name
from gradcalc.formula.expr import Expr, Name, Num, add, call, mul
from gradcalc.formula.shapes import spell
from gradcalc.formula.spelling import canonical
from gradcalc.problem.document import is_read
from gradcalc.problem.forms import Numbers
from gradcalc.problem.keys import Keys, Limits, Must, form, key
from gradcalc.problem.networks.stage import Index, Stage
from gradcalc.problem.networks.table import Kind
from gradcalc.words import shorten


@form
class Dropout(Keys):
    """Units dropped by a given mask."""

    dropout: Numbers = key(
        "The mask, in the shape of what goes in: 1 keeps an entry, 0 drops it",
        must=Must("given as numbers,", "[1, 0, 1]"),
    )
    keep: Annotated[float | None, Limits(gt=0, le=1)] = key(
        "The share of units that is kept, by which what is kept is divided (inverted dropout); not divided if left out",
        None,
        must=Must("a number above 0, and at most 1"),
    )


@form
class Add(Keys):
    """What came out of an earlier layer, added to what goes in (a residual connection)."""

    add: str = key("The quantity that is added: x, h1", must=Must("the name of a quantity before this layer", "h1"))


def drop(stage: Stage, layer: Dropout) -> None:
    """`h2 = h1 * mask2 / keep`."""
    mask = stage.given("mask", layer.dropout, "dropout")
    if mask is not None and stage.shape is not None and mask.shape != stage.shape:
        stage.fault(f"is {spell(mask.shape)}, but {stage.source} is {spell(stage.shape)}: it must be so too", "dropout")
    for index, source in stage.sources.items():
        kept: Expr = mul(source, Name(stage.name("mask")))
        out = stage.put_out(index, kept if layer.keep in (None, 1.0) else call("div", kept, Num(layer.keep)))
        if stage.shape is not None:
            stage.flow.shapes[out.id] = stage.shape  # whatever the mask's


def add_again(stage: Stage, layer: Add) -> None:
    """`h3 = h2 + h1`."""
    if not is_read(layer.add):
        stage.put_out_unread()
        return
    for index, source in stage.sources.items():
        earlier = _earlier(stage, canonical(layer.add), index)
        shapes = [stage.flow.shapes.get(name) for name in (source.id, earlier)]
        if None not in shapes and shapes[0] != shapes[1]:
            what, goes_in = (spell(shape or ()) for shape in reversed(shapes))
            stage.fault(f": {earlier} is {what}, but {source.id} is {goes_in}: only the same shape can be added", "add")
        stage.put_out(index, add(source, Name(earlier)), "add")


def _earlier(stage: Stage, written: str, index: Index) -> str:
    """The quantity that is meant, of a family the member with this index; a fault where there is none."""
    known = [*stage.parts.inputs, *stage.parts.computed]
    found = next((name for name in (written, member_name(written, index)) if name in known), None)
    if found is None and written not in stage.draft.unread:
        stage.fault(f": unknown quantity '{shorten(written)}'{stage.draft.near(written, known)}", "add")
    return found or written


KINDS = {"dropout": Kind(Dropout, drop), "add": Kind(Add, add_again)}
