"""The frameworks that programs are written for: what they import, and how they write arrays and reductions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Backend:
    """A framework, and how it writes arrays and reductions."""

    name: str
    title: str
    module: str
    imports: tuple[str, ...]
    reduction: str
    """The arguments that make a reduction one along an axis."""
    array: str
    number: str
    """How a plain number becomes an array."""
    together: str
    """How matrices are put together along an axis."""
    setup: tuple[str, ...] = ()
    needs_arrays: bool = False
    """Whether its functions take arrays alone, no plain numbers."""


NUMPY = Backend(
    name="numpy",
    title="NumPy",
    module="np",
    imports=("import numpy as np",),
    reduction=", axis={axis}, keepdims=True",
    array="np.array({0})",
    number="np.float64({0})",
    together="np.concatenate(({0}), axis={axis})",
)

TORCH = Backend(
    name="torch",
    title="PyTorch",
    module="torch",
    imports=("import torch",),
    together="torch.cat(({0}), dim={axis})",
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
    imports=("import jax", "import jax.numpy as jnp"),
    setup=('jax.config.update("jax_enable_x64", True)',),
    reduction=", axis={axis}, keepdims=True",
    array="jnp.array({0})",
    number="jnp.float64({0})",
    together="jnp.concatenate(({0}), axis={axis})",
)
