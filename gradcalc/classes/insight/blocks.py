"""What a class got wrong, as a report for who teaches it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from gradcalc.check.mistakes.meanings import MEANINGS
from gradcalc.classes.insight.counts import BINS, Insight, Made
from gradcalc.formula.expr import Name
from gradcalc.program.naming import at_first
from gradcalc.program.sections import quantities
from gradcalc.program.solution import Solution
from gradcalc.report.document import Bar, Bars, Block, Heading, Inline, Math, Paragraph, Table, Text
from gradcalc.report.story.told import told_again
from gradcalc.words import listed, shorten, visible

WORDS = ("correct", "carried", "imprecise", "wrong", "unreadable", "missing")
_MOST_ROWS: Final = 12
_LONGEST: Final = 60
_MEANINGS: Final = {id: said for group in MEANINGS.values() for id, said in group.items()}


class Story:
    """Tells it with the symbols of a problem, where that is known."""

    def __init__(self, insight: Insight, solution: Solution | None) -> None:
        self.insight = insight
        known = () if solution is None else quantities(solution)
        self.names: Mapping[str, Inline] = {each.label: Math(Name(at_first(each.equation))) for each in known}
        self.several = {each.label for each in known if each.step > 1}
        self.shapes = {} if solution is None else solution.shapes

    def blocks(self) -> Iterator[Block]:
        """The sections that there is something to say in."""
        if self.insight.marked:
            yield from self.by_quantity()
            yield from self.mistakes()
            yield from self.unexplained()
            yield from self.alike()
            yield from self.points()

    def name(self, label: str) -> Inline:
        """What a quantity is called: of later steps by its label, that says which."""
        return visible(label) if label in self.several else self.names.get(label, visible(label))

    def counted(self, count: int) -> str:
        """`41% (12)`: the part of the sheets that are marked, and how many."""
        return f"{percent(count / self.insight.marked)} ({count:,})"

    def by_quantity(self) -> Iterator[Block]:
        """Of each quantity what part of the class has it right, carried, wrong, missing."""
        found = self.insight.verdicts
        totals = sum((Counter(counts) for counts in found.values()), Counter[str]())
        totals["missing"] += sum(self.insight.marked - counts.total() for counts in found.values())
        words = [word for word in WORDS if totals[word]]
        bars = []
        for label, counts in found.items():
            # What isn't asked, and not answered, has no verdict: who hasn't answered it is missing too.
            missing = self.insight.marked - counts.total()
            shares = {w: (counts[w] + (missing if w == "missing" else 0)) / self.insight.marked for w in words}
            cells = tuple((percent(share),) if share else () for share in shares.values())
            bars.append(Bar((self.name(label),), tuple(shares.items()), cells))
        yield Heading("Quantity by quantity")
        yield Bars(("quantity", *words), tuple(bars))

    def mistakes(self) -> Iterator[Block]:
        """The commonest mistakes, with how many made each."""
        made = self.insight.commonest
        if not made:
            return
        yield Heading("The commonest mistakes")
        bars = [
            Bar(
                (self.counted(count),),
                (("wrong", count / self.insight.marked),),
                ((self.name(key[0]),), self.done(key)),
            )
            for key, count in made[:_MOST_ROWS]
        ]
        yield Bars(("sheets", "in", "what was done"), tuple(bars))
        yield from _further(len(made), "further mistake")

    def done(self, made: Made) -> Text:
        """What was done: what the mistake is in general, of several that give the same numbers each."""
        said = [_MEANINGS[id] for id in made[1] if id in _MEANINGS]
        if len(said) == len(made[1]):
            return (" Or: ".join(said),)
        return told_again(self.insight.said[made], self.shapes)

    def unexplained(self) -> Iterator[Block]:
        """Wrong answers that many share: perhaps the question is at fault."""
        found = self.insight.unexplained
        if not found:
            return
        yield Heading("Wrong answers that many share")
        said = "No known mistake explains these. Perhaps the question can be read in another way, or its key is wrong."
        yield Paragraph((said,))
        rows: list[tuple[Text, ...]] = [
            (
                (self.name(each.quantity),),
                (shorten(str(each.answer), _LONGEST),),
                (self.counted(each.count),),
            )
            for each in found[:_MOST_ROWS]
        ]
        yield Table(("quantity", "answer", "sheets"), tuple(rows))
        yield from _further(len(found), "further answer")

    def alike(self) -> Iterator[Block]:
        """Pairs of sheets with the same unusual wrong numbers, and no word on why."""
        pairs = self.insight.pairs
        if not pairs:
            return
        yield Heading("Sheets with the same unusual numbers")
        yield Paragraph(
            (
                "These have wrong numbers in common that hardly anybody else has and no known mistake gives. That can "
                "have many reasons, such as work in a group or a common source: it is no finding by itself.",
            )
        )
        rows: list[tuple[Text, ...]] = [
            (
                (listed(visible(name) for name in pair.students),),
                tuple(part for label in pair.quantities for part in (", ", self.name(label)))[1:],
                (str(pair.numbers),),
            )
            for pair in pairs[:_MOST_ROWS]
        ]
        yield Table(("sheets of", "quantities", "numbers"), tuple(rows))
        yield from _further(len(pairs), "further pair")

    def points(self) -> Iterator[Block]:
        """How the points are spread, by tenths of what can be had."""
        bins = self.insight.bins
        top = max(bins.values())
        bars = [
            Bar((_range(number),), (("score", bins[number] / top),), ((f"{bins[number]:,}",) if bins[number] else (),))
            for number in range(BINS + 1)
        ]
        yield Heading("Points")
        yield Bars(("of the points", "sheets"), tuple(bars))


def percent(share: float) -> str:
    """A share in whole percents; less than one, or than all, is not hidden by rounding."""
    if 0 < share < 0.01:
        return "<1%"
    return ">99%" if 0.99 < share < 1 else f"{share:.0%}"


def _range(number: int) -> str:
    return "all" if number == BINS else f"{number * 100 // BINS} to {(number + 1) * 100 // BINS}%"


def _further(count: int, what: str) -> Iterator[Block]:
    left = count - _MOST_ROWS
    if left > 0:
        yield Paragraph((f"And {left:,} {what}{'s' * (left > 1)}.",), "note")
