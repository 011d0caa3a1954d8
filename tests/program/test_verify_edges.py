from gradcalc.program.solve import solve
from problems import column, problem


def test_a_gradient_that_is_not_defined_does_not_stop_the_check():
    """A sigmoid that is 1 to the last bit: the gradient on it is 0 / 0."""
    lines = {"a": "w * x", "yhat": "sigmoid(a)", "loss": "binary_cross_entropy(yhat, y)"}
    solution = solve(problem(lines, inputs={"x": 50}, targets={"y": 1}, parameters={"w": 1}))
    assert solution.gradients["w"] == 0
    assert any("dyhat is not finite" in warning for warning in solution.warnings)


def test_a_kink_may_depend_on_a_parameter():
    """The margin is met exactly where score - right score + delta = 0."""
    lines = {"loss": "multiclass_hinge_sum(s, y, delta=2)"}
    on = solve(problem(lines, inputs={"s": column(3, 1, 0)}, targets={"y": column(1, 0, 0)}))
    off = solve(
        problem({"loss": "multiclass_hinge_sum(s, y)"}, inputs={"s": column(3, 1, 0)}, targets={"y": column(1, 0, 0)})
    )
    assert on.verification.kinks == ("multiclass_hinge_sum in loss[2]",)
    assert off.verification.kinks == ()
