import pytest

from gradcalc.formula.names import name_table
from gradcalc.formula.symbols import to_unicode


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        ("W_0^1", "W₀¹"),
        ("W^1_0", "W₀¹"),
        (r"\mathbf{H}", "H"),
        (r"\hat{y}", "ŷ"),
        (r"\hat{\mathbf{y}}", "ŷ"),
        (r"\bar x", "x̄"),
        (r"\theta_1", "θ₁"),
        (r"\Theta^{(2)}", "Θ⁽²⁾"),
        (r"\nabla W^{12}", "∇W¹²"),
        (r"x_{out}", "xₒᵤₜ"),
        (r"net_{h}", "netₕ"),
        (r"H_{new}", "H_new"),
        (r"\ell", "ℓ"),
        (r"o[v]", "o[v]"),
    ],
)
def test_latex_symbols_become_one_line_of_unicode(latex, shown):
    assert to_unicode(latex) == shown


@pytest.mark.parametrize(
    "latex", ["", r"\frac{a}{b}", "{", "}", "a^", "^", "\\", r"\hat{ab}", "x_{0,new}", "x^Q", "$x$"]
)
def test_what_one_line_cannot_show_is_not_shown_wrongly(latex):
    assert to_unicode(latex) is None


@pytest.fixture
def layered():
    ids = ["x", "y", "yhat", "W1", "h10", "loss", "data_loss", "lr", "dW1", "dyhat", "W1_new", "theta2", "b1"]
    return name_table(ids, {"dW1": "W1", "dyhat": "yhat"}, layered=True, symbols={"b1": "W_0^1"}, new={"W1_new": "W1"})


@pytest.mark.parametrize(
    ("id", "shown"),
    [
        ("W1", "W¹"),
        ("h10", "h¹⁰"),
        ("yhat", "ŷ"),
        ("dW1", "∇W¹"),
        ("dyhat", "∇ŷ"),
        ("W1_new", "W¹_new"),
        ("data_loss", "data_loss"),
        ("lr", "η"),
        ("theta2", "θ²"),
        ("b1", "W₀¹"),
        ("dW1[1,2]", "∇W¹[1,2]"),
        ("unheard_of", "unheard_of"),
    ],
)
def test_names_of_layers_carry_their_number_raised(layered, id, shown):
    assert layered.unicode(id) == shown


@pytest.mark.parametrize(
    ("id", "latex"),
    [
        ("W1", "W^{1}"),
        ("dW1", r"\nabla W^{1}"),
        ("W1_new", r"W^{1}_{\mathrm{new}}"),
        ("yhat", r"\hat{y}"),
        ("b1", "W_0^1"),
        ("data_loss", r"\mathrm{data}_{\mathrm{loss}}"),
        ("lr", r"\eta"),
    ],
)
def test_names_in_latex(layered, id, latex):
    assert layered.latex(id) == latex


def test_a_second_subscript_joins_the_first_as_tex_asks():
    names = name_table(["b1", "b1_new"], symbols={"b1": "W_0^1"}, new={"b1_new": "b1"})
    assert names.latex("b1_new") == r"W_{0,\mathrm{new}}^1"


def test_elsewhere_numbers_are_lowered():
    names = name_table(["x1", "w_x1_h4", "da_h4", "a_h4", "d", "delta"], {"da_h4": "a_h4"})
    assert names.unicode("x1") == "x₁"
    assert names.unicode("w_x1_h4") == "w_x₁_h₄"
    assert names.unicode("da_h4") == "∇a_h₄"
    assert names.unicode("d") == "d"


def test_names_that_would_look_alike_stay_as_typed():
    names = name_table(["x", "X"], symbols={"X": r"\mathbf{x}"})
    assert names.unicode("x") == "x"
    assert names.unicode("X") == "X"


def test_of_an_updated_edge_new_stands_beside_the_edge_and_not_within_it():
    new = {"w_x1_h4_new": "w_x1_h4", "w_h4_o6_new": "w_h4_o6"}
    table = name_table(["w_x1_h4", "w_x1_h4_new", "w_h4_o6", "w_h4_o6_new"], new=new)
    assert table.latex("w_x1_h4_new") == r"w_{x_{1},h_{4},\mathrm{new}}"


def test_the_gradient_of_a_member_is_indexed_as_the_member_is():
    names = name_table(["out[1]", "dout[1]", "W1", "dW1"], {"dout[1]": "out[1]", "dW1": "W1"})
    assert names.latex("out[1]") == r"\mathrm{out}_{1}"
    assert names.latex("dout[1]") == r"\nabla \mathrm{out}_{1}"
    assert names.latex("dW1[1,2]") == r"\nabla W_{1}[1,2]"
    assert names.unicode("dout[1]") == "∇out[1]"


def test_one_derivative_that_is_worked_out_twice_is_shown_by_its_sign():
    twice = {"d2L_dx_dy": ("L", "x", "y"), "d2L_dx_dy_": ("L", "x", "y")}
    names = name_table([*twice, "a", "b"], symbols={"a": "c", "b": "c"}, derivatives=twice)
    assert [names.unicode(id) for id in twice] == ["∂²L/∂x∂y"] * 2
    assert (names.unicode("a"), names.unicode("b")) == ("a", "b"), "two things that would look alike stay as typed"
