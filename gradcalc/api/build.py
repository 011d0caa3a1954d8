"""Problems made of data, with NumPy arrays or lists for numbers: the keys of a problem file, as a mapping or by name.

Each is written as YAML and read as a file is, so that what is wrong is told in the same words, and a problem that was
made in Python can be handed on as a file (`to_yaml`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from gradcalc.errors import UsageError
from gradcalc.problem.load import loads
from gradcalc.program.problem import Problem

MADE = "<data>"
"""What messages call the text."""
MOST_DEEP = 20
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""Many times faster where PyYAML has libyaml."""


def from_dict(data: Mapping[str, Any]) -> Problem:
    """The problem that a mapping with the keys of a problem file describes. Raises UsageError, InputError."""
    if not isinstance(data, Mapping):
        raise UsageError("a problem is made of a mapping with the keys of a problem file, such as {'inputs': [1, 0]}")
    text = yaml.dump(
        plain(data), Dumper=DUMPER, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
    )
    return loads(text, MADE)


def layers(inputs: Any, layers: Sequence[Any], targets: Any = None, loss: str | None = None, **keys: Any) -> Problem:
    """A layered network: each layer a mapping, or a tuple of weights, biases and activation, as far as it has them.

    `keys` are any others of a problem file (`lr=0.5`, `notation="x @ W + b"`, `title="…"`). Raises UsageError,
    InputError.
    """
    given = {"inputs": inputs, "targets": targets, "layers": [_layer(each) for each in layers], "loss": loss}
    return from_dict(_said(given) | keys)


def vertices(inputs: Mapping[str, Any], vertices: Mapping[str, Any], **keys: Any) -> Problem:
    """A graph of vertices: each a mapping with weights by the vertex that they come from, a bias, an activation.

    `keys` are any others of a problem file (`targets={"o": 1}`, `loss="half_squared_error"`). Raises UsageError,
    InputError.
    """
    return from_dict({"inputs": inputs, "vertices": vertices, **keys})


def equations(equations: Mapping[str, str], loss: str | None = None, **keys: Any) -> Problem:
    """Equations of one's own, by name: `equations({"z": "W @ x + b"}, "sum(z ** 2)", inputs={"x": x}, parameters=…)`.

    `keys` are any others of a problem file. Raises UsageError, InputError.
    """
    given = {key: keys.pop(key) for key in ("inputs", "targets", "parameters") if key in keys}
    return from_dict(_said(given | {"equations": equations, "loss": loss}) | keys)


def _layer(layer: Any) -> Any:
    if isinstance(layer, Mapping):
        return layer
    if not isinstance(layer, tuple | list) or not 1 <= len(layer) <= 3:
        raise UsageError("a layer is a tuple of weights, biases and activation, such as (W1, b1, 'sigmoid')")
    return _said(dict(zip(("weights", "biases", "activation"), layer, strict=False)))


def _said(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in keys.items() if value is not None}


def plain(value: Any, deep: int = 0) -> Any:
    """Data as YAML has it: arrays as lists, tuples as lists, any mapping as a dict. Raises UsageError."""
    if deep > MOST_DEEP:
        raise UsageError(f"the data is nested more than {MOST_DEEP} levels deep")
    if value is None or type(value) in (str, bool, int, float):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(inner, deep + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, deep + 1) for inner in value]
    if hasattr(value, "__array__"):
        return _listed(value, deep)
    if isinstance(value, str | int | float):  # of a class of its own
        return next(kind(value) for kind in (str, int, float) if isinstance(value, kind))
    raise UsageError(f"a problem holds numbers, text, lists and mappings; this is {type(value).__name__}")


def _listed(value: Any, deep: int) -> Any:
    """An array as a number, a list or rows. Raises UsageError where its library doesn't hand it over."""
    import numpy as np

    try:
        array = np.asarray(value)
    except Exception as error:  # whatever a library says
        raise UsageError(f"an array can't be read ({error}): give it as a NumPy array") from None
    if array.dtype.kind not in "fiub":
        raise UsageError(f"an array of {array.dtype} holds no numbers")
    return plain(array.tolist(), deep + 1) if array.dtype.kind != "f" else array.astype(float).tolist()
