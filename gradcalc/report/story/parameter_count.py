"""Say how many parameters a layered network has, with the formula that a course gives for it."""

from __future__ import annotations

from gradcalc.program.problem import Problem
from gradcalc.program.structure import Layer


def counted(problem: Problem) -> str:
    """`H(Dx + Dy + 1) + Dy = …` for one hidden layer with biases, else the sum over the layers."""
    if not problem.is_dense:
        return ""
    sizes = [_size(problem, layer) for layer in problem.layers]
    biases = [None if layer.bias is None else problem.parameters[layer.bias].size for layer in problem.layers]
    if len(sizes) == 2 and all(bias == size[1] for bias, size in zip(biases, sizes, strict=True)):
        (inputs, hidden), (_, outputs) = sizes
        total = hidden * (inputs + outputs + 1) + outputs
        numbers = f"{hidden}·({inputs} + {outputs} + 1) + {outputs} = {total}"
        sized = ", ".join(f"{n}\u00a0=\u00a0{size}" for n, size in (("Dx", inputs), ("H", hidden), ("Dy", outputs)))
        return f"H(Dx + Dy + 1) + Dy = {numbers} parameters, with {sized}."
    terms = []
    for bias, (rows, columns) in zip(biases, sizes, strict=True):
        terms += [f"{rows}·{columns}", *([] if bias is None else [str(bias)])]
    total = sum(value.size for value in problem.parameters.values())
    return f"{' + '.join(terms)} = {total} parameters: the weights and biases of each layer."


def _size(problem: Problem, layer: Layer) -> tuple[int, int]:
    """How many inputs and how many units a layer has."""
    shape = problem.parameters[layer.weights].shape
    return shape[layer.inputs_along], shape[1 - layer.inputs_along]
