"""How programs look: as the formatter that many use, ruff, would leave them."""

import random
import shutil
import subprocess
import sys

import pytest
from programs import FORMATS, written

import gradcalc
from gradcalc.formula.expr import Apply, Expr, Name, Num, add, neg
from gradcalc.formula.table import Axis
from gradcalc.problem.bundled import bundled_names
from gradcalc.program.solve import solve
from gradcalc.report.code.backends import NUMPY
from gradcalc.report.code.literals import array_text
from gradcalc.report.code.lower import Lowered, Lowering
from gradcalc.report.code.text import written as text_of
from gradcalc.report.code.tidy import WIDTH, tidy
from problems import matrix, problem

RUFF = shutil.which("ruff") or shutil.which("ruff", path=str(sys.prefix) + "/bin")
with_ruff = pytest.mark.skipif(RUFF is None, reason="ruff isn't installed")


def ruff(*arguments):
    return subprocess.run([RUFF, *arguments], capture_output=True, text=True)


@with_ruff
def test_every_program_is_formatted_and_has_no_fault(tmp_path):
    for name in bundled_names():
        given = gradcalc.load(name)
        # Frameworks find all gradients at once.
        forms = FORMATS if given.order == "simultaneous" else ("numpy",)
        for form in forms if given.forward else ():
            (tmp_path / f"{name}_{form}.py").write_text(written(solve(given, check=False), form), encoding="utf-8")
    formatted = ruff("format", "--isolated", "--diff", str(tmp_path))
    assert formatted.stdout == ""
    assert "already formatted" in formatted.stderr
    assert ruff("check", "--isolated", "--select", "E,F,W,I,B", "--ignore", "E741", str(tmp_path)).returncode == 0


NAMES = ["a", "b", "W1", "dyhat", "da2", "o_hidden_unit", "lr", "w_x1_u4"]


def formula(source: random.Random, depth: int) -> Expr:
    kind = source.choice(["leaf", "add", "add", "mul", "mul", "call", "call", "pow", "neg"]) if depth else "leaf"
    if kind == "leaf":
        return Name(source.choice(NAMES)) if source.random() < 0.85 else Num(float(source.randint(0, 9)))
    if kind == "add":
        terms = [formula(source, depth - 1) for _ in range(source.randint(2, 4))]
        return add(*(neg(term) if source.random() < 0.3 else term for term in terms))
    if kind == "mul":
        operator = source.choice(["mul", "mul", "div"])
        return Apply(operator, (formula(source, depth - 1), formula(source, depth - 1)))
    if kind == "pow":
        return Apply("pow", (formula(source, depth - 1), Num(2.0)))
    if kind == "neg":
        return neg(formula(source, depth - 1))
    return Apply(source.choice(["exp", "sigmoid", "sum", "dot"]), ())


def filled(expr: Expr, source: random.Random) -> Expr:
    """Arguments for the calls."""
    if not isinstance(expr, Apply):
        return expr
    if not expr.args:
        count = 2 if expr.function == "dot" else 1
        return Apply(expr.function, tuple(formula(source, 2) for _ in range(count)))
    return Apply(expr.function, tuple(filled(arg, source) for arg in expr.args))


@with_ruff
def test_long_equations_are_laid_out_as_ruff_does(tmp_path):
    source = random.Random(0)
    names = {name: Lowered(Name(name)) for name in NAMES}
    lines: list[str] = []
    while len(lines) < 3000:
        expr = filled(filled(formula(source, source.randint(3, 6)), source), source)
        if all(node.args for node in _applications(expr)):
            lines += tidy(f"value = {text_of(Lowering(NUMPY, Axis.COLUMNS).lower(expr, names).expr)}")
    file = tmp_path / "equations.py"
    file.write_text("\n".join(lines) + "\n")
    result = ruff("format", "--isolated", "--diff", str(file))
    assert result.stdout == ""
    assert "already formatted" in result.stderr


def _applications(expr: Expr):
    if isinstance(expr, Apply):
        yield expr
        for arg in expr.args:
            yield from _applications(arg)


def test_a_line_that_fits_stays_as_it_is():
    assert tidy("x = (a + b) @ c.T", "    ") == ["    x = (a + b) @ c.T"]


def test_a_matrix_of_more_than_two_rows_has_a_line_for_each():
    assert tidy(f"W = np.array({array_text(matrix([[1, 2], [3, 4], [5, 6.5]]), 14)})") == [
        "W = np.array(",
        "    [",
        "        [1.0, 2.0],",
        "        [3.0, 4.0],",
        "        [5.0, 6.5],",
        "    ]",
        ")",
    ]
    assert array_text(matrix([[1], [2], [3]]), 14) == "[[1.0], [2.0], [3.0]]"


def test_every_digit_is_written():
    assert array_text(matrix([[0.1 + 0.2, 1e-300]]), 0) == "[[0.30000000000000004, 1e-300]]"


@pytest.mark.parametrize("form", FORMATS)
def test_no_line_is_longer_than_it_must_be(form):
    long = " + ".join(f"w{i} * sin(x) ** 2" for i in range(30))
    parameters = {f"w{i}": i for i in range(30)} | {"W": [[i / 7 for i in range(40)]] * 3}
    given = problem({"a": long, "loss": "a ** 2 + sum(W)"}, inputs={"x": 2}, parameters=parameters, lr=0.1)
    program = written(solve(given), form)
    assert max(map(len, program.splitlines())) <= WIDTH
    compile(program, "<program>", "exec")


def test_brackets_as_deep_as_python_reads_them_are_laid_out():
    lines = tidy(f"y = {'f(' * 190}x{')' * 190}")
    assert "".join(line.strip() for line in lines) == f"y = {'f(' * 190}x{')' * 190}"
