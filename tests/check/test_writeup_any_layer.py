r"""Lines for any layer of a network whose layers have numbers: `dz^{[l]} = …`, `a^{[L]}`."""

from __future__ import annotations

import pytest
from handed_in import lines, verdicts

NETWORK = r"""
notation: W @ x + b
inputs: n×1
targets: k×1
layers:
  - {weights: p×n, biases: p×1, activation: sigmoid}
  - {weights: q×p, biases: q×1, activation: sigmoid}
  - {weights: k×q, biases: k×1, activation: LAST}
loss: half_squared_error
symbols:
  {x: 'a^{[0]}', yhat: 'a^{[3]}', W1: 'W^{[1]}', W2: 'W^{[2]}', W3: 'W^{[3]}', b1: 'b^{[1]}',
   b2: 'b^{[2]}', b3: 'b^{[3]}', a1: 'z^{[1]}', a2: 'z^{[2]}', a3: 'z^{[3]}', h1: 'a^{[1]}', h2: 'a^{[2]}'}
"""
SIGMOIDS, LAST = NETWORK.replace("LAST", "sigmoid"), NETWORK.replace("LAST", "tanh")


@pytest.mark.parametrize(
    ("right", "spoilt"),
    [
        (r"z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}", ("+", "-")),
        (r"a^{[l]} = \sigma(z^{[l]})", ("z", "-z")),
        (r"dz^{[l]} = W^{[l+1]T} dz^{[l+1]} \odot \sigma'(z^{[l]})", (r"\sigma'", r"\sigma")),
        (r"dz^{[l]} = (W^{[l+1]})^T dz^{[l+1]} \odot a^{[l]} \odot (1 - a^{[l]})", ("1 -", "1 +")),
        (r"dW^{[l]} = dz^{[l]} a^{[l-1]T}", ("dz^{[l]}", "-dz^{[l]}")),
        (r"db^{[l]} = dz^{[l]}", ("dz^{[l]}", "2 dz^{[l]}")),
        (r"\frac{\partial C}{\partial a^{[l]}} = W^{[l+1]T} \frac{\partial C}{\partial z^{[l+1]}}", ("W", "-W")),
        (r"\frac{\partial C}{\partial z^{[L]}} = (a^{[L]} - y) \odot \sigma'(z^{[L]})", ("- y", "+ y")),
        (r"dW^{[L]} = dz^{[L]} a^{[L-1]T}", ("dz^{[L]}", "2 dz^{[L]}")),
    ],
)
def test_a_line_for_any_layer_holds_for_all(right, spoilt, tmp_path):
    assert verdicts(SIGMOIDS, right, tmp_path) == ["correct"]
    left, _, rest = right.partition(" = ")
    assert verdicts(SIGMOIDS, f"{left} = {rest.replace(*spoilt, 1)}", tmp_path) == ["wrong"]


def test_what_holds_for_some_layers_may_be_meant_for_these(tmp_path):
    ((word, why),) = lines(LAST, r"$$ a^{[l]} = \sigma(z^{[l]}) $$", tmp_path)
    assert (word, why) == ("unread", "this holds for some layers, and not for others")
    assert verdicts(LAST, r"a^{[L]} = \sigma(z^{[L]})", tmp_path) == ["wrong"]
