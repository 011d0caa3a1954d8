"""The LaTeX of `symbols`: what isn't known is refused, with its place and with what may stand there."""

from __future__ import annotations

import numpy as np
import pytest

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.marking.mark import mark
from gradcalc.check.writeup.read import answers_in, sheet_of
from gradcalc.errors import InputError
from gradcalc.problem.load import loads
from gradcalc.program.solve import solve

PROBLEM = "inputs: {x: 1}\nequations: {f: x * x}\nof: f\nsymbols: {x: '%s', f: 'F'}\n"
CLAIMS = "claims: [{claim: x == x, where: {x: scalar}}]\nsymbols: {x: '%s'}\n"
FORMS = [(PROBLEM, "4:15"), (CLAIMS, "2:15")]


def softmax(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum()


def fault(text: str) -> str:
    with pytest.raises(InputError) as caught:
        loads(text, "f")
    (only,) = caught.value.faults
    return str(only)


@pytest.mark.parametrize(("form", "place"), FORMS)
@pytest.mark.parametrize(
    ("symbol", "offset", "said"),
    [
        (r"\text{\input{/etc/hostname}}", 6, r"'\input' can't stand in text; text has letters, digits and spaces"),
        (r"\immediate\write18{ls}", 0, r"unknown command '\immediate'; a symbol has letters (\theta)"),
        ("P %", 2, "'%' can't stand in a formula; a symbol has letters"),
        ("$$", 0, "'$' can't stand in a formula; a symbol has letters"),
        (r"x}\input{y", 1, "'}' closes nothing"),
        (r"\widetidle{y}", 0, r"unknown command '\widetidle'; did you mean '\widetilde'?"),
        ("W_0_1", 3, "a second subscript; put both into braces, as in x_{0,1}"),
    ],
)
def test_what_the_reader_does_not_know_is_refused(form, place, symbol, offset, said):
    line, column = place.split(":")
    assert fault(form % symbol).startswith(f"f:{line}:{int(column) + offset}: symbols.x: {said}")


@pytest.mark.parametrize("symbol", ["", " ", r"\ ", "{}", r"\text{ }"])
def test_a_symbol_that_shows_nothing_is_refused(symbol):
    assert "symbols.x: nothing is to be seen of it" in fault(PROBLEM % symbol)


@pytest.mark.parametrize("symbol", [r"\widetilde{y}", r"W^\dagger", r"\Theta^{(1)}_0", "net_h", r"\text{new value}"])
def test_and_the_rest_is_taken(symbol):
    assert loads(PROBLEM % symbol, "f").symbols["x"] == symbol


OVER = """over: {i: n}
inputs: {"x[i]": vector(m)}
targets: {"y[i]": binary(1)}
parameters: {w: vector(m)}
"""
AVERAGED = (
    OVER
    + """equations:
  p[i]: sigmoid(w.T @ x[i])
  l[i]: -(y[i] * log(p[i]) + (1 - y[i]) * log(1 - p[i]))
loss: sum(l[i], i)
symbols: {loss: '\\mathcal{L}(w)', "p[i]": 'p(x_i)', "x[i]": x_i}
"""
)


def test_a_loss_that_is_a_formula_has_a_symbol_as_any_quantity():
    problem = loads(AVERAGED, "f")
    assert problem.objective == "loss"
    assert problem.symbols["loss"] == r"\mathcal{L}(w)"
    solution = solve(problem, check=False)
    marks = mark(solution, sheet_from_data({"loss": "l[1] + l[2]"}, solution))
    assert marks.verdicts[0].verdict == "correct"


@pytest.mark.parametrize("bits", ["binary(1)", "bit"])
def test_a_number_that_is_0_or_1_may_be_a_vector_of_one(bits):
    solution = solve(loads(AVERAGED.replace("binary(1)", bits), "f"))
    values, x = solution.values, [solution.values[f"x[{i}]"] for i in (1, 2)]
    right = sum((values[f"p[{i}]"] - values[f"y[{i}]"]) * x[i - 1] for i in (1, 2))
    assert np.allclose(solution.values["dw"], right, rtol=1e-12)
    assert all(values[f"y[{i}]"].item() in (0, 1) for i in (1, 2))


def test_a_loss_may_be_the_only_equation():
    text = OVER.replace("binary(1)", "one_hot(K)").replace("w: vector(m)", "w: m×K")
    problem = loads(text + "loss: -sum(y[i].T @ log(softmax(w.T @ x[i])), i)\n", "f")
    values = solve(problem).values
    shifts = [softmax(values["w"].T @ values[f"x[{i}]"]) - values[f"y[{i}]"] for i in (1, 2)]
    assert np.allclose(values["dw"], sum(values[f"x[{i}]"] @ shift.T for i, shift in enumerate(shifts, 1)), rtol=1e-9)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("parameters: {w: [1, 2]}\nloss: cross_entropy\n", "f:1:1: the file has none of the keys layers, vertices,"),
        ("parameters: {w: [1, 2]}\nloss: sum(v)\n", "f:2:11: loss: unknown name 'v'"),
        ("parameters: {w: [1, 2]}\nloss: 2 * w\n", "f:2:7: loss: it is 2×1, but only one number"),
        ("parameters: {w: [1, 2]}\nequation: {a: w.T @ w}\nloss: sum(a)\n", "did you mean 'equations'?"),
        ("inputs: [1, 2]\nloss: sum(x)\n", "f:1:1: the file has none of the keys layers, vertices,"),
        ("parameters: {w: [1, 2]}\nequations:\nloss: sum(w)\n", "f:2:1: equations has no value"),
        ("parameters: {w: [1, 2]}\nequations: {}\nloss: sum(w)\n", "f:2:12: equations must be a mapping"),
    ],
)
def test_a_file_with_a_loss_alone_is_held_to_the_form_of_equations(text, said):
    with pytest.raises(InputError) as caught:
        loads(text, "f")
    assert said in str(caught.value)


ALIKE = r"""parameters: {w: m×K}
inputs: {x: vector(m)}
targets: {y: one_hot(K)}
equations:
  z: w.T @ x
  phi: softmax(z)
  L: -y.T @ log(phi)
of: L
symbols: {phi: '\phi', softmax: '\phi'}
"""


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        (r"\phi(w^T x)", "correct"),
        (r"\phi(z)", "correct"),
        (r"\phi\left(z\right)", "correct"),
        (r"\phi(z) \odot \phi(z)", "wrong"),
        (r"\phi(x)", "wrong"),
    ],
)
def test_a_bracket_tells_a_function_from_a_quantity_that_is_shown_alike(right, verdict):
    solution = solve(loads(ALIKE, "f"), check=False)
    sheet = sheet_of(answers_in(f"$$\\phi = {right}$$", "a.tex"), solution)
    assert [line.verdict for each in mark(solution, sheet).verdicts for line in each.lines] == [verdict]


@pytest.mark.parametrize(
    ("name", "text", "verdict"),
    [
        (r"\frac{\partial \phi_1}{\partial z_1}", r"\phi_1 (1 - \phi_1)", "correct"),
        (r"\frac{\partial \phi_i}{\partial z_i}", r"\phi_i (1 - \phi_i)", "correct"),
        (r"\frac{\partial \phi_i}{\partial z_i}", r"\phi(z)_i \left(1 - \phi(z)_i\right)", "correct"),
        (r"\frac{\partial \phi_1}{\partial z_1}", r"\phi_1 (1 + \phi_1)", "wrong"),
    ],
)
def test_and_a_quantity_before_a_bracket_that_speaks_of_it_is_a_factor(name, text, verdict):
    solution = solve(loads(ALIKE, "f"), check=False)
    sheet = sheet_of(answers_in(f"$${name} = {text}$$", "a.tex"), solution)
    assert [line.verdict for each in mark(solution, sheet).verdicts for line in each.lines] == [verdict]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("φ(z)", "correct"), ("phi(z)", "correct"), ("φ(φ(z))", "wrong"), ("φ(1 - z)", "wrong")],
)
def test_and_so_in_what_is_typed(text, verdict):
    solution = solve(loads(ALIKE.replace("L: ", "q: phi * (1 - phi)\n  L: 0 * sum(q) + "), "f"), check=False)
    marks = mark(solution, sheet_from_data({"forward": {"phi": text}}, solution))
    assert marks.verdicts[0].verdict == verdict
    marks = mark(solution, sheet_from_data({"forward": {"q": "φ(1 - φ)"}}, solution))
    assert marks.verdicts[0].verdict == "correct"
