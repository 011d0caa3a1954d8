"""Mistakes in convolution and pooling are named by what was done; what is right by loops is right."""

from __future__ import annotations

import image_loops as by_loops
import numpy as np
import pytest
from wrong_images import CASES, POOLS, network, text, to_all, turned, values

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


RARER = [
    ("kernel-flipped", "max_pool", "dw", lambda v, x, w, b: turned(by_loops.conv2d_weight(v["da"], x, w, 2, 1))),
    ("other-pool", "max_pool", "p", lambda v, x, w, b: -by_loops.max_pool(-v["h"], 3, 1)),
    ("other-pool", "avg_pool", "p", lambda v, x, w, b: by_loops.max_pool(v["h"], 3, 1)),
    ("sum-not-mean", "avg_pool", "p", lambda v, x, w, b: 9 * by_loops.avg_pool(v["h"], 3, 1)),
    ("pool-size-left-out", "avg_pool", "dh", lambda v, x, w, b: to_all(v["dp"], v["h"], 1 / 3)),
    ("pool-to-wrong-place", "max_pool", "dh", lambda v, x, w, b: by_loops.max_unpool(v["dp"], -v["h"], 3, 1)),
]
"""Those that aren't among the ones whose figures are measured."""
MISTAKES = [*CASES, *RARER]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("id", "pool", "name", "make"), MISTAKES, ids=[f"{case[0]}-{case[2]}" for case in MISTAKES])
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


FORGOTTEN = {
    "stride of a convolution": ("conv2d(x, w, b, stride=2, padding=1)", "stride-left-out", (1, 1)),
    "padding of a convolution": ("conv2d(x, w, b, stride=2, padding=1)", "padding-left-out", (2, 0)),
    "stride of a pool": ("max_pool(x, size=3, stride=2)", "stride-left-out", (3, 1)),
    "stride of a pool of means": ("avg_pool(x, size=3, stride=2)", "stride-left-out", (3, 1)),
    "windows side by side": ("max_pool(x, size=3, stride=1)", "stride-left-out", (3, 3)),
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("formula", "id", "how"), FORGOTTEN.values(), ids=FORGOTTEN)
def test_a_stride_or_padding_forgotten_is_named_in_another_shape(formula, id, how, seed):
    size = 9 if how == (3, 3) else 7
    random = np.random.default_rng(seed)
    x, w = (np.round(random.normal(size=shape), 1) for shape in ((2, size, size), (2, 2, 3, 3)))
    b, function = np.array([[0.5], [-0.3]]), formula.partition("(")[0]
    problem = f"inputs: {{x: {x.tolist()}}}\nparameters: {{w: {w.tolist()}, b: {b.tolist()}}}\n"
    problem += f"equations: {{a: '{formula}', L: sum(a ** 2) + sum(w ** 2) + sum(b)}}\nof: L\n"
    made = by_loops.conv2d(x, w, b, *how) if function == "conv2d" else by_loops.PLAIN[function](x, *how)
    (verdict,) = marked(problem, {"forward": {"a": np.round(made, DIGITS).tolist()}})
    assert (verdict.verdict, [each.id for each in verdict.mistakes]) == ("wrong", [id])
    assert verdict.said.startswith("yours is 2×")
    (verdict,) = marked(problem, {"forward": {"a": np.round(made + random.normal(size=made.shape), DIGITS).tolist()}})
    assert (verdict.verdict, verdict.mistakes) == ("wrong", ())


def test_no_name_is_given_where_nothing_could_be_forgotten():
    """With stride 1, no padding and windows side by side, a value of another shape has another cause."""
    x = np.round(np.random.default_rng(2).normal(size=(6, 6)), 1)
    problem = f"inputs: {{x: {x.tolist()}}}\nparameters: {{w: [[1, 0.5], [-1, 2]]}}\n"
    problem += "equations: {a: 'conv2d(x, w)', p: 'max_pool(x, size=2, stride=2)', L: sum(a) + sum(p)}\nof: L\n"
    made = {"a": by_loops.conv2d(x, np.array([[1, 0.5], [-1, 2]]), 0.0, 1, 1), "p": by_loops.max_pool(x, 3, 3)}
    verdicts = marked(problem, {"forward": {name: np.round(value, DIGITS).tolist() for name, value in made.items()}})
    assert [(each.verdict, each.mistakes) for each in verdicts] == [("wrong", ())] * 2


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
