"""One answer to which quantity is meant: what reports show is understood by all who ask, and by all alike."""

from dataclasses import replace

import pytest
from bundled import WORKED, solved

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.author.own import check_problem
from gradcalc.check.marking.mark import mark
from gradcalc.errors import InputError, UsageError
from gradcalc.problem.load import load, loads, override
from gradcalc.program.explain import explain
from gradcalc.program.quantities import of_solution
from gradcalc.program.sections import quantities
from gradcalc.program.shown import shown_names
from gradcalc.program.solve import solve

COURSE = """
notation: W.T @ x + b
inputs: [1, 2]
targets: [0, 1]
layers:
  - {weights: [[1, 2], [3, 4]], biases: [0, 1], activation: sigmoid}
  - {weights: [[1, -1], [2, 0]], biases: [0, 0], activation: softmax}
loss: half_squared_error
lr: 0.1
symbols: {h1: '\\mathbf{H}', W1: 'W^{(0)}'}
"""
GRAPH = """
inputs: {x1: 1, x2: 0.5}
vertices:
  h: {weights: {x1: 0.2, x2: -0.4}, activation: sigmoid}
  o: {weights: {h: 0.3}, activation: sigmoid}
targets: {o: 1}
loss: squared_error
lr: 0.5
"""
SOLUTION = solve(loads(COURSE), check=False)


def spellings(quantity, names):
    """Every way in which a report, a message or a sheet writes a quantity, but for its sentence."""
    yield from (quantity.label, f"{quantity.section}.{quantity.equation}", quantity.equation)
    for text in (names.unicode(quantity.equation), names.latex(quantity.equation)):
        yield from (text, f"{quantity.section}.{text}")


@pytest.mark.parametrize("name", [*WORKED, "course"])
def test_every_spelling_that_a_report_shows_is_understood(name):
    solution = SOLUTION if name == "course" else solved(name)
    known, names = of_solution(solution), shown_names(solution.problem, solution.shapes)
    for quantity in quantities(solution):
        for text in spellings(quantity, names):
            assert known.alone(text) == quantity, text
        for text in (quantity.name, quantity.equation, names.unicode(quantity.name), names.latex(quantity.equation)):
            assert known.get(quantity.section, text) == quantity, text


@pytest.mark.parametrize(
    ("section", "written", "name"),
    [
        ("forward", "H", "h1"),
        ("forward", r"\mathbf{H}", "h1"),
        ("forward", r"\mathbf H", "h1"),
        ("gradients", "H", "dh1"),
        ("gradients", "∇H", "dh1"),
        ("gradients", r"\nabla\mathbf{H}", "dh1"),
        ("gradients", "W⁽⁰⁾", "dW1"),
        ("gradients", "W^{(0)}", "dW1"),
        ("updated", "W⁽⁰⁾_new", "W1_new"),
        ("after", "H_new", "h1_new"),
        ("gradients", "W^2", "dW2"),
        ("gradients", r"\nabla W^{2}", "dW2"),
    ],
)
def test_a_sheet_takes_names_as_the_problem_shows_them(section, written, name):
    assert [a.name for a in sheet_from_data({section: {written: 1}}, SOLUTION).answers] == [name]


@pytest.mark.parametrize(
    ("section", "written", "said"),
    [
        ("forward", "dh1", "there is gradients.h1"),
        ("gradients", "W1_new", "there is updated.W1"),
        ("updated", "dW1", "there is gradients.W1"),
        ("gradients", "h1_new", "there is after.h1"),
    ],
)
def test_what_belongs_to_another_section_is_said_to(section, written, said):
    """A gradient isn't the value, nor the new value, of what it is the gradient of."""
    (answer,) = sheet_from_data({section: {written: 1}}, SOLUTION).answers
    assert answer.name == ""
    assert answer.unreadable.endswith(said)


def test_a_canonical_name_goes_before_what_another_is_shown_as():
    solution = solve(loads("inputs: {x: 2}\nequations: {H: x * 2, h: H * 3}\nof: h\nsymbols: {h: H}\n"), check=False)
    assert explain(solution, "H").quantity == "H"
    assert explain(solution, "dH").quantity == "dH"


def test_a_symbol_that_is_no_line_of_text_is_known_by_its_latex():
    text = "inputs: {x: 2}\nequations: {h: x * 3}\nof: h\nsymbols: {h: '\\frac ab'}\n"
    solution = solve(loads(text), check=False)
    for written in (r"\frac ab", r"\frac{a}{b}", r"\nabla \frac{a}{b}"):
        assert of_solution(solution).alone(written).name == "h"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("dh[3]", "'dh[3]'; known are dh[2], dh[1], dh[0]"),
        ("h", "'h'; known are h[1], h[2], h[0]"),
        ("dx[0]", "'dx[0]'; known are dx[2], dx[1]"),
    ],
)
def test_of_a_family_its_members_are_told(written, said):
    with pytest.raises(UsageError) as caught:
        explain(solve(load("prachub-bptt"), check=False), written)
    assert str(caught.value) == f"there is no quantity {said}"


def test_what_two_are_shown_as_means_neither():
    solution = solve(
        loads("inputs: {x: 2}\nequations: {a: x * 2, b: a * 3}\nof: b\nsymbols: {a: '\\mathbf H', b: '\\mathbf H'}\n"),
        check=False,
    )
    with pytest.raises(UsageError, match="there is no quantity"):
        explain(solution, r"\mathbf H")


def test_the_sum_at_a_vertex_is_not_the_output_of_a_vertex_of_that_name():
    text = "inputs: {x: 1}\nvertices:\n  h: {weights: {x: 2}}\n  a_h: {weights: {h: 3}}\nof: o_a_h\n"
    known = of_solution(solve(loads(text), check=False))
    assert {name: known.alone(name).equation for name in ("h", "a_h", "o_a_h")} == {
        "h": "o_h",
        "a_h": "a_h",
        "o_a_h": "o_a_h",
    }


@pytest.mark.parametrize(
    "written", ["gradients.dW1", "gradients.∇W1", "gradients.W^{(0)}", "gradients.W⁽⁰⁾", " gradients.W1"]
)
def test_points_and_misprints_are_of_the_quantity_however_it_is_written(written):
    misprint = f"{{quantity: '{written}', printed: [[9, 9], [9, 9]]}}"
    problem = loads(COURSE + f"points: {{'{written}': 3}}\nmisprints: [{misprint}]\n")
    assert problem.points == {"gradients.W1": 3}
    assert problem.misprints[0].quantity == "gradients.W1"
    solution = solve(problem, check=False)
    marks = mark(solution, sheet_from_data({}, solution))
    assert [(v.quantity, v.verdict, v.of) for v in marks.verdicts] == [("gradients.W1", "missing", 3.0)]


def test_points_given_twice_in_two_spellings_are_refused():
    with pytest.raises(InputError, match=r"gradients.dW1: gradients.W1 has its points already"):
        loads(COURSE + "points: {gradients.W1: 1, gradients.dW1: 2}\n")


def test_expected_values_in_any_spelling():
    solution = SOLUTION
    hidden = solution.values["h1"].ravel().round(3).tolist()
    problem = loads(COURSE + f"expected: {{forward: {{H: {hidden}}}, after: {{H_new: [9, 9]}}}}\n")
    check = check_problem(problem)
    assert [(e.quantity, e.agrees) for e in check.expected] == [("forward.h1", True), ("after.h1", False)]


def test_the_loss_is_what_is_differentiated():
    problem = loads("inputs: {x: 2}\nequations: {f: x * 3}\nof: f\nexpected: {loss: 6}\npoints: {loss: 2}\n")
    assert problem.points == {"forward.f": 2}
    assert check_problem(problem).passes


@pytest.mark.parametrize("written", ["W1", "W¹", "W^{(0)}", "W⁽⁰⁾", "W^1"])
def test_a_parameter_is_frozen_by_any_of_its_names(written):
    assert loads(COURSE + f"freeze: '{written}'\n").frozen == {"W1"}
    assert override(loads(COURSE), freeze=[written]).frozen == {"W1"}


@pytest.mark.parametrize("written", ["dW1", "W1_new", "h1", "updated.W1"])
def test_only_a_parameter_can_be_frozen(written):
    with pytest.raises(UsageError, match="unknown parameter"):
        override(loads(COURSE), freeze=[written])


def test_what_is_differentiated_by_any_of_its_names():
    text = COURSE.replace("loss: half_squared_error", "of: H[1]").replace("lr: 0.1", "")
    with pytest.raises(InputError, match=r"of: unknown quantity 'H\[1\]'"):
        loads(text)
    assert loads("inputs: {x: 2}\nequations: {h: x * 3}\nof: H\nsymbols: {h: H}\n").objective == "h"
    assert loads(GRAPH.replace("loss: squared_error", "of: o").replace("targets: {o: 1}\n", "")).objective == "o_o"
    given = COURSE.replace("loss: half_squared_error", "upstream: {∇H: [1, 2]}").replace("targets: [0, 1]\n", "")
    assert [*loads(given).upstream] == ["h1"]


def test_what_is_expected_is_wanted_in_any_spelling():
    text = "inputs: {x: 2}\nequations: {h: x * 3, aside: x + 1}\nof: h\nsymbols: {aside: K}\n"
    assert loads(text).warnings == ("aside is computed, but not used for h",)
    assert loads(text + "expected: {forward: {K: 3}}\n").warnings == ()


def test_vertices_by_their_own_names():
    known = of_solution(solve(loads(GRAPH), check=False))
    names = {"forward.h": "o_h", "gradients.dh": "do_h", "after.h_new": "o_h_new", "dh": "do_h", "h_new": "o_h_new"}
    for written, name in names.items():
        assert known.alone(written).equation == name
    assert loads(GRAPH + "points: {gradients.h: 1}\n").points == {"gradients.o_h": 1}


@pytest.mark.parametrize("written", ["{" * 50_000, "\\hat" * 30_000, "W^" * 40, "a" * 100_000, "^", "\\", "_{"])
def test_strange_names_are_refused_in_no_time(written):
    assert of_solution(SOLUTION).alone(written) is None
    assert of_solution(replace(SOLUTION)).get("gradients", written) is None


def test_near_names_are_suggested_from_all_that_are_understood():
    with pytest.raises(UsageError, match=r"there is no quantity 'gradient.W1'; did you mean 'gradients.W1'"):
        explain(SOLUTION, "gradient.W1")
    with pytest.raises(UsageError, match=r"there is no quantity 'gradients.W11'; did you mean 'W1'"):
        explain(SOLUTION, "gradients.W11")
    with pytest.raises(UsageError, match=r"there is no quantity 'after.W1'; there is updated.W1"):
        explain(SOLUTION, "after.W1")
    with pytest.raises(UsageError, match=r"there is no quantity 'forward.dh1'; there is gradients.h1"):
        explain(SOLUTION, "forward.dh1")


CUSTOMARY = {
    "forward.z1": "forward.a1",
    "forward.A1": "forward.h1",
    "forward.h_1": "forward.h1",
    r"forward.\hat{y}": "forward.yhat",
    "forward.y_pred": "forward.yhat",
    "gradients.dL/dW2": "gradients.W2",
    r"gradients.\frac{\partial L}{\partial W_2}": "gradients.W2",
    "gradients.W^{(2)}": "gradients.W2",
    "gradients.δ_2": "gradients.a2",
    "gradients.dZ1": "gradients.a1",
    "updated.W^[2]": "updated.W2",
}
"""Labels as people write them, of a network with W2, a1, h1; two of its names are shown otherwise by `symbols`."""


@pytest.mark.parametrize(("written", "label"), CUSTOMARY.items())
def test_what_people_call_a_quantity_holds_for_points_misprints_and_expected(written, label):
    section, name = written.split(".", 1)
    number = "[[0.25, 0.25], [0.25, 0.25]]" if "W" in label else "[0.25, 0.25]"
    keys = f"points: {{'{written}': 3}}\nmisprints: [{{quantity: '{written}', printed: {number}, note: n}}]\n"
    problem = loads(f"{COURSE}{keys}expected: {{{section}: {{'{name}': {number}}}}}\n")
    assert dict(problem.points) == {label: 3}
    assert problem.misprints[0].quantity == label
    # A wrong number is found under its own name, whatever it was called.
    found = check_problem(problem)
    assert [(each.quantity, each.agrees) for each in found.expected] == [(label, False)]
    assert [each.differs for each in found.misprints] == [True]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("A1", "h1"),
        ("z2", "a2"),
        ("W^{(2)}", "W2"),
        ("δ2", "da2"),
        ("y_hat", "yhat"),
        ("J", "loss"),
        ("A1[2]", "h1"),
        ("W^{(2)}[1,2]", "W2"),
        ("W_2", "W2"),
    ],
)
def test_what_people_call_a_quantity_can_be_explained(written, name):
    assert explain(SOLUTION, written).quantity == name


def test_a_name_of_the_problem_comes_before_what_others_call_by_it():
    text = "inputs: {x: 2}\nequations: {z1: x ** 2, A1: 3 * z1, E: A1 + z1, L: E ** 2}\nof: L\npoints: {forward.E: 2}"
    solution = solve(loads(text), check=False)
    assert [explain(solution, name).quantity for name in ("z1", "A1", "E")] == ["z1", "A1", "E"]
    assert dict(solution.problem.points) == {"forward.E": 2}


def test_an_index_is_no_number_of_a_layer():
    """h1[2] is an entry of h1, and never h12, though `W^[2]` is W2."""
    text = "inputs: {h1: [3, 4], h12: 7}\nequations: {L: sum(h1) * h12}\nof: L"
    explained = explain(solve(loads(text), check=False), "h1[2]")
    assert (explained.quantity, explained.value) == ("h1", 4)
    with pytest.raises(UsageError, match=r"there is no entry h1\[3\]"):
        explain(solve(loads(text), check=False), "h1[3]")


def test_a_customary_name_of_something_that_isnt_there_is_none():
    for written in ("A3", "z3", "dL/dW3", "δ3", "W^{(3)}"):
        assert of_solution(SOLUTION).alone(written) is None
    with pytest.raises(InputError, match="unknown quantity"):
        loads(f"{COURSE}points: {{forward.A3: 1}}")
