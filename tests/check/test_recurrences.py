"""Published derivations of recurrences, line by line, and what must be found where one line of them is spoilt.

Facts and formulas alone are taken: M. Nielsen, Neural Networks and Deep Learning (2015), chapter 2; I. Goodfellow, Y.
Bengio, A. Courville, Deep Learning (2016), section 10.2; the LSTM of S. Hochreiter and J. Schmidhuber (1997) with the
forget gate of F. Gers, gate by gate. The files are `seeds/public-*.tex`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from gradcalc.commands.check import Marking, marked
from gradcalc.problem.load import load

SEEDS = Path(__file__).parent / "seeds"

LAYERS, GATES, UNROLLED = "public-four-equations", "public-lstm", "public-unrolled"
SPOILT = [
    (LAYERS, r"z^l \equiv w^l a^{l-1}+b^l", r"z^l \equiv w^l a^{l}+b^l"),
    (LAYERS, r"\sum_k w^l_{jk} a^{l-1}_k+b^l_j", r"\sum_k w^l_{kj} a^{l-1}_k+b^l_j"),
    (LAYERS, r"\frac{\partial C}{\partial a^L_j} \sigma'(z^L_j) \tag", r"\frac{\partial C}{\partial a^L_j} \tag"),
    (LAYERS, r"(a^L-y) \odot \sigma'(z^L)", r"(y-a^L) \odot \sigma'(z^L)"),
    (LAYERS, r"((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)", r"(w^{l+1} \delta^{l+1}) \odot \sigma'(z^l)"),
    (LAYERS, r"((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)", r"((w^{l})^T \delta^{l+1}) \odot \sigma'(z^l)"),
    (LAYERS, r"((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)", r"((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^{l+1})"),
    (LAYERS, r"a^{l-1}_k \delta^l_j \tag", r"a^{l-1}_j \delta^l_k \tag"),
    (LAYERS, r"a^{l-1}_k \delta^l_j \tag", r"a^{l}_k \delta^l_j \tag"),
    (LAYERS, r"w^{l+1}_{kj} \sigma'(z^l_j) %", r"w^{l+1}_{jk} \sigma'(z^l_j) %"),
    (
        LAYERS,
        r"\sum_k w^{l+1}_{kj}  \delta^{l+1}_k \sigma'(z^l_j)",
        r"\sum_k w^{l+1}_{jk}  \delta^{l+1}_k \sigma'(z^l_j)",
    ),
    (LAYERS, r"\delta^l (a^{l-1})^T", r"\delta^l (a^{l})^T"),
    (GATES, r"f_t \odot c_{t-1} + i_t \odot \tilde{c}_t", r"f_t \odot c_{t} + i_t \odot \tilde{c}_t"),
    (GATES, r"f_t \odot c_{t-1} + i_t \odot \tilde{c}_t", r"i_t \odot c_{t-1} + f_t \odot \tilde{c}_t"),
    (GATES, r"h_t &= o_t \odot \tanh(c_t)", r"h_t &= o_t \odot c_t"),
    (GATES, r"\odot o_t \odot (1 - \tanh^2(c_t))", r"\odot o_t \odot (1 - \tanh(c_t))"),
    (GATES, r"\frac{\partial L}{\partial c_{t+1}} \odot f_{t+1}", r"\frac{\partial L}{\partial c_{t+1}} \odot f_{t}"),
    (GATES, r"\frac{\partial L}{\partial c_t} \odot \tilde{c}_t", r"\frac{\partial L}{\partial c_t} \odot c_{t}"),
    (GATES, r"\frac{\partial L}{\partial c_t} \odot c_{t-1}", r"\frac{\partial L}{\partial c_t} \odot c_{t}"),
    (GATES, r"\sum_t \delta_t^f x_t^T", r"\sum_t \delta_t^i x_t^T"),
    (GATES, r"\sum_{t=1}^{T} \delta_t^f h_{t-1}^T", r"\sum_{t=1}^{T} \delta_t^f h_{t}^T"),
    (GATES, r"\sum_{t=1}^{T} \delta_t^i", r"\sum_{t=2}^{T} \delta_t^i"),
    (GATES, r"diag(f_t)", r"diag(i_t)"),
    (GATES, r"= V^T (\hat{y}_t - y_t)", r"= V^T (\hat{y}_t + y_t)"),
    (UNROLLED, r"\boldsymbol{W}\boldsymbol{h}^{(t-1)}", r"\boldsymbol{W}\boldsymbol{h}^{(t)}"),
    (UNROLLED, r"= \hat{y}_i^{(t)} - y_i^{(t)}", r"= y_i^{(t)} - \hat{y}_i^{(t)}"),
    (
        UNROLLED,
        r"= \boldsymbol{V}^\top \nabla_{\boldsymbol{o}^{(\tau)}} L",
        r"= -\boldsymbol{V}^\top \nabla_{\boldsymbol{o}^{(\tau)}} L",
    ),
    (UNROLLED, r"\left( 1 - (\boldsymbol{h}^{(t+1)})^2 \right)", r"\left( 1 - (\boldsymbol{h}^{(t)})^2 \right)"),
    (UNROLLED, r"= \boldsymbol{W}^\top \text{diag}", r"= \boldsymbol{W} \text{diag}"),
    (UNROLLED, r"= \sum_t \nabla_{\boldsymbol{o}^{(t)}} L", r"= \nabla_{\boldsymbol{o}^{(\tau)}} L"),
    (UNROLLED, r"\boldsymbol{h}^{(t-1)\top}", r"\boldsymbol{h}^{(t)\top}"),
    (UNROLLED, r"L) \boldsymbol{x}^{(t)\top}", r"L) (2 \boldsymbol{x}^{(t)})^\top"),
    (
        UNROLLED,
        r"\frac{\partial L}{\partial a^{(t)}} \frac{\partial a^{(t)}}{\partial W}",
        r"2 \frac{\partial L}{\partial a^{(t)}} \frac{\partial a^{(t)}}{\partial W}",
    ),
]


@cache
def problem(name: str):
    return load(str(SEEDS / f"{name}.yaml"))


def verdicts(name: str, text: str, tmp_path: Path) -> dict[int, str]:
    """The verdict on each line that is read, by its place; of two on one place the last."""
    path = tmp_path / "homework.tex"
    path.write_text(text)
    marks = marked(problem(name), str(path), Marking())[0]
    return {line.place.line: line.verdict for verdict in marks.verdicts for line in verdict.lines if line.place}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "right", "spoilt"), SPOILT)
def test_a_spoilt_line_is_found_and_no_other_is_called_wrong(
    name: str, right: str, spoilt: str, tmp_path: Path
) -> None:
    text = (SEEDS / f"{name}.tex").read_text()
    start = text.index(right)
    at = text.count("\n", 0, start) + 1
    found = verdicts(name, text[:start] + spoilt + text[start + len(right) :], tmp_path)
    assert found.pop(at) in ("wrong", "carried")
    assert {line for line, word in found.items() if word == "wrong"} == set()
