r"""Word vectors as courses' answers derive them: primed letters, words below the loss, `\exp(u v)`, cases in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from handed_in import lines, verdicts

SOFTMAX = r"""
parameters: {v_c: vector(d), U: d×V}
targets: {y: "one_hot(V, at=o)"}
equations: {theta: U.T @ v_c, yhat: softmax(theta), J: "cross_entropy(yhat, y)"}
of: J
symbols: {theta: '\theta', yhat: '\hat{y}', "U[:,w]": u_w}
"""
SAMPLED = r"""
over: {k: K}
parameters: {v_c: vector(d), u_o: vector(d), "u[k]": vector(d)}
equations: {J: "-log(sigmoid(u_o.T @ v_c)) - sum(log(sigmoid(-u[k].T @ v_c)), k)"}
of: J
symbols: {"u[k]": u_k, sigmoid: '\sigma'}
"""

GRADIENT = r"\frac{\partial J}{\partial v_c} = "
SLOPES = r"\frac{\partial \hat{y}_w}{\partial \theta_{w'}} = "
PRIMED = [
    (r"\hat{y}_w = \frac{e^{u_w^T v_c}}{\sum_{w'} e^{u_{w'}^T v_c}}", r"_{w'}^T", r"_w^T"),
    (rf"{GRADIENT} \sum_w \frac{{e^{{u_w^T v_c}}}}{{\sum_{{w'}} e^{{u_{{w'}}^T v_c}}}} u_w - u_o", "w - u", "o - u"),
    (rf"{GRADIENT} \sum_{{w^\prime}} \hat{{y}}_{{w^\prime}} u_{{w^\prime}} - u_o", "- u_o", "+ u_o"),
    (rf"{SLOPES} \hat{{y}}_w (\delta_{{ww'}} - \hat{{y}}_{{w'}})", r"\hat{y}_w (", r"\hat{y}_{w'} ("),
]  # fmt: skip


@pytest.mark.parametrize(("right", "part", "spoilt"), PRIMED)
def test_a_letter_with_a_prime_is_an_index_of_its_own(right: str, part: str, spoilt: str, tmp_path: Path) -> None:
    assert part in right
    assert verdicts(SOFTMAX, right, tmp_path) == ["correct"]
    assert verdicts(SOFTMAX, right.replace(part, spoilt), tmp_path) == ["wrong"]


NAMED = [
    r"J_{naive-softmax}(v_c, o, U)",
    r"J_{\rm naive-softmax}",
    r"J_{\text{naive-softmax}}(\bold v_c, o, \bold U)",
    r"J_{\mathrm{CE}}",
]


@pytest.mark.parametrize("loss", NAMED)
def test_words_below_the_loss_say_which_it_is(loss: str, tmp_path: Path) -> None:
    assert verdicts(SOFTMAX, rf"{loss} = -\log \hat{{y}}_o", tmp_path) == ["correct"]
    gradient = rf"\frac{{\partial {loss}}}{{\partial v_c}} = U(\hat{{y}} - y)"
    assert verdicts(SOFTMAX, gradient, tmp_path) == ["correct"]
    assert verdicts(SOFTMAX, gradient.replace("- y)", "+ y)"), tmp_path) == ["wrong"]


RIDGE = "parameters: {w: vector(n)}\ninputs: {x: vector(n)}\nequations: {J: exp(w.T @ x) + w.T @ w}\nof: J\n"


def test_words_below_a_loss_of_parts_may_be_a_parts(tmp_path: Path) -> None:
    """Below that sum `reg` is its second part, which the problem has no name for."""
    assert verdicts(RIDGE, "J = J_{total}", tmp_path) == ["correct"]
    assert "wrong" not in verdicts(RIDGE, r"w^T w = J_{reg}", tmp_path)


SIGMA = r"\frac{\partial J}{\partial u_k} = (1 - \sigma(-{}))  v_c"


def test_an_inner_product_without_its_transpose_is_no_mistake_of_the_derivation(tmp_path: Path) -> None:
    right, without = (SIGMA.replace("{}", each) for each in ("u_k^T v_c", "u_k v_c"))
    assert verdicts(SAMPLED, right, tmp_path) == ["correct"]
    ((verdict, said),) = lines(SAMPLED, f"$$ {without} $$", tmp_path)
    assert (verdict, "a transpose is left out" in said) == ("imprecise", True)
    assert verdicts(SAMPLED, without.replace("1 -", "1 +"), tmp_path) == ["wrong"]


CASES = r"""
if $w \neq o$
$$ \frac{\partial J}{\partial u_w} = (-\frac{1}{\hat{y}_o})(-\hat{y}_o \hat{y}_w v_c) = \hat{y}_w v_c $$
and if $w = o$
$$ \frac{\partial J}{\partial u_w} = (\hat{y}_o - 1) v_c $$
"""


def test_a_line_for_words_that_arent_the_target_may_have_the_target_in_it(tmp_path: Path) -> None:
    assert [word for word, _ in lines(SOFTMAX, CASES, tmp_path)] == ["correct"] * 3
    spoilt = CASES.replace(r"\hat{y}_o \hat{y}_w v_c)", r"\hat{y}_o \hat{y}_o v_c)")
    assert [word for word, _ in lines(SOFTMAX, spoilt, tmp_path)] == ["wrong", "correct", "correct"]


def test_what_says_that_a_proof_is_done_is_no_formula(tmp_path: Path) -> None:
    done = r"\begin{aligned} \frac{\partial J}{\partial v_c} &= U(\hat{y} - y) \end{aligned} \\ Q.E.D."
    assert lines(SOFTMAX, f"$$ {done} $$", tmp_path) == [("correct", "right")]
    box = r"\frac{\partial J}{\partial v_c} = U(\hat{y} - y) \quad \blacksquare"
    assert lines(SOFTMAX, f"$$ {box} $$", tmp_path) == [("correct", "right")]
