"""Shapes and kinds as books and programs write them: each is answered with what to write, and that is read."""

import pytest

from gradcalc.errors import InputError
from gradcalc.problem.load import loads

PROBLEM = """
inputs: {x: vector(D), z: vector(m)}
parameters: {A: KIND}
equations: {L: sum(x) + sum(A) + sum(z)}
loss: L
"""
FORMS = {
    "row(D)": "1×D",
    "row_vector(D)": "1×D",
    "row": "1×D",
    "column(D)": "D×1",
    "vector(1, D)": "1×D",
    "vector(D, 1)": "D×1",
    "number": "scalar",
    "real": "scalar",
    "ℝ": "scalar",
    r"\mathbb{R}^{n \times m}": "n×m",
    "R^{n×m}": "n×m",
    "ℝ^(n×m)": "n×m",
    "R^D": "vector(D)",
    r"\mathbb{R}^D": "vector(D)",
    "(n, m)": "n×m",
    "(D,)": "vector(D)",
    "n*m": "n×m",
    "n by m": "n×m",
    "nxm": "n×m",
    "array(2, m)": "2×m",
    "D": "vector(D) or scalar",
}


@pytest.mark.parametrize(("written", "form"), FORMS.items())
def test_what_is_to_be_written_is_said_and_read(written: str, form: str) -> None:
    with pytest.raises(InputError) as caught:
        loads(PROBLEM.replace("KIND", f"'{written}'"))
    assert str(caught.value) == f"<string>:3:17: parameters.A is {written}: write {form}"
    for each in form.split(" or "):
        loads(PROBLEM.replace("KIND", f"'{each}'"))


def test_a_list_of_letters_is_a_shape_too() -> None:
    with pytest.raises(InputError, match=r"parameters.A is \[n, m\]: write n×m"):
        loads(PROBLEM.replace("KIND", "[n, m]"))


@pytest.mark.parametrize("written", ["scalar", "matrix(n, m)", "n×m", "n x m", "vector(D)", "2 * 3", "(2 + 1)"])
def test_what_is_right_is_read(written: str) -> None:
    loads(PROBLEM.replace("KIND", f"'{written}'"))


def test_in_claims_it_is_said_as_well() -> None:
    with pytest.raises(InputError, match=r"claims\[1\].where.u: unknown kind 'row\(D\)': write 1×D"):
        loads("claims:\n  - {claim: u == u, where: {u: row(D)}}\n")
