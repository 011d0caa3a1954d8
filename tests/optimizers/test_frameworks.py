"""Ten steps of every rule on random networks, against PyTorch's optimizers, or Optax's where PyTorch has none.

The frameworks differentiate by themselves; nothing of gradcalc takes part but the numbers that a problem gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
import yaml
from programs import FORMATS, outputs, written

from gradcalc.optimizers.table import optimizers
from gradcalc.problem.load import loads
from gradcalc.program.descent import take_steps
from gradcalc.program.problem import Problem
from gradcalc.program.solve import solve
from gradcalc.program.walk import Walk

STEPS = 10
LR = 0.05
CLOSE = 1e-10
SEEDS = (1, 2)

Values = Mapping[str, np.ndarray]


def network(seed: int, optimizer: str, **keys: Any) -> Problem:
    """A network of random sizes and numbers, with four samples."""
    random = np.random.default_rng(seed)
    inputs, hidden, outputs = random.integers(2, 5, size=3)

    def numbers(*shape: int) -> list[Any]:
        return random.normal(size=shape).round(3).tolist()

    layers = [
        {"weights": numbers(inputs, hidden), "biases": numbers(hidden), "activation": "tanh"},
        {"weights": numbers(hidden, outputs), "biases": numbers(outputs), "activation": "sigmoid"},
    ]
    given = {
        "notation": "x @ W + b",
        "inputs": numbers(4, inputs),
        "targets": random.uniform(0.1, 0.9, size=(4, outputs)).round(3).tolist(),
        "layers": layers,
        "loss": "half_squared_error",
        "reduction": "mean",
        "optimizer": optimizer,
        "lr": LR,
    }
    return loads(yaml.safe_dump({**given, **keys}, sort_keys=False))


# PyTorch.


def by_torch(problem: Problem, make: Callable[[Any, list[Any]], Any], steps: int, before: Any = None) -> list[Values]:
    torch = pytest.importorskip("torch")
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # what optimizers keep of their own, NAdam its product, goes by it
    try:
        return list(torch_course(torch, problem, make, steps, before))
    finally:
        torch.set_default_dtype(usual)


def torch_course(torch: Any, problem: Problem, make: Any, steps: int, before: Any) -> Iterator[Values]:
    x, y = (torch.tensor(problem.data[name]) for name in "xy")
    p = {name: torch.tensor(value, requires_grad=True) for name, value in problem.parameters.items()}
    optimizer = make(torch, [*p.values()])
    schedule = before(torch, optimizer) if before else None
    for _ in range(steps):
        optimizer.zero_grad()
        out = torch.sigmoid(torch.tanh(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"])
        (((out - y) ** 2).sum() / 2 / len(x)).backward()
        optimizer.step()
        if schedule is not None:
            schedule.step()
        yield {name: value.detach().numpy().copy() for name, value in p.items()}


TORCH: dict[str, Callable[[Any, list[Any]], Any]] = {
    "sgd": lambda t, p: t.optim.SGD(p, LR),
    "sgd(weight_decay=0.1)": lambda t, p: t.optim.SGD(p, LR, weight_decay=0.1),
    "perceptron": lambda t, p: t.optim.SGD(p, LR),
    "momentum(beta=0.8)": lambda t, p: t.optim.SGD(p, LR, momentum=0.8),
    "momentum(beta=0.8, weight_decay=0.1)": lambda t, p: t.optim.SGD(p, LR, momentum=0.8, weight_decay=0.1),
    # With one learning rate throughout, the two kinds of velocity lead to the same parameters.
    "momentum_velocity(beta=0.8)": lambda t, p: t.optim.SGD(p, LR, momentum=0.8),
    "nesterov(beta=0.8)": lambda t, p: t.optim.SGD(p, LR, momentum=0.8, nesterov=True),
    "adagrad(epsilon=1e-10)": lambda t, p: t.optim.Adagrad(p, LR, eps=1e-10),
    "rmsprop(beta=0.95, epsilon=1e-6)": lambda t, p: t.optim.RMSprop(p, LR, alpha=0.95, eps=1e-6),
    "adadelta(rho=0.9)": lambda t, p: t.optim.Adadelta(p, LR, rho=0.9, eps=1e-6),
    "adam": lambda t, p: t.optim.Adam(p, LR),
    "adam(beta1=0.8, beta2=0.99, epsilon=1e-4)": lambda t, p: t.optim.Adam(p, LR, betas=(0.8, 0.99), eps=1e-4),
    "adam(weight_decay=0.1)": lambda t, p: t.optim.Adam(p, LR, weight_decay=0.1),
    "adam(decoupled_weight_decay=0.1)": lambda t, p: t.optim.AdamW(p, LR, weight_decay=0.1),
    "adamw": lambda t, p: t.optim.AdamW(p, LR),
    "nadam_schedule": lambda t, p: t.optim.NAdam(p, LR),
    "amsgrad": lambda t, p: t.optim.Adam(p, LR, amsgrad=True),
    "adamax": lambda t, p: t.optim.Adamax(p, LR),
}


def assert_close(found: Values, right: Values) -> None:
    for name, value in right.items():
        np.testing.assert_allclose(found[name], value, rtol=CLOSE, atol=CLOSE, err_msg=name)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", TORCH)
def test_ten_steps_are_those_of_pytorch(rule: str, seed: int) -> None:
    problem = network(seed, rule)
    descent = take_steps(problem, STEPS)
    for step, right in zip(descent.steps, by_torch(problem, TORCH[rule], STEPS), strict=True):
        assert_close(descent.updated(step), right)


def test_ascent_is_pytorchs_maximize() -> None:
    problem = network(3, "adam", direction="ascent")
    right = by_torch(problem, lambda t, p: t.optim.Adam(p, LR, maximize=True), STEPS)
    assert_close(take_steps(problem, STEPS).parameters, right[-1])


SCHEDULES = {
    "0.05 * 0.5 ** floor((k - 1) / 3)": lambda t, o: t.optim.lr_scheduler.StepLR(o, 3, 0.5),
    "0.05 * 0.9 ** (k - 1)": lambda t, o: t.optim.lr_scheduler.ExponentialLR(o, 0.9),
    "0.025 * (1 + cos(pi * (k - 1) / 20))": lambda t, o: t.optim.lr_scheduler.CosineAnnealingLR(o, 20),
    "0.05 * minimum(k / 5, 1)": lambda t, o: t.optim.lr_scheduler.LinearLR(o, 1 / 5, 1, 4),
}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules_are_those_of_pytorch(schedule: str) -> None:
    problem = network(4, "momentum", lr=schedule)
    make = lambda t, p: t.optim.SGD(p, LR, momentum=0.9)  # noqa: E731
    right = by_torch(problem, make, STEPS, SCHEDULES[schedule])
    assert_close(take_steps(problem, STEPS).parameters, right[-1])


# Optax.


def by_optax(problem: Problem, make: Callable[[Any], Any], steps: int) -> list[Values]:
    optax, jax = pytest.importorskip("optax"), pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    x, y = (jnp.array(problem.data[name]) for name in "xy")

    @jax.jit
    def slope(p: Any) -> Any:
        def loss(p: Any) -> Any:
            out = jax.nn.sigmoid(jnp.tanh(x @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"])
            return ((out - y) ** 2).sum() / 2 / len(x)

        return jax.grad(loss)(p)

    p = {name: jnp.array(value) for name, value in problem.parameters.items()}
    optimizer = make(optax)
    state, course = optimizer.init(p), []
    for _ in range(steps):
        changes, state = optimizer.update(slope(p), state, p)
        p = optax.apply_updates(p, changes)
        course.append({name: np.asarray(value) for name, value in p.items()})
    return course


OPTAX: dict[str, Callable[[Any], Any]] = {
    "momentum(beta=0.8)": lambda o: o.sgd(LR, momentum=0.8),
    "momentum_average(beta=0.8)": lambda o: o.chain(o.ema(0.8, debias=False), o.scale(-LR)),
    "nesterov(beta=0.8)": lambda o: o.sgd(LR, momentum=0.8, nesterov=True),
    "adam": lambda o: o.adam(LR),
    "adamw": lambda o: o.adamw(LR, weight_decay=0.01),
    "nadam": lambda o: o.nadam(LR),
    "nadam(beta1=0.8, beta2=0.99, epsilon=1e-5)": lambda o: o.nadam(LR, 0.8, 0.99, 1e-5),
    "sgd(clip_value=0.01)": lambda o: o.chain(o.clip(0.01), o.sgd(LR)),
    "adam(global_clip_norm=0.05)": lambda o: o.chain(o.clip_by_global_norm(0.05), o.adam(LR)),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rule", OPTAX)
def test_ten_steps_are_those_of_optax(rule: str, seed: int) -> None:
    problem = network(seed, rule)
    descent = take_steps(problem, STEPS)
    for step, right in zip(descent.steps, by_optax(problem, OPTAX[rule], STEPS), strict=True):
        assert_close(descent.updated(step), right)


def test_every_rule_is_compared() -> None:
    compared = {rule.partition("(")[0] for rule in (*TORCH, *OPTAX)}
    assert compared == {entry.name for entry in optimizers()}


# Programs.


@cache
def final(rule: str, seed: int) -> tuple[Problem, Values]:
    """The problem as it stands before the tenth step, and what a framework's optimizer makes of all ten."""
    problem = network(seed, rule)
    walk = Walk(problem)
    state = walk.start
    for _ in range(STEPS - 1):
        state = walk.take(state).state
    right = by_optax(problem, OPTAX[rule], STEPS) if rule in OPTAX else by_torch(problem, TORCH[rule], STEPS)
    return walk.standing(state), right[-1]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("rule", [*OPTAX, *(rule for rule in TORCH if rule not in OPTAX)])
def test_a_program_of_the_tenth_step_ends_where_the_optimizer_does(rule: str, form: str) -> None:
    problem, right = final(rule, 5)
    found = outputs(written(solve(replace(problem, title=rule)), form), form)
    assert_close({name: found[f"{name}_new"] for name in right}, right)
