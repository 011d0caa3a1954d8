"""Sums over paths: `dy/dx = ∂y/∂x + ∂y/∂u du/dx`, where ∂y/∂x is by the direct way alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import verdicts

TWO = "{inputs: {x: scalar}, equations: {u: x ** 2, y: x + u, z: sin(y)}, of: z}"
DIAMOND = r"""
inputs: {a: scalar, k: scalar}
equations: {b: sin(a), c: a * b + k, e: c * b, L: e ** 2 / 2}
of: L
"""
RESIDUAL = r"""
inputs: {x: vector(n)}
parameters: {W: n×n, v: vector(n)}
equations: {z: W @ x, h: tanh(z), y: x + h, L: v.T @ y}
of: L
"""
Y_X = r"\frac{\partial y}{\partial x}"
Y_U = r"\frac{\partial y}{\partial u}"
C_A = r"\frac{\partial c}{\partial a}"
C_B = r"\frac{\partial c}{\partial b}"
L_A = r"\frac{\partial L}{\partial a}"
L_C = r"\frac{\partial L}{\partial c}"
L_B = r"\frac{\partial L}{\partial b}"
E_A = r"\frac{\partial e}{\partial a}"
E_B = r"\frac{\partial e}{\partial b}"
E_C = r"\frac{\partial e}{\partial c}"
B_A = r"\frac{\partial b}{\partial a}"
LINES = [
    (TWO, rf"\frac{{dy}}{{dx}} = {Y_X} + {Y_U}\frac{{du}}{{dx}}", "} + ", "} - "),
    (TWO, rf"\frac{{dy}}{{dx}} = {Y_X}\frac{{\partial x}}{{\partial x}} + {Y_U}\frac{{du}}{{dx}}", Y_U, f"2 {Y_U}"),
    (DIAMOND, rf"{E_B} = {E_C} {C_B} + {E_B}", f" + {E_B}", f" + 2 {E_B}"),
    (DIAMOND, rf"{L_A} = {L_C} {C_A} + {L_B} {B_A}", f"{L_C} {C_A} + ", ""),
    (DIAMOND, rf"{E_A} = {E_C} {C_A} + {E_B} {B_A}", f"{E_C} {C_A} +", f"{E_C} {C_A} -"),
    (RESIDUAL, rf"{Y_X} = {Y_X} + \frac{{\partial y}}{{\partial h}}\frac{{\partial h}}{{\partial x}}", "} + ", "} - "),
]  # fmt: skip


@pytest.mark.parametrize(("problem", "right", "part", "spoilt"), LINES)
def test_a_sum_over_paths_is_right_and_a_spoilt_one_wrong(
    problem: str, right: str, part: str, spoilt: str, tmp_path: Path
) -> None:
    assert part in right
    assert verdicts(problem, right, tmp_path) == ["correct"]
    assert verdicts(problem, right.replace(part, spoilt), tmp_path) == ["wrong"]


def test_a_path_left_out_is_no_other_reading(tmp_path: Path) -> None:
    """One derivative by the direct way alone isn't the whole one, nor is one product of several."""
    assert verdicts(TWO, r"\frac{dy}{dx} = 1", tmp_path) == ["wrong"]
    assert verdicts(TWO, r"\frac{dy}{dx} = \frac{\partial y}{\partial u}\frac{du}{dx}", tmp_path) == ["wrong"]
    assert verdicts(DIAMOND, rf"\frac{{\partial e}}{{\partial b}} = {E_C} {C_B}", tmp_path) == ["wrong"]
