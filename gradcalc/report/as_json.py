"""Values as data for other programs: JSON with every digit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gradcalc.formula.arrays import Array
from gradcalc.formula.table import Axis
from gradcalc.report.numbers import is_vector
from gradcalc.report.page import Page

NOT_FINITE = "numbers that aren't finite are null here"


def plain_value(array: Array, axis: Axis) -> Any:
    """A number, a flat list for a vector, nested lists for a matrix; None for what isn't finite."""
    flat = array.reshape(-1) if is_vector(array.shape, axis) else array
    if np.isfinite(flat).all():
        return flat.tolist()
    objects = flat.astype(object)
    objects[~np.isfinite(flat)] = None
    return objects.tolist()


def values_data(arrays: Mapping[str, Array], axis: Axis) -> dict[str, Any]:
    """Values by name, each as `plain_value` has it."""
    return {name: plain_value(array, axis) for name, array in arrays.items()}


def finite(number: float | None) -> float | None:
    """A number that JSON can hold; None for what isn't finite."""
    return number if number is not None and np.isfinite(number) else None


def lost(arrays: Iterable[Array]) -> list[str]:
    """The warning that goes with values that JSON can't hold; none where all are finite."""
    return [] if all(np.isfinite(array).all() for array in arrays) else [NOT_FINITE]


def render(data: Any, page: Page) -> str:
    """JSON with a line for each key, and lists of numbers on one line."""
    return _written(data, "", page.ascii_only) + "\n"


def _written(data: Any, indent: str, ascii_only: bool) -> str:
    deeper = indent + "  "
    if isinstance(data, dict) and data:
        keys = [json.dumps(key, ensure_ascii=ascii_only) for key in data]
        values = [_written(value, deeper, ascii_only) for value in data.values()]
        items = [f"{deeper}{key}: {value}" for key, value in zip(keys, values, strict=True)]
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(data, list) and data and any(isinstance(each, dict | str) for each in data):
        items = [deeper + _written(each, deeper, ascii_only) for each in data]
        return "[\n" + ",\n".join(items) + f"\n{indent}]"
    return json.dumps(data, ensure_ascii=ascii_only, allow_nan=False)
