"""Put what depends on each other into an order in which it can be computed, or name a cycle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from heapq import heapify, heappop, heappush

from gradcalc.formula.brackets import member_name
from gradcalc.problem.over import member_of


class Cycle(Exception):
    """Names of which each needs the next, and the last the first."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(" → ".join([*names, names[0]]))


def in_order(needs: Mapping[str, Iterable[str]]) -> list[str]:
    """The names, each after those that it needs, otherwise in the order in which they come.

    Needs that are no names themselves don't count. Raises Cycle. Takes time nearly linear in names and needs.
    """
    place = {name: i for i, name in enumerate(needs)}
    inner = {name: {n for n in needed if n in place} for name, needed in needs.items()}
    users: dict[str, list[str]] = {name: [] for name in needs}
    for name, needed in inner.items():
        for other in needed:
            users[other].append(name)
    waiting = {name: len(needed) for name, needed in inner.items()}
    ready = [i for name, i in place.items() if not waiting[name]]
    heapify(ready)
    names, order = list(place), []
    while ready:
        order.append(names[heappop(ready)])
        for user in users[order[-1]]:
            waiting[user] -= 1
            if not waiting[user]:
                heappush(ready, place[user])
    if len(order) < len(names):
        raise Cycle(_cycle({name: inner[name] for name in names if waiting[name]}, place))
    return order


def _cycle(needs: Mapping[str, set[str]], place: Mapping[str, int]) -> tuple[str, ...]:
    """A cycle among names that are all on one or lead to one; it starts with the name that comes first."""
    seen: dict[str, int] = {}
    name = next(iter(needs))
    while name not in seen:
        seen[name] = len(seen)
        name = min((n for n in needs[name] if n in needs), key=place.__getitem__)
    cycle = list(seen)[seen[name] :]
    first = min(range(len(cycle)), key=lambda i: place[cycle[i]])
    return tuple(cycle[first:] + cycle[:first])


def running_on(name: str, needed: str, is_computed: Callable[[str], bool]) -> list[str]:
    """Members of a family of which each needs the next: `h[1]`, `h[2]`, `h[3]` where h[2] needs `h[3]`.

    `is_computed` says whether a member comes from the family's line. Empty where the needed one is no later member of
    the family: what comes before the first is a start that is missing.
    """
    own, other = member_of(name), member_of(needed)
    if own is None or other is None or own[0] != other[0] or len(own[1]) != len(other[1]):
        return []
    step = [late - early for early, late in zip(own[1], other[1], strict=True)]
    if min(step) < 0 or not any(step):
        return []
    chain, index = [needed], own[1]
    while is_computed(member_name(own[0], index)):
        chain.append(member_name(own[0], index))
        index = tuple(part - each for part, each in zip(index, step, strict=True))
    return chain[::-1]
