"""What NumPy, PyTorch and JAX call the functions of the table; what isn't here is written by its definition there.

In a template `{a}` is an argument or a parameter by its name in the table. `{each}` makes a reduction one over each
sample (it is empty where there is one sample only), `{along}` too, but over the single sample as well. `{axis}` is
the axis of a sample, `{places}` are the places of its entries, `{rows}` and `{columns}` the shape of the value, `{m}`
is the module. Of several lines the last is the value. A table entry's own `idioms` have the same fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_NAMED_ALIKE = ("exp", "log", "sqrt", "sin", "cos", "abs", "sign", "ones_like", "mean", "trace")
_ALIKE = {
    "step": "{m}.where({a} > 0, 1.0, 0.0)",
    "sum": "{m}.sum({a}{each})",
    "size": "{m}.size({a})",
    "features": "{m}.size({a}, {axis})",
    "ones": "{m}.ones(({rows}, {columns}))",
    "eye_like": "{m}.eye({rows}, {columns})",
    "diag": "{m}.diagflat({a})",
    "diag of square": "{m}.diag({a})[:, None]",
    "vec": "{m}.reshape({a}, (-1, 1))",
    "unvec": "{m}.reshape({v}, ({columns}, {rows})).T",
    "unvec of one": "{m}.reshape({v}, ())",
    "kron": "{m}.kron({a}, {b})",
    "block_inner": '{m}.einsum("ikjl,kl->ij", {g}, {b})',
    "block_sum": '{m}.einsum("ikjl,ij->kl", {g}, {a})',
}


@dataclass(frozen=True)
class Backend:
    """A framework, and how it writes arrays, reductions and functions."""

    name: str
    title: str
    module: str
    templates: Mapping[str, str]
    imports: tuple[str, ...]
    reduction: str
    """The arguments that make a reduction one along an axis."""
    array: str
    number: str
    """How a plain number becomes an array."""
    setup: tuple[str, ...] = ()
    needs_arrays: bool = False
    """Whether its functions take arrays alone, no plain numbers."""


def _templates(module: str, **own: str) -> dict[str, str]:
    """What is written alike in all three, and what is this one's own."""
    alike = {name: f"{{m}}.{name}({{a}})" for name in _NAMED_ALIKE} | _ALIKE
    return {name: text.replace("{m}", module) for name, text in alike.items()} | own


NUMPY = Backend(
    name="numpy",
    title="NumPy",
    module="np",
    templates=_templates(
        "np",
        maximum="np.maximum({a}, {b})",
        minimum="np.minimum({a}, {b})",
        erf="np.vectorize(math.erf, otypes=[float])({a})",
        max="np.max({a}{each})",
        argmax="np.float64(np.argmax({a}{each}))",
        largest="first = np.argmax({a}{along})\nnp.float64({places} == first)",
        lead="others = np.where({places} == np.argmax({a}{along}), -np.inf, {a})\n"
        "np.max({a}{each}) - np.max(others{each})",
    ),
    imports=("import numpy as np",),
    reduction=", axis={axis}, keepdims=True",
    array="np.array({0})",
    number="np.float64({0})",
)

# Of two that are equal, or of several largest, the table lets one alone pass the gradient on; a framework's own
# function may share it out.
_TIE = "# Where the two are equal, b alone passes a gradient on.\n"

TORCH = Backend(
    name="torch",
    title="PyTorch",
    module="torch",
    templates=_templates(
        "torch",
        maximum=_TIE + "torch.where({a} > {b}, {a}, {b})",
        minimum=_TIE + "torch.where({a} < {b}, {a}, {b})",
        erf="torch.erf({a})",
        size="torch.numel({a})",
        features="{a}.shape[{axis}]",
        max="torch.max({a}{each}).values",
        argmax="torch.argmax({a}{each}).double()",
        largest="first = torch.argmax({a}{along})\n({places} == first).double()",
        lead="others = torch.where({places} == torch.argmax({a}{along}), -torch.inf, {a})\n"
        "torch.amax({a}{each}) - torch.amax(others{each})",
    )
    | {"max of one": "torch.max(torch.flatten({a}), dim=0).values"},
    imports=("import torch",),
    setup=("torch.set_default_dtype(torch.float64)",),
    reduction=", dim={axis}, keepdim=True",
    array="torch.tensor({0})",
    number="torch.tensor(float({0}))",
    needs_arrays=True,
)

JAX = Backend(
    name="jax",
    title="JAX",
    module="jnp",
    templates=_templates(
        "jnp",
        maximum=_TIE + "jnp.where({a} > {b}, {a}, {b})",
        minimum=_TIE + "jnp.where({a} < {b}, {a}, {b})",
        erf="jax.lax.erf({a})",
        max="# Of several largest entries, the first alone passes a gradient on.\n"
        "jnp.take_along_axis({a}, jnp.argmax({a}{along}), axis={axis})",
        abs="# At 0 the derivative is 0.\n{a} * jnp.sign({a})",
        argmax="jnp.float64(jnp.argmax({a}{each}))",
        largest="first = jnp.argmax({a}{along})\njnp.float64({places} == first)",
        lead="others = jnp.where({places} == jnp.argmax({a}{along}), -jnp.inf, {a})\n"
        "jnp.max({a}{each}) - jnp.max(others{each})",
    )
    | {
        "max of one": "# Of several largest entries, the first alone passes a gradient on.\n"
        "jnp.ravel({a})[jnp.argmax({a})]"
    },
    imports=("import jax", "import jax.numpy as jnp"),
    setup=('jax.config.update("jax_enable_x64", True)',),
    reduction=", axis={axis}, keepdims=True",
    array="jnp.array({0})",
    number="jnp.float64({0})",
)
