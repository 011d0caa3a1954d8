"""How an update is shown: in the terminal, as LaTeX, as plain text, as JSON, and where a state is explained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import run

PROBLEM = """
title: One step of Adam
inputs: [1, 0.5]
targets: [0, 1]
layers:
  - {weights: [[0.1, 0.2], [0.3, 0.4]], biases: [0.1, 0.2], activation: sigmoid}
loss: half_squared_error
optimizer: adam(beta2=0.99)
lr: 0.1 / sqrt(k)
start: {k: 4, m: {W1: [[0.1, 0.2], [0.3, 0.4]]}}
"""


@pytest.fixture
def shown(tmp_path: Path):
    (tmp_path / "adam.yaml").write_text(PROBLEM, encoding="utf-8")

    def out(*arguments: str) -> str:
        return run(*arguments, cwd=tmp_path, COLUMNS="100").stdout

    return out


def test_in_the_terminal(shown) -> None:
    text = shown("solve", "adam.yaml")
    for line in (
        "step:  k = 4",
        "kept from the step before:  m_W¹_old = ⎡0.1  0.2⎤",
        "with β₁ = 0.9, β₂ = 0.99 and ε = 1e-8; m and v start at what is given.",
        "m = β₁ · m_old + (1 - β₁) · g",
        "θ_new = θ - η · m̂ / (√(v̂) + ε)",
        "η = 0.1 / √(k) = 0.1 / √(4) = 0.0500",
        "m_W¹ = 0.9 · m_W¹_old + (1 - 0.9) · ∇W¹",
        "m̂_W¹ = m_W¹ / (1 - 0.9ᵏ)",
        "W¹_new = W¹ - η · m̂_W¹ / (√(v̂_W¹) + 1e-8)",
    ):
        assert line in text


def test_as_latex(shown) -> None:
    text = shown("solve", "adam.yaml", "--format", "latex")
    for formula in (
        r"\hat{m} &= \frac{m}{1 - \beta_1^{k}}",
        r"\theta_{\mathrm{new}} &= \theta - \frac{\eta \cdot \hat{m}}{\sqrt{ \hat{v} } + \epsilon}",
        r"m_{W^{1}} &= 0.9 \cdot m_{W^{1},\mathrm{old}} + (1 - 0.9) \cdot \nabla W^{1}",
        r"\hat{v}_{b^{1}} &= \frac{v_{b^{1}}}{1 - 0.99^{k}}",
    ):
        assert formula in text


def test_as_plain_text_and_as_data(shown) -> None:
    assert "\nm_hat_W1 = m_W1 / (1 - 0.9 ** k)\n" in shown("solve", "adam.yaml", "--format", "plain")
    data = json.loads(shown("solve", "adam.yaml", "--format", "json"))
    formulas = {each["name"]: each["formula"] for each in data["equations"] if each["section"] == "update"}
    assert formulas["lr"] == "0.1 / sqrt(k)"
    assert formulas["v_b1"] == "0.99 * v_b1_old + (1 - 0.99) * db1 ** 2"
    assert [*formulas] == [
        "lr",
        *("m_W1", "v_W1", "m_hat_W1", "v_hat_W1", "W1_new"),
        *("m_b1", "v_b1", "m_hat_b1", "v_hat_b1", "b1_new"),
    ]


@pytest.mark.parametrize("name", ["m_hat_W1[1,2]", "state.m_hat.W1[1,2]", "m̂_W¹[1,2]"])
def test_a_state_is_explained_down_to_what_is_given(shown, name: str) -> None:
    text = shown("explain", "adam.yaml", name)
    assert "m̂_W¹[1,2] = m_W¹[1,2] / (1 - 0.9ᵏ)" in text
    assert "m_W¹_old[1,2] = 0.2" in text
    assert "∇W¹[1,2] = x[1] · ∇a¹[2]" in text
