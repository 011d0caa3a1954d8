"""Marking a sheet: verdicts, carried errors, layouts, points."""

import numpy as np
import pytest
from answering import as_sheet, ids, marked, written
from hw3_by_hand import W1, W2, worked

from gradcalc.check.answers.compare import Tolerance
from gradcalc.check.answers.model import Answer, Numbers, Sheet
from gradcalc.check.marking.mark import Credit, mark
from gradcalc.problem.load import load, loads
from gradcalc.program.solve import solve

HW3 = solve(load("hw3"), check=False)
BATCH = solve(
    loads("""
notation: x @ W + b
inputs: [[1, 0.5, -1], [0, 2, 0.3], [0.4, -0.6, 1.2], [0.7, 0.1, 0.9]]
targets: [[0, 1], [1, 0], [0, 1], [1, 0]]
layers:
  - {weights: [[0.3, 0.6], [0.4, 0.5], [-0.2, 0.9]], biases: [0.1, -0.3], activation: tanh}
  - {weights: [[0.2, 0.3], [0.4, -0.7]], biases: [-0.1, 0.2], activation: softmax}
loss: cross_entropy
reduction: mean
lr: 0.5
"""),
    check=False,
)


def one(answers, solution=HW3, **options):
    """The verdict on a sheet's last answer."""
    return marked(solution, answers, **options)[0].verdicts[-1]


def test_the_right_answers_score_full_marks():
    marks, verdicts = marked(HW3, worked())
    assert len(verdicts) == 23
    assert {v.verdict for v in verdicts.values()} == {"correct"}
    assert (marks.score, marks.points, marks.first_error) == (23, 23, None)


def test_an_empty_sheet_has_no_verdicts():
    marks = mark(HW3, Sheet(()))
    assert (marks.verdicts, marks.score, marks.points) == ((), 0, 0)


def test_verdicts_stand_in_the_order_of_the_solution():
    marks, _ = marked(HW3, {"updated.b1": [1.0026, -6.0367], "gradients.b2": [0.2932, -0.2932], "loss": 0.3927})
    assert [v.quantity for v in marks.verdicts] == ["loss", "gradients.b2", "updated.b1"]


def test_a_wrong_matrix_is_marked_entry_by_entry():
    verdict = one({"gradients.W2": [[0.2880, -0.2880], [0.7777, -0.1466]]})
    assert verdict.verdict == "wrong"
    assert verdict.entries.tolist() == [[True, True], [False, True]]
    assert verdict.message == "wrong at [2,1]"
    assert one({"gradients.b2": [0.2932, 0.1]}).message == "wrong at [2]"
    assert one({"gradients.b2": [0.21, 0.1]}).message == "no entry is right"
    assert one({"loss": 0.7}).message == "not the right value"


def test_a_mistake_in_some_entries_only_is_named():
    verdict = one({"gradients.W2": [[0.2880, -0.2880], [-0.1466, -0.1466]]})
    assert verdict.entries.tolist() == [[True, True], [False, True]]
    assert "sign-flipped" in ids(verdict)


# Errors carried forward.


def test_what_follows_from_a_wrong_answer_is_carried():
    marks, verdicts = marked(HW3, {"gradients.h1": [0.5, 0.7], "gradients.a1": [0.5 * 0.98201 * 0.01799, 0.7 * 0.25]})
    assert verdicts["gradients.h1"].verdict == "wrong"
    assert verdicts["gradients.a1"].verdict == "carried"
    assert verdicts["gradients.a1"].message == "right, given your ∇h1"
    assert verdicts["gradients.a1"].after == "gradients.h1"
    assert (marks.score, marks.first_error.quantity) == (1, "gradients.h1")


def test_the_key_comes_first():
    """A right answer after a wrong one is right."""
    _, verdicts = marked(HW3, {"gradients.h1": [0.5, 0.7], "gradients.a1": [-0.0052, 0.0733]})
    assert verdicts["gradients.a1"].verdict == "correct"


def test_what_follows_from_a_right_answer_again_is_correct():
    answers = {"gradients.h1": [0.5, 0.7], "gradients.a1": [-0.0052, 0.0733], "gradients.b1": [-0.0052, 0.0733]}
    assert one(answers).verdict == "correct"


def test_an_error_is_carried_over_quantities_without_an_answer():
    da2 = np.array([0.1, 0.3])
    key = worked()
    da1 = key["forward.h1"] * (1 - key["forward.h1"]) * (W2 @ da2)
    verdict = one({"gradients.a2": da2, "updated.W1": W1 - 0.5 * np.outer([1, 0], da1)})
    assert verdict.verdict == "carried"
    assert verdict.message == "right, given your ∇a2"


def test_one_verdict_says_what_the_answers_before_lead_to():
    verdict = one({"gradients.h1": [0.5, 0.8], "gradients.a1": [1.0, 1.0]})
    np.testing.assert_allclose(verdict.expected.ravel(), [0.5 * 0.0176627, 0.8 * 0.25], atol=1e-6)
    np.testing.assert_allclose(verdict.right.ravel(), [-0.0052, 0.0733], atol=1e-4)


ZERO = np.zeros(2)


@pytest.mark.parametrize("nothing", [ZERO, [[0.0, 0.0], [0.0, 0.0]], [0.1, 0.2, 0.3], [np.nan, 1.0], [np.inf, 1.0]])
def test_zeros_wrong_shapes_and_infinities_carry_nothing(nothing):
    """Otherwise a sheet of zeros would be right but for its first answer."""
    answers = {"gradients.a2": nothing, "gradients.b2": ZERO, "gradients.W2": np.zeros((2, 2)), "gradients.h1": ZERO}
    marks, verdicts = marked(HW3, answers)
    assert {v.verdict for v in verdicts.values()} == {"wrong"}
    assert marks.score == 0


def test_after_zeros_the_right_answers_are_right():
    _, verdicts = marked(HW3, {"gradients.a2": ZERO, "gradients.h1": [-0.2932, 0.2932]})
    assert verdicts["gradients.h1"].verdict == "correct"


def test_a_sheet_of_zeros_earns_nothing_where_nothing_is_zero():
    zeros = {label: np.zeros(np.shape(value)) for label, value in worked().items() if label != "gradients.x"}
    marks, _ = marked(HW3, zeros)
    assert marks.score == 0


def test_from_a_right_zero_it_goes_on():
    """q is -1 and was written as 1; relu(q) is 0, and right: what follows rests on that 0, not on relu(1)."""
    text = "inputs: {x: 2}\nparameters: {w: -0.5}\nequations: {q: w * x, z: relu(q), f: 3 * z + q + 0.5}\nof: f"
    _, verdicts = marked(solve(loads(text), check=False), {"forward.q": 1.0, "forward.z": 0.0, "forward.f": 1.5})
    assert [verdicts[f"forward.{name}"].verdict for name in "qzf"] == ["wrong", "correct", "carried"]


def test_zeros_that_a_known_mistake_leads_to_are_carried():
    """Dead units: tanh for ReLU is no nonsense, and neither is what follows from a unit that isn't on."""
    solution = solve(
        loads("""
inputs: [1, 2]
targets: [1]
layers:
  - {weights: [[0.5, 0.2], [0.3, 0.4]], biases: [0.1, 0.3], activation: relu}
  - {weights: [[0.7], [0.2]], biases: [0.3]}
loss: half_squared_error
"""),
        check=False,
    )
    x, a1 = np.array([1.0, 2.0]), -np.array([1.2, 1.3])
    answers = {"forward.a1": a1, "forward.h1": np.zeros(2), "forward.a2": [0.3], "forward.yhat": [0.3]}
    answers |= {"loss": 0.245, "gradients.a2": [-0.7], "gradients.W2": [[0.0], [0.0]], "gradients.b2": [-0.7]}
    answers |= {"gradients.a1": np.zeros(2), "gradients.W1": np.outer(x, np.zeros(2))}
    _, verdicts = marked(solution, answers)
    assert ids(verdicts["forward.a1"])[0] == "sign-flipped"
    assert {v.verdict for q, v in verdicts.items() if q != "forward.a1"} == {"carried"}


# Rounding on the way.


def test_an_answer_that_follows_from_rounded_answers_is_not_wrong():
    """0.98 for h1 gives another ŷ; it is right for who has rounded."""
    h1 = np.array([0.98, 0.5])
    a2 = W2.T @ h1 + np.array([-1, -2])
    yhat = np.exp(a2) / np.exp(a2).sum()
    marks, verdicts = marked(HW3, {"forward.h1": written(h1, 2), "forward.yhat": yhat})
    assert abs(yhat[0] - worked()["forward.yhat"][0]) > 4e-4
    assert [v.verdict for v in verdicts.values()] == ["imprecise", "imprecise"]
    assert ids(verdicts["forward.yhat"]) == ["rounded-early"]
    assert marks.score == 1.0


def test_fewer_digits_than_asked_for_are_imprecise():
    verdict = one({"gradients.b2": written([0.29, -0.29], 2)})
    assert (verdict.verdict, verdict.points) == ("imprecise", 0.5)
    assert verdict.message == "right, but not to the 4 decimals asked for"


def test_one_coarse_answer_does_not_excuse_what_comes_after():
    _, verdicts = marked(HW3, {"forward.h1": written([1, 1], 0), "forward.yhat": [0.9, 0.1]})
    assert verdicts["forward.h1"].verdict == "wrong"
    assert verdicts["forward.yhat"].verdict == "wrong"


CIRCUIT = solve(load("cs231n-circuit"), check=False)


@pytest.mark.parametrize(
    ("q", "f", "words"),
    [
        (3, -11, ["correct", "wrong"]),  # 3 is exact, and 3 * -4 = -12
        (4, -17, ["wrong", "wrong"]),  # 4 * -4 = -16
        (4, -16, ["wrong", "carried"]),
        (3, -12, ["correct", "correct"]),
    ],
)
def test_an_exact_answer_is_no_rounding(q, f, words):
    marks, _ = marked(CIRCUIT, {"forward.q": written(q, 0), "forward.f": written(f, 0)})
    assert [v.verdict for v in marks.verdicts] == words
    assert marks.all_right == (words == ["correct", "correct"])


def test_a_number_with_one_decimal_is_no_rounding_of_one_that_is_further_off():
    """2.964 and 2.446 are right."""
    assert one({"forward.a2": written([3.1, 2.3], 1)}).verdict == "wrong"
    assert one({"forward.a2": written([3.0, 2.4], 1)}).verdict == "imprecise"


def test_a_short_number_among_full_ones_has_its_zeros_left_off():
    """0.627 and 0.373 are right: 0.63 is 0.4% off, 0.38 is 0.0067 off."""
    short = Numbers(np.array([[0.6267], [0.38]]), np.array([[1e-4], [1e-2]]), np.zeros((2, 1), dtype=bool), True)
    assert one({"forward.yhat": short}).verdict == "wrong"
    assert one({"forward.yhat": written([0.63, 0.37], 2)}).verdict == "imprecise"
    assert one({"loss": written(0.39, 2), "forward.yhat": [0.6267, 0.3733]}).verdict == "imprecise"


def test_one_number_with_all_its_digits_says_that_the_others_could_have_them():
    """0.4 is 1.9% off 0.3927: right to one digit on a sheet of short numbers, and 0.4000 on one with a full number."""
    one_full = Numbers(np.array([[0.6267], [0.37]]), np.array([[1e-4], [1e-2]]), np.zeros((2, 1), dtype=bool), True)
    for yhat, word in ((one_full, "wrong"), (written([0.63, 0.37], 2), "imprecise")):
        _, verdicts = marked(HW3, {"loss": written(0.4, 1), "forward.yhat": yhat})
        assert verdicts["loss"].verdict == word


# Shapes and layouts.


def test_a_wrong_shape_is_answered_with_both_shapes():
    verdict = one({"gradients.W2": [0.1, 0.2, 0.3]})
    assert (verdict.verdict, verdict.points) == ("wrong", 0)
    assert verdict.message == "yours is 3×1, it must be 2×2"


def test_a_transposed_square_answer_is_named():
    marks, verdicts = marked(HW3, {"gradients.W2": worked()["gradients.W2"].T})
    verdict = verdicts["gradients.W2"]
    assert (verdict.verdict, ids(verdict), verdict.points) == ("imprecise", ["answer-transposed"], 0.5)
    assert "transposed" in verdict.message
    assert marks.first_error.quantity == "gradients.W2"


def test_a_wrong_layout_is_an_error_and_too_few_digits_are_none():
    right = worked()["gradients.W2"]
    for answer, all_right in ((written(right.T), False), (written(right, digits=3), True)):
        marks, verdicts = marked(HW3, {"gradients.W2": answer})
        assert verdicts["gradients.W2"].verdict == "imprecise"
        assert marks.all_right is all_right


def test_a_transposed_answer_is_answered_with_both_shapes():
    verdict = one({"gradients.W1": BATCH.gradients["W1"].T}, BATCH)
    assert (verdict.verdict, ids(verdict)) == ("imprecise", ["answer-transposed"])
    assert "yours is 2×3, it must be 3×2" in verdict.message


@pytest.mark.parametrize("name", ["W1", "W2"])
def test_an_answer_transposed_against_the_students_own_values_is_named(name):
    wrong = BATCH.gradients["a1"] + [0.1, -0.2]
    dW1 = np.array(BATCH.problem.inputs["x"]).T @ wrong
    answers = {"gradients.a1": wrong, "gradients.W1": dW1.T}
    if name == "W2":
        wrong = BATCH.gradients["a2"] + [0.1, -0.2]
        answers = {"gradients.a2": wrong, "gradients.W2": (BATCH.forward["h1"].T @ wrong).T}
    verdict = one(answers, BATCH)
    assert (verdict.verdict, ids(verdict)) == ("imprecise", ["answer-transposed"])


def test_who_goes_on_from_a_transposed_answer_is_right_either_way():
    transposed = worked()["gradients.W2"].T
    right, carried = worked()["updated.W2"], W2 - 0.5 * transposed
    assert one({"gradients.W2": transposed, "updated.W2": right}).verdict == "correct"
    assert one({"gradients.W2": transposed, "updated.W2": carried}).verdict == "carried"


def test_right_numbers_in_another_shape_are_not_wrong():
    verdict = one({"gradients.W2": worked()["gradients.W2"].ravel()})
    assert (verdict.verdict, ids(verdict)) == ("imprecise", ["wrong-layout"])
    assert "yours is 4×1, it must be 2×2" in verdict.message


@pytest.mark.parametrize("vector", [[0.2932, -0.2932], [[0.2932], [-0.2932]]])
def test_a_vector_may_be_a_list_or_a_column(vector):
    assert one({"gradients.b2": vector}).verdict == "correct"


def test_a_vector_as_a_row_is_transposed():
    assert ids(one({"gradients.b2": [[0.2932, -0.2932]]})) == ["answer-transposed"]


# Updates.


@pytest.mark.parametrize("unchanged", [written(W1), written(W1, 0), written(W1, 1)])
def test_an_update_that_was_never_made_is_wrong(unchanged):
    for tolerance in (None, Tolerance(4, rtol=0.01), Tolerance(4, atol=0.01), Tolerance(2)):
        verdict = one({"updated.W1": unchanged}, tolerance=tolerance)
        assert verdict.verdict == "wrong"
        assert ids(verdict)[0] == "not-updated"


def test_entries_that_the_step_leaves_are_right():
    verdict = one({"updated.W1": [[3, 6], [4, 5]]})
    assert verdict.entries.tolist() == [[False, False], [True, True]]


# Other mistakes of homework.


def with_new(**new):
    """Updated weights of the worked example, some of them as given here, and the pass after them."""
    from hw3_by_hand import after

    key = worked()
    have = {name: np.asarray(new.get(name, key[f"updated.{name}"])) for name in ("W1", "b1", "W2", "b2")}
    found = {f"updated.{name}": value for name, value in have.items()}
    return found | {f"after.{name}": value for name, value in after(have).items()}


def test_a_pass_with_the_old_weights_is_named():
    key = worked()
    answers = with_new() | {f"after.{name}": key[f"forward.{name}"] for name in ("a1", "h1", "a2", "yhat")}
    answers["after.loss"] = key["loss"]
    marks, _ = marked(HW3, answers)
    assert marks.first_error.quantity == "after.a1"
    assert ids(marks.first_error)[0] == "old-parameters-used"
    only_loss = one({"loss": key["loss"], "after.loss": key["loss"]})
    assert "old-parameters-used" in ids(only_loss)


def test_biases_that_were_not_updated_are_named():
    _, verdicts = marked(HW3, with_new(b1=[1, -6], b2=[-1, -2]))
    assert [q for q, v in verdicts.items() if v.verdict == "wrong"] == ["updated.b1", "updated.b2"]
    assert ids(verdicts["updated.b1"])[0] == ids(verdicts["updated.b2"])[0] == "not-updated"
    assert {v.verdict for q, v in verdicts.items() if q.startswith("after")} == {"carried"}


def test_a_frozen_parameter_that_was_updated_is_named():
    frozen = solve(loads((load_text("hw3")).replace("lr: 0.5", "lr: 0.5\nfreeze: [W1]")), check=False)
    assert ids(one({"updated.W1": worked()["updated.W1"]}, frozen))[0] == "frozen-but-updated"
    assert one({"updated.W1": W1}, frozen).verdict == "correct"


def load_text(name):
    from gradcalc.problem.bundled import bundled_path

    return bundled_path(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("base", [10, 2])
def test_a_logarithm_to_another_base_is_named(base):
    p, y = BATCH.forward["yhat"], BATCH.problem.targets["y"]
    loss = -np.sum(y * np.log(p)) / np.log(base) / 4
    assert ids(one({"loss": loss}, BATCH))[0] == "wrong-logarithm"


def test_the_sum_over_samples_given_for_their_mean_is_named():
    p, y = BATCH.forward["yhat"], BATCH.problem.targets["y"]
    assert ids(one({"loss": -np.sum(y * np.log(p))}, BATCH))[0] == "sum-not-mean"
    assert ids(one({"gradients.a2": p - y}, BATCH))[0] == "sum-not-mean"
    verdict = one({"gradients.b2": np.sum(p - y, axis=0)}, BATCH)
    assert ids(verdict)[0] == "sum-not-mean"


def test_a_sum_over_samples_that_is_forgotten_is_named_with_its_shape():
    verdict = one({"gradients.b2": BATCH.gradients["a2"]}, BATCH)
    assert verdict.verdict == "wrong"
    assert verdict.message.startswith("yours is 4×2, it must be 1×2; ")
    assert ids(verdict)[0] == "sum-left-out"


@pytest.mark.parametrize(
    ("make", "id"),
    [
        (lambda g: W2 - g, "learning-rate-left-out"),
        (lambda g: W2 + 0.5 * g, "ascent-not-descent"),
        (lambda g: -0.5 * g, "increment-not-value"),
        (lambda g: 0.5 * g, "increment-not-value"),
        (lambda g: g, "increment-not-value"),
        (lambda g: W2, "not-updated"),
    ],
)
def test_mistakes_in_a_step(make, id):
    key = worked()
    assert ids(one({"gradients.W2": key["gradients.W2"], "updated.W2": make(key["gradients.W2"])}))[0] == id


def test_two_answers_exchanged_are_named():
    key = worked()
    _, verdicts = marked(HW3, {"gradients.b2": key["gradients.b1"], "gradients.b1": key["gradients.b2"]})
    assert [ids(v)[0] for v in verdicts.values()] == ["swapped", "swapped"]
    assert "∇b1" in verdicts["gradients.b2"].message


def test_slips_of_the_pen_are_named():
    assert ids(one({"gradients.W2": [[2.880, -2.880], [1.466, -1.466]]})) == ["decimal-point-misplaced"]
    assert ids(one({"gradients.W2": [[0.1466, 0.2880], [-0.2880, -0.1466]]})) == ["entries-exchanged"]
    assert ids(one({"forward.h1": [0.6267, 0.3733]})) == ["other-quantity"]


@pytest.mark.parametrize(("value", "written_down", "is_named"), [(0.0213, 0.213, True), (0.0013, 0.013, False)])
def test_a_number_of_a_few_units_has_no_digits_to_know_it_by(value, written_down, is_named):
    """0.213 is 0.0213 with its point misplaced; 0.013 has two digits of 0.0013, as many a wrong number has."""
    solution = solve(
        loads(f"inputs: {{x: 1}}\nparameters: {{w: {value}}}\nequations: {{f: w * x}}\nof: f"), check=False
    )
    assert ("decimal-point-misplaced" in ids(one({"forward.f": written_down}, solution))) is is_named


def test_a_mistake_made_on_rounded_numbers_is_named():
    """b is 3000 · ⅓; from 0.3333, as a was written, and with the sign turned it comes to -999.9."""
    solution = solve(loads("inputs: {x: 1}\nequations: {a: x / 3, b: 3000 * a}\nof: b"), check=False)
    verdict = one({"forward.a": 0.3333, "forward.b": -999.9}, solution)
    assert (verdict.verdict, ids(verdict)[:1]) == ("wrong", ["sign-flipped"])


def test_one_digit_is_enough_to_know_a_common_mistake_by():
    """0.8 is twice 0.3927: of the few mistakes as likely as that, hardly another comes so near by chance."""
    assert "factor-of-two" in ids(one({"loss": written(0.8, 1)}))


def test_what_rounding_leads_to_is_not_cut_off():
    """From a = 0.7 b is 0.2333, and c 0.4666; ⅔ · 0.7 is 0.46667, and 0.4666 that with digits cut off."""
    text = "inputs: {x: 0.6, y: 0.1}\nequations: {a: x - y, b: a / 3, c: 2 * b}\nof: c"
    _, verdicts = marked(solve(loads(text), check=False), {"forward.a": 0.7, "forward.c": 0.4666})
    assert [verdicts[f"forward.{name}"].verdict for name in "ac"] == ["wrong", "carried"]


def test_few_digits_that_a_mistake_explains_are_wrong():
    """The sum is [0.397, 0.302], and without its bias [0.4, 0.3] exactly: two such roundings are no chance."""
    given = "inputs: {x: [1, 1]}\nparameters: {W: [[0.4, 0], [0, 0.3]], b: [-0.003, 0.002]}"
    solution = solve(loads(f"{given}\nequations: {{a: W @ x + b, f: sum(a ** 2)}}\nof: f"), check=False)
    verdict = one({"forward.a": written([0.4, 0.3], 1)}, solution)
    assert (verdict.verdict, ids(verdict)) == ("wrong", ["bias-left-out"])


def test_a_mistake_is_no_rounding_though_rounding_might_lead_there():
    """Three numbers without their biases, to four decimals; whoever rounds x/3 first comes near, and not so near."""
    given = "inputs: {x: [1, 2, 4]}\nparameters: {b: [0.03, -0.02, 0.025]}"
    solution = solve(loads(f"{given}\nequations: {{a: x / 3, q: 1000 * a + b, f: sum(q)}}\nof: f"), check=False)
    without_bias = one({"forward.q": [333.3333, 666.6667, 1333.3333]}, solution)
    assert (without_bias.verdict, ids(without_bias)) == ("wrong", ["bias-left-out"])
    rounded = one({"forward.q": [333.33, 666.68, 1333.325]}, solution)
    assert (rounded.verdict, ids(rounded)) == ("imprecise", ["rounded-early"])


def test_a_step_that_a_mistake_makes_too_small_to_see_is_not_carried():
    """σ′ was taken at x = 10 and is nearly 0: the weight as it was is what follows, and shows no step."""
    text = "inputs: {x: 10}\nparameters: {w: 0.02}\nequations: {a: w * x, h: sigmoid(a), f: 10 * h}\nof: f\nlr: 0.01"
    answers = {"gradients.a": 0.0005, "updated.w": 0.02}
    _, verdicts = marked(solve(loads(text), check=False), answers)
    assert ids(verdicts["gradients.a"]) == ["derivative-at-wrong-value"]
    assert verdicts["updated.w"].verdict == "wrong"


def test_a_path_left_out_is_named():
    solution = solve(
        loads("""
inputs: {x: 1.5}
targets: {o: 1}
vertices:
  u: {weights: {x: 0.4}, bias: 0.1, activation: sigmoid}
  v: {weights: {u: -0.7, x: 0.2}, bias: 0.3, activation: sigmoid}
  o: {weights: {u: 0.9, v: -0.5}, bias: -0.2, activation: sigmoid}
loss: half_squared_error
lr: 0.5
"""),
        check=False,
    )
    g = {name: float(value) for name, value in solution.gradients.items()}
    direct = g["a_o"] * 0.9
    verdict = one({"gradients.o_u": direct}, solution)
    assert ids(verdict)[0] == "contribution-left-out"
    u = float(solution.forward["o_u"])
    behind = one({"gradients.a_o": g["a_o"], "gradients.w_x_u": direct * u * (1 - u) * 1.5}, solution)
    assert ids(behind)[0] == "contribution-left-out"
    assert behind.mistakes[0].at == "gradients.o_u"


# Formulas.


@pytest.mark.parametrize(
    ("label", "formula"),
    [
        ("gradients.a1", "(h1 * (1 - h1)) * (W2 @ da2)"),
        ("gradients.a1", "h1 ⊙ dh1 − h1^2 ⊙ dh1"),
        ("gradients.W1", "x @ da1.T"),
        ("gradients.W2", "h1 * da2.T"),
        ("forward.h1", "1 / (1 + exp(-a1))"),
        ("updated.W1", "W1 - lr * (x @ da1.T)"),
        ("updated.W1", "W1 - 0.5 * dW1"),
        ("loss", "((yhat - y).T @ (yhat - y)) / 2"),
        ("loss", "0.5 * 0.7855"),
    ],
)
def test_formulas_are_right_however_they_are_written(label, formula):
    assert one({label: formula}).verdict == "correct"


@pytest.mark.parametrize(
    ("label", "formula", "id"),
    [
        ("gradients.a1", "W2 @ da2", "missing-activation-derivative"),
        ("gradients.a1", "sigmoid(h1) * (1 - sigmoid(h1)) * dh1", "derivative-at-wrong-value"),
        ("gradients.a1", "h1 * (1 - h1) * (W2.T @ da2)", "weights-transposed"),
        ("gradients.a2", "yhat - y", "cross-entropy-shortcut"),
        ("gradients.a2", "yhat * (1 - yhat) * dyhat", "softmax-jacobian-diagonal"),
        ("gradients.h1", "W2_new @ da2", "updated-weights-in-backprop"),
        ("gradients.b1", "2 * da1", "factor-of-two"),
        ("updated.W2", "W2 + lr * dW2", "ascent-not-descent"),
        ("updated.W2", "W2 - dW2", "learning-rate-left-out"),
        ("loss", "inner(yhat - y, yhat - y)", "factor-of-two"),
        ("gradients.W1", "da1 @ x.T", "answer-transposed"),
    ],
)
def test_a_wrong_formula_is_diagnosed(label, formula, id):
    verdict = one({label: formula})
    assert verdict.verdict == ("imprecise" if id == "answer-transposed" else "wrong")
    assert ids(verdict)[0] == id
    # Instances tell apart what the problem's numbers can't.
    assert formula == "yhat - y" or len(ids(verdict)) == 1


def test_a_formula_that_is_right_here_alone_is_wrong():
    verdict = one({"gradients.a2": "2 * yhat * (1 - yhat) * dyhat"})
    assert verdict.verdict == "wrong"
    assert "at the problem's numbers only" in verdict.message
    assert not verdict.entries.any()


def test_a_formula_that_cannot_be_worked_out_is_unreadable():
    verdict = one({"gradients.a1": "nowhere + 1"})
    assert (verdict.verdict, verdict.points) == ("unreadable", 0)


@pytest.mark.parametrize("formula", ["W1 @ loss", "x @ x", "x + x.T @ x.T", "trace(x)"])
def test_a_formula_whose_shapes_do_not_fit_is_wrong(formula):
    verdict = one({"gradients.a1": formula})
    assert (verdict.verdict, verdict.points) == ("wrong", 0)
    assert verdict.message


def test_a_right_formula_carries_an_earlier_error_on():
    """The formula is right; what the student makes of it comes from ∇a1 as it was answered."""
    wrong = np.array([0.3, 0.5])
    answers = {"gradients.a1": wrong, "gradients.W1": "x @ da1.T", "updated.W1": W1 - 0.5 * np.outer([1, 0], wrong)}
    _, verdicts = marked(HW3, answers)
    assert [v.verdict for v in verdicts.values()] == ["wrong", "correct", "carried"]
    assert verdicts["updated.W1"].message == "right, given your ∇a1"


def test_a_wrong_formula_is_carried_with_the_students_own_numbers():
    wrong = np.array([0.3, 0.5])
    answers = {"gradients.h1": wrong, "gradients.a1": "dh1", "updated.W1": W1 - 0.5 * np.outer([1, 0], wrong)}
    _, verdicts = marked(HW3, answers)
    assert [v.verdict for v in verdicts.values()] == ["wrong", "wrong", "carried"]
    assert verdicts["updated.W1"].message == "right, given your ∇a1"


def test_a_wrong_formula_is_carried():
    assert one({"gradients.h1": "W2.T @ da2", "gradients.a1": [-0.0104, 0.0]}).verdict == "carried"


# Points.


def test_points_are_the_problems_or_those_given_or_one():
    solution = solve(loads(load_text("hw3") + "\npoints: {gradients.W1: 3, gradients.b1: 2}\n"), check=False)
    marks, verdicts = marked(solution, {"gradients.W1": worked()["gradients.W1"], "loss": 0.3927})
    # The loss isn't asked, so it earns nothing.
    assert (marks.score, marks.points) == (3, 5)
    assert (marks.answered, marks.asked) == (1, 2)
    assert (verdicts["gradients.b1"].verdict, verdicts["gradients.b1"].of) == ("missing", 2)
    marks, _ = marked(HW3, {"loss": 0.3927}, points={"loss": 2.5, "after.loss": 1})
    assert (marks.score, marks.points) == (2.5, 3.5)
    marks, _ = marked(solution, {"loss": 0.3927}, points={})
    assert (marks.score, marks.points) == (1, 1)


def test_easy_extra_answers_do_not_dilute_points():
    asked = {"gradients.W1": 3, "gradients.b1": 2}
    extra = {"forward.h1": "sigmoid(a1)", "gradients.h1": "W2 @ da2", "gradients.W1": [[1.0, 1.0], [1.0, 1.0]]}
    marks, _ = marked(HW3, extra, points=asked)
    assert (marks.score, marks.points) == (0, 5)


def test_a_complete_sheet_has_everything_that_a_blank_one_has():
    marks, verdicts = marked(HW3, {"loss": 0.3927}, complete=True)
    assert (marks.score, marks.points, marks.answered, marks.asked) == (1, 23, 1, 23)
    assert {v.verdict for q, v in verdicts.items() if q != "loss"} == {"missing"}
    assert not marks.all_right
    marks, _ = marked(HW3, {"loss": 0.3927})
    assert (marks.score, marks.points, marks.answered, marks.asked) == (1, 1, 1, 23)


def test_what_is_asked_and_unreadable_is_no_point_of_its_own():
    sheet = Sheet((Answer("gradients.W1", "dW1", unreadable="no"),))
    for complete, points in ((False, 1), (True, 23)):
        marks = mark(HW3, sheet, complete=complete)
        assert (marks.score, marks.points, marks.all_right) == (0, points, False)


def test_credit_is_settable():
    answers = {"gradients.h1": [0.5, 0.7], "gradients.b1": [0.0088, 0.175], "gradients.W2": written([[0.3] * 2] * 2, 1)}
    answers["gradients.W2"] = written([[0.29, -0.29], [0.15, -0.15]], 2)
    default = marked(HW3, answers)[0]
    assert default.score == 0.5 + 0 + 1
    strict = marked(HW3, answers, credit=Credit(carried=0.25, imprecise=0))[0]
    assert strict.score == 0.25


def test_partial_credit_by_entry():
    answers = {"gradients.W2": [[0.2880, -0.2880], [0.7, -0.1466]]}
    assert marked(HW3, answers)[0].score == 0
    assert marked(HW3, answers, credit=Credit(by_entry=True))[0].score == 0.75
    assert marked(HW3, {"loss": 0.5}, credit=Credit(by_entry=True))[0].score == 0


def test_of_two_answers_to_one_quantity_the_first_counts():
    answers = (Answer("loss", "loss", written(0.3927)), Answer("forward.loss", "loss", written(0.5)))
    first, second = mark(HW3, Sheet(answers)).verdicts
    assert (first.quantity, first.verdict, first.points) == ("loss", "correct", 1)
    assert (second.quantity, second.verdict, second.of) == ("forward.loss", "unreadable", 0)
    assert second.message == "this quantity is answered already"


def test_missing_and_unreadable_answers():
    sheet = as_sheet(HW3, {"loss": 0.3927})
    label, name = "gradients.W1", "dW1"
    unreadable = Answer(label, name, unreadable="this is no formula")
    stranger = Answer("gradients.W9", "", unreadable="there is no gradients.W9 in this problem")
    empty = Answer("gradients.b1", "db1")
    marks = mark(HW3, Sheet((stranger, *sheet.answers, unreadable, empty)))
    assert [(v.quantity, v.verdict, v.of) for v in marks.verdicts] == [
        ("loss", "correct", 1),
        ("gradients.W1", "unreadable", 1),
        ("gradients.b1", "missing", 1),
        ("gradients.W9", "unreadable", 0),
    ]
    assert marks.verdicts[1].message == "this is no formula"
    assert marks.first_error is None


def test_a_given_gradient_is_compared_with_what_is_given():
    text = "inputs: [1, 2]\nlayers:\n  - {weights: [[0.5], [1]], biases: [0.1]}\nupstream: [0.7]\n"
    solution = solve(loads(text), check=False)
    assert one({"gradients.yhat": [0.7]}, solution).verdict == "correct"
    assert one({"gradients.yhat": "7 / 10"}, solution).verdict == "correct"
    assert mark(solution, Sheet((Answer("gradients.yhat", "dyhat"),))).verdicts[0].verdict == "missing"
    verdict = one({"gradients.yhat": [0.6]}, solution)
    assert (verdict.verdict, verdict.message) == ("wrong", "this is given in the problem, as another value")


def test_the_problems_own_tolerance_is_used():
    solution = solve(loads(load_text("hw3") + "\ntolerance: {rtol: 0.05}\n"), check=False)
    assert one({"loss": 0.4}, solution).verdict == "correct"
    assert one({"loss": 0.42}, solution).verdict == "wrong"
    assert one({"loss": 0.4}).verdict == "wrong"


def test_digits_are_the_problems():
    solution = solve(loads(load_text("hw3") + "\ndigits: 2\n"), check=False)
    assert one({"loss": written(0.39, 2)}, solution).verdict == "correct"


def test_nothing_is_said_of_a_sign_where_the_key_is_not_finite():
    solution = solve(loads("inputs: {x: 0}\nequations: {h: log(x), f: h * 2}\nof: f\n"), check=False)
    for answer in (3.0, -1.0):
        verdict = one({"forward.h": answer}, solution)
        assert (verdict.verdict, ids(verdict)) == ("wrong", [])


def test_not_a_number_is_not_right():
    verdict = one({"loss": Numbers(np.array(np.nan), np.array(0.0), np.array(False))})
    assert verdict.verdict == "wrong"
