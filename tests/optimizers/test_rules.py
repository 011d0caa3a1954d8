"""Each rule of the table, and what is made of it: equations with the values that its source gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import yaml
from rules_by_hand import RULES, course

from gradcalc.optimizers.table import Optimizer, lookup, optimizers
from gradcalc.problem.load import loads
from gradcalc.program.descent import take_steps
from gradcalc.program.problem import Problem

ENTRIES = pytest.mark.parametrize("entry", optimizers(), ids=lambda entry: entry.name)
STEPS = 10


def problem(gradients: list[np.ndarray], theta: np.ndarray, **keys: Any) -> Problem:
    """An update alone, with the gradient of each step."""
    given = {"parameters": {"w": theta.tolist()}, "gradients": {"w[k]": [g.tolist() for g in gradients]}}
    return loads(yaml.safe_dump(given | keys, sort_keys=False))


def random(seed: int, count: int = STEPS, shape: tuple[int, ...] = (2, 3)) -> tuple[list[np.ndarray], np.ndarray]:
    numbers = np.random.default_rng(seed)
    return [numbers.normal(size=shape) for _ in range(count)], numbers.normal(size=shape)


def written(name: str, params: dict[str, float]) -> str:
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in params.items())})"


def other(entry: Optimizer) -> dict[str, float]:
    """Other numbers than the usual ones."""
    return {key: value * 0.9 if key in entry.shares else value * 3 for key, value in entry.params.items()}


def test_every_rule_is_written_out_by_hand() -> None:
    assert RULES.keys() == {entry.name for entry in optimizers()}


@ENTRIES
@pytest.mark.parametrize("usual", [True, False])
def test_ten_steps_are_those_of_the_source(entry: Optimizer, usual: bool) -> None:
    gradients, theta = random(3)
    params = dict(entry.params) if usual else other(entry)
    asked = entry.name if usual else written(entry.name, params)
    found = take_steps(problem(gradients, theta, optimizer=asked, lr=0.1), STEPS)
    for step, right in zip(found.steps, course(entry.name, theta, gradients, 0.1, **params), strict=True):
        np.testing.assert_allclose(found.updated(step)["w"], right, rtol=1e-11, atol=1e-12)


@ENTRIES
def test_an_entry_says_where_it_comes_from(entry: Optimizer) -> None:
    assert entry.source
    assert entry.summary
    assert entry.defaults or not (entry.params or entry.rate)
    assert list(entry.lines)[-1] == "theta"
    assert {*entry.shares} <= {*entry.params}
    assert lookup(entry.name.upper()) is entry


@ENTRIES
def test_the_usual_learning_rate_is_taken_where_there_is_one(entry: Optimizer) -> None:
    gradients, theta = random(4)
    if entry.rate is not None:
        assert problem(gradients, theta, optimizer=entry.name).lr == entry.rate
        assert problem(gradients, theta, optimizer=entry.name, lr=0.5).lr == 0.5


# Clipping and decay.


@pytest.mark.parametrize("rule", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize(
    ("option", "changed"),
    [
        ("clip_value=0.5", lambda g, theta: np.clip(g, -0.5, 0.5)),
        ("clip_norm=0.5", lambda g, theta: g * min(1, 0.5 / np.sqrt((g**2).sum()))),
        ("clip_norm=100", lambda g, theta: g),
        ("global_clip_norm=0.5", lambda g, theta: g * min(1, 0.5 / np.sqrt((g**2).sum()))),
    ],
)
def test_clipping_is_a_line_before_the_rule(rule: str, option: str, changed: Any) -> None:
    gradients, theta = random(5)
    found = take_steps(problem(gradients, theta, optimizer=f"{rule}({option})", lr=0.1), STEPS)
    params = lookup(rule).params
    right = course(rule, theta, [changed(g, theta) for g in gradients], 0.1, **params)
    np.testing.assert_allclose(found.parameters["w"], right[-1], rtol=1e-11)


def test_the_length_of_all_gradients_leaves_out_what_is_frozen() -> None:
    given = {"parameters": {"a": 1, "b": 2, "c": 3}, "gradients": {"a": 3, "b": 4, "c": 100}}
    rule = {"optimizer": "sgd(global_clip_norm=1)", "lr": 1, "freeze": "c"}
    found = take_steps(loads(yaml.safe_dump(given | rule))).parameters
    np.testing.assert_allclose([found["a"], found["b"], found["c"]], [1 - 3 / 5, 2 - 4 / 5, 3], rtol=1e-14)


def test_weights_decay_in_the_gradient_or_in_the_step() -> None:
    gradients, theta = random(6, 1)
    (g,) = gradients
    coupled = take_steps(problem(gradients, theta, optimizer="momentum(weight_decay=0.1)", lr=0.5))
    np.testing.assert_allclose(coupled.parameters["w"], theta - 0.5 * (g + 0.1 * theta), rtol=1e-13)
    apart = take_steps(problem(gradients, theta, optimizer="adam(decoupled_weight_decay=0.1)", lr=0.5))
    right = theta - 0.5 * g / (np.abs(g) + 1e-8) - 0.5 * 0.1 * theta
    np.testing.assert_allclose(apart.parameters["w"], right, rtol=1e-13)


def test_what_is_clipped_is_the_gradient_without_the_decay() -> None:
    gradients, theta = random(7, 1)
    found = take_steps(problem(gradients, theta, optimizer="sgd(weight_decay=0.1, clip_value=0.2)", lr=0.5))
    right = theta - 0.5 * (np.clip(gradients[0], -0.2, 0.2) + 0.1 * theta)
    np.testing.assert_allclose(found.parameters["w"], right, rtol=1e-13)
