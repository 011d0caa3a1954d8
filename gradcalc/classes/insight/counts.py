"""How often each verdict and each mistake was given, and how the points are spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final, TypeAlias

from gradcalc.classes.export.table import in_order
from gradcalc.classes.insight.pairs import Pair, alike
from gradcalc.classes.insight.shared import Answers, Shared
from gradcalc.classes.model import Result

BINS: Final = 10
_MANY: Final = 3
_SHARE: Final = 0.05
"""An answer that no mistake explains is told where so many, and such a part of the class, gave it."""
_ORDERS: Final = 1000
"""After so many different sets of answered quantities, their order is known."""
Made: TypeAlias = tuple[str, tuple[str, ...]]
"""A quantity, and the ids of the mistakes that its answer can come from."""


@dataclass
class Insight:
    """Adds up results that are marked."""

    marked: int = 0
    words: Counter[tuple[str, str]] = field(default_factory=Counter)
    mistakes: Counter[Made] = field(default_factory=Counter)
    said: dict[Made, Mapping[str, Any]] = field(default_factory=dict)
    bins: Counter[int] = field(default_factory=Counter)
    answers: Answers = field(default_factory=Answers)
    orders: dict[tuple[str, ...], None] = field(default_factory=dict)

    def add(self, result: Result) -> None:
        """Add one; what has no marks says nothing of the class."""
        if not result.is_marked:
            return
        self.marked += 1
        verdicts = result.marks["verdicts"]
        self.words.update([(name, verdict["verdict"]) for name, verdict in result.by_quantity.items()])
        for verdict in verdicts:
            if verdict["mistakes"]:
                self._count_mistake(verdict)
            elif verdict["verdict"] == "wrong":
                self.answers.add(verdict, result)
        self.bins[_bin(result.marks)] += 1
        if len(self.orders) < _ORDERS:
            self.orders[tuple([verdict["quantity"] for verdict in verdicts])] = None

    @property
    def verdicts(self) -> dict[str, Counter[str]]:
        """How often each verdict was given, quantity by quantity in the order of the calculation."""
        found: dict[str, Counter[str]] = {name: Counter() for name in self.quantities}
        for (quantity, word), count in self.words.items():
            found.setdefault(quantity, Counter())[word] += count
        return found

    def _count_mistake(self, verdict: Mapping[str, Any]) -> None:
        made = verdict["quantity"], tuple(dict.fromkeys(each["id"] for each in verdict["mistakes"]))
        self.mistakes[made] += 1
        self.said.setdefault(made, {key: verdict[key] for key in ("message", "told") if key in verdict})

    @property
    def quantities(self) -> list[str]:
        """What was asked or answered, in the order of the calculation."""
        return in_order(self.orders)

    @property
    def commonest(self) -> list[tuple[Made, int]]:
        """The mistakes, the commonest first; where as many made them, in the order of the calculation."""
        place = {name: number for number, name in enumerate(self.quantities)}
        return sorted(self.mistakes.items(), key=lambda item: (-item[1], place.get(item[0][0], 0), item[0]))

    @property
    def unexplained(self) -> list[Shared]:
        """Wrong answers that many share and no mistake explains."""
        return self.answers.of_many(max(_MANY, ceil(_SHARE * self.marked)))

    @property
    def pairs(self) -> list[Pair]:
        """Sheets with the same unusual wrong numbers."""
        return alike(self.answers.groups.values())


def _bin(marks: Mapping[str, Any]) -> int:
    """In which tenth of the points the score lies, from 0; all points are a bin of their own."""
    share = marks["score"] / marks["points"] if marks["points"] else 0.0
    return max(0, min(int(share * BINS + 1e-9), BINS))
