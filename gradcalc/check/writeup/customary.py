r"""`z^{[1]}` for weighted sums and `a^{[1]}` for outputs, in write-ups about networks whose problem shows no letters.

The problem's own a1 is the weighted sum, as Bishop has it; with Nielsen, Ng and most others a_1 is what σ makes of z_1.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from gradcalc.check.writeup.model import WriteUp
from gradcalc.program.problem import Problem
from gradcalc.program.solution import Solution

_LETTERS: Final = (("z", "a"), ("a", "z"), ("Z", "A"), ("A", "Z"))
"""What weighted sums and outputs are called."""
_STYLES: Final = {r"\^\{?\[[\dlL]": "^{{[{}]}}", r"\^\{?\([\dlL]": "^{{({})}}", r"\^\{?[\dlL]": "^{}", r"_\{?\d": "_{}"}
"""Where a name has the number of its layer."""
_FONT: Final = re.compile(r"\\(?:mathbf|boldsymbol|bm|vec|mathit|mathrm)\s*\{\s*(\w)\s*\}")
_BELOW: Final = r"(?:_(?:\w|\{[^{}]*\}))?"
_FUNCTION: Final = r"(?:[\w'}\]])(?:\\left|\\[Bb]ig+l?)?\("
"""The end of a function's name, and the bracket behind it."""


def with_customary_letters(solution: Solution, writeup: WriteUp) -> Solution:
    """The solution with symbols as the write-up has letters; as it is where the problem shows its own, or in doubt."""
    problem = solution.problem
    if not _has_own_names_alone(problem):
        return solution
    text = " ; ".join(side.tex for chain in writeup.chains for side in chain.sides)
    text = re.sub(r"\s+", "", re.sub(r"(\\[A-Za-z]+)\s+", r"\1{}", _FONT.sub(r"\1", text)))
    style = next((found for pair in _LETTERS if (found := _style(text, *pair))), None)
    if style is None:
        return solution
    sums, outputs, number = style
    symbols = {layer.sums: sums + number.format(layer.number) for layer in problem.layers}
    symbols |= {layer.output: outputs + number.format(layer.number) for layer in problem.layers[:-1]}
    return replace(solution, problem=replace(problem, symbols={**problem.symbols, **symbols}))


def _has_own_names_alone(problem: Problem) -> bool:
    """Whether a problem's weighted sums are a1, a2 and its outputs h1, h2, and nothing says how they are shown."""
    names = {layer.sums for layer in problem.layers} | {layer.output for layer in problem.layers}
    usual = {f"a{layer.number}" for layer in problem.layers} | {f"h{layer.number}" for layer in problem.layers[:-1]}
    shown = (*problem.symbols.values(), *problem.given)
    is_taken = any(re.search(r"(?<![A-Za-z\\])[zaZA](?![A-Za-z])", each) for each in shown)
    return bool(problem.layers) and usual <= names and not names & {*problem.symbols} and not is_taken


def _style(text: str, sums: str, outputs: str) -> tuple[str, str, str] | None:
    """The letters with the way in which numbers stand at them; None unless functions of the one make the other."""
    for pattern, number in _STYLES.items():
        one, other, hidden = (rf"(?<![A-Za-z\\]){each}{_BELOW}{pattern}" for each in (sums, outputs, "h"))
        of_sums = len(re.findall(_FUNCTION + one, text)) + len(re.findall(rf"(?:^|;){one}[^=;]{{0,9}}=[^=;]*W", text))
        of_sums += len(re.findall(rf"1-{other}|{other}[^;=+]{{0,4}}-y", text)) if re.search(one, text) else 0
        of_outputs = len(re.findall(rf"(?:\\sigma|\\phi|\\tanh|'|softmax\}}?){_FUNCTION[-2:]}{other}", text))
        if of_sums > of_outputs and re.search(other, text) and not re.search(hidden, text):
            return sums, outputs, number
    return None
