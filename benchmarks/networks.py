"""One gradient of a compiled network: the small one of the course, and two of the size that is trained."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

import gradcalc
from benchmarks.agreement import agree
from benchmarks.peers import Gradients, peers
from benchmarks.table import Row, rows
from benchmarks.timing import Work, in_turns
from gradcalc.formula.compile import compile_formulas
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Axis
from gradcalc.program.problem import Equation, Problem
from gradcalc.program.solve import build

ROUNDS = 15
WANTED = ("loss", "dW1", "db1", "dW2", "db2")
Array = npt.NDArray[np.float64]

SMALL = {
    "by_hand": ("NumPy by hand", 1.1),
    "torch_eager": ("PyTorch eager", 0.25),
    "jax_jit": ("JAX jit", 1.0),
    "autograd_tape": ("autograd", 0.1),
    "micrograd_scalar": ("micrograd", 0.5),
}
LARGE = {"by_hand": ("NumPy by hand", 1.05), "torch_eager": ("PyTorch eager", 1.5)}


def small(rounds: int = ROUNDS) -> Iterator[Row]:
    """One gradient of hw3."""
    problem = gradcalc.load("hw3")
    yield from _compare("one gradient of hw3", problem, "hw3", SMALL, rounds)


def large(rounds: int = ROUNDS) -> Iterator[Row]:
    """One gradient of a ReLU-softmax classifier, in two sizes."""
    for sizes, batch in (((784, 256, 10), 128), ((1024, 1024, 100), 4096)):
        name = f"{'-'.join(map(str, sizes))}, batch {batch}"
        yield from _compare(name, _classifier(sizes, batch), "classifier", LARGE, rounds)


def _compare(
    what: str, problem: Problem, kind: str, against: dict[str, tuple[str, float]], rounds: int
) -> Iterator[Row]:
    ours = compiled(problem, WANTED)
    ways: dict[str, Work] = {"gradcalc": ours}
    for module, (peer, _) in against.items():
        if (found := peers(module).get(module)) is not None:
            ways[peer] = getattr(found, kind)(_data(problem))
            agree(peer, _named(ours()), ways[peer]())  # type: ignore[arg-type]
    yield from rows(what, in_turns(ways, rounds), dict(against.values()))


def compiled(problem: Problem, wanted: tuple[str, ...]) -> Callable[[], tuple[Any, ...]]:
    """The forward and the backward pass alone, to what is wanted: the gradients of the parameters."""
    program = build(problem)
    passes = [(eq.name, eq.expr) for eq in program.equations if eq.section in ("forward", "backward")]
    formulas = compile_formulas(passes, program.given, program.axis, wanted)
    values = [problem.given[name][()] for name in formulas.inputs]
    return lambda: formulas.run(*values)


def _named(results: tuple[Any, ...]) -> Gradients:
    return dict(zip(WANTED, results, strict=True))


def _data(problem: Problem) -> dict[str, Array]:
    return {**problem.inputs, **problem.targets, **problem.parameters}


def _classifier(sizes: tuple[int, int, int], batch: int) -> Problem:
    random = np.random.default_rng(7)
    into, hidden, classes = sizes
    forward = {
        "a1": "x @ W1 + b1",
        "h1": "relu(a1)",
        "a2": "h1 @ W2 + b2",
        "yhat": "softmax(a2)",
        "loss": "mean(cross_entropy(yhat, y))",
    }
    return Problem(
        axis=Axis.ROWS,
        inputs={"x": random.normal(size=(batch, into))},
        targets={"y": np.eye(classes)[random.integers(classes, size=batch)]},
        parameters={
            "W1": random.normal(size=(into, hidden)) / np.sqrt(into),
            "b1": random.normal(size=(1, hidden)) / 10,
            "W2": random.normal(size=(hidden, classes)) / np.sqrt(hidden),
            "b2": random.normal(size=(1, classes)) / 10,
        },
        forward=tuple(Equation("forward", name, parse(text)) for name, text in forward.items()),
        objective="loss",
        assumed=frozenset({"y"}),
    )
