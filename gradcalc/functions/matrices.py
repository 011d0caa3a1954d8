"""Functions of matrices: trace, diagonal, vec, Kronecker product, norm and products of vectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcalc.formula.shapes import like_second, same, scalar, spell, stacked
from gradcalc.formula.table import Axis, Function, Shape, ShapeMismatch, register

_HELPER = "it is only used in gradient rules"
_COOKBOOK = "Petersen & Pedersen, The Matrix Cookbook (2012)"


def _square(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    if not args[0] or args[0][0] != args[0][1]:
        raise ShapeMismatch(f"a square matrix is needed, and this is {spell(args[0])}")
    return ()


def _diagonal(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    rows, columns = args[0] or (1, 1)
    if columns == 1:
        return rows, rows
    if rows != columns:
        raise ShapeMismatch(f"diag takes a column or a square matrix, and this is {spell(args[0])}")
    return rows, 1


def _kron(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    (m, n), (p, q) = (shape or (1, 1) for shape in args)
    return m * p, n * q


def _blocks(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    (m, n), (p, q) = (shape or (1, 1) for shape in args)
    return m // p, n // q


def _outer(args: Sequence[Shape], params: Mapping[str, float], axis: Axis) -> Shape:
    for shape in args:
        if not shape or shape[1] != 1:
            raise ShapeMismatch(f"outer takes two columns, and one side is {spell(shape)}")
    return args[0][0], args[1][0]


def _matrix(a: Any) -> Any:
    return np.reshape(a, (1, 1)) if np.ndim(a) == 0 else a


def _diag(a: Any) -> Any:
    a = _matrix(a)
    return np.diag(a[:, 0]) if a.shape[1] == 1 else np.diag(a)[:, None]


def _tiles(g: Any, rows: int, columns: int) -> Any:
    """g cut into blocks: the entry [i, k, j, l] is entry (k, l) of block (i, j)."""
    g = _matrix(g)
    return g.reshape(g.shape[0] // rows, rows, g.shape[1] // columns, columns)


def _block_inner(g: Any, b: Any) -> Any:
    b = _matrix(b)
    return np.einsum("ikjl,kl->ij", _tiles(g, *b.shape), b)


def _block_sum(g: Any, a: Any) -> Any:
    a, g = _matrix(a), _matrix(g)
    return np.einsum("ikjl,ij->kl", _tiles(g, g.shape[0] // a.shape[0], g.shape[1] // a.shape[1]), a)


register(
    Function(
        name="trace",
        args=("a",),
        summary="the sum of the diagonal",
        definition="sum(a * eye_like(a))",
        gradient={"a": "g * eye_like(a)"},
        source=f"{_COOKBOOK}, eq. 99",
        value=np.trace,
        shape=_square,
        group="matrix",
        latex=r"\operatorname{tr}\left({a}\right)",
    )
)

register(
    Function(
        name="eye_like",
        args=("a",),
        summary="the identity matrix in the shape of a",
        no_gradient="it is constant",
        value=lambda a: np.eye(*np.shape(a)) if np.ndim(a) else np.float64(1.0),
        shape=same,
        of_shapes=True,
        group="count",
    )
)

register(
    Function(
        name="diag",
        args=("a",),
        summary="the diagonal matrix of a column; of a square matrix, its diagonal as a column",
        gradient={"a": "diag(g)"},
        value=_diag,
        shape=_diagonal,
        moves=True,
        group="matrix",
        latex=r"\operatorname{diag}\left({a}\right)",
    )
)

register(
    Function(
        name="vec",
        args=("a",),
        summary="the columns of a matrix, stacked into one column",
        gradient={"a": "unvec(g, a)"},
        source=f"{_COOKBOOK}, section 10.2.2",
        value=lambda a: np.reshape(a, (-1, 1), order="F"),
        shape=stacked,
        images=True,
        moves=True,
        group="matrix",
        latex=r"\operatorname{vec}\left({a}\right)",
    )
)

register(
    Function(
        name="unvec",
        args=("v", "a"),
        summary="a column cut into columns again, in the shape of a",
        gradient={"v": "vec(g)"},
        stops=("a",),
        value=lambda v, a: np.reshape(v, np.shape(a), order="F"),
        shape=like_second,
        images=True,
        moves=True,
        group="matrix",
    )
)

register(
    Function(
        name="kron",
        args=("a", "b"),
        summary="the Kronecker product: b in every entry of a, times that entry",
        gradient={"a": "block_inner(g, b)", "b": "block_sum(g, a)"},
        source=f"{_COOKBOOK}, section 10.2.1",
        value=lambda a, b: np.kron(_matrix(a), _matrix(b)),
        shape=_kron,
        group="matrix",
        unicode="kron({a}, {b})",
        latex=r"\left({a:4} \otimes {b:4}\right)",
    )
)

register(
    Function(
        name="block_inner",
        args=("g", "b"),
        summary="for each block of g in the shape of b, its inner product with b",
        no_gradient=_HELPER,
        value=_block_inner,
        shape=_blocks,
        group="matrix",
    )
)

register(
    Function(
        name="block_sum",
        args=("g", "a"),
        summary="the blocks of g, one for each entry of a, weighted by these entries and summed",
        no_gradient=_HELPER,
        value=_block_sum,
        shape=_blocks,
        group="matrix",
    )
)

register(
    Function(
        name="norm",
        args=("a",),
        summary="the Euclidean length of a vector, the Frobenius norm of a matrix",
        definition="sqrt(sum(a ** 2))",
        gradient={"a": "g * a / out"},
        value=lambda a: np.sqrt(np.add.reduce(a * a, axis=None)),
        shape=scalar,
        images=True,
        kinks=("norm(a)",),
        group="matrix",
        latex=r"\left\lVert {a} \right\rVert",
    )
)

register(
    Function(
        name="dot",
        args=("u", "v"),
        summary="the sum of the products of entries, one number",
        definition="sum(u * v)",
        gradient={"u": "g * v", "v": "g * u"},
        value=lambda u, v: np.add.reduce(u * v, axis=None),
        shape=scalar,
        images=True,
        group="matrix",
        latex=r"\left\langle {u}, {v} \right\rangle",
    )
)

register(
    Function(
        name="outer",
        args=("u", "v"),
        summary="the outer product of two columns",
        definition="u @ v.T",
        gradient={"u": "g @ v", "v": "g.T @ u"},
        value=lambda u, v: u @ v.T,
        shape=_outer,
        group="matrix",
        latex=r"\left({u:4} {{v:5}}^\top\right)",
    )
)
