"""The kinds of layers, each an entry in one module: the keys that a file gives, and the equations that these stand for.

To add a kind is to write, in a module of this room, a form with the kind's keys (its docstring and the keys'
descriptions are what the schema says of them), a function that lowers it, and the module's `KINDS`, which has both
under the key by which the kind is told; and to put that key into `MODULES` below. A kind `{scale: 2}`, complete:

    @form
    class Scale(Keys):
        "What goes in, times a number."

        scale: Annotated[float, Limits(gt=0)] = key("The factor", must=Must("a positive number"))

    def lower(stage: Stage, layer: Scale) -> None:
        for index, source in stage.sources.items():
            stage.put_out(index, mul(Num(layer.scale), source))

    KINDS = {"scale": Kind(Scale, lower)}

`stage` (see `stage.py`) has what goes into the layer, enters parameters and given values, and takes the equations.
There is no other code that knows of a kind: its gradients, reports, programs and marks come from its equations. Its
keys go into `docs/problem-files.md`, a comparison with PyTorch's own layer into `tests/program/test_layer_kinds.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final, NamedTuple

from gradcalc.formula.shapes import MATRIX, spell
from gradcalc.problem.keys import Keys
from gradcalc.problem.networks.stage import Stage

USUAL: Final = "weights"
MODULES: Final = {
    "rnn": "recurrent",
    "lstm": "recurrent",
    "gru": "recurrent",
    "batch_norm": "normal",
    "layer_norm": "normal",
    "attention": "attention",
    "embedding": "embedding",
    "dropout": "simple",
    "add": "simple",
    "conv": "images",
    "max_pool": "images",
    "avg_pool": "images",
    "flatten": "images",
    USUAL: "dense",
}
"""The module of each kind, by the key by which it is told (the usual kind last); only what a file has is imported."""
_OF_IMAGES: Final = {"batch_norm", *(key for key, module in MODULES.items() if module in ("images", "simple"))}
"""What images go into as they are."""


class Kind(NamedTuple):
    """A kind of layer: its keys, and what puts its parameters and equations into the problem."""

    form: type[Keys]
    lower: Callable[[Stage, Any], None]


def kind(key: str) -> Kind:
    """The kind that is told by that key."""
    kinds: Mapping[str, Kind] = import_module(f"{__package__}.{MODULES[key]}").KINDS
    return kinds[key]


def key_of(layer: Mapping[str, Any]) -> str:
    """By which of its keys a layer is told; by the usual one where it has none of them."""
    return next((key for key in MODULES if key in layer), USUAL)


def gives_images(layer: Any) -> bool:
    """Whether images come out of a layer: two axes are one image then, and no samples side by side."""
    return isinstance(layer, Keys) and key_of(vars(layer)) in ("conv", "max_pool", "avg_pool")


def lower(stage: Stage, layer: Keys) -> None:
    """Put a layer into the problem."""
    own = key_of(vars(layer))
    if stage.shape is not None and len(stage.shape) > MATRIX and own not in _OF_IMAGES:
        stage.fault(f": {stage.source} is images, {spell(stage.shape)}: put {{flatten: true}} before this layer")
        stage.put_out_unread()
        return
    kind(own).lower(stage, layer)


def form_of(layer: Any) -> type[Keys]:
    """The form of a layer as a file has it."""
    return kind(key_of(layer) if isinstance(layer, dict) else USUAL).form


def forms() -> dict[str, type[Keys]]:
    """The forms of all kinds, by the key by which each is told."""
    return {key: kind(key).form for key in MODULES}
