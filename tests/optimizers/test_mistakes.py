"""Mistakes in an update: what a student gets who makes one, worked out by hand, and the name that it is given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import yaml
from answering import ids, marked

from gradcalc.check.mistakes.catalogue import EVERYWHERE, mutations
from gradcalc.check.mistakes.meanings import MEANINGS
from gradcalc.formula.evaluate import attempt
from gradcalc.optimizers.extras import EXTRAS
from gradcalc.optimizers.table import Optimizer, lookup, optimizers
from gradcalc.problem.load import loads
from gradcalc.program.solution import Solution
from gradcalc.program.solve import solve

W = np.array([[0.8, -0.5], [0.3, 1.1]])
G = np.array([[0.23, -0.41], [0.57, 0.12]])
V = np.array([[0.31, 0.22], [0.14, 0.45]])
M = np.array([[-0.17, 0.26], [0.35, -0.08]])
K = 3
STATES = {"v": V, "m": M, "s": V, "u": V, "v_max": V + 0.1, "c": 0.4 * np.ones((2, 2))}
"""What each rule remembers, at a step that isn't the first."""


def solution(rule: str, **keys: Any) -> Solution:
    lines = [name for name in _remembered(rule) if name in STATES]
    start = {"k": K, **{line: {"w": STATES[line].tolist()} for line in lines}}
    given = {"parameters": {"w": W.tolist()}, "gradients": {"w": G.tolist()}, "optimizer": rule, "lr": 0.2}
    text = yaml.safe_dump({"digits": 6, **given, "start": start, **keys}, sort_keys=False)
    return solve(loads(text))


def _remembered(rule: str) -> tuple[str, ...]:
    given = {"parameters": {"w": 1}, "gradients": {"w": 1}, "optimizer": rule, "lr": 0.2}
    found = loads(yaml.safe_dump(given)).optimizer
    assert found is not None
    return () if "schedule" in rule else found.remembered


ENTRIES = pytest.mark.parametrize("entry", optimizers(), ids=lambda entry: entry.name)


@ENTRIES
def test_every_wrong_line_is_wrong_and_said(entry: Optimizer) -> None:
    rule = f"{entry.name}(epsilon=0.05)" if "epsilon" in entry.params else entry.name
    found = solution(rule)
    made = {
        (mutation.id, mutation.message): (equation, mutation)
        for equation in found.equations
        for mutation in mutations(equation, found)
    }
    for wrong in entry.mistakes:
        equation, mutation = made[wrong.id, wrong.message]
        value = attempt(mutation.expr, found.values, found.problem.axis)
        assert value is not None, wrong
        assert not np.allclose(value, found.values[equation.name], rtol=1e-9), wrong
        assert not any(char.isdecimal() and char not in "01" for char in wrong.message), wrong


def test_every_id_is_explained_and_looked_for_everywhere() -> None:
    wrong = [mistake for entry in optimizers() for mistake in entry.mistakes]
    wrong += [mistake for extra in EXTRAS.values() for mistake in extra.mistakes]
    explained = {id for meanings in MEANINGS.values() for id in meanings}
    assert {mistake.id for mistake in wrong} <= explained
    assert {*MEANINGS["In an update rule"]} <= {*EVERYWHERE}


# By hand.

B1, B2, E, LR = 0.9, 0.999, 1e-8, 0.2
M1 = B1 * M + (1 - B1) * G
V1 = B2 * V + (1 - B2) * G**2
MH, VH = M1 / (1 - B1**K), V1 / (1 - B2**K)
ADAM = {
    "bias-correction-left-out": W - LR * M1 / (np.sqrt(V1) + E),
    "bias-correction-without-power": W - LR * (M1 / (1 - B1)) / (np.sqrt(V1 / (1 - B2)) + E),
    "betas-exchanged": W
    - LR * (((1 - B1) * M + B1 * G) / (1 - B1**K)) / (np.sqrt(((1 - B2) * V + B2 * G**2) / (1 - B2**K)) + E),
    "wrong-beta": W
    - LR * ((B2 * M + (1 - B2) * G) / (1 - B2**K)) / (np.sqrt((B1 * V + (1 - B1) * G**2) / (1 - B1**K)) + E),
    "root-left-out": W - LR * MH / (VH + E),
    "ascent-not-descent": W + LR * MH / (np.sqrt(VH) + E),
    "state-not-carried": W - LR * ((1 - B1) * G / (1 - B1**K)) / (np.sqrt((1 - B2) * G**2 / (1 - B2**K)) + E),
    "plain-descent": W - LR * G,
    "not-updated": W,
    "increment-not-value": -LR * MH / (np.sqrt(VH) + E),
    "learning-rate-left-out": W - MH / (np.sqrt(VH) + E),
    "square-left-out": W - LR * MH / (np.sqrt((B2 * V + (1 - B2) * G) / (1 - B2**K)) + E),
}


@pytest.mark.parametrize("id", ADAM)
def test_of_adam_the_new_parameter_tells_the_mistake(id: str) -> None:
    """The sheet has the last value alone: everything before it isn't written down."""
    _, found = marked(solution("adam"), {"updated.w": ADAM[id]}, digits=6)
    assert ids(found["updated.w"])[0] == id


@pytest.mark.parametrize(
    ("label", "id", "value"),
    [
        ("state.m.w", "betas-exchanged", (1 - B1) * M + B1 * G),
        ("state.m.w", "one-minus-beta-left-out", B1 * M + G),
        ("state.m.w", "state-not-carried", (1 - B1) * G),
        ("state.v.w", "square-left-out", B2 * V + (1 - B2) * G),
        ("state.v.w", "wrong-beta", B1 * V + (1 - B1) * G**2),
        ("state.m_hat.w", "bias-correction-without-power", M1 / (1 - B1)),
        ("state.m_hat.w", "bias-correction-multiplied", M1 * (1 - B1**K)),
        ("state.m_hat.w", "step-miscounted", M1 / (1 - B1 ** (K - 1))),
        ("state.v_hat.w", "bias-correction-left-out", V1),
    ],
)
def test_a_state_is_an_answer_like_any_other(label: str, id: str, value: np.ndarray) -> None:
    _, found = marked(solution("adam"), {label: value}, digits=6)
    assert ids(found[label])[0] == id


def test_what_follows_from_a_wrong_state_is_carried() -> None:
    wrong = (1 - B1) * M + B1 * G
    hat = wrong / (1 - B1**K)
    new = W - LR * hat / (np.sqrt(VH) + E)
    _, found = marked(solution("adam"), {"state.m.w": wrong, "state.m_hat.w": hat, "updated.w": new}, digits=6)
    assert [found[label].verdict for label in ("state.m.w", "state.m_hat.w", "updated.w")] == [
        "wrong",
        "carried",
        "carried",
    ]


E2 = 0.05
DECAYED_M = (B1 * M + (1 - B1) * (G + 0.1 * W)) / (1 - B1**K)
DECAYED_V = (B2 * V + (1 - B2) * (G + 0.1 * W) ** 2) / (1 - B2**K)
OTHERS = [
    ("momentum", "velocity-averaged", W - LR * (0.9 * V + 0.1 * G)),
    ("momentum", "old-state-used", W - LR * V),
    ("momentum", "plain-descent", W - LR * G),
    ("momentum", "beta-left-out", W - LR * (V + G)),
    ("momentum", "learning-rate-twice", W - LR * (0.9 * V + LR * G)),
    ("momentum_velocity", "sign-flipped", W + (0.9 * V + LR * G)),
    ("momentum_velocity", "learning-rate-left-out", W + 0.9 * V - G),
    ("momentum_velocity", "old-state-used", W + V),
    ("momentum_average", "one-minus-beta-left-out", W - LR * (0.9 * V + G)),
    ("momentum_average", "state-not-carried", W - LR * 0.1 * G),
    ("momentum_average", "betas-exchanged", W - LR * (0.1 * V + 0.9 * G)),
    ("nesterov", "look-ahead-left-out", W - LR * (0.9 * V + G)),
    (f"adagrad(epsilon={E2})", "epsilon-inside-root", W - LR * G / np.sqrt(V + G**2 + E2)),
    (f"adagrad(epsilon={E2})", "state-not-carried", W - LR * G / (np.sqrt(G**2) + E2)),
    (f"adagrad(epsilon={E2})", "root-left-out", W - LR * G / (V + G**2 + E2)),
    (f"rmsprop(epsilon={E2})", "epsilon-inside-root", W - LR * G / np.sqrt(0.9 * V + 0.1 * G**2 + E2)),
    ("rmsprop", "betas-exchanged", W - LR * G / np.sqrt(0.1 * V + 0.9 * G**2)),
    (f"adam(epsilon={E2})", "epsilon-inside-root", W - LR * MH / np.sqrt(VH + E2)),
    ("adamw(weight_decay=0.1)", "decay-left-out", W - LR * MH / (np.sqrt(VH) + E)),
    ("adamw(weight_decay=0.1)", "decay-without-learning-rate", W - LR * MH / (np.sqrt(VH) + E) - 0.1 * W),
    ("adamw(weight_decay=0.1)", "decay-in-gradient", W - LR * DECAYED_M / (np.sqrt(DECAYED_V) + E)),
    ("amsgrad", "bias-correction-left-out", W - LR * M1 / (np.sqrt(np.maximum(V + 0.1, V1)) + E)),
    ("adamax", "root-of-size", W - LR * MH / np.sqrt(np.maximum(B2 * V, np.abs(G)))),
    ("adamax", "beta-left-out", W - LR * MH / np.maximum(V, np.abs(G))),
    ("sgd(weight_decay=0.1)", "decay-left-out", W - LR * G),
    ("sgd(weight_decay=0.1)", "decay-sign", W - LR * (G - 0.1 * W)),
    ("momentum(decoupled_weight_decay=0.1)", "decay-without-learning-rate", W - LR * (0.9 * V + G) - 0.1 * W),
    ("momentum(decoupled_weight_decay=0.1)", "decay-left-out", W - LR * (0.9 * V + G)),
    ("sgd(clip_value=0.3)", "clipping-left-out", W - LR * G),
    ("sgd(clip_value=0.3)", "clipping-one-sided", W - LR * np.minimum(G, 0.3)),
    ("sgd(clip_norm=0.3)", "clipped-by-entry", W - LR * np.clip(G, -0.3, 0.3)),
]


@pytest.mark.parametrize(("rule", "id", "value"), OTHERS, ids=[f"{rule}-{id}" for rule, id, _ in OTHERS])
def test_of_each_rule_the_new_parameter_tells_the_mistake(rule: str, id: str, value: np.ndarray) -> None:
    _, found = marked(solution(rule), {"updated.w": value}, digits=6)
    assert ids(found["updated.w"])[:1] == [id]


def test_a_step_against_the_way_up_is_named() -> None:
    found = solution("momentum", direction="ascent")
    _, verdicts = marked(found, {"updated.w": W - LR * (0.9 * V + G)}, digits=6)
    assert ids(verdicts["updated.w"])[0] == "descent-not-ascent"


def test_plain_ascent_has_its_mistakes_too() -> None:
    found = solution("sgd", direction="ascent")
    found = replace(found)
    np.testing.assert_allclose(found.updated["w"], W + LR * G)
    for value, id in ((W - LR * G, "descent-not-ascent"), (W + G, "learning-rate-left-out"), (W, "not-updated")):
        _, verdicts = marked(found, {"updated.w": value}, digits=6)
        assert ids(verdicts["updated.w"])[0] == id


def test_the_learning_rate_of_another_step_is_named() -> None:
    found = solution("sgd", lr="0.5 / k")
    _, verdicts = marked(found, {"updated.w": W - 0.5 / 2 * G}, digits=6)
    assert ids(verdicts["updated.w"])[0] == "step-miscounted"


SEQUENTIAL = """
inputs: [0.5, -1]
targets: [1]
layers:
  - {weights: [[0.1, 0.4], [-0.3, 0.2]], activation: tanh}
  - {weights: [[0.7], [-0.2]]}
loss: half_squared_error
lr: 0.5
digits: 6
order: sequential
"""


def test_the_old_weights_on_the_way_back_are_named_where_the_new_are_asked_for() -> None:
    found = solve(loads(SEQUENTIAL))
    old = solve(loads(SEQUENTIAL.replace("order: sequential", "")))
    _, verdicts = marked(found, {"gradients.h1": old.gradients["h1"]}, digits=6)
    assert ids(verdicts["gradients.h1"])[0] == "order-not-kept"
    assert "had its step before" in verdicts["gradients.h1"].mistakes[0].message


def test_a_usual_line_of_one_rule_is_that_of_another() -> None:
    """Momentum's wrong velocity is the right one of the averaged form."""
    wrong = next(mistake for mistake in lookup("momentum").mistakes if mistake.id == "velocity-averaged")
    assert wrong.rule == lookup("momentum_average").lines["v"]
