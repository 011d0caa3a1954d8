"""Leave out the middle of long sequences: of fifty steps of a recurrent network the first three and last two are told.

The equations between follow the same rules; `--full` shows them. Data for programs has them all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from gradcalc.formula.expr import Apply, Expr, Name, transform
from gradcalc.formula.names import ELLIPSIS
from gradcalc.program.solution import Solution
from gradcalc.report.document import (
    Block,
    Chain,
    Definitions,
    Document,
    Given,
    Group,
    Inline,
    Math,
    Paragraph,
    Quantity,
    Workings,
)

LONG: Final = 8
"""A family that counts further than this, and a sum of more terms, is told in part."""
FIRST, LAST = 3, 2
NAMED: Final = 4
"""So many families are named where members are left out."""

Members = Mapping[str, tuple[str, tuple[int, ...]]]


def members_told(solution: Solution) -> Members:
    """The family and the index of each name; the gradients of a family are one too, and so are its new values."""
    known = solution.problem.members
    if not known:
        return {}
    made = ((eq, *known[eq.quantity]) for eq in solution.equations if eq.quantity in known)
    return {**known, **{eq.name: (f"{eq.section} {eq.kind} {family}", index) for eq, family, index in made}}


def shortened(document: Document) -> Document:
    """The document without the middle of its sequences; as it is where all are short, or where it's to be full."""
    if not document.members or document.full:
        return document
    left_out = frozenset(_middle(document.members))
    return replace(document, blocks=tuple(_blocks(document.blocks, left_out)))


def _blocks(blocks: Sequence[Block], left_out: frozenset[str]) -> Iterator[Block]:
    for dropped, run in groupby(blocks, key=lambda each: isinstance(each, Chain) and each.name in left_out):
        if dropped:
            yield _follow([*dict.fromkeys(each.name for each in run if isinstance(each, Chain))])
        else:
            yield from (part for block in run for part in _told(block, left_out))


def _follow(names: Sequence[str]) -> Paragraph:
    follow = "follow" if len(names) > 1 else "follows"
    return Paragraph(("… ", *_runs(names), f" {follow} in the same way: `--full` shows all."), "note")


def _middle(members: Members) -> Iterator[str]:
    """The members that are left out: along the index that counts furthest."""
    by_family: dict[str, list[str]] = {}
    for name, (family, _) in members.items():
        by_family.setdefault(family, []).append(name)
    for names in by_family.values():
        columns = list(zip(*(members[name][1] for name in names), strict=True))
        longest = max(range(len(columns)), key=lambda position: len(set(columns[position])))
        # What a sequence starts from, `h[0]`, is told beside the first ones.
        numbers = sorted(number for number in set(columns[longest]) if number > 0)
        if len(numbers) > LONG:
            between = set(numbers[FIRST:-LAST])
            yield from (name for name in names if members[name][1][longest] in between)


def _told(block: Block, left_out: frozenset[str]) -> Iterator[Block]:
    if isinstance(block, Given):
        yield Given(tuple(replace(group, quantities=_kept(group, left_out)) for group in block.groups))
        dropped = [each.name for group in block.groups for each in group.quantities if each.name in left_out]
        if dropped:
            yield Paragraph((*_runs(dropped), " are given too: `--full` shows all."), "note")
    elif isinstance(block, Workings):
        for dropped_here, run in groupby(block.quantities, key=lambda each: each.name in left_out):
            quantities = tuple(run)
            if dropped_here:
                yield _follow([each.name for each in quantities])
            else:
                yield replace(block, quantities=tuple(map(_in_short, quantities)))
    elif isinstance(block, Definitions):
        for dropped_here, pairs in groupby(block.pairs, key=lambda pair: _member(pair[0], left_out) != ""):
            kept = tuple(pairs)
            yield _follow([_member(left, left_out) for left, _ in kept]) if dropped_here else replace(block, pairs=kept)
    elif isinstance(block, Chain):
        yield replace(block, links=tuple(replace(each, expr=transform(each.expr, _short_sum)) for each in block.links))
    else:
        yield block


def _member(expr: Expr, left_out: frozenset[str]) -> str:
    """The member that is left out and defined here, as a whole or by its entries `h[4][i]`; empty where it is told."""
    id = expr.id if isinstance(expr, Name) else ""
    return next((name for name in (id, id.rpartition("[")[0]) if name in left_out), "")


def _kept(group: Group, left_out: frozenset[str]) -> tuple[Quantity, ...]:
    return tuple(each for each in group.quantities if each.name not in left_out)


def _runs(names: Sequence[str]) -> Iterator[Inline]:
    """`h[4] to h[48], c[4] to c[48]`; of many families the first few."""
    families: dict[str, list[str]] = {}
    for name in names:
        families.setdefault(name.partition("[")[0], []).append(name)
    shown = [*families.values()][:NAMED]
    for position, mine in enumerate(shown):
        if position:
            yield ", "
        yield Math(Name(mine[0]))
        if len(mine) > 1:
            yield " to "
            yield Math(Name(mine[-1]))
    if len(families) > NAMED:
        yield " and others"


def _in_short(quantity: Quantity) -> Quantity:
    return quantity if quantity.rule is None else replace(quantity, rule=transform(quantity.rule, _short_sum))


def _short_sum(node: Expr) -> Expr:
    """A long sum with its first and last terms."""
    if not (isinstance(node, Apply) and node.function == "add" and len(node.args) > LONG):
        return node
    return replace(node, args=(*node.args[:FIRST], Name(ELLIPSIS), *node.args[-LAST:]))
