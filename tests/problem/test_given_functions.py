"""Unknown functions: given by name, called in formulas, differentiated, whatever they are."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from programs import FORMATS, assert_same
from running import run

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.claims.try_out import check_claim
from gradcalc.check.marking.mark import mark
from gradcalc.check.writeup.read import answers_in, sheet_of
from gradcalc.errors import InputError
from gradcalc.problem.load import loads
from gradcalc.program.build import build
from gradcalc.program.instances import instances
from gradcalc.program.solve import solve

NETWORK = r"""
parameters: {W: H×d, V: K×H, b: vector(H)}
inputs: {x: vector(d), phi: function}
equations:
  a: W @ x + b
  h: phi(a)
  z: V @ h
upstream: {z: vector(K)}
symbols: {phi: '\phi'}
"""
ENERGY = """
parameters: {W: m×d}
inputs: {x: vector(d), f: function(m), phi: function}
equations:
  a: W @ x
  L: f(phi(a)) + phi(sum(a))
of: L
"""
SLOPE = """
parameters: {w: vector(d)}
inputs: {x: vector(d), phi: function}
equations:
  a: w.T @ x
  L: phi'(a) ** 2 + phi''(a)
of: L
"""


def at(text: str, sizes: dict[str, int], seed: int = 0):
    return loads(text, "f", at=sizes, seed=seed)


def differences(problem, values, name: str, h: float = 1e-5):
    """The gradient of what is differentiated, by moving each entry of one given value."""
    program = build(problem)
    given = {each: values[each] for each in problem.given}

    def objective(moved):
        found = program.run({**given, name: moved})
        if problem.objective is not None:
            return found[problem.objective].item()
        return sum(np.sum(found[each] * found["d" + each]) for each in problem.upstream)

    slopes = np.zeros_like(values[name])
    for place in np.ndindex(slopes.shape):
        step = np.zeros_like(slopes)
        step[place] = h
        slopes[place] = (objective(values[name] + step) - objective(values[name] - step)) / (2 * h)
    return slopes


@pytest.mark.parametrize(
    ("text", "sizes", "names"),
    [
        (NETWORK, {"d": 2, "H": 3, "K": 4}, ("W", "V", "b", "x")),
        (ENERGY, {"d": 2, "m": 3}, ("W", "x")),
        (ENERGY.replace("m×d", "d×m").replace("W @ x", "x @ W"), {"d": 2, "m": 3}, ("W", "x")),
        (SLOPE, {"d": 3}, ("w", "x")),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_gradients_agree_with_differences_for_random_functions(text, sizes, names, seed):
    text = f"notation: x @ W + b\n{text}" if "x @ W" in text else text
    problem = at(text, sizes, seed)
    for values in instances(problem, 4, seed=seed):
        for name in names:
            assert np.allclose(values["d" + name], differences(problem, values, name), rtol=1e-6, atol=1e-6)


def test_the_functions_differ_from_instance_to_instance():
    drawn = [values["h"] / values["a"] for values in instances(at(NETWORK, {"d": 1, "H": 1, "K": 1}), 5)]
    assert len({round(each.item(), 6) for each in drawn}) == 5


def test_a_function_has_no_gradient_and_is_no_parameter():
    problem = at(NETWORK, {"d": 2, "H": 3, "K": 4})
    assert list(problem.functions) == ["phi"]
    assert "dphi" not in solve(problem).values
    assert "phi" not in {**problem.inputs, **problem.parameters, **problem.targets}


def told(*words: str) -> str:
    done = run(*words)
    assert not done.stderr, done.stderr
    return done.stdout


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "f.yaml"
    path.write_text(NETWORK, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        ("table", "∇h ⊙ φ′(a)"),
        ("plain", "dh * phi'(a)"),
        ("markdown", r"\phi '(a)"),
        ("latex", r"\phi '(a)"),
        ("html", "φ"),
        ("json", "dh * phi'(a)"),
    ],
)
def test_every_format_has_the_derivative(file, form, rule):
    found = told("solve", file, "--format", form)
    assert rule in found
    assert form == "json" or "smooth function" in re.sub(r"\s+", " ", found)
    derived = told("solve", file, "--derive", "--format", form)
    assert "derivative of the function" in derived or form == "json"


def test_json_tells_what_it_is(file):
    data = json.loads(told("solve", file, "--format", "json"))
    assert data["given"]["phi"] == {"kind": "function", "shape": []}
    assert max(each["max_relative_error"] for each in data["checked"]) < 1e-7


def test_with_numbers_the_function_that_was_taken_is_shown(file):
    found = told("solve", file, "--at", "d=2,H=2,K=2", "--seed", "3")
    function = re.search(r"φ\(a\) = (.*)", found)
    value = loads(NETWORK, "f", at={"d": 2, "H": 2, "K": 2}, seed=3).functions["phi"].item()
    assert function is not None
    assert f"sin(2 · a {'-' if value < 0 else '+'} {abs(value):g})" in function[1]
    assert "φ′⎛⎡" in found


def test_an_entry_is_explained_down_to_the_function(file):
    found = told("explain", file, "dW[1,2]", "--at", "d=2,H=2,K=2", "--seed", "3")
    assert "φ′(a[1])" in found
    assert "φ(a) = " in found


@pytest.mark.parametrize("text", [NETWORK, ENERGY])
@pytest.mark.parametrize("form", FORMATS)
def test_a_program_has_the_function_that_was_taken(text, form):
    sizes = {"d": 2, "H": 3, "K": 2} if text == NETWORK else {"d": 2, "m": 3}
    assert_same(solve(at(text, sizes, 5)), form)


# Answers.


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("(V.T @ dz) * phi'(a)", "correct"),
        ("(Vᵀ @ ∇z) ⊙ φ′(a)", "correct"),
        ("(V.T @ dz) * phi'(h)", "wrong"),
        ("V.T @ dz", "wrong"),
        ("(V.T @ dz) * phi(a)", "wrong"),
        ("(V.T @ dz) * h * (1 - h)", "wrong"),
        ("(V.T @ dz) * phi", "unreadable"),
    ],
)
def test_answers_may_call_it(answer, verdict):
    solution = solve(at(NETWORK, {"d": 2, "H": 3, "K": 4}), check=False)
    (found, *_) = mark(solution, sheet_from_data({"gradients": {"a": answer}}, solution)).verdicts
    assert found.verdict == verdict
    assert ("derivative of the function is left out" in found.message) == (answer == "V.T @ dz")


@pytest.mark.parametrize(
    ("tex", "verdict"),
    [
        (r"\frac{\partial h}{\partial a} = \operatorname{diag}(\phi'(a))", "correct"),
        (r"h = \phi(W x + b)", "correct"),
        (r"\nabla a = (V^T \nabla z) \odot \phi'\left(a\right)", "correct"),
        (r"\nabla a_i = \phi'(a_i) \sum_k V_{ki} \nabla z_k", "correct"),
        (r"\nabla a_i = \phi'(a_i) \sum_k V_{ik} \nabla z_k", "wrong"),
        (r"\nabla a = (V^T \nabla z) \odot \phi'(\cdot)", "correct"),
        (r"\nabla a = (V^T \nabla z) \odot \phi(a)", "wrong"),
        (r"\nabla a = (V^T \nabla z) \odot (1 - \phi(a)^2)", "wrong"),
    ],
)
def test_write_ups_may_call_it(tex, verdict):
    solution = solve(at(NETWORK, {"d": 2, "H": 3, "K": 4}), check=False)
    marks = mark(solution, sheet_of(answers_in(f"$${tex}$$", "a.tex"), solution))
    assert [line.verdict for each in marks.verdicts for line in each.lines] == [verdict]


def test_the_gradient_of_a_function_of_a_vector_is_read():
    solution = solve(at(ENERGY, {"d": 2, "m": 3}), check=False)
    answer = "df(phi(a)) * phi'(a) + phi'(sum(a))"
    shown = "∇f(φ(a)) ⊙ φ′(a) + φ′(sum(a))".replace("φ", "phi")
    for text, verdict in ((answer, "correct"), (shown, "correct"), (answer.replace("df", "f"), "wrong")):
        (found, *_) = mark(solution, sheet_from_data({"gradients": {"a": text}}, solution)).verdicts
        assert found.verdict == verdict


# Claims.


@pytest.mark.parametrize(
    ("claim", "where", "holds"),
    [
        ("grad(sum(phi(z)), z) == phi'(z)", "phi: function, z: vector(n)", True),
        ("jacobian(phi(W @ x), x) == diag(phi'(W @ x)) @ W", "phi: function, x: vector(n), W: m×n", True),
        ("jacobian(phi(W @ x), x) == W @ diag(phi'(W @ x))", "phi: function, x: vector(n), W: n×n", False),
        ("phi(z)[i] == phi(z[i])", "phi: function, z: vector(n)", True),
        ("grad(sum(phi'(z)), z) == phi''(z)", "phi: function, z: vector(n)", True),
        ("grad(sum(phi(z)), z) == phi(z) * (1 - phi(z))", "phi: function, z: vector(n)", False),
        ("grad(sum(phi(z)), z) == 1 - phi(z) ** 2", "phi: function, z: vector(n)", False),
        ("phi(a + b) == phi(a) + phi(b)", "phi: function, a: scalar, b: scalar", False),
        ("phi(a) <= 5", "phi: function, a: scalar", False),
        ("phi(a) == phi(-a)", "phi: function, a: scalar", False),
        ("phi(psi(z)) == psi(phi(z))", "phi: function, psi: function, z: vector(n)", False),
        ("grad(phi(psi(a)), a) == phi'(psi(a)) * psi'(a)", "phi: function, psi: function, a: scalar", True),
        ("grad(f(W @ x), W) == df(W @ x) @ x.T", "f: function(m), x: vector(n), W: m×n", True),
        ("hessian(f(v), v) == d2f(v)", "f: function(n), v: vector(n)", True),
        ("d2f(v) == d2f(v).T", "f: function(n), v: vector(n)", True),
        ("f(v) == sum(v)", "f: function(n), v: vector(n)", False),
        ("f(zeros(n, 1)) == g(zeros(n, 1))", "f: function(n), g: function(n), v: vector(n)", False),
        ("d(f(v)) == df(v).T @ d(v)", "f: function(n), v: vector(n)", True),
    ],
)
def test_claims_about_any_function(claim, where, holds):
    problem = loads(f'claims:\n  - claim: "{claim}"\n    where: {{{where}}}\n', "f")
    result = check_claim(problem.claims[0])
    assert result.holds is holds
    assert result.tried > 20 or not holds


# What is wrong, and where.


def faults(text: str) -> str:
    with pytest.raises(InputError) as caught:
        loads(text, "f")
    return str(caught.value)


GIVEN = 'inputs: {phi: function, f: function(n), x: vector(n), v: vector(m)}\nequations: {a: "%s"}\n'


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("phi()", "f:2:17: equations.a: phi takes 1 argument, not 0: write phi(…)"),
        ("1 + phi(x, x)", "f:2:21: equations.a: phi takes 1 argument, not 2"),
        ("2 * phi", "f:2:21: equations.a: 'phi' is a function: call it, as in phi(…)"),
        ("phi @ x", "f:2:17: equations.a: 'phi' is a function: call it"),
        ("f(v)", "f:2:17: equations.a: the function takes n×1, not m×1 in f(v)"),
        ("f'(x)", "f:2:17: equations.a: f is a function of a vector: write its gradient as df(…)"),
        ("phi''''(x)", "f:2:17: equations.a: phi' can't be had"),
        ("psi(x)", "f:2:17: equations.a: unknown function 'psi'"),
        ("sigmoid''(x)", "f:2:17: equations.a: a second derivative is written with grad"),
    ],
)
def test_calls_that_are_wrong_are_told_with_their_place(formula, said):
    assert said in faults(GIVEN % formula)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "inputs: {phi: functoin}",
            "f:1:15: inputs.phi is 'functoin', which is text, not a number; did you mean 'function'?",
        ),
        ('inputs: {f: "function(n, m)"}', "f:1:13: inputs.f: 'function(n, m)' has the wrong number of sizes"),
        ("inputs: {tanh: function}", "f:1:10: inputs.tanh: 'tanh' is a function of the table; choose another name"),
        ("parameters: {phi: function}", "f:1:19: parameters.phi: a function can be given under inputs"),
        ('over: {i: 2}\ninputs: {"phi[i]": function}', "f:2:10: inputs.phi[i]: a function has no index"),
    ],
)
def test_functions_that_cannot_be_given_are_told_with_their_place(given, said):
    assert said in faults(f"{given}\nequations: {{a: 1 + 1}}\n")


def test_vertices_and_layers_give_no_function():
    assert "a function can be given under inputs" in faults("inputs: {x: function}\nvertices: {h: {weights: {x: 1}}}\n")
    assert "a function can be given under inputs" in faults("inputs: function\nlayers: [{weights: [[1]]}]\n")


def test_a_kind_that_is_misspelt_in_a_claim_is_told():
    text = 'claims: [{claim: "z == z", where: {z: vector(n), phi: fnction}}]\n'
    assert "f:1:55: claims[1].where.phi: unknown kind 'fnction'; did you mean 'function'?" in faults(text)
