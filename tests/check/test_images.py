"""Mistakes in convolution and pooling: made by loops that share nothing with gradcalc, and named by what was done."""

from __future__ import annotations

import image_loops as by_loops
import numpy as np
import pytest

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

DIGITS = 4


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


def values(x, w, b, y, pool: str) -> dict[str, np.ndarray]:
    """All right values, by loops."""
    a = by_loops.conv2d(x, w, b, 2, 1)
    h = np.tanh(a)
    p = by_loops.PLAIN[pool](h, 3, 1)
    q = by_loops.avg_pool(p, 2, 1)
    dq = q - y
    dp = by_loops.avg_unpool(dq, p, 2, 1)
    dh = by_loops.PLAIN[pool.replace("pool", "unpool")](dp, h, 3, 1)
    da = dh * (1 - h**2)
    return {
        **{"a": a, "h": h, "p": p, "q": q, "dq": dq, "dp": dp, "dh": dh, "da": da},
        "dw": by_loops.conv2d_weight(da, x, w, 2, 1),
        "dx": by_loops.conv2d_input(da, w, x, 2, 1),
        "db": by_loops.per_channel(da, b),
    }


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


def answers(found: dict[str, np.ndarray]) -> dict:
    """A sheet of rounded numbers."""
    sheet: dict[str, dict] = {"forward": {}, "gradients": {}}
    for name, value in found.items():
        section, quantity = ("gradients", name[1:]) if name[0] == "d" else ("forward", name)
        rounded = np.round(value, DIGITS)
        sheet[section][quantity] = rounded.ravel().tolist() if rounded.ndim == 2 else rounded.tolist()
    return sheet


def marked(problem: str, sheet: dict):
    solution = solve(loads(problem), check=False)
    return mark(solution, sheet_from_data(sheet, solution)).verdicts


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("id", "pool", "name", "make"), CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES])
def test_a_mistake_is_named(id, pool, name, make, seed):
    x, w, b, y = network(seed)
    right = values(x, w, b, y, pool)
    found = {**right, name: make(right, x, w, b)}
    if np.allclose(found[name], right[name], atol=1e-3):
        pytest.skip("with these numbers it makes no difference")
    before = {key: found[key] for key in list(found)[: list(found).index(name) + 1] if key not in ("dw", "dx", "db")}
    verdicts = {each.quantity: each for each in marked(text(x, w, b, y, pool), answers({**before, name: found[name]}))}
    section, quantity = ("gradients", name[1:]) if name[0] == "d" else ("forward", name)
    verdict = verdicts.pop(f"{section}.{quantity}")
    assert verdict.verdict == "wrong"
    assert verdict.mistakes[0].id == id
    assert {each.verdict for each in verdicts.values()} <= {"correct"}


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("seed", range(4))
def test_what_is_right_by_loops_is_right(pool, seed):
    x, w, b, y = network(seed)
    verdicts = marked(text(x, w, b, y, pool), answers(values(x, w, b, y, pool)))
    assert [each.verdict for each in verdicts] == ["correct"] * len(verdicts)


@pytest.mark.parametrize("seed", range(4))
def test_numbers_of_nothing_are_given_no_name(seed):
    """Random numbers in the place of a gradient are wrong, and no mistake of convolution or pooling."""
    x, w, b, y = network(seed)
    found = values(x, w, b, y, "max_pool")
    found["dx"] = np.random.default_rng(seed).normal(size=x.shape)
    verdict = {each.quantity: each for each in marked(text(x, w, b, y, "max_pool"), answers(found))}["gradients.x"]
    assert (verdict.verdict, [each.id for each in verdict.mistakes]) == ("wrong", [])


def test_what_follows_from_a_mistake_is_carried():
    x, w, b, y = network(1)
    right = values(x, w, b, y, "avg_pool")
    dh = to_all(right["dp"], right["h"])
    da = dh * (1 - right["h"] ** 2)
    later = {"dh": dh, "da": da, "dx": by_loops.conv2d_input(da, w, x, 2, 1), "db": by_loops.per_channel(da, b)}
    verdicts = {
        each.quantity: each.verdict for each in marked(text(x, w, b, y, "avg_pool"), answers({**right, **later}))
    }
    assert [verdicts[f"gradients.{name}"] for name in ("h", "a", "x", "b")] == [
        "wrong",
        "carried",
        "carried",
        "carried",
    ]
