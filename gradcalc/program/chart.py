"""The curve of a descent as a figure of matplotlib, where that is installed."""

from __future__ import annotations

from importlib import import_module
from itertools import groupby
from typing import Any

from gradcalc.errors import GradcalcError
from gradcalc.formula.entries import split_index
from gradcalc.program.looking import Curve

_HEIGHT = 2.4
"""Of each part of the figure, in inches."""


def chart(curve: Curve, axes: Any = None) -> Any:
    """The axes with a line for each column; without `axes` a new figure's, one above the other for each quantity.

    Raises GradcalcError where there is no matplotlib, or nothing was written down.
    """
    if not curve.columns:
        raise GradcalcError("nothing was written down of these steps: take them with watch=()")
    quantities = [[*columns] for _, columns in groupby(curve.columns, key=lambda name: split_index(name)[0])]
    if axes is not None:
        _draw(curve, axes, [*curve.columns])
        return axes
    every = _new_axes(len(quantities))
    for each, columns in zip(every, quantities, strict=True):
        _draw(curve, each, columns)
    every[-1].set_xlabel("step")
    return every[0] if len(every) == 1 else every


def _new_axes(count: int) -> list[Any]:
    try:
        pyplot = import_module("matplotlib.pyplot")
    except ImportError:
        raise GradcalcError("plot() needs matplotlib: pip install 'gradcalc[plot]'") from None
    _, axes = pyplot.subplots(count, sharex=True, squeeze=False, figsize=(6.4, 1 + _HEIGHT * count))
    return list(axes[:, 0])


def _draw(curve: Curve, axes: Any, columns: list[str]) -> None:
    for column in columns:
        axes.plot(curve.steps, curve.columns[column], label=column)
    axes.legend()
