"""Put rows together that go on from each other: one that begins with `=`, in its display or in the next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from gradcalc.check.writeup.displays import displays
from gradcalc.check.writeup.model import Derivation, Refused, Row, Side, WriteUp
from gradcalc.check.writeup.rows import rows
from gradcalc.check.writeup.source import body

MOST_SIDES = 100


def taken_apart(text: str, path: str) -> WriteUp:
    """A write-up as chains. Raises nothing: what can't be read is listed in it."""
    every = [*_chains(_every_row(text, path))]
    refused = sorted((each for each in every if isinstance(each, Refused)), key=lambda each: each.start)
    chains = tuple(each for each in every if isinstance(each, Derivation))
    return WriteUp(path, text, chains, tuple(refused))


def _every_row(text: str, path: str) -> Iterator[Row | Refused]:
    for display in displays(body(text, path)):
        yield from (display,) if isinstance(display, Refused) else rows(display)


def _chains(found: Iterable[Row | Refused]) -> Iterator[Derivation | Refused]:
    chain: list[Side] = []
    condition: Side | None = None
    for row in found:
        if isinstance(row, Refused):
            yield from _ended(chain, condition)
            yield row
            chain = []
            continue
        first, *rest = row.sides
        goes_on = row.condition is None or row.condition == condition
        if row.shape is not None:
            yield from _ended(chain, condition)
            yield from (Derivation((side, row.shape), is_shape=True) for side in row.sides)
            chain = []
        elif row.is_more and chain:
            chain[-1] = replace(chain[-1], tex=f"{chain[-1].tex} {first.tex}")
        elif not first.tex and chain and not row.begins and goes_on and len(chain) < MOST_SIDES:
            chain += rest
        elif not first.tex and len(rest) > 1:
            # What it goes on from couldn't be read, or is none: its own lines can be compared all the same.
            yield from _ended(chain, condition)
            chain, condition = [*rest], row.condition
        elif not first.tex:
            yield from _ended(chain, condition)
            chain = []
            yield Refused(rest[0].tex, rest[0].start, "this goes on from nothing")
        else:
            yield from _ended(chain, condition)
            chain, condition = [first, *rest], row.condition
    yield from _ended(chain, condition)


def _ended(chain: list[Side], condition: Side | None) -> Iterator[Derivation | Refused]:
    if len(chain) > 1:
        yield Derivation(tuple(chain), condition=condition)
    elif chain:
        yield Refused(chain[0].tex, chain[0].start, "no equation: it has no sign = with a formula on both sides")
