"""One gradient of an LSTM of 32 units over 50 steps, batch 16, against PyTorch: its own layer, and step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

import gradcalc
from benchmarks.agreement import agree
from benchmarks.networks import compiled
from benchmarks.peers import peers
from benchmarks.table import Row, rows
from benchmarks.timing import Work, in_turns
from gradcalc.program.problem import Problem

ROUNDS = 15
STEPS, BATCH, ENTRIES, UNITS = 50, 16, 32, 32
WANTED = ("loss", "dWx1", "dWh1", "db1")
AGAINST = {"PyTorch eager, step by step": 1.5, "PyTorch's own LSTM": 1.5}


def lstm(rounds: int = ROUNDS) -> Iterator[Row]:
    """The forward and the backward pass, to the gradients of the parameters."""
    problem = _problem()
    ours = compiled(problem, WANTED)
    ways: dict[str, Work] = {"gradcalc": ours}
    torch = peers("torch_lstm").get("torch_lstm")
    if torch is not None:
        data = {name: np.asarray(value) for name, value in problem.data.items()}
        own: Mapping[str, Any] = {"PyTorch eager, step by step": torch.by_step, "PyTorch's own LSTM": torch.layer}
        for peer, make in own.items():
            ways[peer] = make(data, STEPS)
            agree(peer, dict(zip(WANTED, ours(), strict=True)), ways[peer]())  # type: ignore[arg-type]
    yield from rows(f"LSTM of {UNITS} units, {STEPS} steps, batch {BATCH}", in_turns(ways, rounds), AGAINST)


def _problem() -> Problem:
    random = np.random.default_rng(3)
    file = {
        "notation": "x @ W.T + b",
        "over": {"t": STEPS},
        "inputs": {"x[t]": random.normal(size=(STEPS, BATCH, ENTRIES)).tolist()},
        "targets": {"y[t]": random.normal(size=(STEPS, BATCH, UNITS)).tolist()},
        "layers": [
            {
                "lstm": {
                    "Wx": (random.normal(size=(4 * UNITS, ENTRIES)) / 6).tolist(),
                    "Wh": (random.normal(size=(4 * UNITS, UNITS)) / 6).tolist(),
                    "b": random.normal(size=4 * UNITS).tolist(),
                },
                "order": "ifgo",
            }
        ],
        "loss": "half_squared_error",
        "reduction": "sum",
    }
    return gradcalc.Problem.from_dict(file)
