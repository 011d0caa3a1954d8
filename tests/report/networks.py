"""Networks of any size with arbitrary numbers, for the tests of diagrams."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from gradcalc.problem.load import loads
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve


def network(sizes: Sequence[int], seed: int = 0, scale: float = 1.0, samples: int | None = None) -> Solution:
    """A network of these sizes, with arbitrary numbers."""
    random = np.random.default_rng(seed)

    def numbers(*shape: int) -> list:
        return np.round(random.normal(0, scale, shape), 2).tolist()

    layers = [
        {"weights": numbers(b, a), "biases": numbers(b), "activation": "identity" if i == len(sizes) - 2 else "sigmoid"}
        for i, (a, b) in enumerate(pairwise(sizes))
    ]
    more, mean = ([], {}) if samples is None else ([samples], {"reduction": "mean"})
    given = {"inputs": numbers(sizes[0], *more), "targets": numbers(sizes[-1], *more), "layers": layers}
    return solve(
        loads(json.dumps({"notation": "W @ x + b", "loss": "half_squared_error", **given, **mean})), check=False
    )
