"""A convolution there and back: 8 images of 3×32×32, 16 filters of 5×5, the gradients of images, filters and biases."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.agreement import agree
from benchmarks.peers import peers
from benchmarks.table import Row, rows
from benchmarks.timing import Work, in_turns
from gradcalc.formula.compile import compile_formulas
from gradcalc.formula.parse import parse
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.solve import build

ROUNDS = 15
WANTED = ("a", "dx", "dW", "db")
AT_MOST = 3.0


def measure(rounds: int = ROUNDS) -> Iterator[Row]:
    """Forward and back, with a given gradient of the value."""
    random = np.random.default_rng(7)
    images, filters = random.normal(size=(8, 3, 32, 32)), random.normal(size=(16, 3, 5, 5))
    problem = Problem(
        inputs={"x": images},
        parameters={"W": filters, "b": random.normal(size=(16, 1))},
        forward=(Equation("forward", "a", parse("conv2d(x, W, b)")),),
        upstream={"a": random.normal(size=(8, 16, 28, 28))},
    )
    program = build(problem)
    passes = [(eq.name, eq.expr) for eq in program.equations if eq.section in ("forward", "backward")]
    given = {**problem.given, **{f"d{name}": value for name, value in problem.upstream.items()}}
    compiled = compile_formulas(passes, given, program.axis, WANTED)
    values = [given[name] for name in compiled.inputs]
    ways: dict[str, Work] = {"gradcalc": lambda: compiled.run(*values)}
    if (found := peers("torch_eager").get("torch_eager")) is not None:
        ways["PyTorch eager"] = found.convolution(given)
        agree("PyTorch eager", dict(zip(WANTED, compiled.run(*values), strict=True)), ways["PyTorch eager"]())  # type: ignore[arg-type]
    yield from rows(
        "conv2d 8×3×32×32, 16 filters 5×5, there and back", in_turns(ways, rounds), {"PyTorch eager": AT_MOST}
    )
