"""Read gradients that are given in place of a loss: of each parameter one, or one for each step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.shapes import spell
from gradcalc.formula.table import Shape
from gradcalc.optimizers.rule import STEP
from gradcalc.problem.draft import Draft
from gradcalc.problem.forms import WorkedKeys
from gradcalc.problem.matrices import in_shape
from gradcalc.problem.objective import Parts
from gradcalc.program.naming import gradient_name
from gradcalc.program.quantities import Quantities
from gradcalc.program.sections import GIVEN
from gradcalc.words import near, shorten


def read_gradients(
    draft: Draft, model: WorkedKeys, parts: Parts, quantities: Quantities, frozen: Iterable[str]
) -> dict[str, tuple[Array, ...]]:
    """Put given gradients of parameters where those from above stand; those that change from step to step, by name."""
    if model.gradients is None:
        return {}
    if not isinstance(model.gradients, dict):
        draft.fault(("gradients",), ": write a mapping from a parameter to its gradient, such as {W1: [[1, 2]]}")
        return {}
    by_step: dict[str, tuple[Array, ...]] = {}
    for raw, value in model.gradients.items():
        each = raw.removesuffix(f"[{STEP}]")
        name = parameter(draft, ("gradients", raw), each, parts, quantities)
        values = _values(draft, raw, value, parts, of_steps=each != raw)
        if name is None or not values:
            continue
        parts.upstream[name] = values[0]
        parts.upstream_from[name] = ("gradients", raw)
        if each != raw:
            by_step[gradient_name(name)] = tuple(_fitted(draft, raw, values, name, np.shape(parts.parameters[name])))
    given = {*parts.upstream, *frozen}
    for name in (each for each in parts.parameters if each not in given):
        draft.key_fault(("gradients",), f": there is none for {name}: give one, or freeze it")
    return by_step


def _values(draft: Draft, raw: str, value: Any, parts: Parts, of_steps: bool) -> tuple[Array, ...]:
    """The gradient, or that of each step, in the shapes that the file gives; nothing where one is wrong."""
    path = ("gradients", raw)
    if not of_steps:
        one = draft.array(path, value, parts.axis)
        return () if one is None else (one,)
    if not isinstance(value, list) or not value:
        draft.fault(path, ": write a list with a gradient for each step")
        return ()
    each = [draft.array((*path, i), inner, parts.axis) for i, inner in enumerate(value)]
    found = [array for array in each if array is not None]
    return tuple(found) if len(found) == len(each) else ()


def _fitted(draft: Draft, raw: str, values: Iterable[Array], name: str, wanted: Shape) -> Iterator[Array]:
    """The gradients in the shape of the parameter; a fault at each that has another."""
    for i, value in enumerate(values):
        fitted = in_shape(value, wanted)
        if fitted is not None:
            yield fitted
        else:
            draft.fault(("gradients", raw, i), f"is {spell(value.shape)}, but {name} is {spell(wanted)}")


def parameter(draft: Draft, path: tuple[str, ...], raw: str, parts: Parts, quantities: Quantities) -> str | None:
    """The parameter that is meant by a name; None, and a fault at its key, where there is none."""
    found = quantities.get(GIVEN, raw)
    if found is None or found.name not in parts.parameters:
        draft.key_fault(path, f": unknown parameter '{shorten(raw)}'{near(raw, parts.parameters)}")
        return None
    return found.name
