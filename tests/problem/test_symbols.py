"""The LaTeX of `symbols`: what isn't known is refused, with its place and with what may stand there."""

from __future__ import annotations

import pytest

from gradcalc.errors import InputError
from gradcalc.problem.load import loads

PROBLEM = "inputs: {x: 1}\nequations: {f: x * x}\nof: f\nsymbols: {x: '%s', f: 'F'}\n"
CLAIMS = "claims: [{claim: x == x, where: {x: scalar}}]\nsymbols: {x: '%s'}\n"
FORMS = [(PROBLEM, "4:15"), (CLAIMS, "2:15")]


def fault(text: str) -> str:
    with pytest.raises(InputError) as caught:
        loads(text, "f")
    (only,) = caught.value.faults
    return str(only)


@pytest.mark.parametrize(("form", "place"), FORMS)
@pytest.mark.parametrize(
    ("symbol", "offset", "said"),
    [
        (r"\text{\input{/etc/hostname}}", 6, r"'\input' can't stand in text; text has letters, digits and spaces"),
        (r"\immediate\write18{ls}", 0, r"unknown command '\immediate'; a symbol has letters (\theta)"),
        ("P %", 2, "'%' can't stand in a formula; a symbol has letters"),
        ("$$", 0, "'$' can't stand in a formula; a symbol has letters"),
        (r"x}\input{y", 1, "'}' closes nothing"),
        (r"\widetidle{y}", 0, r"unknown command '\widetidle'; did you mean '\widetilde'?"),
        ("W_0_1", 3, "a second subscript; put both into braces, as in x_{0,1}"),
    ],
)
def test_what_the_reader_does_not_know_is_refused(form, place, symbol, offset, said):
    line, column = place.split(":")
    assert fault(form % symbol).startswith(f"f:{line}:{int(column) + offset}: symbols.x: {said}")


@pytest.mark.parametrize("symbol", ["", " ", r"\ ", "{}", r"\text{ }"])
def test_a_symbol_that_shows_nothing_is_refused(symbol):
    assert "symbols.x: nothing is to be seen of it" in fault(PROBLEM % symbol)


@pytest.mark.parametrize("symbol", [r"\widetilde{y}", r"W^\dagger", r"\Theta^{(1)}_0", "net_h", r"\text{new value}"])
def test_and_the_rest_is_taken(symbol):
    assert loads(PROBLEM % symbol, "f").symbols["x"] == symbol
