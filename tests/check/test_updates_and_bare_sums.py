r"""Update rules of an entry, `b_i = b_i - \alpha \delta_i`, and sums that don't say over what they go."""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import LAYER, assert_each_is, lines

LAYER_SHOWN = (
    LAYER
    + r"""
lr: 0.1
symbols: {sigmoid: '\sigma', lr: '\alpha', dz: '\delta'}
"""
)
SAMPLES = r"""
over: {i: m}
inputs: {"x[i]": vector(n)}
targets: {"y[i]": bit}
parameters: {theta: vector(n)}
equations:
  h[i]: sigmoid(theta.T @ x[i])
  J: -1/m * sum(y[i] * log(h[i]) + (1 - y[i]) * log(1 - h[i]), i)
of: J
lr: 0.1
symbols: {theta: '\theta', "h[i]": 'h_\theta(x^{(i)})', "x[i]": 'x^{(i)}', "y[i]": 'y^{(i)}', lr: '\alpha'}
"""
CLASSES = r"""
inputs: {x: vector(K)}
targets: {t: one_hot(K)}
equations:
  p: softmax(x)
  L: -log(t.T @ p)
of: L
"""
RIGHT = {
    LAYER_SHOWN: r"""
W_{ij} = W_{ij} - \alpha \frac{\partial L}{\partial W_{ij}}
W_{ij} \leftarrow W_{ij} - \alpha \delta_i x_j
b_1 = b_1 - \alpha \frac{\partial L}{\partial b_1}
b_i := b_i - \alpha \delta_i
W = W - \alpha \delta x^T
L = \frac12 \sum (a_i - y_i)^2
L = \frac12 \sum (a - y)^2
z_i = \sum W_{ij} x_j + b_i
\frac{\partial L}{\partial x_j} = \sum \delta_i W_{ij}
""",
    SAMPLES: r"""
J = -\frac{1}{m} \sum [y^{(i)} \log h_\theta(x^{(i)}) + (1 - y^{(i)}) \log(1 - h_\theta(x^{(i)}))]
\frac{\partial J}{\partial \theta_j} = \frac{1}{m} \sum (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}
\theta_j := \theta_j - \frac{\alpha}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}
\theta := \theta - \frac{\alpha}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x^{(i)}
\theta := \theta + \frac{\alpha}{m} \sum_{i=1}^m (y^{(i)} - h_\theta(x^{(i)})) x^{(i)}
""",
    CLASSES: r"""
p = \frac{\exp(x)}{\sum \exp(x)}
\frac{\partial p}{\partial x} = \frac{1}{\sum\exp(x)} diag(\exp(x)) - \frac{1}{(\sum\exp(x))^2} \exp(x) \exp(x)^T
""",
}
WRONG = {
    LAYER_SHOWN: r"""
W_{ij} = W_{ij} + \alpha \frac{\partial L}{\partial W_{ij}}
W_{ij} \leftarrow W_{ij} - \alpha \delta_j x_i
b_1 = b_1 + \alpha \frac{\partial L}{\partial b_1}
b_i := b_i - \alpha (a_i - y_i) a_i
W = W + \alpha \delta x^T
L = \sum (a_i - y_i)^2
L = \frac12 \sum (a + y)^2
z_i = \sum W_{ij} x_j
\frac{\partial L}{\partial x_j} = \sum (a_i - y_i) W_{ij}
""",
    SAMPLES: r"""
J = \frac{1}{m} \sum [y^{(i)} \log h_\theta(x^{(i)}) + (1 - y^{(i)}) \log(1 - h_\theta(x^{(i)}))]
\frac{\partial J}{\partial \theta_j} = \frac{1}{m} \sum (y^{(i)} - h_\theta(x^{(i)})) x_j^{(i)}
\theta_j := \theta_j + \frac{\alpha}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}
\theta := \theta - \alpha \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x^{(i)}
""",
    CLASSES: r"""
p = \frac{x}{\sum \exp(x)}
\frac{\partial p}{\partial x} = \frac{1}{\sum\exp(x)} diag(\exp(x)) - \frac{1}{\sum\exp(x)} \exp(x) \exp(x)^T
""",
}


@pytest.mark.parametrize("problem", RIGHT, ids=["layer", "samples", "classes"])
def test_right_lines_are_right_and_spoilt_ones_wrong(problem: str, tmp_path: Path) -> None:
    assert_each_is("correct", problem, RIGHT[problem], tmp_path)
    assert_each_is("wrong", problem, WRONG[problem], tmp_path)


def test_over_which_letters_a_sum_for_a_vector_goes_is_not_guessed(tmp_path: Path) -> None:
    assert lines(LAYER_SHOWN, r"$$ z = \sum W_{ij} x_j $$ $$ a = \sigma(z) $$", tmp_path)[-1][0] == "unread"
