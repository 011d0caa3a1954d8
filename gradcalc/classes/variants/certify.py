"""What is said of a variant: how far it tells the usual mistakes apart, and where it can't, why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gradcalc import __version__
from gradcalc.classes.variants.judge import VISIBLE, Flags
from gradcalc.classes.variants.search import Search, Variant

EQUAL: Final = "they are the same formula in this problem, whatever its numbers"
ZEROS: Final = "they are the same as long as the zeros stay (vary: {zeros: free} lets them go)"
NEVER: Final = "no numbers that were tried, of these kinds and in these ranges, tell them apart"
UNLUCKY: Final = "these numbers don't tell them apart; others would, but none that do were found"


@dataclass(frozen=True, slots=True)
class Alike:
    """Mistakes in a quantity that come to the same; of one alone, that it comes to the right value. And why."""

    quantity: str
    mistakes: tuple[str, ...]
    why: str


def common(search: Search) -> tuple[Alike, ...]:
    """What no variant of the problem tells apart."""
    reach = search.reach
    never = ~reach.pairs & ~reach.equal & ~reach.zeros
    return tuple(
        each
        for flags, why in ((reach.equal, EQUAL), (reach.zeros, ZEROS), (never, NEVER))
        for each in _alike(search, flags, why)
    )


def own(search: Search, variant: Variant) -> tuple[Alike, ...]:
    """What this variant doesn't tell apart, though others do."""
    return tuple(_alike(search, search.reach.pairs & ~variant.seen.separated, UNLUCKY))


def _alike(search: Search, flags: Flags, why: str) -> Iterator[Alike]:
    found = (search.judge.pairs[i] for i in np.flatnonzero(flags))
    for quantity, one, other in dict.fromkeys(found):
        yield Alike(quantity, tuple(sorted({one, other} - {""})), why)


def missed(search: Search, holds: Flags, wanted: Flags | None = None) -> list[str]:
    """What should hold of the values (by default what can) and doesn't."""
    wanted = search.reach.conditions if wanted is None else wanted
    return [search.judge.conditions[i] for i in np.flatnonzero(wanted & ~holds)]


def certificate(search: Search, variant: Variant) -> dict[str, Any]:
    """A variant's certificate, as data."""
    judge, seen = search.judge, variant.seen
    alike = [*own(search, variant), *common(search)]
    told = seen.apart[seen.separated & np.isfinite(seen.apart)]
    return {
        "gradcalc": __version__,
        "student": variant.student,
        "seed": search.seed,
        "problem": search.problem.title,
        "digits": search.problem.digits,
        "draws": variant.draws,
        "mistakes": judge.mistakes,
        "pairs": len(judge.pairs),
        "told_apart": int(seen.separated.sum()),
        "visible": VISIBLE * judge.unit,
        "least_difference": float(told.min() * judge.unit) if told.size else None,
        "separating": not own(search, variant),
        "not_told_apart": [
            {"quantity": each.quantity, "mistakes": [*each.mistakes], "why": each.why} for each in alike
        ],
        "hard_to_read": missed(search, seen.holds, np.ones_like(seen.holds)),
    }
