"""A table's samples by their numbers, as the embeddings of words; and gradients added where a number occurs twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from gradcalc.formula.shapes import counted, spell
from gradcalc.formula.table import Axis, Function, Mistake, Shape, ShapeMismatch, register

_TWICE = "what occurs twice receives the sum of its gradients: each replaced the one before (+=, not =)"


def _found_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    table, numbers = args
    if not table:
        raise ShapeMismatch("a number is no table")
    count = prod(numbers)
    return (table[0], count) if axis == Axis.COLUMNS else (count, table[1])


def _added_shape(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    g, numbers, table = args
    wanted = _found_shape((table, numbers), params, axis)
    if g not in ((), wanted):
        raise ShapeMismatch(f"{spell(g)} is not one sample for each of {counted(prod(numbers), 'index')}")
    return table


def _places(k: Any, count: int) -> tuple[Any, Any]:
    """The places, counted from 0, and where there is none such (the first stands there)."""
    numbers = np.reshape(k, -1)
    missing = ~((numbers >= 1) & (numbers <= count) & (numbers == np.floor(numbers)))
    return np.where(missing, 1.0, numbers).astype(np.intp) - 1, missing


def _columns(a: Any, k: Any) -> Any:
    places, missing = _places(k, a.shape[1])
    found = np.take(a, places, axis=1)
    if missing.any():
        found[:, missing] = np.nan
    return found


def _lookup(a: Any, k: Any, axis: Axis) -> Any:
    return _columns(a, k) if axis == Axis.COLUMNS else _columns(a.T, k).T


def _add_at(g: Any, k: Any, a: Any, axis: Axis) -> Any:
    return _put(g, k, a, axis, added=True)


def _put_at(g: Any, k: Any, a: Any, axis: Axis) -> Any:
    return _put(g, k, a, axis, added=False)


def _put(g: Any, k: Any, a: Any, axis: Axis, added: bool) -> Any:
    whole = np.zeros(np.shape(a))
    by_sample = whole if axis == Axis.ROWS else whole.T
    places, missing = _places(k, len(by_sample))
    parts = g if np.ndim(g) == 0 or axis == Axis.ROWS else np.transpose(g)
    if added:
        np.add.at(by_sample, places, parts)
    else:
        by_sample[places] = parts
    if missing.any():
        whole[:] = np.nan
    return whole


register(
    Function(
        name="lookup",
        args=("a", "k"),
        summary="the columns of a (its rows, where samples are rows) with the numbers k, counted from 1 as entries are",
        gradient={"a": "add_at(g, k, a)"},
        stops=("k",),
        value=_lookup,
        shape=_found_shape,
        per_sample=True,
        undefined="there is no sample of the table with such an index: they are whole numbers from 1",
        domain={"k": "index"},
        group="entry",
        mistakes=(
            Mistake("only-one-use", "put_at(g, k, a)", _TWICE, "a"),
            Mistake("mean-not-sum", "add_at(g / size(k), k, a)", "this is the mean over the indices, not the sum", "a"),
            Mistake("counted-from-zero", "lookup(a, k + 1)", "the indices count from 1, as those of entries do"),
        ),
    )
)

register(
    Function(
        name="add_at",
        args=("g", "k", "a"),
        summary="zeros in the shape of a, to which the samples of g are added at the numbers k",
        gradient={"g": "lookup(g, k)"},
        stops=("k", "a"),
        value=_add_at,
        shape=_added_shape,
        per_sample=True,
        domain={"k": "index"},
        group="entry",
    )
)

register(
    Function(
        name="put_at",
        args=("g", "k", "a"),
        summary="the same with each sample in the place of the one before it (what = keeps where += belongs)",
        no_gradient="it tells what is kept where each use overwrites the one before",
        value=_put_at,
        shape=_added_shape,
        per_sample=True,
        domain={"k": "index"},
        group="entry",
    )
)
