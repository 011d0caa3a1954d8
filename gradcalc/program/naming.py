"""The names that gradcalc gives: to gradients, new values, the parts of a vertex, what an optimizer keeps.

Here alone they are made. What a name is of is data on its equation (`Equation.quantity`, `Equation.kind`): no other
code takes a name apart.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Final

from gradcalc.formula.names import VIA

OLD: Final = "old"
"""What a value from the step before has behind its name."""


def gradient_name(name: str) -> str:
    """The name of the gradient with respect to `name`."""
    return "d" + name


def partial_name(of: str, by: str) -> str:
    """The name of the derivative of one quantity by another where it stands in a product, ∂L/∂W."""
    return f"d{of}/d{by}"


def differential_name(name: str) -> str:
    """What a quantity changes by to first order, dW: `d(W)`, as `dW` is the gradient."""
    return f"d({name})"


def new_name(name: str) -> str:
    """The name of a quantity after the update; of a member `W[1]`, `W_new[1]`."""
    return _behind(name, "_new")


def _behind(name: str, suffix: str) -> str:
    base, bracket, index = name.partition("[")
    return base + suffix + bracket + index


def at_step(name: str, step: int) -> str:
    """The name of a quantity at a later step; what no formula can be typed for."""
    return name if step == 1 else f"{name}@{step}"


def at_first(name: str) -> str:
    """What is called so at the first step."""
    return name.partition("@")[0]


def later_step(name: str) -> int | None:
    """The later step of which a name is; None of a name of the first."""
    number = name.partition("@")[2]
    return int(number) if number else None


def change_name(name: str) -> str:
    """What a quantity changes by in a step."""
    return f"change_{name}"


def delta_name(of: str, apart: bool = False) -> str:
    """The delta of a layer by its number (`delta2`); `apart`, of a vertex or a quantity (`delta_h4`)."""
    return f"delta_{of}" if apart else f"delta{of}"


def loss_name(vertex: str) -> str:
    """The part of the loss that is of a vertex."""
    return f"loss_{vertex}"


def part_name(name: str, by: str) -> str:
    """The part of the gradient on `name` that comes by a quantity which uses it, as sheets have it: `W from a[2]`."""
    return f"{name}{VIA}{by}"


def has_part(text: str) -> bool:
    """Whether such a name may stand in a text."""
    return VIA in text


# Of derivatives that formulas ask for.


def derivative_name(parts: Sequence[str]) -> str:
    """The name of a derivative, from what is differentiated and then by what: `dL_dw`, `d2L_dw2`, `d2L_dw_1_db`."""
    of, *by = map(_bare, parts)
    order = len(by)
    runs = ((name, len([*same])) for name, same in groupby(by))
    below = (f"d{name}{count if count > 1 else ''}" for name, count in runs)
    return "_".join([f"d{order if order > 1 else ''}{of}", *below])


def block_name(quantities: Sequence[str]) -> str:
    """The name of the Hessian by several quantities together: `H_x_y`."""
    return "_".join(["H", *map(_bare, quantities)])


def _bare(name: str) -> str:
    """A name without the bracket of its index."""
    return name.replace("[", "_").replace(",", "_").rstrip("]")


def inner_name(owner: str) -> str:
    """The name of what is differentiated in a quantity's formula, where it has none of its own: `hv_inner`."""
    return _behind(owner, "_inner")


# Of a vertex and its edges.


def sum_name(vertex: str) -> str:
    """The weighted sum at a vertex."""
    return f"a_{vertex}"


def output_name(vertex: str) -> str:
    """What goes out of a vertex."""
    return f"o_{vertex}"


def weight_name(source: str, vertex: str) -> str:
    """The weight on the edge from an input or a vertex to a vertex."""
    return f"w_{source}_{vertex}"


def bias_name(vertex: str) -> str:
    """The bias of a vertex."""
    return f"b_{vertex}"


def target_name(vertex: str) -> str:
    """The target of a vertex."""
    return f"y_{vertex}"


# Of an optimizer.


def state_name(line: str, parameter: str) -> str:
    """What a line of an update rule sets for a parameter: `v_W1`."""
    return f"{line}_{parameter}"


def old_name(state: str) -> str:
    """A state's value from the step before, which a step is given: `v_W1_old`."""
    return _behind(state, f"_{OLD}")


def norm_name(parameter: str) -> str:
    """The length of a parameter's gradient, where the length of all together is asked for: `norm_W1`."""
    return f"norm_{parameter}"


def turn_name(name: str, parameter: str) -> str:
    """What is worked out anew where a parameter has a step of its own, after others: `E_for_v`."""
    return f"{name}_for_{parameter}"


def step_name(taken: Collection[str]) -> str:
    """The number of the step: `k`, unless that is a quantity of the problem."""
    return "k_step" if "k" in taken else "k"
