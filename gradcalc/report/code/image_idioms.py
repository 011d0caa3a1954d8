"""What NumPy, PyTorch and JAX call the functions of images; in the form of `idioms.py`.

Beside the fields named there, these have `{images}`, `{filters}` and `{value}`, the shapes with which a convolution is
worked out (all four axes) and that of its value; `{kernel}`, `{strides}` and `{around}` for both directions;
`{slices}` runs over the windows, entry (i, j) of each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from gradcalc.formula.shapes import IMAGE, MATRIX
from gradcalc.formula.table import Axis, Shape
from gradcalc.functions.windows import loose, of_images, of_rows, windows_of

_WINDOWS = "np.lib.stride_tricks.sliding_window_view"
_PADDED = "image = np.pad(np.reshape({x}, {images}), {padding_of_all})\n"
_UNDER = _PADDED + f"windows = {_WINDOWS}(image, {{kernel}}, axis=(2, 3))[:, :, ::{{stride}}, ::{{stride}}]\n"
_MAPS = "maps = {m}.reshape({v}, {maps})\n"
_STACKED = "windows = {m}.stack([{x}[..., {slices}] for i in range({kh}) for j in range({kw})], -1)\n"
_JAX_CONV = "jax.lax.conv_general_dilated({m}.reshape({x}, {images}), {m}.reshape({w}, {filters}), {strides}, {around})"
_JAX_BACK = "_, back = jax.vjp(lambda {x}, {w}: " + _JAX_CONV + ", {x}, {w})\n"

IDIOMS: Mapping[str, Mapping[str, str]] = {
    "conv2d": {
        "numpy": _UNDER
        + 'maps = np.einsum("ncijkl,fckl->nfij", windows, np.reshape({w}, {filters}))\n'
        + "np.reshape(maps + np.reshape({b}, (-1, 1, 1)), {value})",
        "torch": "bias = torch.broadcast_to(torch.reshape({b}, (-1,)), ({filters}[0],))\n"
        "x, w = torch.reshape({x}, {images}), torch.reshape({w}, {filters})\n"
        "maps = torch.nn.functional.conv2d(x, w, bias, stride={strides}, padding={beside})\n"
        "torch.reshape(maps, {value})",
        "jax": "maps = " + _JAX_CONV + "\njnp.reshape(maps + jnp.reshape({b}, (-1, 1, 1)), {value})",
    },
    "conv2d_input": {
        "numpy": _MAPS
        + "into = np.zeros({padded})\n"
        + 'parts = np.einsum("nfij,fckl->ncklij", maps, np.reshape({w}, {filters}))\n'
        + "for i in range({kh}):\n"
        + "    for j in range({kw}):\n"
        + "        into[:, :, {slices}] += parts[:, :, i, j]\n"
        + "np.reshape(into[:, :, {inner}], {value})",
        "torch": _MAPS
        + "w = torch.reshape({w}, {filters})\n"
        + "image = torch.nn.grad.conv2d_input({images}, w, maps, stride={strides}, padding={beside})\n"
        + "torch.reshape(image, {value})",
        "jax": _JAX_BACK + "jnp.reshape(back(jnp.reshape({v}, {maps}))[0], {value})",
    },
    "conv2d_weight": {
        "numpy": _UNDER + _MAPS + 'np.reshape(np.einsum("nfij,ncijkl->fckl", maps, windows), {value})',
        "torch": _MAPS
        + "image = torch.reshape({x}, {images})\n"
        + "kernels = torch.nn.grad.conv2d_weight(image, {filters}, maps, stride={strides}, padding={beside})\n"
        + "torch.reshape(kernels, {value})",
        "jax": _JAX_BACK + "jnp.reshape(back(jnp.reshape({v}, {maps}))[1], {value})",
    },
    "per_channel": {"any": "{m}.reshape({m}.sum({v}{others}), {value})"},
    "each_channel": {"any": "{m}.broadcast_to({m}.reshape({b}, {lying}), {value})"},
    "max_pool": {
        "numpy": f"windows = {_WINDOWS}({{x}}, {{kernel}}, axis=(-2, -1))\n"
        "np.max(windows[..., {steps}, :, :], axis=(-2, -1))",
        "torch": "torch.nn.functional.max_pool2d({x}[None], {kernel}, {strides})[0]",
        "jax": _STACKED
        + "# Of several largest entries, the first alone passes a gradient on.\n"
        + "largest = jnp.argmax(windows, axis=-1)[..., None]\n"
        + "jnp.take_along_axis(windows, largest, axis=-1)[..., 0]",
    },
    "avg_pool": {
        "any": _STACKED + "{m}.mean(windows, -1)",
        "torch": "torch.nn.functional.avg_pool2d({x}[None], {kernel}, {strides})[0]",
    },
    "max_pool of samples": {"torch": "torch.nn.functional.max_pool2d({x}, {kernel}, {strides})"},
    "avg_pool of samples": {"torch": "torch.nn.functional.avg_pool2d({x}, {kernel}, {strides})"},
    "max_unpool": {
        "any": _STACKED
        + "largest = {m}.argmax(windows, -1)\n"
        + "whole = {m}.zeros_like({x})\n"
        + "for i in range({kh}):\n"
        + "    for j in range({kw}):\n"
        + "        whole[..., {slices}] += {m}.where(largest == i * {kw} + j, {v}, 0.0)\n"
        + "whole",
        "jax": _STACKED
        + "largest = jnp.argmax(windows, -1)\n"
        + "whole = jnp.zeros_like({x})\n"
        + "for i in range({kh}):\n"
        + "    for j in range({kw}):\n"
        + "        whole = whole.at[..., {slices}].add(jnp.where(largest == i * {kw} + j, {v}, 0.0))\n"
        + "whole",
    },
    "at_max": {
        "any": _STACKED
        + "largest = {m}.argmax(windows, -1)[..., None]\n"
        + "others = {m}.stack([{u}[..., {slices}] for i in range({kh}) for j in range({kw})], -1)\n"
        + "{m}.take_along_axis(others, largest, axis=-1)[..., 0]",
        "torch": _STACKED
        + "largest = torch.argmax(windows, -1)[..., None]\n"
        + "others = torch.stack([{u}[..., {slices}] for i in range({kh}) for j in range({kw})], -1)\n"
        + "torch.take_along_dim(others, largest, dim=-1)[..., 0]",
    },
    "avg_unpool": {
        "any": "whole = {m}.zeros_like({x})\n"
        "for i in range({kh}):\n"
        "    for j in range({kw}):\n"
        "        whole[..., {slices}] += {v} / {count}\n"
        "whole",
        "jax": "whole = jnp.zeros_like({x})\n"
        "for i in range({kh}):\n"
        "    for j in range({kw}):\n"
        "        whole = whole.at[..., {slices}].add({v} / {count})\n"
        "whole",
    },
    "pad": {
        "any": "{m}.pad({a}, [{untouched}({size}, {size}), ({size}, {size})])",
        "torch": "torch.nn.functional.pad({a}, ({size}, {size}, {size}, {size}))",
    },
    "unpad": {"any": "{a}[..., {size} : {a}.shape[-2] - {size}, {size} : {a}.shape[-1] - {size}]"},
    "upsample": {
        "any": "{m}.repeat({m}.repeat({a}, {size}, axis=-2), {size}, axis=-1)",
        "torch": "torch.repeat_interleave(torch.repeat_interleave({a}, {size}, dim=-2), {size}, dim=-1)",
    },
    "sum_pool": {"any": "{m}.sum({m}.reshape({a}, {tiles}), (-3, -1))"},
    "pool_lead": {
        "any": _STACKED + "ordered = {m}.sort(windows, axis=-1)\nordered[..., -1] - ordered[..., -2]",
        "torch": _STACKED + "ordered = torch.sort(windows, dim=-1).values\nordered[..., -1] - ordered[..., -2]",
    },
    "flip": {"any": "{m}.flip({a}, {turned})"},
    "flatten of images in columns": {"any": "{m}.reshape({a}, ({samples}, -1)).T"},
    "flatten of images in rows": {"any": "{m}.reshape({a}, ({samples}, -1))"},
    "unflatten": {"any": "{m}.reshape({v}, {value})"},
    "unflatten of columns": {"any": "{m}.reshape({v}.T, {value})"},
}


def fields(name: str, args: Sequence[Shape], shape: Shape, params: Mapping[str, float]) -> dict[str, str]:
    """What the templates of a function of images name, for these shapes of its arguments and its value."""
    found = {
        "value": str(shape),
        "turned_value": str(shape[::-1]),
        "samples": str(args[0][0] if len(args[0]) > IMAGE else 1),
    }
    if name.startswith("conv"):
        found |= _of_convolution(name, args, params)
    elif {"size", "stride"} <= params.keys():
        found |= _of_windows(
            args[-1], shape if name in ("max_pool", "avg_pool", "pool_lead", "at_max") else args[0], params
        )
    elif "behind" in params:
        found |= _of_channels(
            args[0] if name == "per_channel" else args[1],
            params,
            prod(args[1]) if name == "per_channel" else prod(args[0]),
        )
    elif "axes" in params:
        found["turned"] = str(tuple(range(max(0, len(args[0]) - int(params["axes"])), len(args[0]))))
    elif "size" in params:
        size, (*leading, rows, columns) = int(params["size"]), args[0]
        found |= {"untouched": "(0, 0), " * len(leading)}
        found["tiles"] = str((*leading, rows // size, size, columns // size, size))
    return found


def _of_convolution(name: str, args: Sequence[Shape], params: Mapping[str, float]) -> dict[str, str]:
    fitting = of_rows if name.startswith("conv1d") else of_images
    x, w = (
        (args[2], args[1]) if name.endswith("_input") else (args[1], args[2]) if name.endswith("_weight") else args[:2]
    )
    fit = loose(fitting, x, w, params["stride"], params["padding"])
    images, filters, s = fit.images, fit.filters, fit.stride
    rows, columns = ((images[2 + i] + 2 * p - filters[2 + i]) // s + 1 for i, p in enumerate((fit.down, fit.across)))
    return {
        "images": str(images),
        "filters": str(filters),
        "maps": str((images[0], filters[0], rows, columns)),
        "padded": str((*images[:2], images[2] + 2 * fit.down, images[3] + 2 * fit.across)),
        "kernel": str(filters[2:]),
        "strides": str((s, s)),
        "around": str([(fit.down, fit.down), (fit.across, fit.across)]),
        "padding_of_all": str([(0, 0), (0, 0), (fit.down, fit.down), (fit.across, fit.across)]),
        "beside": str((fit.down, fit.across)),
        "inner": f"{fit.down}:{fit.down + images[2]}, {fit.across}:{fit.across + images[3]}",
        "kh": str(filters[2]),
        "kw": str(filters[3]),
        "slices": _slices((rows, columns), (s, s)),
    }


def _of_windows(x: Shape, pooled: Shape, params: Mapping[str, float]) -> dict[str, str]:
    (kh, kw), strides = windows_of(x, params["size"], params["stride"])
    return {
        "kernel": str((kh, kw)),
        "strides": str(strides),
        "steps": ", ".join(f"::{stride}" for stride in strides),
        "kh": str(kh),
        "kw": str(kw),
        "count": str(kh * kw),
        "slices": _slices(pooled[-2:], strides),
    }


def _slices(counts: Sequence[int], strides: Sequence[int]) -> str:
    """Entry (i, j) of every window."""
    sizes = (stride * (count - 1) + 1 for count, stride in zip(counts, strides, strict=True))
    return ", ".join(f"{k} : {k} + {size} : {stride}" for k, size, stride in zip("ij", sizes, strides, strict=True))


def _of_channels(shape: Shape, params: Mapping[str, float], filters: int) -> dict[str, str]:
    channel = len(shape) - 1 - int(params["behind"])
    one = filters == 1 or channel < 0
    others = tuple(axis for axis in range(len(shape)) if axis != channel)
    lying = tuple(filters if axis == channel and not one else 1 for axis in range(len(shape)))
    return {"others": "" if one else f", {others}", "lying": str(lying)}


def variant(name: str, args: Sequence[Shape], axis: Axis) -> str:
    """The template for images, of a function that takes matrices too; empty where it is the same."""
    if name in ("max_pool", "avg_pool") and len(args[0]) > IMAGE:
        return f"{name} of samples"
    if name == "flatten" and len(args[0]) > MATRIX:
        return f"flatten of images in {'columns' if axis is Axis.COLUMNS else 'rows'}"
    if name == "unflatten" and axis is Axis.COLUMNS and len(args[1]) > IMAGE:
        return "unflatten of columns"
    return ""
