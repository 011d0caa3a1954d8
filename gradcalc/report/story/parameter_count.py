"""Say how many parameters a layered network has, with the formula that a course gives for it."""

from __future__ import annotations

from gradcalc.problem.notation import notation_of
from gradcalc.program.problem import Problem


def counted(problem: Problem) -> str:
    """`H(Dx + Dy + 1) + Dy = …` for one hidden layer with biases, else the sum over the layers."""
    if problem.form != "layers" or not problem.parameters:
        return ""
    weights = [name for name in problem.parameters if name.startswith("W")]
    notation = notation_of(problem.notation)
    turned = notation is not None and notation.inputs_along == 1
    sizes = [problem.parameters[name].shape[::-1] if turned else problem.parameters[name].shape for name in weights]
    biased = all(_full_bias(problem, name, size[1]) for name, size in zip(weights, sizes, strict=True))
    if len(weights) == 2 and biased:
        (inputs, hidden), (_, outputs) = sizes
        total = hidden * (inputs + outputs + 1) + outputs
        numbers = f"{hidden}·({inputs} + {outputs} + 1) + {outputs} = {total}"
        sized = ", ".join(f"{n}\u00a0=\u00a0{size}" for n, size in (("Dx", inputs), ("H", hidden), ("Dy", outputs)))
        return f"H(Dx + Dy + 1) + Dy = {numbers} parameters, with {sized}."
    terms = []
    for name, (rows, columns) in zip(weights, sizes, strict=True):
        bias = problem.parameters.get("b" + name[1:])
        terms += [f"{rows}·{columns}", *([str(bias.size)] if bias is not None else [])]
    total = sum(value.size for value in problem.parameters.values())
    return f"{' + '.join(terms)} = {total} parameters: the weights and biases of each layer."


def _full_bias(problem: Problem, weights: str, outputs: int) -> bool:
    bias = problem.parameters.get("b" + weights[1:])
    return bias is not None and bias.size == outputs
