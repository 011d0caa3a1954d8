"""Derivations made at random: a formula as a tree of its own, rewritten by laws of matrices, and spoilt by mistakes.

It shares nothing with gradcalc: trees are tuples, values are NumPy's, and a formula is printed with all its brackets.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Tree = Any
"""A name, a number, or (operation, part, …)."""


def text(tree: Tree) -> str:
    """The formula as people type it."""
    if not isinstance(tree, tuple):
        return f"{tree}"
    kind, *parts = tree
    inner = [text(part) if not isinstance(part, tuple) or part[0] == "T" else f"({text(part)})" for part in parts]
    if kind == "T":
        return f"{inner[0]}.T"
    return f" {kind} ".join(inner) if len(inner) > 1 else f"-{inner[0]}"


def value(tree: Tree, values: dict[str, np.ndarray]) -> np.ndarray:
    """Its value. Raises ValueError where shapes don't fit."""
    if isinstance(tree, str):
        return values[tree]
    if not isinstance(tree, tuple):
        return np.array(float(tree))
    kind, *parts = tree
    a, *b = (value(part, values) for part in parts)
    if kind == "T":
        return a.T
    if kind == "@":
        return a @ b[0]
    if kind == "*":
        if a.shape and b[0].shape and a.shape != b[0].shape:
            raise ValueError("entry by entry, of two shapes")
        return a * b[0]
    if kind == "-" and not b:
        return -a
    if a.shape and b[0].shape and a.shape != b[0].shape:
        raise ValueError("a sum of two shapes")
    return a + b[0] if kind == "+" else a - b[0]


def places(tree: Tree, at: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Tree]]:
    """Every part, with its place."""
    yield at, tree
    for i, part in enumerate(tree[1:] if isinstance(tree, tuple) else (), 1):
        yield from places(part, (*at, i))


def put(tree: Tree, at: tuple[int, ...], new: Tree) -> Tree:
    """The tree with another part there."""
    if not at:
        return new
    return tuple(put(part, at[1:], new) if i == at[0] else part for i, part in enumerate(tree))


def equal_forms(tree: Tree) -> Iterator[Tree]:
    """What a part may be rewritten to by one law."""
    match tree:
        case ("*", a, b):
            yield ("*", b, a)
            match b:
                case ("-", 1, c):
                    yield ("-", a, ("*", a, c))
                case ("*", c, d):
                    yield ("*", ("*", a, c), d)
                case ("+" | "-" as sign, c, d):
                    yield (sign, ("*", a, c), ("*", a, d))
        case ("@", a, b):
            match a:
                case ("+" | "-" as sign, c, d):
                    yield (sign, ("@", c, b), ("@", d, b))
                case ("@", c, d):
                    yield ("@", c, ("@", d, b))
            match b:
                case ("+" | "-" as sign, c, d):
                    yield (sign, ("@", a, c), ("@", a, d))
                case ("@", c, d):
                    yield ("@", ("@", a, c), d)
            yield ("T", ("@", ("T", b), ("T", a)))
        case ("T", ("T", a)):
            yield a
        case ("T", ("@", a, b)):
            yield ("@", ("T", b), ("T", a))
        case ("-", a, b):
            yield ("-", ("-", b, a))
        case ("+", a, b):
            yield ("+", b, a)


def spoilt_forms(tree: Tree) -> Iterator[Tree]:
    """What a part becomes by a mistake that people make."""
    match tree:
        case ("*", a, b):
            yield from (a, b)
        case ("@", ("T", a), b) | ("@", b, ("T", a)):
            yield ("@", a, b)
            yield ("@", b, a)
        case ("-", a, b):
            yield from (("+", a, b), ("-", b, a))
        case ("+", a, b):
            yield ("-", a, b)
        case ("T", a):
            yield a


def changed(tree: Tree, forms: Callable[[Tree], Iterator[Tree]], rng: random.Random) -> Tree | None:
    """The tree with one part changed, at random; None where nothing can be."""
    every = [put(tree, at, form) for at, part in places(tree) for form in forms(part)]
    return rng.choice(every) if every else None


def derivation(tree: Tree, count: int, rng: random.Random) -> list[Tree]:
    """So many lines, each rewritten from the one before."""
    lines = [tree]
    while len(lines) < count:
        lines.append(changed(lines[-1], equal_forms, rng) or lines[-1])
    return lines
