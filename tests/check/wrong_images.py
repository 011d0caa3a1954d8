"""Mistakes in convolution and pooling, made by loops that share nothing with gradcalc."""

from __future__ import annotations

import image_loops as by_loops
import numpy as np

from gradcalc.problem.load import loads
from gradcalc.program.solve import solve


def network(seed: int):
    """A convolution with stride and padding, a ReLU, overlapping windows of a pool, and their numbers."""
    random = np.random.default_rng(seed)
    channels, filters = (int(count) for count in random.integers(1, 3, 2))
    x = np.round(random.normal(size=(channels, 7, 7)), 1)
    w = np.round(random.normal(size=(filters, channels, 3, 3)), 1)
    b, y = np.round(random.normal(size=(filters, 1)), 1), np.round(random.normal(size=(filters, 1, 1)), 1)
    return x, w, b, y


POOLS = ("max_pool", "avg_pool")


def text(x, w, b, y, pool: str) -> str:
    return f"""
inputs: {{x: {x.tolist()}}}
targets: {{y: {y.tolist()}}}
parameters: {{w: {w.tolist()}, b: {b.tolist()}}}
equations:
  a: conv2d(x, w, b, stride=2, padding=1)
  h: tanh(a)
  p: {pool}(h, size=3, stride=1)
  q: avg_pool(p, size=2, stride=1)
  L: half_squared_error(q, y)
of: L
"""


def values(x, w, b, y, pool: str, wrong=None) -> dict[str, np.ndarray]:
    """All values, by loops; with `wrong`, a name and a function, from that wrong one on."""
    found: dict[str, np.ndarray] = {}

    def put(name, value):
        found[name] = value if wrong is None or wrong[0] != name else wrong[1]({**found, name: value}, x, w, b)
        return found[name]

    a = put("a", by_loops.conv2d(x, w, b, 2, 1))
    h = put("h", np.tanh(a))
    p = put("p", by_loops.PLAIN[pool](h, 3, 1))
    q = put("q", by_loops.avg_pool(p, 2, 1))
    put("L", np.sum((q - y) ** 2) / 2)
    put("dL", np.ones(()))
    dq = put("dq", q - y)
    dp = put("dp", by_loops.avg_unpool(dq, p, 2, 1))
    dh = put("dh", by_loops.PLAIN[pool.replace("pool", "unpool")](dp, h, 3, 1))
    da = put("da", dh * (1 - h**2))
    put("dw", by_loops.conv2d_weight(da, x, w, 2, 1))
    put("db", by_loops.per_channel(da, b))
    put("dx", by_loops.conv2d_input(da, w, x, 2, 1))
    return found


def turned(w):
    return w[..., ::-1, ::-1]


def first_of_each(v, h):
    """A pool's gradient at the first entry of each window."""
    into = np.zeros(h.shape)
    for index, inside in by_loops.pools(h, 3, 1):
        into[inside[0]] += v[index]
    return into


def to_all(v, h, share=1.0):
    into = np.zeros(h.shape)
    for index, inside in by_loops.pools(h, 3, 1):
        for place in inside:
            into[place] += v[index] * share
    return into


MADE = {
    "kernel-flipped": ("max_pool", "a", lambda v, x, w, b: by_loops.conv2d(x, turned(w), b, 2, 1)),
    "bias-left-out": ("max_pool", "a", lambda v, x, w, b: by_loops.conv2d(x, w, 0.0, 2, 1)),
    "other-pool": ("max_pool", "p", lambda v, x, w, b: by_loops.avg_pool(v["h"], 3, 1)),
    "kernel-not-flipped": ("max_pool", "dx", lambda v, x, w, b: by_loops.conv2d_input(v["da"], turned(w), x, 2, 1)),
    "overlap-overwritten": ("avg_pool", "dx", lambda v, x, w, b: by_loops.conv2d_input(v["da"], w, x, 2, 1, last=1)),
    "stride-left-out": ("avg_pool", "dw", lambda v, x, w, b: by_loops.conv2d_weight(v["da"], x, w, 1, 1)),
    "padding-left-out": ("avg_pool", "dw", lambda v, x, w, b: by_loops.conv2d_weight(v["da"], x, w, 2, 0)),
    "mean-not-sum": ("avg_pool", "db", lambda v, x, w, b: by_loops.per_channel(v["da"], b) / v["da"][0].size),
    "pool-to-all": ("max_pool", "dh", lambda v, x, w, b: to_all(v["dp"], v["h"])),
    "pool-shared-out": ("max_pool", "dh", lambda v, x, w, b: to_all(v["dp"], v["h"], 1 / 9)),
    "pool-to-wrong-place": ("max_pool", "dh", lambda v, x, w, b: first_of_each(v["dp"], v["h"])),
    "pool-to-max": ("avg_pool", "dh", lambda v, x, w, b: by_loops.max_unpool(v["dp"], v["h"], 3, 1)),
    "pool-size-left-out": ("avg_pool", "dh", lambda v, x, w, b: to_all(v["dp"], v["h"])),
}
ALSO = {
    "stride-left-out in dx": ("stride-left-out", "dx", lambda v, x, w, b: by_loops.conv2d_input(v["da"], w, x, 1, 1)),
    "padding-left-out in dx": ("padding-left-out", "dx", lambda v, x, w, b: by_loops.conv2d_input(v["da"], w, x, 2, 0)),
    "overwritten in a max pool": (
        "overlap-overwritten",
        "dh",
        lambda v, x, w, b: by_loops.max_unpool(v["dp"], v["h"], 3, 1, last=1),
    ),
}
CASES = [(id, pool, name, make) for id, (pool, name, make) in MADE.items()]
CASES += [(id, "max_pool", name, make) for id, name, make in ALSO.values()]


def wrong_image(random):
    """A solution, and a mistake in it: its id, the equation in which it was made, and all values that follow."""
    id, pool, name, make = CASES[random.integers(len(CASES))]
    given = network(int(random.integers(10**9)))
    return solve(loads(text(*given, pool)), check=False), id, name, values(*given, pool, (name, make))
