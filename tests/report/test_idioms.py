"""What PyTorch and JAX call a function is that function, wherever the test is run: see `stand_ins`."""

from __future__ import annotations

import numpy as np
import pytest
from stand_ins import MODULES, NAMESPACES, REDUCTIONS, tensor
from test_code_programs import argument

from gradcalc.formula.table import Axis, known, lookup
from gradcalc.report.code.idioms import IDIOMS, idiom

SHAPES = [((3, 1), 0), ((3, 4), 0), ((1, 3), 1), ((4, 3), 1)]
NOT_OF_VALUES = {
    *("unvec", "vec", "diag", "block_inner", "block_sum", "ones", "zeros", "eye_like", "trace", "kron", "place", "pi"),
    *("inv", "lookup", "add_at", "solve", "det", "eye", "reshape", "reshape_like", "flatten", "tril"),
}
"""Those whose arguments have shapes of their own; whole programs try them."""
NAMED = [name for name in IDIOMS if known(name) and name not in NOT_OF_VALUES]


def worked(name: str, form: str, args: dict[str, np.ndarray], axis: int) -> np.ndarray:
    """The value of a template with these arguments."""
    entry = lookup(name)
    shape = next(iter(args.values())).shape
    batch = shape[1 - axis] > 1
    along = REDUCTIONS[form].format(axis=axis)
    places = np.arange(shape[axis]).reshape((-1, 1) if axis == 0 else (1, -1))
    fields = {
        **{arg: arg for arg in args},
        **{param: repr(value) for param, value in entry.params.items()},
        **{"m": MODULES[form], "axis": axis, "along": along, "each": along if batch and entry.per_sample else ""},
        **{"places": "places", "rows": shape[0], "columns": shape[1]},
    }
    *before, last = (idiom(name, form) or "").format(**fields).splitlines()
    names = {**NAMESPACES[form], **args, "places": tensor(places)}
    exec("\n".join(before), names)
    return np.asarray(eval(last, names))


@pytest.mark.parametrize("form", ["numpy", "torch", "jax"])
@pytest.mark.parametrize("name", NAMED)
def test_a_template_is_the_function(name, form):
    if idiom(name, form) is None:
        pytest.skip("it is written by its definition there")
    entry, random = lookup(name), np.random.default_rng(5)
    for shape, axis in SHAPES:
        args = {arg: tensor(argument(entry.domain.get(arg), shape, axis, random)) for arg in entry.args}
        options = {"axis": Axis(axis)} if entry.per_sample else {}
        right = entry.value(*(np.asarray(arg) for arg in args.values()), **entry.params, **options)
        found = worked(name, form, args, axis)
        np.testing.assert_allclose(found.reshape(np.shape(right)), right, rtol=1e-10, atol=1e-10, err_msg=str(shape))


def test_the_binary_hinge_loss_by_hand():
    """Labels ±1: 0.5 misses the margin by 0.5, -2 for +1 by 3, -3 for -1 by nothing."""
    args = {"yhat": tensor([[0.5], [-2.0], [-3.0]]), "y": tensor([[1.0], [1.0], [-1.0]])}
    for form in ("torch", "jax"):
        assert worked("hinge", form, args, 0) == 3.5
