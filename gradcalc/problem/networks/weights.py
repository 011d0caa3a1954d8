"""Weights and biases of layers: read, and held against what goes in and how many units there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcalc.formula.shapes import counted, spell
from gradcalc.problem.networks.stage import Stage


def read_weights(stage: Stage, base: str, value: Any, keys: Sequence[str], inputs: int | None, has: str) -> int | None:
    """Enter a matrix of weights that takes so many inputs; how many units it has. None where that can't be told.

    `has` goes on after "is 2×3, but", where the number of inputs isn't the matrix's.
    """
    weights = stage.parameter(base, value, *keys)
    if weights is None:
        return None
    name, along = stage.name(base), stage.notation.inputs_along
    weights = stage.parts.parameters[name] = np.atleast_2d(weights)
    stage.flow.shapes[name] = weights.shape
    if inputs is not None and weights.shape[along] != inputs:
        must = f"it must be {stage.notation.layout(inputs)}"
        stage.fault(f"is {spell(weights.shape)}, but {has}: {must}", *keys)
    return int(weights.shape[1 - along])


def read_biases(stage: Stage, base: str, value: Any, keys: Sequence[str], units: int | None, what: str) -> str | None:
    """Enter a number for each unit, or one for all; the name, None where the file gives none.

    `what` goes on after "has 3 numbers, but", where there are more or fewer units.
    """
    if value is None:
        return None
    biases = stage.parameter(base, value, *keys)
    if biases is None or units is None or biases.ndim == 0 or biases.shape == stage.notation.sample_shape(units, 1):
        return stage.name(base)
    has = f"has {counted(biases.size, 'number')}" if 1 in biases.shape else f"is {spell(biases.shape)}"
    if biases.size == units:
        has = f"is {spell(biases.shape)}"
    must = f"it must be a list of {counted(units, 'number')}, or one number for all"
    stage.fault(f"{has}, but {what}: {must}", *keys)
    return stage.name(base)


def entries(stage: Stage) -> str:
    """What goes into a layer, and how many entries it has: `layer 1 has 3 outputs`, `a sample of x has 2 entries`."""
    if stage.number > 1:
        return f"layer {stage.number - 1} has {counted(stage.features or 0, 'output')}"
    return f"{'' if stage.samples == 1 else 'a sample of '}x has {counted(stage.features or 0, 'entry')}"
