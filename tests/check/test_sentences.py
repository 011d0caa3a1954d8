"""What a sentence says of a mistake is held to the wrong formula itself: which direction, which factor, which name.

Each rule reads one form of sentence and says what must then be so of the two formulas, worked out by the tests' own
evaluator. So a sentence with 'twice' and 'half' exchanged, or one that names the wrong path, fails.
"""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from by_hand import SAMPLEWISE as PER_SAMPLE
from by_hand import Stuck, value_of
from random_problems import random_problem
from test_cases import CASES, case

from gradcalc.check.mistakes.catalogue import mutations
from gradcalc.formula.expr import Apply, Name, names, walk
from gradcalc.formula.table import functions
from gradcalc.problem.load import load, loads
from gradcalc.program.solve import solve


def value(expr, solution):
    return np.asarray(value_of(expr, lambda name: solution.values[name], solution.problem.axis), dtype=float)


def ratio(factor):
    def holds(found, right, wrong, solution):
        a, b = value(right, solution), value(wrong, solution)
        return a.shape != b.shape or np.allclose(b, factor * a, rtol=1e-9, atol=1e-12)

    return holds


def count(expr, function):
    return sum(isinstance(node, Apply) and node.function == function for node in walk(expr))


def fewer_transposes(found, right, wrong, solution):
    return count(wrong, "transpose") < count(right, "transpose")


def more_transposes(found, right, wrong, solution):
    return count(wrong, "transpose") > count(right, "transpose")


def signs(found, right, wrong, solution):
    """`minus stands where plus belongs`: the wrong formula has the minus."""
    fewer, more = (right, wrong) if found["stands"] == "minus" else (wrong, right)
    negative = [
        sum(isinstance(n, Apply) and n.function == "neg" for n in walk(e)) + _negative(e) for e in (fewer, more)
    ]
    return negative[0] < negative[1]


def _negative(expr):
    return sum(getattr(node, "value", 0.0) < 0 for node in walk(expr))


def names_used(found, right, wrong, solution):
    """`a2 is used where h2 belongs`: a2 came in, and h2 is used less."""
    came, went = names_of(found["wrong"], solution), names_of(found["right"], solution)
    used, before = occurrences(wrong), occurrences(right)
    return any(used.count(c) > before.count(c) for c in came) and any(used.count(w) < before.count(w) for w in went)


def occurrences(expr):
    return [node.id for node in walk(expr) if isinstance(node, Name)]


def names_of(shown, solution):
    """The names of the equations that a quantity in a sentence may stand for."""
    bare = shown.removeprefix("the new ").removesuffix(" after the update")
    gradient = shown.removeprefix("∇")
    return {f"d{gradient}"} if shown != gradient else {bare, f"{bare}_new"}


def only_by(found, right, wrong, solution):
    """`the part that comes by h1 … alone is kept`: of the ways back the wrong formula has that one."""
    return gradients(wrong, solution) <= {found["by"]} | gradients(right, solution) and f"d{found['by']}" in names(
        wrong
    )


def not_by(found, right, wrong, solution):
    """What is left out isn't used any more, or less than before."""
    lost = re.split(r", | and ", found["by"])
    used, before = occurrences(wrong), occurrences(right)
    return all(used.count(f"d{name}") < before.count(f"d{name}") for name in lost)


def more_by(found, right, wrong, solution):
    used, before = occurrences(wrong), occurrences(right)
    return used.count(f"d{found['by']}") > before.count(f"d{found['by']}")


def to_base(found, right, wrong, solution):
    """The part of the gradient that comes by the logarithm is smaller by ln b; a penalty's isn't."""
    terms = right.args if getattr(right, "function", "") == "add" else (right,)
    parts, whole = [value(term, solution) for term in terms], value(right, solution)
    less = 1 - 1 / math.log(float(found["base"]))
    return any(np.allclose(whole - value(wrong, solution), less * part) for part in (whole, *parts))


def of_the_root(found, right, wrong, solution):
    """√L has the gradient dL / 2√L."""
    return np.allclose(2 * np.sqrt(solution.values[found["loss"]]) * value(wrong, solution), value(right, solution))


def root(found, right, wrong, solution):
    return np.allclose(value(wrong, solution) ** 2, value(right, solution))


def one_of_the_uses(found, right, wrong, solution):
    return ratio(1 / int(found["count"]))(found, right, wrong, solution)


def next_class(found, right, wrong, solution):
    """After: where `by` is 1, the tests' own evaluator moves each entry one place on."""
    moved = {
        dict(node.params)["by"] for node in walk(wrong) if isinstance(node, Apply) and node.function == "next_class"
    }
    one, two = np.eye(3)[:, [0]], np.eye(3)[:, [1]]
    assert (PER_SAMPLE["next_class"](one, axis=0, by=1) == two).all()
    return moved == {1.0 if found["where"] == "after" else -1.0}


def other_loss(found, right, wrong, solution):
    """The losses named: the one came in, and the other went out."""
    return count(right, found["right"]) > count(wrong, found["right"]) and count(wrong, found["wrong"]) > 0


def with_others(expr, solution, others):
    """The value of a formula where some names stand for something else."""
    known = {**solution.values, **others}
    return np.asarray(value_of(expr, lambda name: known[name], solution.problem.axis), dtype=float)


def exchanged(found, right, wrong, solution):
    values = solution.values
    swapped = {found["one"]: values[found["other"]], found["other"]: values[found["one"]]}
    return np.allclose(with_others(right, solution, swapped), value(wrong, solution))


def without_targets(found, right, wrong, solution):
    ones = {found["y"]: np.ones_like(solution.values[found["y"]])}
    return np.allclose(with_others(right, solution, ones), value(wrong, solution))


def by_one_unit(found, right, wrong, solution):
    """The gradient by way of one entry, or by that of all others, worked out from that entry of the values alone."""
    above, axis = solution.values[f"d{found['of']}"], solution.problem.axis
    kept = np.moveaxis(np.zeros_like(above), axis, 0)
    kept[int(found["place"]) - 1] = np.moveaxis(above, axis, 0)[int(found["place"]) - 1]
    one = np.moveaxis(kept, 0, axis)
    others = {f"d{found['of']}": one if found["how"] == "alone is kept" else above - one}
    return np.allclose(with_others(right, solution, others), value(wrong, solution))


def gradients(expr, solution):
    known = (solution.by_name.get(name) for name in names(expr))
    return {equation.quantity for equation in known if equation is not None and equation.kind == "gradient"}


RULES = {
    r"^this is twice what it should be": ratio(2.0),
    r"^this is half of what it should be": ratio(0.5),
    r"^the whole has the wrong sign": ratio(-1.0),
    r"not that to base 10": ratio(1 / math.log(10)),
    r"not that to base 2\b": ratio(1 / math.log(2)),
    r"the derivative of a logarithm to base (?P<base>\d+) was taken": to_base,
    r"^this is the gradient of the root of (?P<loss>\w+);": of_the_root,
    r"^the root was taken": root,
    r"^(?P<one>\w+) and (?P<other>\w+) are exchanged$": exchanged,
    r"^(?P<y>\w+) is left out: every class": without_targets,
    r"by entry (?P<place>\d) of (?P<of>\w+) (?P<how>alone is kept|is left out)": by_one_unit,
    r"^this is the mean over the (?P<count>\d+) uses of": one_of_the_uses,
    r"^the 1 of \w+ stands at the class (?P<where>before|after) the right one": next_class,
    r"^this is (?P<wrong>\w+), and the loss here is (?P<right>\w+)": other_loss,
    r"is not transposed here, but the rule has its transpose": fewer_transposes,
    r"is transposed here, but the rule has it as it is": more_transposes,
    r"^(?P<stands>plus|minus) stands where (plus|minus) belongs": signs,
    r"^(?P<wrong>∇?\w+) is used where (?P<right>∇?\w+) belongs": names_used,
    r"the part that comes by (?P<by>\w+)( \(.*\))? alone is kept": only_by,
    r"the parts? that comes? by (?P<by>\w+(?:(?:, | and )\w+)*)( \(.*\))? (is|are) left out": not_by,
    r"the part that comes by (?P<by>\w+)( \(.*\))? is counted twice": more_by,
}
PROBLEMS = [case(path)["problem"] for path in sorted(CASES.glob("*.yaml"))]


def solutions():
    yield from (solve(loads(text), check=False) for text in dict.fromkeys(PROBLEMS))
    yield from (solve(load(name), check=False) for name in ("hw3", "ttic-graph-mixed", "ng-network-penalty"))
    yield from (random_problem(np.random.default_rng([9, seed]))[0] for seed in range(40))


@pytest.fixture(scope="module")
def said():
    """Every mutation whose sentence a rule reads: the rule's form, what it found, and the two formulas."""
    read = []
    for solution in solutions():
        for equation in solution.equations:
            for mutation in mutations(equation, solution):
                for form in RULES:
                    found = re.search(form, mutation.message)
                    if found:
                        read.append((form, found, equation.expr, mutation, solution))
    return read


@pytest.mark.parametrize("form", RULES)
def test_the_sentence_says_what_was_done(said, form):
    mine = [each for each in said if each[0] == form]
    assert len(mine) >= 3, "a rule that reads no sentence checks nothing"
    for _, found, right, mutation, solution in mine:
        try:
            holds = RULES[form](found, right, mutation.expr, solution)
        except (Stuck, KeyError, ValueError):
            continue  # the tests' evaluator knows fewer functions
        assert holds, (mutation.message, mutation.expr)


def test_opposites_are_told_apart():
    """The rules themselves: a sentence turned round doesn't hold."""
    solution = solve(load("hw3"), check=False)
    for equation in solution.equations:
        for mutation in mutations(equation, solution):
            if mutation.message.startswith("this is twice"):
                assert (
                    not ratio(0.5)(None, equation.expr, mutation.expr, solution)
                    or not value(equation.expr, solution).any()
                )
            found = re.search(r"^(?P<stands>plus|minus) stands", mutation.message)
            if found:
                turned = {"stands": "plus" if found["stands"] == "minus" else "minus"}
                assert not signs(turned, equation.expr, mutation.expr, solution)


def test_the_shortcut_is_written_the_right_way_round():
    """ŷ − y is the gradient on the logits, not y − ŷ; a step goes against the gradient."""
    solution = solve(load("hw3"), check=False)
    messages = [m.message for eq in solution.equations for m in mutations(eq, solution)]
    messages += [mistake.message for entry in functions() for mistake in entry.mistakes]
    assert any("ŷ − y" in message for message in messages)
    assert not any("y − ŷ" in re.sub(r", not (2\()?y − ŷ", "", message) for message in messages)
    assert any("W1 − lr · ∇W1" in message for message in messages)
    assert not any("W1 + lr" in message for message in messages)
