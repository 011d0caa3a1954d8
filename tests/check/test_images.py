"""Mistakes in convolution and pooling are named by what was done; what is right by loops is right."""

from __future__ import annotations

import image_loops as by_loops
import numpy as np
import pytest
from wrong_images import CASES, POOLS, network, text, to_all, values

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

DIGITS = 4


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
