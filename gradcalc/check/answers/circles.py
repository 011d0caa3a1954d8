"""Find formulas of a sheet that lead back to themselves: x given by y, and y by x."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def circular(uses: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """The names whose formulas lead back to themselves, each with all names of its circle.

    `uses` has the names in each name's formula. Circles are the strongly connected components with more than one
    name, and the names that use themselves (Kosaraju's two passes, without recursion: a sheet may have thousands
    of formulas).
    """
    users: dict[str, list[str]] = {name: [] for name in uses}
    for name, used in uses.items():
        for other in used:
            if other in users:
                users[other].append(name)
    met: set[str] = set()
    finished = [name for start in uses for name in _reached(start, uses, met)]
    met.clear()
    found: dict[str, frozenset[str]] = {}
    for start in reversed(finished):
        component = _reached(start, users, met)
        if len(component) > 1 or start in uses.get(start, ()):
            found |= dict.fromkeys(component, frozenset(component))
    return found


def _reached(start: str, edges: Mapping[str, Collection[str]], met: set[str]) -> list[str]:
    """What is reached from a name and not met before, each name after all that are reached from it."""
    order: list[str] = []
    todo = [(start, False)]
    while todo:
        name, is_finished = todo.pop()
        if is_finished:
            order.append(name)
        elif name in edges and name not in met:
            met.add(name)
            todo.append((name, True))
            todo.extend((other, False) for other in edges[name])
    return order
