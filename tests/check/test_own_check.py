"""A problem's own numbers, misprints and claims: what agrees, what doesn't, and one wrong digit is always found."""

import json
import re
from collections import ChainMap
from dataclasses import replace

import numpy as np
import pytest
from bundled import WORKED, loaded, solved
from slow import sampled

from gradcalc.check.answers.read import sheet_from_data
from gradcalc.check.author.expected import agreement, check_expected
from gradcalc.check.author.misprints import check_misprints
from gradcalc.check.author.own import check_problem
from gradcalc.check.author.precision import NEARLY_FULL
from gradcalc.errors import InputError
from gradcalc.problem.bundled import bundled_names
from gradcalc.problem.load import load, loads
from gradcalc.program.solve import solve

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
SURE = 7
IN_FORMULA = re.compile(r"(?<![\w.])\d+(\.\d+)?")
SMALL = """
inputs: {x: [1, 2]}
parameters: {w: [0.3, 0.1]}
equations: {s: "dot(w, x)", f: "s ** 2 / 3"}
of: f
lr: 0.1
digits: 3
"""


def small(expected, more=""):
    return loads(f"{SMALL}expected: {expected}\n{more}")


def verdicts(problem):
    return {each.quantity: (each.agrees, each.message) for each in check_problem(problem).expected}


@pytest.mark.parametrize("name", bundled_names())
def test_every_problem_agrees_with_itself(name):
    check = check_problem(loaded(name))
    wrong = [f"{each.quantity}: {each.message}" for each in check.expected if not each.agrees]
    wrong += [f"{each.misprint.quantity}: {each.message}" for each in check.misprints if not each.differs]
    wrong += [f"{each.claim.text}: {each.problem}" for each in check.claims if not each.passes]
    assert wrong == []
    assert check.passes
    assert check.count > 0


def changed_numbers(problem):
    """Every number of `expected`, each with its last digit one up and one down, by path and new text."""
    for path, text in problem.written.items():
        if path[0] == "expected" and path[1:3] != ("table", "step"):
            yield from ((path, other) for other in changed_texts(text))


def by_itself(sheet, path, text):
    """The one answer of a sheet that has the path in it, with the new text where it is a formula."""
    key, *rest = path
    if key == "table":
        return {key: {name: sheet[key][name] for name in ("step", rest[0])}}
    inner = sheet[key]
    if isinstance(inner, dict):
        return {key: by_itself(inner, rest, text)}
    return {key: text if isinstance(inner, str) else int(text) if key == "made" else inner}


def changed_texts(text):
    if NUMBER.fullmatch(text):
        mantissa = re.split("[eE]", text)[0]
        digits = [i for i, c in enumerate(mantissa) if c.isdigit()]
        significant = [i for i in digits if mantissa[: i + 1].strip("-+.0")]
        # The last places of what a program printed whole are float64's, of which nobody is sure.
        last = significant[SURE] if len(significant) >= NEARLY_FULL else digits[-1]
        yield from (text[:last] + digit + text[last + 1 :] for digit in near(text[last]))
    else:
        for found in IN_FORMULA.finditer(text):
            end = found.end() - 1
            yield from (text[:end] + digit + text[end + 1 :] for digit in near(text[end])[:1])


def near(digit):
    return [str(int(digit) + step) for step in (1, -1) if 0 <= int(digit) + step <= 9]


@pytest.mark.parametrize("name", sampled(WORKED, 0))
def test_changing_one_digit_of_any_expected_number_is_found(name):
    solution = solved(name)
    problem = solution.problem
    tried = 0
    for path, text in changed_numbers(problem):
        changed = replace(
            problem,
            expected=by_itself(problem.expected, path[1:], text),
            written=ChainMap({path: text}, problem.written),
        )
        found = check_expected(replace(solution, problem=changed))
        tried += 1
        where = ".".join(map(str, path))
        assert not all(each.agrees for each in found), f"{where}: {text} in place of {problem.written[path]} agrees"
    assert tried > 0 or not problem.expected


def test_what_an_optimizer_remembers_is_no_new_value():
    """Here the velocity is as large as the weight: it didn't come from it by a change that has to show."""
    text = "parameters: {w: 0.5}\nequations: {f: w ** 2 / 2}\nof: f\nlr: 0.1\noptimizer: momentum\ntolerance: 0.01\n"
    found = verdicts(loads(text + "expected: {state: {v: {w: 0.4951}}}"))
    assert found == {"state.v.w": (True, "")}
    assert not verdicts(loads(text + "expected: {updated: {w: 0.4999}}"))["updated.w"][0]


COUNTED = """
parameters: {w: 1}
equations: {E: w ** 2}
of: E
lr: 0.25
until: E < 0.01
expected: {made: %s}
"""


def test_how_many_steps_it_takes_may_be_expected():
    """The weight is halved by each step: E is 1, 1/4, 1/16, 1/64, 1/256."""
    assert verdicts(loads(COUNTED % 4)) == {"made": (True, "")}
    assert verdicts(loads(COUNTED % 5)) == {"made": (False, "5 comes out as 4")}
    never = (COUNTED % 4).replace("E < 0.01", "E < -1").replace("lr: 0.25", "lr: 2")
    assert verdicts(loads(never)) == {"made": (False, "the condition doesn't come true")}
    for wrong, message in [
        (COUNTED % 0, "a whole number from 1"),
        (COUNTED % "x", "a whole number from 1"),
        ((COUNTED % 4).replace("until: E < 0.01", "steps: 4"), "there is nothing to count without 'until'"),
    ]:
        with pytest.raises(InputError, match=message):
            loads(wrong)


def test_numbers_agree_at_the_digits_printed():
    problem = small("{forward: {s: 0.5, f: 0.083}, gradients: {w: [0.333, 0.67]}, updated: {w: [0.267, 0.033]}}")
    assert set(verdicts(problem).values()) == {(True, "")}


@pytest.mark.parametrize(
    ("expected", "quantity", "message"),
    [
        ("{forward: {f: 0.084}}", "forward.f", "0.084 comes out as 0.08333"),
        ("{forward: {f: 0.0834}}", "forward.f", "0.0834 comes out as 0.083333"),
        ("{gradients: {w: [0.333, 0.66]}}", "gradients.w", "0.66 at [2] comes out as 0.6667"),
        (
            "{gradients: {w: [1, 2]}}",
            "gradients.w",
            "1.000 at [1] comes out as 0.33333; 2.000 at [2] comes out as 0.66667",
        ),
        ("{forward: {s: [1, 2]}}", "forward.s", "is 2×1, but it comes out as a number"),
        ("{forward: {s: 1}}", "forward.s", "1.000 comes out as 0.50000"),
        ("{gradients: {s: x}}", "gradients.s", "this formula gives other numbers"),
        ("{gradients: {s: 1/3 * 1}}", "gradients.s", "right at the problem's numbers only"),
        ("{gradients: {s: '2 * foo'}}", "gradients.s", "unknown name 'foo'"),
    ],
)
def test_what_disagrees_is_said(expected, quantity, message):
    agrees, said = verdicts(small(expected))[quantity]
    assert not agrees
    assert message in said


def test_which_entries_disagree():
    (found,) = check_expected(solve(small("{gradients: {w: [0.333, 0.66]}}"), check=False))
    assert found.entries.tolist() == [[True], [False]]
    assert found.answer.span.line == 8


def test_a_whole_number_is_exact_to_the_digits_of_the_problem():
    assert verdicts(small("{forward: {s: 1}}"))["forward.s"][0] is False
    nearly = loads("inputs: {x: 2.9996}\nequations: {f: x * 1}\nof: f\ndigits: 4\nexpected: {forward: {f: 3}}\n")
    assert not check_problem(nearly).passes
    coarse = loads("inputs: {x: 2.9996}\nequations: {f: x * 1}\nof: f\ndigits: 2\nexpected: {forward: {f: 3}}\n")
    assert check_problem(coarse).passes


def test_fractions_are_exact_and_exponents_count():
    assert verdicts(small("{gradients: {s: 1/3}, forward: {f: 8.3e-2}}")) == {
        "gradients.s": (True, ""),
        "forward.f": (True, ""),
    }
    assert not verdicts(small("{gradients: {s: 0.3333333/1}}"))["gradients.s"][0]
    assert not verdicts(small("{forward: {f: 8.4e-2}}"))["forward.f"][0]


def test_equal_formulas_agree_however_they_are_written():
    for formula in ("2 * s / 3", "s / 3 + s / 3", "(2 / 3) * dot(x, w)", "2/3 * (w.T @ x)"):
        assert verdicts(small(f"{{gradients: {{s: '{formula}'}}}}"))["gradients.s"] == (True, "")


def test_misprints_must_differ_from_the_right_value():
    more = "misprints:\n  - {quantity: gradients.w, printed: [null, 0.76], note: typo}\n"
    assert check_problem(small("{forward: {s: 0.5}}", more)).passes
    half = check_problem(small("{forward: {s: 0.5}}", more.replace("null", "0.333")))
    assert not half.passes
    assert half.misprints[0].message.startswith("[1] of the printed value is right: write null")
    right = "misprints:\n  - {quantity: gradients.w, printed: [0.333, 0.667], note: none}\n"
    check = check_problem(small("{forward: {s: 0.5}}", right))
    assert not check.passes
    assert "it is no misprint" in check.misprints[0].message
    assert (check.right, check.count) == (1, 2)


def test_the_misprint_of_the_sources_is_reported_with_the_right_value():
    (found,) = check_misprints(solved("mazur"))
    assert found.differs
    assert found.misprint.printed == 0.291027924
    assert float(found.right) == pytest.approx(0.291027774, abs=5e-10)


def test_a_claim_that_does_not_hold_fails_the_check():
    good = "claims: [{claim: x == x, where: {x: scalar}}]"
    assert check_problem(loads(good)).passes
    assert not check_problem(loads(good.replace("x == x", "x == 2 * x"))).passes
    assert not check_problem(loads(good.replace("scalar}}", "scalar}, holds: false}"))).passes


def test_an_answer_without_a_value_does_not_agree():
    solution = solved("hw3")
    (answer,) = sheet_from_data({"gradients": {"W1": None}}, solution).answers
    assert not agreement(answer, solution).agrees


def test_what_is_not_finite_agrees_with_nothing():
    problem = loads("inputs: {x: -1}\nequations: {f: log(x)}\nof: f\nexpected: {forward: {f: 0.0}}\n")
    assert not check_problem(problem).passes


def test_the_data_of_a_check_are_json():
    from gradcalc.report.story.own_check import check_data

    data = json.loads(json.dumps(check_data(check_problem(load("mazur")))))
    assert data["passes"] is True
    assert {each["quantity"] for each in data["misprints"]} == {"after.loss"}
    data = json.loads(json.dumps(check_data(check_problem(load("identities")))))
    false = next(each for each in data["claims"] if not each["holds"])
    assert (false["counterexample"], false["left"]) == ({"t": 0.0}, 0.25)


@pytest.mark.parametrize(("printed", "agrees"), [("8.3e2", True), ("8.4e2", False), ("833", False), ("8.333e2", True)])
def test_a_whole_number_is_exact_unless_it_has_an_exponent(printed, agrees):
    """f is 50²/3 = 833.33…: 8.3e2 says so to two digits, and 833 would say that it is 833.000."""
    text = SMALL.replace("[1, 2]", "[100, 200]") + f"expected: {{forward: {{f: {printed}}}}}"
    assert verdicts(loads(text))["forward.f"][0] is agrees


LOGISTIC = """
inputs: [[1., 2., -1.], [3., 4., -3.2]]
targets: [[1, 0, 1]]
layers:
  - {weights: [[1.], [2.]], biases: [2.], activation: sigmoid}
loss: binary_cross_entropy
reduction: mean
"""


@pytest.mark.parametrize(
    ("expected", "passes"),
    [
        ("{loss: 5.801545319394553}", True),  # printed by the course; 1 - σ(12) costs five digits
        ("{loss: 5.801545319394}", True),
        ("{loss: 5.801545319395}", False),
        ("{loss: 5.801545320394553}", False),
        ("{gradients: {b1: [0.001455578136784208]}}", True),
        ("{gradients: {b1: [0.00145557813678426]}}", True),
        ("{gradients: {b1: [0.00145557813678526]}}", False),
        ("{gradients: {b1: [0.001455578136794208]}}", False),
    ],
)
def test_full_precision_numbers_agree_as_far_as_float64_goes(expected, passes):
    assert check_problem(loads(f"{LOGISTIC}expected: {expected}\n")).passes == passes


def test_of_two_numbers_with_fifteen_decimals_one_agrees():
    """1/3 to 15 decimals; its neighbours are off by one in the last place."""
    text = "inputs: {x: 1.0}\nequations: {f: x / 3}\nof: f\nexpected: {forward: {f: %s}}\n"
    assert check_problem(loads(text % "0.333333333333333")).passes
    assert not check_problem(loads(text % "0.333333333333334")).passes
    assert not check_problem(loads(text % "0.333333333333332")).passes


def test_a_disagreement_shows_digits_enough_to_differ():
    text = "inputs: {x: 1}\nequations: {f: exp(x)}\nof: f\nexpected: {forward: {f: 2.71828182845914}}\n"
    (found,) = check_expected(solve(loads(text), check=False))
    shown, other = found.message.split(" comes out as ")
    assert float(shown) != float(other)
    assert abs(float(other) - np.e) < 1e-13


def test_a_problems_tolerance_holds_for_what_it_expects():
    text = "inputs: {x: 2}\nparameters: {w: 3}\nequations: {f: x * w}\nof: f\nlr: 0.01\ntolerance: {rtol: 0.01}\n"
    assert check_problem(loads(text + "expected: {forward: {f: 6.05}}\n")).passes
    assert not check_problem(loads(text + "expected: {forward: {f: 6.07}}\n")).passes
    # 3 - 0.02 = 2.98: that is within 1% of 3, but nothing was changed.
    assert check_problem(loads(text + "expected: {updated: {w: 2.985}}\n")).passes
    assert not check_problem(loads(text + "expected: {updated: {w: 3.000}}\n")).passes
