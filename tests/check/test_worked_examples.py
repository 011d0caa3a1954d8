r"""Worked examples as people publish them, in TeX with numbers, against the bundled problems of the same name.

The networks and their numbers are public (M. Mazur's step by step example, Hmkcode's linear network, the step of
gradient descent in Jurafsky & Martin); every number here is worked out again with NumPy and written to the digits that
the example prints. Spoilt copies have a digit exchanged, or a sign.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import yaml

from gradcalc.check.marking.mark import mark
from gradcalc.check.writeup.read import answers_in, sheet_of
from gradcalc.problem.load import load, loads
from gradcalc.program.solve import solve

PROBLEMS = Path(__file__).parents[2] / "problems"


def marked(solution, equations: list[str]) -> list[list[str]]:
    """The verdicts on the lines of each equation."""
    text = "\n\n".join(f"$$ {each} $$" for each in equations)
    marks = mark(solution, sheet_of(answers_in(text, "homework.md"), solution))
    found: list[list[str]] = [[] for _ in equations]
    for verdict in marks.verdicts:
        for line in verdict.lines:
            found[(line.place.line - 1) // 2].append(line.verdict)
    for unread in marks.unread:
        found[(unread.place.line - 1) // 2].append(f"not read: {unread.reason}")
    return found


def tex(value, digits: int) -> str:
    rows = [" & ".join(f"{each:.{digits}f}" for each in np.atleast_1d(row)) for row in np.atleast_1d(value)]
    return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"


# Mazur's network, weight by weight.

INPUT, T = np.array([0.05, 0.10]), np.array([0.01, 0.99])
W1, W2 = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([[0.40, 0.45], [0.50, 0.55]])
NET_H = W1 @ INPUT + 0.35
OUT_H = 1 / (1 + np.exp(-NET_H))
NET_O = W2 @ OUT_H + 0.60
OUT_O = 1 / (1 + np.exp(-NET_O))
ERROR = (T - OUT_O) ** 2 / 2
D_OUT = OUT_O - T
SLOPE = OUT_O * (1 - OUT_O)
D_NET = D_OUT * SLOPE
D_H = W2.T @ D_NET
D_W2 = np.outer(D_NET, OUT_H)
D_W1 = np.outer(D_H * OUT_H * (1 - OUT_H), INPUT)
ENTRIES = {f"W1[{i},{j}]": f"w_{2 * i + j - 2}" for i in (1, 2) for j in (1, 2)}
ENTRIES |= {f"W2[{i},{j}]": f"w_{2 * i + j + 2}" for i in (1, 2) for j in (1, 2)}
for _k in (1, 2):
    ENTRIES |= {f"x[{_k}]": f"i_{_k}", f"y[{_k}]": f"target_{{o{_k}}}"}
    ENTRIES |= {f"a1[{_k}]": f"net_{{h{_k}}}", f"h1[{_k}]": f"out_{{h{_k}}}"}
    ENTRIES |= {f"a2[{_k}]": f"net_{{o{_k}}}", f"yhat[{_k}]": f"out_{{o{_k}}}"}
_E, _O, _N = r"\partial E_{total}", r"\partial out_{o1}", r"\partial net_{o1}"


def n(value) -> str:
    return f"{value:.9f}"


MAZUR = [
    r"net_{h1} = w_1 * i_1 + w_2 * i_2 + b_1 * 1",
    f"net_{{h1}} = 0.15 * 0.05 + 0.2 * 0.1 + 0.35 * 1 = {NET_H[0]:.4f}",
    rf"out_{{h1}} = \frac{{1}}{{1 + e^{{-net_{{h1}}}}}} = \frac{{1}}{{1 + e^{{-{NET_H[0]:.4f}}}}} = {n(OUT_H[0])}",
    f"out_{{h2}} = {n(OUT_H[1])}",
    f"net_{{o1}} = 0.4 * {n(OUT_H[0])} + 0.45 * {n(OUT_H[1])} + 0.6 * 1 = {n(NET_O[0])}",
    rf"out_{{o1}} = \frac{{1}}{{1 + e^{{-{n(NET_O[0])}}}}} = {n(OUT_O[0])}",
    rf"E_{{total}} = \frac{{1}}{{2}}(0.01 - {n(OUT_O[0])})^2 + {n(ERROR[1])} = {n(ERROR.sum())}",
    rf"\frac{{{_E}}}{{\partial w_5}} = \frac{{{_E}}}{{{_O}}} * \frac{{{_O}}}{{{_N}}} * \frac{{{_N}}}{{\partial w_5}}",
    rf"\frac{{{_E}}}{{{_O}}} = -(target_{{o1}} - out_{{o1}}) = -(0.01 - {n(OUT_O[0])}) = {n(D_OUT[0])}",
    rf"\frac{{{_O}}}{{{_N}}} = out_{{o1}}(1 - out_{{o1}}) = {n(OUT_O[0])}(1 - {n(OUT_O[0])}) = {n(SLOPE[0])}",
    rf"\frac{{{_N}}}{{\partial w_5}} = out_{{h1}} = {n(OUT_H[0])}",
    rf"\frac{{{_E}}}{{\partial w_5}} = {n(D_OUT[0])} * {n(SLOPE[0])} * {n(OUT_H[0])} = {n(D_W2[0, 0])}",
    rf"w_5^+ = w_5 - \eta * \frac{{{_E}}}{{\partial w_5}} = 0.4 - 0.5 * {n(D_W2[0, 0])} = {n(0.4 - 0.5 * D_W2[0, 0])}",
    rf"\frac{{{_E}}}{{\partial out_{{h1}}}} = {n(D_NET[0])} * 0.40 + ({n(D_NET[1])}) * 0.50 = {n(D_H[0])}",
    rf"\frac{{{_E}}}{{\partial w_1}} = {n(D_H[0])} * {n(OUT_H[0] * (1 - OUT_H[0]))} * 0.05 = {n(D_W1[0, 0])}",
]


def mazur():
    """The bundled problem, in which each weight and each unit has the name that the article gives it."""
    data = yaml.safe_load((PROBLEMS / "mazur.yaml").read_text(encoding="utf-8"))
    data["symbols"] |= ENTRIES
    for key in ("expected", "misprints"):
        del data[key]
    return solve(loads(yaml.safe_dump(data, allow_unicode=True)), check=False)


def test_mazur_weight_by_weight():
    found = marked(mazur(), MAZUR)
    assert [{*each} for each in found] == [{"correct"}] * len(MAZUR), found


SPOILT = [
    f"net_{{h1}} = 0.15 * 0.05 - 0.2 * 0.1 + 0.35 * 1 = {NET_H[0]:.4f}",
    rf"out_{{h1}} = \frac{{1}}{{1 + e^{{{NET_H[0]:.4f}}}}} = {n(OUT_H[0])}",
    f"out_{{h2}} = {n(OUT_H[1] + 0.0009)}",
    f"net_{{o1}} = 0.4 * {n(OUT_H[1])} + 0.45 * {n(OUT_H[0])} + 0.6 * 1 = {n(NET_O[0])}",
    rf"\frac{{{_E}}}{{{_O}}} = target_{{o1}} - out_{{o1}} = {n(D_OUT[0])}",
    rf"\frac{{{_O}}}{{{_N}}} = {n(OUT_O[0])}(1 + {n(OUT_O[0])}) = {n(SLOPE[0])}",
    rf"\frac{{{_E}}}{{\partial w_5}} = {n(D_OUT[0])} * {n(OUT_H[0])} = {n(D_W2[0, 0])}",
    rf"w_5^+ = 0.4 + 0.5 * {n(D_W2[0, 0])} = {n(0.4 - 0.5 * D_W2[0, 0])}",
    rf"\frac{{{_E}}}{{\partial out_{{h1}}}} = {n(D_NET[0])} * 0.40 - ({n(D_NET[1])}) * 0.50 = {n(D_H[0])}",
]


def test_mazur_with_a_slip_in_each_line():
    found = marked(mazur(), SPOILT)
    assert [each[0] for each in found] == ["wrong"] * len(SPOILT), found
    assert [each[1:] for each in found] == [["correct"] * (len(each) - 1) for each in found]


# Hmkcode's network without activations, printed to two and three digits.

X, V1, V2 = np.array([[2.0, 3.0]]), np.array([[0.11, 0.12], [0.21, 0.08]]), np.array([[0.14], [0.15]])
H = X @ V1
Y = (H @ V2).item()
S1, S2 = 0.05 * (Y - 1) * X.T @ V2.T, 0.05 * (Y - 1) * H.T
N1, N2 = V1 - S1, V2 - S2
Y_NEW = (X @ N1 @ N2).item()
LINEAR = [
    rf"h = x W_1 = {tex(X, 0)} {tex(V1, 2)} = {tex(H, 2)}",
    rf"\hat{{y}} = {tex(H, 2)} {tex(V2, 2)} = {Y:.3f}",
    rf"E = \frac{{1}}{{2}}({Y:.3f} - 1)^2 = {(Y - 1) ** 2 / 2:.3f}",
    rf"\hat{{y}} - y = {Y:.3f} - 1 = {Y - 1:.3f}",
    rf"W_2 = {tex(V2, 2)} - 0.05 ({Y - 1:.3f}) {tex(H.T, 2)} = {tex(V2, 2)} - {tex(S2, 3)} = {tex(N2, 2)}",
    rf"W_1 = {tex(V1, 2)} - 0.05 ({Y - 1:.3f}) {tex(X.T, 0)} \cdot {tex(V2.T, 2)} = {tex(V1, 2)} - {tex(S1, 3)}",
    rf"W_1 = {tex(N1, 2)}",
    rf"\hat{{y}} = {tex(X, 0)} {tex(N1, 2)} {tex(N2, 2)} = {Y_NEW:.2f}",
]


def test_a_linear_network_at_the_digits_that_it_is_printed_with():
    solution = solve(load(str(PROBLEMS / "hmkcode.yaml")), check=False)
    found = marked(solution, LINEAR)
    assert [{*each} for each in found] == [{"correct"}] * len(LINEAR), found
    slips = [
        rf"h = {tex(X, 0)} {tex(V1.T, 2)} = {tex(H, 2)}",
        rf"\hat{{y}} = {tex(H[:, ::-1], 2)} {tex(V2, 2)} = {Y:.3f}",
        rf"E = ({Y:.3f} - 1)^2 = {(Y - 1) ** 2 / 2:.3f}",
        rf"\hat{{y}} - y = {Y:.3f} + 1 = {Y - 1:.3f}",
        rf"W_2 = {tex(V2, 2)} + 0.05 ({Y - 1:.3f}) {tex(H.T, 2)} = {tex(N2, 2)}",
    ]
    found = [marked(solution, [each])[0] for each in slips]
    assert [each[0] for each in found] == ["wrong"] * len(slips), found


# One step of logistic regression.

REGRESSION = [
    r"w = \begin{bmatrix} 0 \\ 0 \end{bmatrix}",
    r"\eta = 0.1",
    r"\hat{y} = \sigma(w^T x + b) = \sigma(0) = 0.5",
    r"\nabla w = \begin{bmatrix} (\sigma(w^T x + b) - y) x_1 \\ (\sigma(w^T x + b) - y) x_2 \end{bmatrix}"
    r" = \begin{bmatrix} -0.5 x_1 \\ -0.5 x_2 \end{bmatrix} = \begin{bmatrix} -1.5 \\ -1.0 \end{bmatrix}",
    r"\nabla b = \sigma(w^T x + b) - y = \sigma(0) - 1 = -0.5",
    r"w_{new} = \begin{bmatrix} 0 \\ 0 \end{bmatrix} - \eta \begin{bmatrix} -1.5 \\ -1.0 \end{bmatrix}"
    r" = \begin{bmatrix} 0.15 \\ 0.1 \end{bmatrix}",
    r"\theta^{t+1} = \theta^t - \eta \nabla \theta^t",
]


def test_a_step_of_logistic_regression():
    solution = solve(load(str(PROBLEMS / "slp3-step.yaml")), check=False)
    found = marked(solution, REGRESSION)
    assert [{*each} for each in found] == [{"correct"}] * len(REGRESSION), found
    slips = [
        r"\eta = 0.01",
        r"\nabla w = \begin{bmatrix} 0.5 x_1 \\ 0.5 x_2 \end{bmatrix}",
        r"\nabla b = 1 - \sigma(0)",
        r"w_{new} = \begin{bmatrix} 0 \\ 0 \end{bmatrix} + \eta \begin{bmatrix} -1.5 \\ -1.0 \end{bmatrix}",
        r"\theta^{t+1} = \theta^t + \eta \nabla \theta^t",
    ]
    found = [marked(solution, [each])[0] for each in slips]
    assert [each[0] for each in found] == ["wrong"] * len(slips), found
