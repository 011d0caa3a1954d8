"""What a program returned, as answers by name; nothing of it is trusted to be what it should be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcalc.check.answers.names import Names
from gradcalc.check.code.convention import wanted
from gradcalc.program.solution import Solution

_TYPES = ("float16", "float32", "float64")


def answers(returned: Mapping[str, Any], solution: Solution) -> dict[str, Any]:
    """A sheet as plain data, by section, of what the functions returned on one instance."""
    names = Names(solution)
    sheet: dict[str, Any] = {"gradients": {}, "forward": {}, "updated": {}}
    if "loss_and_grads" in returned:
        loss, grads, values = _parts(returned["loss_and_grads"])
        _put(sheet, "loss", _array(loss))
        _gradients(sheet, grads, solution, names)
        _values(sheet, values, solution, names)
    _gradients(sheet, returned.get("backward", {}), solution, names)
    _values(sheet, returned.get("forward", {}), solution, names)
    for name, value in _items(returned.get("update", {}), [*solution.problem.parameters]):
        if name in solution.updated:
            sheet["updated"][name] = value
    return {key: value for key, value in sheet.items() if not (isinstance(value, dict) and not value)}


def _parts(returned: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]:
    """The loss, the gradients and values on the way; the gradients may also stand one by one behind the loss."""
    parts = returned.get("list", [])
    if not parts:
        return (*_apart(returned), {})
    loss, *rest = parts
    if len(rest) > 1 and all("data" in each for each in rest):
        return loss, {"list": rest}, {}
    grads, values = [*rest, {}, {}][:2]
    return loss, grads, values


def _apart(returned: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The loss and the gradients of one mapping."""
    inner = dict(returned.get("map", {}))
    return inner.pop("loss", {}), inner.get("grads", {"map": inner})


def _gradients(sheet: dict[str, Any], grads: Mapping[str, Any], solution: Solution, names: Names) -> None:
    """Gradients by name: `W1` as well as `dW1`. What isn't known is left out where all that is asked is there."""
    asked, unknown = wanted(solution), dict[str, Any]()
    for name, value in _items(grads, asked):
        quantity = None if name in solution.gradients else names.at_top(name)
        if name in solution.gradients:
            sheet["gradients"].setdefault(name, value)
        elif quantity is not None:
            _put(sheet.setdefault(quantity.section, {}), quantity.name, value)
        else:
            unknown[name] = value
    if not set(asked) <= set(sheet["gradients"]):
        sheet["gradients"] |= unknown


def _values(sheet: dict[str, Any], values: Mapping[str, Any], solution: Solution, names: Names) -> None:
    """Values of the forward pass by name; a single array is the output. Others are the program's own affair."""
    output = next((name for _, name in solution.compared), "")
    for name, value in _items(values, [output] if output else []):
        quantity = names.at_top(name)
        if quantity is not None and quantity.section == "forward":
            sheet["forward"].setdefault(quantity.name, value)
        elif quantity is not None and quantity.section == "loss":
            _put(sheet, "loss", value)


def _put(sheet: Any, name: str, value: Any) -> None:
    if value is not None and isinstance(sheet, dict):
        sheet.setdefault(name, value)


def _items(value: Mapping[str, Any], in_order: list[str]) -> Iterator[tuple[str, Any]]:
    """The arrays by name; those of a list, or a single one, by their order, where there are as many as are wanted."""
    if "map" in value:
        yield from ((name, array) for name, each in value["map"].items() if (array := _array(each)) is not None)
    listed = value.get("list", [value] if "data" in value else [])
    if listed and len(listed) == len(in_order):
        for name, each in zip(in_order, listed, strict=True):
            array = _array(each)
            if array is not None:
                yield name, array


def _array(value: Mapping[str, Any]) -> Any:
    """An array in its own type; text that says what it is, for what is no array; None for nothing."""
    if "data" in value:
        kind = value["dtype"] if value["dtype"] in _TYPES else "float64"
        kind = "float16" if value["dtype"] == "bfloat16" else kind
        with np.errstate(over="ignore"):
            return np.array(value["data"], dtype=np.float64).astype(kind).reshape(value["shape"])
    if "type" in value or "list" in value or "map" in value:
        return np.array(f"{value.get('type', 'a list or a mapping')}")
    return None
