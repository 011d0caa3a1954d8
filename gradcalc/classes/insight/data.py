"""What a class got wrong, for programs."""

from __future__ import annotations

from typing import Any

from gradcalc.classes.insight.counts import BINS, Insight


def insight_data(insight: Insight) -> dict[str, Any]:
    """The counts; `distribution` is by tenths of the points, and at its end who has all of them."""
    return {
        "quantities": {name: dict(counts) for name, counts in insight.verdicts.items()},
        "mistakes": [
            {"quantity": quantity, "ids": list(ids), "count": count, "message": insight.said[quantity, ids]["message"]}
            for (quantity, ids), count in insight.commonest
        ],
        "unexplained": [
            {"quantity": each.quantity, "answer": each.answer, "count": each.count} for each in insight.unexplained
        ],
        "alike": [
            {"students": list(pair.students), "quantities": pair.quantities, "numbers": pair.numbers}
            for pair in insight.pairs
        ],
        "distribution": [insight.bins[number] for number in range(BINS + 1)],
    }
