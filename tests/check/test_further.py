"""Changes, deltas, losses one by one, abbreviations and state: asked for, answered, expected. Numbers by NumPy."""

from __future__ import annotations

import json

import numpy as np
import pytest
import yaml

from gradcalc.check.answers.blank import blank_sheet
from gradcalc.check.answers.read import sheet_from_document
from gradcalc.check.author.lint import lint
from gradcalc.check.author.own import check_problem
from gradcalc.check.marking.mark import mark
from gradcalc.errors import InputError, UsageError
from gradcalc.problem.load import loads
from gradcalc.problem.source import read_text
from gradcalc.program.explain import explain
from gradcalc.program.solve import solve
from gradcalc.report.story.marks import marks_data

X, Y, LR = np.array([[1.0], [0.5]]), np.array([[0.0], [1.0]]), 0.5
W1, B1 = np.array([[0.1, 0.2], [0.3, -0.4]]), np.array([[0.1], [-0.2]])
W2, B2 = np.array([[0.5, -0.6], [0.7, 0.8]]), np.array([[0.0], [0.1]])
TEXT = """
inputs: [1, 0.5]
targets: [0, 1]
layers:
  - {weights: [[0.1, 0.2], [0.3, -0.4]], biases: [0.1, -0.2], activation: sigmoid}
  - {weights: [[0.5, -0.6], [0.7, 0.8]], biases: [0.0, 0.1], activation: sigmoid}
loss: half_squared_error
lr: 0.5
"""
MINUS = "signs: {deltas: -gradient, changes: old - new}\n"


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def forward(w1, b1, w2, b2):
    h = sigmoid(w1.T @ X + b1)
    return h, sigmoid(w2.T @ h + b2)


def by_hand() -> dict[str, np.ndarray]:
    h, out = forward(W1, B1, W2, B2)
    d2 = (out - Y) * out * (1 - out)
    d1 = (W2 @ d2) * h * (1 - h)
    changes = {"W1": -LR * X @ d1.T, "b1": -LR * d1, "W2": -LR * h @ d2.T, "b2": -LR * d2}
    new = [old + changes[name] for name, old in (("W1", W1), ("b1", B1), ("W2", W2), ("b2", B2))]
    h_new, out_new = forward(*new)
    losses = (out - Y) ** 2 / 2
    return {
        **{"h": h, "out": out, "d1": d1, "d2": d2, "losses": losses, "h1": h_new - h},
        **{"loss": np.array(((out_new - Y) ** 2).sum() / 2 - losses.sum()), **changes, "W2_new": new[2]},
    }


HAND = by_hand()


def shown(value) -> str:
    """As a sheet has it: a vector is a flat list."""
    value = np.asarray(value, dtype=float)
    if value.ndim == 2 and value.shape[1] == 1:
        value = value.ravel()
    return json.dumps(np.vectorize(lambda each: round(float(each), 5))(value).tolist())


def marked(sheet: str, text: str = TEXT, **how):
    solution = solve(loads(f"digits: 5\n{text}"), check=False)
    return mark(solution, sheet_from_document(read_text(sheet, "a.yaml", lenient=True), solution), **how)


def words(sheet: str, text: str = TEXT, **how) -> dict[str, str]:
    return {verdict.quantity: verdict.verdict for verdict in marked(sheet, text, **how).verdicts}


# Each section.


@pytest.mark.parametrize(
    ("section", "name", "value", "label"),
    [
        ("deltas", "2", "d2", "deltas.a2"),
        ("deltas", "a2", "d2", "deltas.a2"),
        ("deltas", "δ1", "d1", "deltas.a1"),
        ("deltas", "delta_1", "d1", "deltas.a1"),
        ("deltas", "z1", "d1", "deltas.a1"),
        ("changes", "W1", "W1", "changes.W1"),
        ("changes", "ΔW2", "W2", "changes.W2"),
        ("changes", "W_2", "W2", "changes.W2"),
        ("changes", "h1", "h1", "changes.h1"),
        ("changes", "loss", "loss", "changes.loss"),
    ],
)
def test_a_quantity_of_each_section_in_every_spelling(section, name, value, label):
    assert words(f'{section}: {{"{name}": {shown(HAND[value])}}}') == {label: "correct"}
    # And with the sign turned it is another answer, where nothing shows that it is a custom.
    assert words(f'{section}: {{"{name}": {shown(-HAND[value])}}}') == {label: "wrong"}


def test_changes_stand_outside_the_sections_too():
    assert words(f"ΔW1: {shown(HAND['W1'])}") == {"changes.W1": "correct"}


def test_losses_are_of_the_outputs_where_there_is_one_sample():
    first, second = (f"{float(each):.5f}" for each in HAND["losses"].ravel())
    for sheet in (f"losses: [{first}, {second}]", f"losses: {{1: {first}, 2: {second}}}"):
        assert words(sheet) == {"losses": "correct"}
    found = marked(f"losses: {{2: {second}}}").verdicts[0]
    assert (found.verdict, found.points) == ("correct", 0.5)


@pytest.mark.parametrize("loss", ["sum(a) + sum(B)", "sum(a ** 2) + sum(d)", "mean(a) + mean(B)"])
def test_sums_over_other_entries_are_no_losses_one_by_one(loss):
    text = f"parameters: {{a: [1, 2, 3], B: [[1, 2], [3, 4]], d: [[1, 2, 3]]}}\nequations: {{L: {loss}}}\nof: L\n"
    (verdict,) = marked("losses: [1, 2, 3]", text).verdicts
    assert (verdict.verdict, "is no sum or mean with one term" in verdict.said) == ("unreadable", True)


def test_losses_are_of_the_samples_where_there_are_several():
    text = """
notation: x @ W + b
inputs: [[1, 2], [0.5, -1], [0, 1]]
targets: [0, 1, 1]
layers: [{weights: [[0.2, -0.1], [0.4, 0.3]], activation: softmax}]
loss: cross_entropy
reduction: mean
"""
    a = np.array([[1, 2], [0.5, -1], [0, 1.0]]) @ np.array([[0.2, -0.1], [0.4, 0.3]])
    p = np.exp(a) / np.exp(a).sum(axis=1, keepdims=True)
    each = -np.log(p[np.arange(3), [0, 1, 1]])
    listed = ", ".join(f"{loss:.5f}" for loss in each)
    assert words(f"losses: [{listed}]\nloss: {each.mean():.5f}", text) == {"losses": "correct", "loss": "correct"}
    # One of them is wrong, and so is their mean, which follows from it.
    wrong = [each[0] + 0.31, *each[1:]]
    sheet = f"losses: [{', '.join(f'{loss:.5f}' for loss in wrong)}]\nloss: {np.mean(wrong):.5f}"
    assert words(sheet, text) == {"losses": "wrong", "loss": "carried"}


def test_of_a_mean_over_everything_the_losses_of_the_samples_are_means():
    yhat, y = np.array([[1.0, 2], [3, 5], [0.5, 1]]), np.array([[0.0, 2], [1, 1], [1, 1]])
    text = f"""
notation: x @ W + b
inputs: {{p: {yhat.tolist()}}}
targets: {{y: {y.tolist()}}}
equations: {{E: mean((p - y) ** 2)}}
of: E
"""
    each = ((yhat - y) ** 2).mean(axis=1)
    assert words(f"losses: {json.dumps(each.tolist())}\nforward: {{E: {each.mean():.5f}}}", text) == {
        "losses": "correct",
        "forward.E": "correct",
    }


@pytest.mark.parametrize("loss", ["squared_error", "half_squared_error", "mean_squared_error", "binary_cross_entropy"])
def test_the_losses_of_outputs_add_up_as_the_loss_does(loss):
    text = TEXT.replace("half_squared_error", loss)
    out = HAND["out"]
    each = {
        "squared_error": (out - Y) ** 2,
        "half_squared_error": (out - Y) ** 2 / 2,
        "mean_squared_error": (out - Y) ** 2,
        "binary_cross_entropy": -(Y * np.log(out) + (1 - Y) * np.log(1 - out)),
    }[loss]
    assert words(f"losses: {shown(each)}", text) == {"losses": "correct"}


def test_one_loss_is_none_of_several():
    text = "inputs: [1]\ntargets: [0]\nlayers: [{weights: [[0.1]]}]\nloss: squared_error"
    found = marked("losses: [0.5]", text).verdicts[0]
    assert found.verdict == "unreadable"
    assert "no sum or mean" in found.message


# Signs.


def test_signs_turn_deltas_and_changes():
    sheet = f"deltas: {{2: {shown(-HAND['d2'])}}}\nchanges: {{W2: {shown(-HAND['W2'])}}}"
    assert set(words(sheet, TEXT + MINUS).values()) == {"correct"}
    assert "wrong" in words(sheet).values()


def test_signs_hold_in_formulas():
    """δ2 is minus the gradient there, so the step goes along it."""
    formulas = 'deltas: {2: "(y - yhat) * yhat * (1 - yhat)", 1: "W2 δ2 ⊙ h1 ⊙ (1 − h1)"}\ngradients: {W2: "-h1 δ2ᵀ"}'
    assert set(words(formulas, TEXT + MINUS).values()) == {"correct"}
    plain = 'deltas: {2: "(yhat - y) * yhat * (1 - yhat)", 1: "W2 δ2 ⊙ h1 ⊙ (1 − h1)"}\ngradients: {W2: "h1 δ2ᵀ"}'
    assert set(words(plain).values()) == {"correct"}
    assert words('gradients: {W2: "h1 δ2ᵀ"}', TEXT + MINUS)["gradients.W2"] == "wrong"
    # But who keeps to the other sign throughout, in formulas too, is right.
    assert set(words(plain, TEXT + MINUS).values()) == {"correct"}


def test_a_name_of_a_delta_among_the_gradients_has_its_sign():
    assert words(f"gradients: {{δ2: {shown(-HAND['d2'])}}}", TEXT + MINUS) == {"deltas.a2": "correct"}
    assert words(f"gradients: {{δ2: {shown(HAND['d2'])}}}") == {"gradients.a2": "correct"}
    assert words(f"gradients: {{a2: {shown(HAND['d2'])}}}", TEXT + MINUS) == {"gradients.a2": "correct"}


@pytest.mark.parametrize("text", [TEXT, TEXT + MINUS], ids=["gradient", "minus"])
def test_the_other_sign_throughout_is_right_where_the_parameters_are(text):
    sign = 1 if text is TEXT else -1
    sheet = f"""
deltas: {{2: {shown(-sign * HAND["d2"])}, 1: {shown(-sign * HAND["d1"])}}}
updated: {{W2: {shown(HAND["W2_new"])}}}
"""
    found = marked(sheet, text)
    assert {verdict.verdict for verdict in found.verdicts} == {"correct"}
    said = {verdict.quantity: verdict.message for verdict in found.verdicts}
    assert said["deltas.a2"] == "right with the other sign, which is turned in the new W2"
    wrong = W2 - LR * HAND["h"] @ -HAND["d2"].T
    off = words(sheet.replace(shown(HAND["W2_new"]), shown(wrong)), text)
    assert "wrong" in off.values()


def test_the_other_sign_in_a_formula_over_a_delta():
    """δ2 in it is the student's own."""
    sheet = f"""
deltas: {{2: {shown(-HAND["d2"])}, 1: "W2 δ2 ⊙ h1 ⊙ (1 − h1)"}}
updated: {{W2: {shown(HAND["W2_new"])}}}
"""
    assert set(words(sheet).values()) == {"correct"}
    sheet = 'deltas: {6: 0.131, 4: "δ6 * w_4_6 * O4 * (1 - O4)"}\nupdated: {w_4_6: -0.261, w_1_4: 0.192}'
    solution = solve(loads(HAN.replace("signs: {deltas: -gradient}", "")), check=False)
    found = mark(solution, sheet_from_document(read_text(sheet, "a.yaml", lenient=True), solution)).verdicts
    assert {verdict.verdict for verdict in found} == {"correct"}


def test_the_other_sign_is_seen_in_few_digits():
    """-0.009 is no multiple by -1 of 0.0087, to more than one digit."""
    sheet = "deltas: {6: -0.131, 5: 0.007, 4: 0.009}\nupdated: {w_4_6: -0.261, w_1_4: 0.192}"
    solution = solve(loads(HAN), check=False)
    found = mark(solution, sheet_from_document(read_text(sheet, "a.yaml", lenient=True), solution)).verdicts
    assert {verdict.verdict for verdict in found} == {"correct"}


def test_changes_of_the_other_sign_are_right_where_the_parameters_are():
    sheet = f"changes: {{W2: {shown(-HAND['W2'])}}}\nupdated: {{W2: {shown(HAND['W2_new'])}}}"
    found = {verdict.quantity: verdict for verdict in marked(sheet).verdicts}
    assert found["changes.W2"].verdict == "correct"
    assert "the other sign" in found["changes.W2"].message


@pytest.mark.parametrize(
    ("signs", "said"),
    [
        ("{deltas: minus}", "signs.deltas is minus: it must be gradient or -gradient"),
        ("{changes: new + old}", "signs.changes is new + old: it must be new - old or old - new"),
        ("{gradients: -gradient}", "signs.gradients: nothing has a sign of that name"),
        ("{delta: -gradient}", "did you mean 'deltas'?"),
        ("3", "signs is 3: it must be a mapping"),
    ],
)
def test_signs_that_are_none_are_refused_at_their_place(signs, said):
    with pytest.raises(InputError, match="<string>:9:") as caught:
        loads(f"{TEXT}signs: {signs}\n")
    assert said in str(caught.value)


# Carrying, and mistakes.


def test_what_follows_from_a_wrong_change_is_carried():
    wrong = LR * HAND["h"] @ HAND["d2"].T * 0.37
    sheet = f"changes: {{W2: {shown(wrong)}}}\nupdated: {{W2: {shown(W2 + wrong)}}}"
    assert words(sheet) == {"changes.W2": "wrong", "updated.W2": "carried"}


def test_what_follows_from_a_wrong_delta_is_carried():
    for text, sign in ((TEXT, 1), (TEXT + MINUS, -1)):
        wrong = HAND["d2"] + [[0.07], [0.03]]
        d1 = (W2 @ wrong) * HAND["h"] * (1 - HAND["h"])
        sheet = f"""
deltas: {{2: {shown(sign * wrong)}, 1: {shown(sign * d1)}}}
gradients: {{W2: {shown(HAND["h"] @ wrong.T)}}}
"""
        assert words(sheet, text) == {"deltas.a2": "wrong", "deltas.a1": "carried", "gradients.W2": "carried"}


@pytest.mark.parametrize(
    ("sheet", "label", "id"),
    [
        (f"changes: {{W2: {shown(-HAND['h'] @ HAND['d2'].T)}}}", "changes.W2", "learning-rate-left-out"),
        (f"changes: {{W2: {shown(HAND['W2_new'])}}}", "changes.W2", "value-not-increment"),
        (f"deltas: {{2: {shown(HAND['out'] - Y)}}}", "deltas.a2", "missing-activation-derivative"),
        (
            f"deltas: {{2: {shown(HAND['d2'])}, 1: {shown((W2.T @ HAND['d2']) * HAND['h'] * (1 - HAND['h']))}}}",
            "deltas.a1",
            "weights-transposed",
        ),
        (f"losses: {shown((HAND['out'] - Y) ** 2)}", "losses", "divisor-left-out"),
    ],
)
def test_mistakes_have_names_there_too(sheet, label, id):
    found = {verdict.quantity: verdict for verdict in marked(sheet).verdicts}[label]
    assert found.verdict == "wrong"
    assert id in {mistake.id for mistake in found.mistakes}, found


def test_with_minus_deltas_a_turned_sign_is_said_to_be_one_of_custom():
    found = marked(f"deltas: {{2: {shown(HAND['d2'])}}}", TEXT + MINUS).verdicts[0]
    assert found.verdict == "wrong"
    assert "minus the gradient" in found.message


# Abbreviations.

LET = """let: {slope: yhat * (1 - yhat), fall: loss - loss_new, energy: sum(dW1 ** 2), "sg(z)": sigmoid(a2)}
"""


def test_abbreviations_of_the_problem_are_asked_answered_and_used():
    slope = HAND["out"] * (1 - HAND["out"])
    energy = float(((HAND["W1"] / LR) ** 2).sum())
    sheet = f"""
let: {{slope: {shown(slope)}, fall: {-float(HAND["loss"]):.5f}, energy: {energy:.5f}, "sg(z)": {shown(HAND["out"])}}}
deltas: {{2: "(yhat - y) * slope"}}
"""
    assert set(words(sheet, TEXT + LET).values()) == {"correct"}
    assert words(f"slope: {shown(slope)}", TEXT + LET) == {"let.slope": "correct"}
    assert words(f"forward: {{slope: {shown(slope)}}}", TEXT + LET) == {"let.slope": "correct"}
    assert words(f"let: {{slope: {shown(HAND['out'] * (1 + HAND['out']))}}}", TEXT + LET) == {"let.slope": "wrong"}


def test_an_abbreviation_may_use_another_that_is_not_on_the_sheet():
    slope = HAND["out"] * (1 - HAND["out"])
    text = f"{TEXT}let: {{slope: yhat * (1 - yhat), twice: 2 * slope, four: 2 * twice}}\n"
    assert words(f"let: {{four: {shown(4 * slope)}}}", text) == {"let.four": "correct"}
    assert words(f"let: {{four: {shown(2 * slope)}}}", text) == {"let.four": "wrong"}


def test_nothing_depends_on_an_abbreviation():
    with_let, without = (solve(loads(text), check=False) for text in (TEXT + LET, TEXT))
    assert [eq.name for eq in with_let.equations] == [eq.name for eq in without.equations]
    # An abbreviation that uses a quantity is no path by which a gradient comes.
    wrong = (W2 @ HAND["d2"]) * HAND["h"]
    sheet = f"let: {{twice: {shown(2 * HAND['h'])}}}\ngradients: {{a1: {shown(wrong)}}}"
    plain = marked(f"gradients: {{a1: {shown(wrong)}}}").verdicts[0]
    found = {v.quantity: v for v in marked(sheet, f"{TEXT}let: {{twice: 2 * h1}}\n").verdicts}
    assert found["gradients.a1"].message == plain.message


@pytest.mark.parametrize(
    ("let", "said"),
    [
        ("{s: yhat * (1 - yhatt)}", "let.s: unknown name 'yhatt'"),
        ("{yhat: 2}", "let.yhat: 'yhat' is the name of something"),
        ("{dW1: 2}", "let.dW1: 'dW1' means something already"),
        ("{W1_new: 2}", "let.W1_new: 'W1_new' means something already"),
        ("{a: b, b: a}", "a cycle"),
        ("{s: W1 @ W2 @ x.T}", "let.s: 2×2 @ 1×2 doesn't fit"),
        ("{s: 'yhat *'}", "let.s: "),
        ("[1]", "let: must be a mapping"),
    ],
)
def test_abbreviations_that_cant_be_used_are_refused_at_their_place(let, said):
    with pytest.raises(InputError, match=r"<string>:9:\d+") as caught:
        loads(f"{TEXT}let: {let}\n")
    assert said in str(caught.value)


def test_an_abbreviation_of_what_there_isnt_cant_be_had():
    """A target has no gradient here; without a step there is no new value."""
    found = marked("let: {g: 1}", f"{TEXT}let: {{g: dy * 2}}\n").verdicts[0]
    assert (found.verdict, found.message) == ("unreadable", "let.g can't be had in this problem")
    with pytest.raises(InputError, match="unknown name 'loss_new'"):
        loads(TEXT.replace("lr: 0.5", "let: {f: loss_new}"))
    with pytest.raises(InputError, match="unknown name 'da2'"):
        loads(TEXT.replace("loss: half_squared_error", "let: {f: da2}").replace("lr: 0.5", ""))


def test_deltas_in_the_formulas_of_a_problem_have_its_sign():
    more = 'let: {twice: 2 * δ2}\nexpected: {let: {twice: TWICE}, gradients: {W2: "SIGN h1 @ δ2.T"}}\n'
    for text, sign in ((TEXT, 1), (TEXT + MINUS, -1)):
        filled = more.replace("TWICE", shown(2 * sign * HAND["d2"])).replace("SIGN ", "" if sign == 1 else "-")
        assert [each.agrees for each in check_problem(loads(f"digits: 5\n{text}{filled}")).expected] == [True, True]


def test_a_student_s_own_abbreviations_stand_for_their_formulas():
    sheet = 'let: {e: yhat - y, s: e * yhat, t: "s ⊙ (1 − yhat)"}\ndeltas: {2: t}\ngradients: {W2: "h1 tᵀ"}'
    assert words(sheet) == {"deltas.a2": "correct", "gradients.W2": "correct"}
    assert words(sheet.replace("s: e * yhat", "s: e")) == {"deltas.a2": "wrong", "gradients.W2": "wrong"}
    in_another_order = 'let: {t: "s ⊙ (1 − yhat)", s: e * yhat, e: yhat - y}\ndeltas: {2: t}'
    assert words(in_another_order) == {"deltas.a2": "correct"}


@pytest.mark.parametrize(
    ("let", "said"),
    [
        ("{e: yhat - t0}", "unknown name 't0'"),
        ("{h1: 2}", "'h1' means something already"),
        ("{e: [1, 2]}", "write a formula"),
        ("{e 1: 2}", "is a name, of letters"),
        ("{a: b, b: a}", "unknown name 'b'"),
        ("{" + ", ".join(f"n{i}: 1" for i in range(101)) + "}", "at most 100 abbreviations"),
    ],
)
def test_those_that_cant_be_used_are_said(let, said):
    found = marked(f"let: {let}\nforward: {{}}").verdicts[0]
    assert (found.verdict, found.quantity.partition(".")[0]) == ("unreadable", "let")
    assert said in found.message


# The other places.


def test_points_ask_for_them_and_leave_no_trace_elsewhere():
    asked = f"{TEXT}points: {{deltas.2: 2, changes.W1: 3, losses: 1, gradients.W2: 1}}\n"
    marks = marked(f"deltas: {{a2: {shown(HAND['d2'])}}}", asked)
    assert (marks.score, marks.points, marks.asked) == (2, 7, 4)
    assert {v.quantity: v.verdict for v in marks.verdicts if v.verdict == "missing"} == dict.fromkeys(
        ["changes.W1", "losses", "gradients.W2"], "missing"
    )
    blank = blank_sheet(solve(loads(asked), check=False))
    assert [line for line in blank.splitlines() if line.startswith(("losses:", "deltas:", "  a2:"))] != []
    assert yaml.safe_load(blank)["changes"] == {"W1": None}
    assert "changes" not in yaml.safe_load(blank_sheet(solve(loads(TEXT), check=False)))


def test_where_a_delta_is_the_gradient_either_answers_the_other():
    value = shown(HAND["d2"])
    for asked, sheet in (("gradients.a2", f"deltas: {{2: {value}}}"), ("deltas.2", f"gradients: {{a2: {value}}}")):
        marks = marked(sheet, f"{TEXT}points: {{{asked}: 2}}\n")
        assert (marks.score, marks.points) == (2, 2)
    # With the other sign they are two things.
    marks = marked(f"gradients: {{a2: {value}}}", f"{TEXT}{MINUS}points: {{deltas.2: 2}}\n")
    assert (marks.score, marks.points) == (0, 2)


def test_a_complete_sheet_needs_nothing_beside_the_solution():
    plain = marked("loss: 1", complete=True)
    more = marked(f"loss: 1\nchanges: {{W1: {shown(HAND['W1'])}}}", complete=True)
    assert (more.points, more.asked, more.score) == (plain.points, plain.asked, plain.score)
    as_gradient = marked(f"deltas: {{2: {shown(HAND['d2'])}}}", complete=True)
    assert (as_gradient.score, as_gradient.points) == (1, plain.points)


def test_a_filled_blank_is_right():
    asked = f"{TEXT}{LET}points: {{deltas.1: 2, changes.W1: 3, losses: 1, slope: 1}}\n"
    sheet = yaml.safe_load(blank_sheet(solve(loads(asked), check=False)))
    assert {"deltas", "changes", "let"} <= set(sheet)
    sheet["deltas"]["a1"] = json.loads(shown(HAND["d1"]))
    sheet["changes"]["W1"] = json.loads(shown(HAND["W1"]))
    sheet["losses"] = json.loads(shown(HAND["losses"]))
    marks = marked(yaml.safe_dump(sheet), asked)
    assert (marks.score, marks.points) == (6, 7)


def test_expected_misprints_and_explain_know_them():
    more = f"""
expected:
  deltas: {{2: {shown(HAND["d2"])}}}
  changes: {{W1: {shown(HAND["W1"])}, loss: {float(HAND["loss"]):.5f}, "W2[1,2]": {HAND["W2"][0, 1]:.5f}}}
  losses: {shown(HAND["losses"])}
  let: {{slope: [null, {(HAND["out"] * (1 - HAND["out"]))[1, 0]:.5f}]}}
  forward: {{W1: [[0.1, 0.2], [0.3, -0.4]]}}
misprints:
  - {{quantity: changes.W1, printed: [[0.5, 0.5], [0.5, 0.5]]}}
  - {{quantity: deltas.2, printed: [0.5, 0.5]}}
  - {{quantity: losses, printed: [0.5, 0.5]}}
"""
    check = check_problem(loads(f"digits: 5\n{TEXT}{LET}{more}"))
    assert [(each.quantity, each.message) for each in check.expected if not each.agrees] == []
    assert len(check.expected) == 7
    assert [each.differs for each in check.misprints] == [True] * 3
    solution = solve(loads(TEXT + MINUS + LET), check=False)
    for what, value in (
        ("changes.W1[1,2]", -HAND["W1"][0, 1]),
        ("ΔW1[1,2]", -HAND["W1"][0, 1]),
        ("deltas.2[1]", -HAND["d2"][0, 0]),
        ("δ2[1]", -HAND["d2"][0, 0]),
        ("losses[2]", HAND["losses"][1, 0]),
        ("slope[1]", (HAND["out"] * (1 - HAND["out"]))[0, 0]),
    ):
        assert explain(solution, what).value == pytest.approx(float(value))
    with pytest.raises(UsageError):
        explain(solution, "changes.x")


def test_expected_that_cant_be_is_refused_at_its_place():
    for more, said in (
        ("expected: {changes: {x: [1, 2]}}", "expected.changes.x: unknown quantity"),
        ("expected: {deltas: {h1: [1, 2]}}", "expected.deltas.h1: unknown quantity"),
        ("expected: {deltas: {3: [1, 2]}}", "expected.deltas.3: unknown quantity"),
        ("expected: {table: {step: [1, 2], loss: [0.1]}}", "expected.table.loss has 1 rows, but step has 2"),
        ("expected: {table: {step: [0], loss: [0.1]}}", "there is no step 0"),
        ("expected: {table: {W1: [0.1]}}", "write the section and the name"),
        ("expected: {state: 5}", "expected.state: write a mapping from lines to parameters"),
        ("expected: {table: [1]}", "expected.table: write a mapping from columns to lists"),
        ("expected: {table: {loss: 3}}", "expected.table.loss: a column is a list"),
        ("points: {changes.y: 2}", "unknown quantity 'changes.y'"),
        ("points: {let.slope: 2}", "unknown quantity 'let.slope'"),
    ):
        with pytest.raises(InputError, match=r"<string>:9:\d+") as caught:
            loads(f"{TEXT}{more}\n")
        assert said in str(caught.value)
    without = TEXT.replace("lr: 0.5\n", "")
    with pytest.raises(InputError, match="there is nothing changes without 'lr'"):
        loads(f"{without}expected: {{changes: {{W1: [[1, 2], [3, 4]]}}}}\n")


def test_lint_looks_at_what_has_points():
    found = lint(solve(loads(f"{TEXT}points: {{changes.W1: 1}}\n"), check=False))
    assert any(finding.quantity == "changes.W1" for finding in found)


def test_a_sheet_says_whose_it_is():
    marks = marked("name: Ada Lovelace\nid: 1815\ncomment: by hand\nloss: 0.2")
    assert marks.about == {"name": "Ada Lovelace", "id": "1815", "comment": "by hand"}
    assert {key: marks_data(marks)[key] for key in marks.about} == marks.about
    assert [verdict.quantity for verdict in marks.verdicts] == ["loss"]
    named = marked("name: 3", "inputs: {x: 2}\nequations: {name: 'x + 1'}\n")
    assert [(v.quantity, v.verdict) for v in named.verdicts] == [("forward.name", "correct")]


# Steps.

MOMENTUM = "parameters: {w: [[1, 2]]}\nequations: {E: sum(w ** 2)}\nof: E\nlr: 0.1\noptimizer: momentum(beta=0.5)\n"


def course(steps: int) -> list[dict[str, np.ndarray]]:
    w, v, found = np.array([[1.0, 2.0]]), np.zeros((1, 2)), []
    for _ in range(steps):
        v = 0.5 * v + 2 * w
        found.append({"v": v, "change": -0.1 * v, "new": w - 0.1 * v, "E": (w**2).sum()})
        w = found[-1]["new"]
    return found


def test_state_and_changes_of_each_step():
    first, second = course(2)
    sheet = f"""
state: {{v: {{w: {shown(first["v"])}}}}}
steps:
  2:
    state: {{v: {{w: {shown(second["v"])}}}}}
    changes: {{w: {shown(second["change"])}}}
"""
    assert words(sheet, MOMENTUM) == {
        "state.v.w": "correct",
        "steps.2.state.v.w": "correct",
        "steps.2.changes.w": "correct",
    }
    wrong = 2 * second["new"] * 0 + 2 * first["new"]  # the velocity of the step before is left out
    off = sheet.replace(shown(second["v"]), shown(wrong)).replace(shown(second["change"]), shown(-0.1 * wrong))
    assert words(off, MOMENTUM) == {
        "state.v.w": "correct",
        "steps.2.state.v.w": "wrong",
        "steps.2.changes.w": "carried",
    }


def test_a_table_has_the_same_by_columns():
    rows = course(3)
    entry = [f"{row['new'][0, 1]:.5f}" for row in rows]
    table = f"""
table:
  step: [1, 2, 3]
  forward.E: [{rows[0]["E"]:.5f}, null, {rows[2]["E"]:.5f}]
  updated.w[1,2]: [{", ".join(entry)}]
"""
    found = {verdict.quantity: verdict for verdict in marked(table, MOMENTUM).verdicts}
    assert {quantity: verdict.verdict for quantity, verdict in found.items()} == dict.fromkeys(
        ["forward.E", "steps.3.forward.E", "updated.w", "steps.2.updated.w", "steps.3.updated.w"], "correct"
    )
    assert found["steps.2.updated.w"].points == 0.5
    assert words(table.replace("  step: [1, 2, 3]\n", ""), MOMENTUM) == words(table, MOMENTUM)
    check = check_problem(loads("digits: 5\n" + MOMENTUM + "expected:" + table.replace("\n", "\n  ")))
    assert [each.agrees for each in check.expected] == [True] * 5
    both = words(f"{table}steps: {{2: {{updated: {{w: [[1, 1]]}}}}}}", MOMENTUM)
    assert "unreadable" in both.values()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("{step: [1, 2], forward.E: [5]}", "not equally long"),
        ("[1, 2]", "write a mapping from columns to lists"),
        ("{forward.E: 5}", "write a mapping from columns to lists"),
        ("{step: [0], forward.E: [5]}", "there is no step 0"),
        ("{nothing.E: [5]}", "there is no section 'nothing"),
    ],
)
def test_a_table_that_is_none_is_said_to_be(table, said):
    found = marked(f"table: {table}", MOMENTUM).verdicts[0]
    assert found.verdict == "unreadable"
    assert said in found.message


# Vertices, whose names may be numbers. The numbers are those of Han, Kamber and Pei, Data Mining, example 9.1.

HAN = """
digits: 3
inputs: {1: 1, 2: 0, 3: 1}
targets: {6: 1}
vertices:
  4: {weights: {1: 0.2, 2: 0.4, 3: -0.5}, bias: -0.4, activation: sigmoid}
  5: {weights: {1: -0.3, 2: 0.1, 3: 0.2}, bias: 0.2, activation: sigmoid}
  6: {weights: {4: -0.3, 5: -0.2}, bias: 0.1, activation: sigmoid}
loss: half_squared_error
lr: 0.9
signs: {deltas: -gradient}
"""


def test_vertices_may_be_numbers():
    sheet = """
forward: {4: 0.332, 5: 0.525, 6: 0.474}
deltas: {6: 0.131, 5: -0.007, 4: "δ6 * w_4_6 * O4 * (1 - O4)"}
updated: {w_4_6: -0.261, w_5_6: -0.138, w_1_4: 0.192, b_6: 0.218}
changes: {b_6: 0.118}
"""
    solution = solve(loads(HAN), check=False)
    found = mark(solution, sheet_from_document(read_text(sheet, "a.yaml", lenient=True), solution)).verdicts
    assert {verdict.quantity: verdict.verdict for verdict in found} == {
        **dict.fromkeys(["forward.o_4", "forward.o_5", "forward.o_6"], "correct"),
        **dict.fromkeys(["deltas.6", "deltas.5", "deltas.4", "changes.b_6"], "correct"),
        **dict.fromkeys([f"updated.{name}" for name in ("w_4_6", "w_5_6", "w_1_4", "b_6")], "correct"),
    }


def test_losses_of_vertices_are_by_vertex():
    text = """
inputs: {x: 1}
targets: {p: 1, q: 0}
vertices:
  p: {weights: {x: 0.5}}
  q: {weights: {x: 2}}
loss: half_squared_error
"""
    for sheet in ("losses: {p: 0.125, q: 2}", "losses: [0.125, 2]"):
        assert words(sheet, text) == {"losses.p": "correct", "losses.q": "correct"}
    assert words("losses: {p: 0.7, q: 2}\nloss: 2.7", text) == {
        "losses.p": "wrong",
        "losses.q": "correct",
        "loss": "carried",
    }
