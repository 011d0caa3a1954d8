r"""`a^{(3)}` for a network's output, and `a^{(0)}` for its inputs, as hidden layers are shown with numbers so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gradcalc.formula.tex.tree import Char, Group, Node, Row, Scripted
from gradcalc.program.structure import Layer


def numbered_layers(trees: Mapping[Row, str], layers: Sequence[Layer]) -> Iterator[tuple[Row, str]]:
    """The trees that go on counting what hidden layers are shown as, each with its name; none where that isn't sure.

    `trees` are those of names as the problem shows them. Without hidden layers there is nothing to go on from.
    """
    shown = {name: tree for tree, name in trees.items()}
    *hidden, last = layers or (None,)
    made = {_put(shown.get(layer.output, ()), layer.number, 0) for layer in hidden}
    if len(made) != 1 or last is None:
        return
    (pattern,) = made
    for name, number in ((hidden[0].source, 0), (last.output, last.number)):
        tree = _put(pattern, 0, number) if pattern else ()
        if tree and tree not in trees:
            yield tree, name


def _put(tree: Row, number: int, other: int) -> Row:
    """The name with another number as its only script; empty of what hasn't this one."""
    node = tree[0] if len(tree) == 1 else None
    if not isinstance(node, Scripted) or node.primes or len(node.scripts) != 1:
        return ()
    ((sign, script),) = node.scripts
    items: tuple[Node, ...] = script.items if isinstance(script, Group) else (script,)
    if items.count(Char(str(number))) != 1 or any(isinstance(each, Char) and each.text.isalpha() for each in items):
        return ()
    put = tuple(Char(str(other)) if each == Char(str(number)) else each for each in items)
    return (Scripted(node.base, 0, ((sign, Group(put) if isinstance(script, Group) else put[0]),)),)
