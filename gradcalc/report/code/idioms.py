"""What NumPy, PyTorch and JAX call the functions of the table; what isn't here is written by its definition there.

A template holds for one framework, or for any. In it `{a}` is an argument or a parameter by its name in the table.
`{each}` makes a reduction one over each sample, or along the axis that is asked for (it is empty where there is one
sample only), `{along}` one over each sample, the single one too. `{axis}` is the axis of a sample, `{places}` are the
places of its entries, `{across}` is the other axis, `{every}` goes before the number of a sample, `{value}` is the
shape of the value, `{rows}` and `{columns}` its sizes, `{m}` is the module. Of several lines the last is the value.
`max of one` is for a value that is one number, `diag of square` for a matrix.
"""

from __future__ import annotations

from collections.abc import Mapping

from gradcalc.report.code import image_idioms

# Of two that are equal, or of several largest, the table lets one alone pass the gradient on; a framework's own
# function may share it out.
_TIE = "# Where the two are equal, b alone passes a gradient on.\n"
_FIRST = "# Of several largest entries, the first alone passes a gradient on.\n"

IDIOMS: Mapping[str, Mapping[str, str]] = {
    "exp": {"any": "{m}.exp({a})"},
    "log": {"any": "{m}.log({a})"},
    "sqrt": {"any": "{m}.sqrt({a})"},
    "sin": {"any": "{m}.sin({a})"},
    "cos": {"any": "{m}.cos({a})"},
    "abs": {
        "any": "{m}.abs({a})",
        "jax": "# At 0 the derivative is 0.\n{a} * jnp.sign({a})",
    },
    "sign": {"any": "{m}.sign({a})"},
    "step": {"any": "{m}.where({a} > 0, 1.0, 0.0)"},
    "floor": {"any": "{m}.floor({a})"},
    "threshold": {
        "any": "{m}.where({a} >= 0, 1.0, 0.0)",
        "torch": "# Flat: 0 is passed on.\ntorch.where({a} >= 0, 1.0, 0.0) + 0 * {a}",
    },
    "where": {"any": "{m}.where({c}, {a}, {b})"},
    "stop_gradient": {
        "numpy": "{a}",
        "torch": "{a}.detach()",
        "jax": "jax.lax.stop_gradient({a})",
    },
    "pi": {"any": "{m}.pi"},
    "maximum": {
        "numpy": "np.maximum({a}, {b})",
        "torch": _TIE + "torch.where({a} > {b}, {a}, {b})",
        "jax": _TIE + "jnp.where({a} > {b}, {a}, {b})",
    },
    "minimum": {
        "numpy": "np.minimum({a}, {b})",
        "torch": _TIE + "torch.where({a} < {b}, {a}, {b})",
        "jax": _TIE + "jnp.where({a} < {b}, {a}, {b})",
    },
    "erf": {
        "numpy": "np.vectorize(math.erf, otypes=[float])({a})",
        "torch": "torch.erf({a})",
        "jax": "jax.lax.erf({a})",
    },
    "last_nonzero": {
        "numpy": "np.where(np.cumsum(np.not_equal({a}, 0)[..., None][::-1], axis=0)[::-1][..., 0] == 1, {a}, 0.0)",
        "torch": "torch.where(torch.flip(torch.cumsum(torch.flip(({a} != 0)[..., None], (0,)), 0), (0,))[..., 0] == 1"
        ", {a}, 0.0)",
        "jax": "jnp.where(jnp.cumsum(jnp.not_equal({a}, 0)[..., None][::-1], axis=0)[::-1][..., 0] == 1, {a}, 0.0)",
    },
    "only": {
        "numpy": "np.where({places} + 1 == {place}, {a}, 0.0)",
        "torch": "torch.where(torch.as_tensor({places} + 1 == {place}), {a}, 0.0)",
        "jax": "jnp.where({places} + 1 == {place}, {a}, 0.0)",
    },
    "place": {
        "any": "whole = {m}.zeros_like({a})\nwhole[where] = {g}\nwhole",
        "jax": "whole = jnp.zeros_like({a})\nwhole.at[where].set({g})",
    },
    "lookup": {
        "any": "{a}[{every}{m}.ravel({k}).astype(int) - 1]",
        "torch": "{a}[{every}torch.flatten({k}).long() - 1]",
    },
    "add_at": {
        "numpy": "whole = np.zeros_like({a})\n"
        "np.add.at(whole, np.s_[{every}np.ravel({k}).astype(int) - 1], {g})\nwhole",
        "torch": "at = torch.flatten({k}).long() - 1\n"
        "torch.zeros_like({a}).index_add({across}, at, {g} + 0 * {a}[{every}at])",
        "jax": "jnp.zeros_like({a}).at[{every}jnp.ravel({k}).astype(int) - 1].add({g})",
    },
    "next_class": {
        "numpy": "np.roll({y}, int({by}), axis={axis})",
        "torch": "({y} if {y}.ndim == 0 else torch.roll({y}, int({by}), {axis}))",
        "jax": "jnp.roll({y}, int({by}), axis={axis})",
    },
    "sigmoid": {
        "numpy": "np.exp(-np.logaddexp(0, -{a}))",
        "torch": "torch.sigmoid({a})",
        "jax": "jax.nn.sigmoid({a})",
    },
    "tanh": {"any": "{m}.tanh({a})"},
    "relu": {
        "numpy": "np.maximum({a}, 0)",
        "torch": "torch.relu({a})",
        "jax": "jax.nn.relu({a})",
    },
    "leaky_relu": {
        "any": "{m}.where({a} > 0, {a}, {alpha} * {a})",
        "torch": "torch.nn.functional.leaky_relu({a}, negative_slope={alpha})",
    },
    "elu": {
        "numpy": "np.where({a} > 0, {a}, {alpha} * np.expm1(np.minimum({a}, 0)))",
        "torch": "torch.nn.functional.elu({a}, alpha={alpha})",
        "jax": "jax.nn.elu({a}, alpha={alpha})",
    },
    "softplus": {
        "numpy": "np.logaddexp(0, {a})",
        "torch": "torch.nn.functional.softplus({a}, threshold=40)",
        "jax": "jax.nn.softplus({a})",
    },
    "silu": {
        "torch": "torch.nn.functional.silu({a})",
        "jax": "jax.nn.silu({a})",
    },
    "gelu": {
        "torch": "torch.nn.functional.gelu({a})",
        "jax": "jax.nn.gelu({a}, approximate=False)",
    },
    "softmax": {
        "numpy": ("e = np.exp({a} - np.max({a}{along}))\ne / np.sum(e{along})"),
        "torch": "torch.softmax({a}, dim={axis})",
        "jax": "jax.nn.softmax({a}, axis={axis})",
    },
    "log_softmax": {
        "numpy": ("shifted = {a} - np.max({a}{along})\nshifted - np.log(np.sum(np.exp(shifted){along}))"),
        "torch": "torch.log_softmax({a}, dim={axis})",
        "jax": "jax.nn.log_softmax({a}, axis={axis})",
    },
    "log_sigmoid": {
        "numpy": "-np.logaddexp(0, -{a})",
        "torch": "torch.nn.functional.logsigmoid({a})",
        "jax": "jax.nn.log_sigmoid({a})",
    },
    "logsumexp": {
        "numpy": "shifted = {a} - np.max({a}{along})\nnp.log(np.sum(np.exp(shifted){each})) + np.max({a}{each})",
        "torch": "torch.logsumexp({a}, dim={axis}, keepdim=True)",
        "jax": "jax.nn.logsumexp({a}{each})",
    },
    "logsumexp of one": {
        "torch": "torch.logsumexp(torch.flatten({a}), dim=0)",
    },
    "kl_divergence": {
        "any": (
            "# 0 log 0 is 0.\n"
            "ratio = {m}.where({p} == 0, 1.0, {p}) / {m}.where({p} == 0, 1.0, {q})\n"
            "{m}.sum({p} * {m}.log(ratio){each})"
        )
    },
    "var": {"any": "{m}.var({a}{each})", "torch": "torch.var({a}{each}, correction=0)"},
    "std": {"any": "{m}.std({a}{each})", "torch": "torch.std({a}{each}, correction=0)"},
    "sum": {"any": "{m}.sum({a}{each})"},
    "mean": {"any": "{m}.mean({a}{each})"},
    "size": {
        "any": "{m}.size({a})",
        "torch": "torch.numel({a})",
    },
    "features": {
        "any": "{m}.size({a}, {axis})",
        "torch": "{a}.shape[{axis}]",
    },
    "ones": {"any": "{m}.ones({value})"},
    "zeros": {"any": "{m}.zeros({value})"},
    "ones_like": {"any": "{m}.ones_like({a})"},
    "max": {
        "numpy": "np.max({a}{each})",
        "torch": "torch.max({a}{each}).values",
        "jax": _FIRST + "jnp.take_along_axis({a}, jnp.argmax({a}{along}), axis={axis})",
    },
    "max of one": {
        "torch": "torch.max(torch.flatten({a}), dim=0).values",
        "jax": _FIRST + "jnp.ravel({a})[jnp.argmax({a})]",
    },
    "min": {
        "numpy": "np.min({a}{each})",
        "torch": "torch.min({a}{each}).values",
        "jax": _FIRST.replace("largest", "smallest") + "jnp.take_along_axis({a}, jnp.argmin({a}{along}), axis={axis})",
    },
    "min of one": {
        "torch": "torch.min(torch.flatten({a}), dim=0).values",
        "jax": _FIRST.replace("largest", "smallest") + "jnp.ravel({a})[jnp.argmin({a})]",
    },
    "argmax": {
        "numpy": "np.float64(np.argmax({a}{each}))",
        "torch": "torch.argmax({a}{each}).double()",
        "jax": "jnp.float64(jnp.argmax({a}{each}))",
    },
    "largest": {
        "numpy": ("first = np.argmax({a}{along})\nnp.float64({places} == first)"),
        "torch": ("first = torch.argmax({a}{along})\n({places} == first).double()"),
        "jax": ("first = jnp.argmax({a}{along})\njnp.float64({places} == first)"),
    },
    "lead": {
        "numpy": (
            "others = np.where({places} == np.argmax({a}{along}), -np.inf, {a})\n"
            "np.max({a}{each}) - np.max(others{each})"
        ),
        "torch": (
            "others = torch.where({places} == torch.argmax({a}{along}), -torch.inf, {a})\n"
            "torch.amax({a}{each}) - torch.amax(others{each})"
        ),
        "jax": (
            "others = jnp.where({places} == jnp.argmax({a}{along}), -jnp.inf, {a})\n"
            "jnp.max({a}{each}) - jnp.max(others{each})"
        ),
    },
    "cross_entropy": {
        "any": (
            "# 0 log 0 is 0.\np = {m}.where(({y} == 0) & ({yhat} == 0), 1.0, {yhat})\n-{m}.sum({y} * {m}.log(p){each})"
        )
    },
    "binary_cross_entropy": {
        "any": (
            "# 0 log 0 is 0.\n"
            "p = {m}.where(({y} == 0) & ({yhat} == 0), 1.0, {yhat})\n"
            "q = {m}.where(({y} == 1) & ({yhat} == 1), 1.0, 1 - {yhat})\n"
            "-{m}.sum({y} * {m}.log(p) + (1 - {y}) * {m}.log(q){each})"
        )
    },
    "hinge": {
        "torch": "torch.sum(torch.relu(1 - {y} * {yhat}){each})",
        "jax": "jnp.sum(jax.nn.relu(1 - {y} * {yhat}){each})",
    },
    "multiclass_hinge_sum": {
        "torch": "torch.sum((1 - {y}) * torch.relu({yhat} - torch.sum({yhat} * {y}{each}) + {delta}){each})",
        "jax": "jnp.sum((1 - {y}) * jax.nn.relu({yhat} - jnp.sum({yhat} * {y}{each}) + {delta}){each})",
    },
    "trace": {"any": "{m}.trace({a})"},
    "eye_like": {"any": "{m}.eye({rows}, {columns})"},
    "inv": {"any": "{m}.linalg.inv({a})"},
    "solve": {"any": "{m}.linalg.solve({a}, {b})"},
    "det": {"any": "{m}.linalg.det({a})"},
    "eye": {"any": "{m}.eye({rows})"},
    "reshape": {"any": "{m}.reshape({a}, {value})"},
    "reshape_like": {"any": "{m}.reshape({v}, {value})"},
    "reshape_like of one": {"any": "{m}.reshape({v}, ())"},
    "flatten": {"any": "{m}.reshape({a}, (-1, 1))"},
    "tril": {"any": "{m}.tril({a})"},
    "tril of one": {"any": "{m}.asarray({a})", "torch": "torch.as_tensor({a})"},
    "diag": {"any": "{m}.diagflat({a})"},
    "diag of square": {"any": "{m}.diag({a})[:, None]"},
    "vec": {"any": "{m}.reshape({a}, (-1, 1))"},
    "unvec": {"any": "{m}.reshape({v}, {turned_value}).T"},
    "unvec of one": {"any": "{m}.reshape({v}, ())"},
    "kron": {"any": "{m}.kron({a}, {b})"},
    "block_inner": {"any": '{m}.einsum("ikjl,kl->ij", {g}, {b})'},
    "block_sum": {"any": '{m}.einsum("ikjl,ij->kl", {g}, {a})'},
}


_TWO_AXES = {f"conv1d{part}": f"conv2d{part}" for part in ("", "_input", "_weight")}
"""Of one row, and written alike."""


def idiom(function: str, framework: str) -> str | None:
    """How a framework calls a function; None where it has no name for it."""
    own = IDIOMS.get(function) or image_idioms.IDIOMS.get(_TWO_AXES.get(function, function), {})
    return own.get(framework, own.get("any"))
