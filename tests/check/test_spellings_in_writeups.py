r"""What people write beside the commands of LaTeX: those of packages and of editors, bars for norms, ones, ifs."""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import LAYER, ROWS, assert_each_is

LAYER_SHOWN = (
    LAYER
    + r"""
symbols: {sigmoid: '\sigma', dz: '\delta'}
"""
)
BATCH = r"""
inputs: {X: n×m}
targets: {Y: k×m}
parameters: {W: k×n, b: k×1}
equations:
  Z: W @ X + b
  A: sigmoid(Z)
  J: 1/(2*m) * sum((A - Y) ** 2)
of: J
"""
RIGHT = {
    LAYER_SHOWN: r"""
L = \frac{1}{2} (a-y)^\intercal (a-y)
\frac{\part L}{\part W} = \delta x^T
\frac{\partial L}{\partial \pmb W} = \delta {\bf x}^{\rm T}
\frac{\partial L}{\partial W} = \textcolor{red}{\delta}\, {\color{blue} x}^T
\frac{\partial L}{\partial W} = \overset{(1)}{\delta}\cdot x^{T}{}
\partial_W L = \delta x^T
L = {1 \over 2} \mathop{\sum}_{i} (a_i - y_i)^2 \ \tag{3}
\delta = (a - y) \odot \sigma^{\prime}(z)
\delta = (a - y) .* a .* (1 - a)
\delta = \operatorname*{diag}(\sigma'(z)) (a - y)
L = \frac{1}{2} ||a-y||^2
L = \frac{1}{2} ||a-y||_2^2
L = \frac{1}{2} \left|\left|a-y\right|\right|^2
L = \frac{1}{2} \left||a-y\right||^2
L = \frac{1}{2} |a-y|^2
L = \frac{1}{2} ||a||^2 - a^T y + \frac12 ||y||^2
L = \frac{1}{2} \sum_i |a_i-y_i||a_i - y_i|
\delta = (a - y) \circ a \circ (1_m - a)
\delta = (a - y) \circ a \circ (\vec{1} - a)
L = \frac12 1_m^T ((a-y) \circ (a-y))
L = \frac12 ((a-y) \circ (a-y))^T \mathbf{1}
\frac{\partial a_i}{\partial z_j} = \delta_{ij} a_i(1-a_i)
\frac{\partial a_i}{\partial z_j} = \mathbb{1}_{ij} a_i(1-a_i)
\frac{\partial a_i}{\partial z_j} = 0, \quad i \neq j.
\frac{\partial a_i}{\partial z_j} = 0, i \neq j
\frac{\partial a_i}{\partial z_j} = a_i(1-a_i), \quad i = j
\delta_i = (a_i - y_i) a_i (1 - a_i), \; \forall i
\delta_i = (a_i - y_i) a_i (1 - a_i) \quad \text{for all } i
""",
    BATCH: r"""
Z = W X + b \mathbf{1}^T
Z = W X + b 1_m^T
\frac{\partial J}{\partial b} = dZ \mathbf{1}
\frac{\partial J}{\partial b} = dZ \cdot \mathbf{1}
J = \frac{1}{2m} \mathbf{1}^T ((A-Y) \odot (A-Y)) \mathbf{1}
J = \frac{1}{2m} ||A-Y||_F^2
\frac{\partial J}{\partial b} = \sum dZ
""",
    ROWS: r"""
Z = X W + 1_m b
\frac{\partial J}{\partial b} = 1_m^T dZ
\frac{\partial J}{\partial b} = \sum dZ
""",
}
WRONG = {
    LAYER_SHOWN: r"""
L = (a-y)^\intercal (a-y)
\frac{\part L}{\part W} = x x^T
\frac{\partial L}{\partial \pmb W} = - \delta {\bf x}^{\rm T}
\delta = (a - y) \odot \sigma^{\prime}(a)
\delta = (a - y) .* a .* a
L = \frac{1}{2} ||a+y||_2^2
L = |a-y|^2
\delta = (a - y) \circ a \circ (1_m + a)
L = ((a-y) \circ (a-y))^T \mathbf{1}
\frac{\partial a_i}{\partial z_j} = \delta_{ij} a_i
\frac{\partial a_i}{\partial z_j} = a_i(1-a_i), \quad i \neq j
\frac{\partial a_i}{\partial z_j} = a_i, \quad i = j
\delta_i = (a_i - y_i) a_i, \; \forall i
""",
    BATCH: r"""
\frac{\partial J}{\partial b} = \frac{1}{m} dZ \mathbf{1}
\frac{\partial J}{\partial b} = dZ
J = \frac{1}{m} ||A-Y||_F^2
""",
    ROWS: r"""
\frac{\partial J}{\partial b} = \frac{1}{m} 1_m^T dZ
\frac{\partial J}{\partial b} = \sum A
""",
}


@pytest.mark.parametrize("problem", RIGHT, ids=["layer", "batch", "rows"])
def test_right_lines_are_right_and_spoilt_ones_wrong(problem: str, tmp_path: Path) -> None:
    assert_each_is("correct", problem, RIGHT[problem], tmp_path)
    assert_each_is("wrong", problem, WRONG[problem], tmp_path)
