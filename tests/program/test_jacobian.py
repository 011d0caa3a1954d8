"""Jacobians against central differences of the forward pass, and what can be asked for by which names."""

from dataclasses import replace

import numpy as np
import pytest
from bundled import WORKED, loaded, solved

from gradcalc.errors import UsageError
from gradcalc.formula.faults import NoGradientError
from gradcalc.problem.load import load, loads
from gradcalc.program.build import Program
from gradcalc.program.jacobian import between, explained, jacobian, labels
from gradcalc.program.solve import solve
from gradcalc.program.verify import find_kinks

HW3 = solve(load("hw3"), check=False)
COURSE = solve(load("hw3-problem1"), check=False)
STEEP = ("ng-logistic", "nielsen-exploding")
"""Where sigmoids are so steep or so near to 1 that differences are no measure."""
HELD = ("jax-td",)
"""Where something is held still on the way back, and moves in differences."""
SMOOTH = [
    name
    for name in WORKED
    if name not in (*STEEP, *HELD)
    and (problem := loaded(name))
    and not find_kinks(problem.forward, problem.given, problem.axis)
]


def forward_from(solution, changed):
    """The forward pass with other given values or with values put in the place of equations."""
    problem = solution.problem
    kept = tuple(eq for eq in problem.forward if eq.name not in changed)
    given = {**problem.given, **changed}
    return Program(tuple(given), kept, solution.shapes, problem.axis).run(given)


def differences(solution, of, wrt, step=1e-5):
    """The Jacobian by central differences, entries taken column by column."""
    start = np.array(solution.values[wrt], dtype=float)
    columns = []
    for place in range(start.size):
        shift = np.zeros(start.size)
        shift[place] = step
        moved = [
            forward_from(solution, {wrt: start + sign * shift.reshape(start.shape, order="F")})[of].ravel(order="F")
            for sign in (1, -1)
        ]
        columns.append((moved[0] - moved[1]) / (2 * step))
    return np.array(columns).T


@pytest.mark.parametrize("name", SMOOTH)
def test_every_jacobian_to_the_last_quantity_agrees_with_differences(name):
    solution = solved(name)
    last = solution.problem.forward[-1].name
    for wrt in [*solution.problem.inputs, *solution.problem.parameters, *solution.forward]:
        if wrt == last or solution.values[wrt].size > 40:
            continue
        try:
            found = jacobian(solution, last, wrt)
        except NoGradientError:
            continue
        assert found.values.shape == (solution.values[last].size, solution.values[wrt].size)
        wanted = differences(solution, last, wrt)
        scale = max(1.0, np.abs(wanted).max())
        assert np.allclose(found.values, wanted, rtol=1e-6, atol=1e-6 * scale), wrt


@pytest.mark.parametrize(
    ("of", "wrt"), [("yhat", "a2"), ("yhat", "W2"), ("h1", "a1"), ("a2", "W1"), ("a2", "x"), ("yhat", "b2")]
)
def test_vectors_by_vectors_and_by_matrices(of, wrt):
    found = jacobian(COURSE, of, wrt)
    assert np.allclose(found.values, differences(COURSE, of, wrt), atol=1e-8)
    assert found.depends


def test_the_softmax_jacobian_of_the_course():
    yhat = HW3.values["yhat"]
    assert np.allclose(jacobian(HW3, "yhat", "a2").values, np.diag(yhat[:, 0]) - yhat @ yhat.T)


def test_the_blocks_of_the_course_s_problem_1():
    """∂ŷ[k]/∂W²ᵢ is ŷ[k](δ_ki − ŷ[i]) H, and ∂H[k]/∂W¹ᵢ is X where i = k and the unit is active, else 0."""
    yhat, hidden, x = (COURSE.values[name][:, 0] for name in ("yhat", "h1", "x"))
    outer = jacobian(COURSE, "yhat", "W2").values.reshape(3, 3, 4)
    inner = jacobian(COURSE, "h1", "W1").values.reshape(4, 4, 2)
    for k in range(3):
        for i in range(3):
            assert np.allclose(outer[k, i], yhat[k] * ((k == i) - yhat[i]) * hidden)
    active = COURSE.values["a1"][:, 0] > 0
    for k in range(4):
        for i in range(4):
            assert np.allclose(inner[k, i], x if k == i and active[k] else 0 * x)


def test_a_loss_gives_the_gradient_as_one_row():
    for name in ("W1", "b1", "x", "a2", "yhat"):
        found = jacobian(HW3, "loss", name)
        assert np.allclose(found.values, HW3.gradients[name].ravel(order="F")[None, :])
        assert found.rows == ("loss",)


def test_rows_and_columns_have_the_names_of_entries():
    found = jacobian(COURSE, "yhat", "W1")
    assert found.rows == ("yhat[1]", "yhat[2]", "yhat[3]")
    assert found.columns[:4] == ("W1[1,1]", "W1[2,1]", "W1[1,2]", "W1[2,2]")
    assert labels("loss", ()) == ("loss",)
    assert labels("x", (1, 2)) == ("x[1]", "x[2]")


def test_without_dependence_it_is_zero_and_by_itself_the_identity():
    apart = jacobian(HW3, "a1", "W2")
    assert not apart.depends
    assert apart.values.shape == (2, 4)
    assert not apart.values.any()
    assert np.array_equal(jacobian(HW3, "a1", "a1").values, np.eye(2))


@pytest.mark.parametrize(
    "text", ["yhat/a2", "ŷ/a2", " yhat / a² ", "∂ŷ/∂a2", "dyhat/da2", "d yhat/d a2", "∂yhat / ∂a2"]
)
def test_usual_spellings(text):
    found = explained(text, HW3)
    assert (found.of, found.wrt) == ("yhat", "a2")


def test_names_as_reports_show_them():
    solution = replace(HW3, problem=replace(HW3.problem, symbols={"h1": r"\mathbf{H}", "a2": "o^{(2)}"}))
    for text in (
        "yhat/H",
        "ŷ/H",
        r"\hat{y}/\mathbf{H}",
        "∂ŷ/∂H",
        "forward.yhat/forward.H",
        r"\partial\hat{y}/\partial\mathbf{H}",
    ):
        found = explained(text, solution)
        assert (found.of, found.wrt) == ("yhat", "h1")
    assert explained("o⁽²⁾[1]/H[2]", solution).values.tolist() == [[HW3.values["W2"][1, 0]]]


def test_a_d_belongs_to_a_name_that_begins_with_it():
    solution = solve(loads("inputs: {x: 2, delta: 3}\nequations: {dose: x * delta}\nof: dose\n"), check=False)
    assert explained("dose/delta", solution).values.tolist() == [[2.0]]
    assert explained("ddose/ddelta", solution).values.tolist() == [[2.0]]
    with pytest.raises(UsageError, match="dx is no quantity of the forward pass"):
        explained("dose/dx", solution)


def test_one_entry_gives_its_row_or_column():
    whole = explained("yhat/W2", COURSE)
    row = explained("yhat[2]/W2", COURSE)
    assert row.rows == ("yhat[2]",)
    assert np.array_equal(row.values, whole.values[1:2])
    one = explained("ŷ[2,1]/W2[3,2]", COURSE)
    assert one.columns == ("W2[3,2]",)
    assert one.values.tolist() == [[whole.values[1, whole.columns.index("W2[3,2]")]]]


def test_rows_are_samples_under_the_row_notation():
    solution = solve(load("cross-entropy-batch"), check=False)
    found = jacobian(solution, "yhat", "h1")
    assert np.allclose(found.values, differences(solution, "yhat", "h1"), atol=1e-8)
    assert found.rows[1] == "yhat[2,1]"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("yhat", "names no two quantities"),
        ("a/b/c", "names no two quantities"),
        ("yhat/W3", "there is no quantity 'W3'"),
        ("yhta/W1", "did you mean 'yhat'?"),
        ("yhat[9]/W1", "there is no entry yhat[9]: yhat has entries 1 to 2 (indices count from 1)"),
        ("yhat/W1[3,1]", "there is no entry W1[3,1]: W1 has rows 1 to 2 and columns 1 to 2, such as W1[1,2]"),
        ("yhat/", "'' names no quantity"),
        ("yhat/W1_new", "no quantity of the forward pass"),
        ("dyhat/a2", "dyhat is no quantity of the forward pass"),
        ("yhat/da2", "da2 is no quantity of the forward pass"),
        ("∂yhat/a2", "there is no quantity '∂yhat'"),
        ("dyhat/a9", "dyhat is no quantity of the forward pass"),
        ("yhat/lr", "lr is no quantity of the forward pass"),
    ],
)
def test_what_cannot_be_asked_for(text, words):
    with pytest.raises(UsageError) as caught:
        explained(text, HW3)
    assert words in str(caught.value)


def test_no_gradient_through_sign():
    with pytest.raises(NoGradientError, match="sign has no gradient"):
        jacobian(solve(load("parity"), check=False), "yhat", "x")


def test_a_large_one_is_refused_but_for_its_rows():
    big = loads("inputs: {x: [" + ", ".join(["1"] * 1200) + "]}\nequations: {y: x * 2, z: sum(y)}\nof: z\n")
    solution = solve(big, check=False)
    with pytest.raises(UsageError, match="1,200 × 1,200 numbers: ask for one row, such as y\\[1\\]/x"):
        explained("y/x", solution)
    row = explained("y[7]/x", solution).values
    assert row[0, 6] == 2.0
    assert np.count_nonzero(row) == 1


@pytest.mark.parametrize(("of", "seed"), [("loss", set()), ("yhat", {"dyhat"})])
def test_the_gradient_of_one_number_by_itself_is_1(of, seed):
    """It stands in no formula; of a vector's entries each has its turn, so its gradient must."""
    assert {name for equation in between(HW3, of, "b1") for name in equation.uses} & {"dloss", "dyhat"} >= seed
    assert "dloss" not in {name for equation in between(HW3, of, "b1") for name in equation.uses}
