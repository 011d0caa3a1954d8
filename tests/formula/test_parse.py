"""Reading formulas: what is understood, what is refused, and at which column."""

from __future__ import annotations

import warnings

import pytest
from expressions import canonical_expressions
from hypothesis import given
from hypothesis import strategies as st

from gradcalc.errors import FormulaError
from gradcalc.formula.brackets import NO_INDICES, Indices
from gradcalc.formula.expr import Apply, Name, Num, add, call, mul, neg, sub
from gradcalc.formula.index import shortened
from gradcalc.formula.parse import MAX_LENGTH, Parsing, parse
from gradcalc.formula.spelling import canonical
from gradcalc.formula.table import Function, functions
from gradcalc.formula.unknown import ENTRYWISE, OF_VECTOR
from gradcalc.formula.write import code, unicode

a, b, c, d, W, x = map(Name, ["a", "b", "c", "d", "W", "x"])


def matmul(left, right):
    return Apply("matmul", (left, right))


def power(base, exponent):
    return Apply("pow", (base, exponent))


def div(left, right):
    return Apply("div", (left, right))


def T(arg):
    return Apply("transpose", (arg,))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a", a),
        ("3", Num(3.0)),
        ("1e-3", Num(0.001)),
        (".5", Num(0.5)),
        ("-2", Num(-2.0)),
        ("--2", Num(2.0)),
        ("+a", a),
        ("a + b", add(a, b)),
        ("a - b", sub(a, b)),
        ("a - 2", add(a, Num(-2.0))),
        ("a - b + c - d", add(a, neg(b), c, neg(d))),
        ("a + (b + c)", add(a, add(b, c))),
        ("(a + b) + c", add(a, b, c)),
        ("a - (b - c)", add(a, neg(sub(b, c)))),
        ("a * b", mul(a, b)),
        ("a * b * c", mul(mul(a, b), c)),
        ("a * (b * c)", mul(a, mul(b, c))),
        ("a / b / c", div(div(a, b), c)),
        ("a @ b @ c", matmul(matmul(a, b), c)),
        ("a @ b * c", mul(matmul(a, b), c)),
        ("a * b @ c", matmul(mul(a, b), c)),
        ("a ** b ** c", power(a, power(b, c))),
        ("(a ** b) ** c", power(power(a, b), c)),
        ("-a ** 2", neg(power(a, Num(2.0)))),
        ("(-a) ** 2", power(neg(a), Num(2.0))),
        ("a ** -b", power(a, neg(b))),
        ("-a * b", mul(neg(a), b)),
        ("-(a * b)", neg(mul(a, b))),
        ("a + b * c", add(a, mul(b, c))),
        ("(a + b) * c", mul(add(a, b), c)),
        ("W.T @ x + b", add(matmul(T(W), x), b)),
        ("(W @ x).T", T(matmul(W, x))),
        ("W.T.T", T(T(W))),
        ("a ** W.T", power(a, T(W))),
        ("2 * a.T", mul(Num(2.0), T(a))),
        ("sigmoid(a)", call("sigmoid", a)),
        ("leaky_relu(a, alpha=0.1)", call("leaky_relu", a, alpha=0.1)),
        ("leaky_relu(a, alpha=-0.1)", call("leaky_relu", a, alpha=-0.1)),
        ("sum(W, axis=1)", call("sum", W, axis=1.0)),
        ("ones(columns=3, rows=2)", call("ones", rows=2.0, columns=3.0)),
        ("inner(a, b)", call("inner", a, b)),
        ("swish(a)", call("silu", a)),
        ("neg(2)", Num(-2.0)),
        ("neg(a)", neg(a)),
        ("add(add(a, b), c)", add(a, b, c)),
        ("add(a, add(b, c))", add(a, add(b, c))),
    ],
)
def test_meaning(text, meaning):
    assert parse(text) == meaning


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("a ⊙ b", "a * b"),
        ("a · b", "a * b"),
        ("a ⋅ b", "a * b"),
        ("a×b", "a * b"),
        ("a\u0387b", "a * b"),  # the Greek dot that Python takes for part of a name
        ("a ∘ b", "a * b"),
        ("a − b", "a - b"),
        ("a – b", "a - b"),
        ("−2", "-2"),
        ("1e−3", "1e-3"),
        ("a^2", "a ** 2"),
        ("a^b^c", "a ** b ** c"),
        ("a^-1", "a ** -1"),
        ("(a + b)^2", "(a + b) ** 2"),
        ("(a + b)²", "(a + b) ** 2"),
        ("2²", "2 ** 2"),
        ("1e1²", "10 ** 2"),
        (".5²", ".5 ** 2"),
        ("Wᵀ²", "W.T ** 2"),
        ("W.T²", "W.T ** 2"),
        ("sigmoid(a)¹⁰", "sigmoid(a) ** 10"),
        ("Wᵀ @ x", "W.T @ x"),
        ("W⊤ @ x", "W.T @ x"),
        ("W^T @ x", "W.T @ x"),
        ("W^ T@x", "W.T @ x"),
        ("W^ᵀx", None),
        ("W^ᵀ@x", "W.T @ x"),
        ("(a + b)ᵀ", "(a + b).T"),
        ("(a + b)^T", "(a + b).T"),
        ("a^T1", "a ** T1"),
        ("a^(T)", "a ** (T)"),
        ("∇W1", "dW1"),
        ("∇ W1", "dW1"),
        ("∇W¹", "dW1"),
        ("∇W²", "dW2"),
        ("W₁₂", "W12"),
        ("∇ŷ", "dyhat"),
        ("ŷ − y", "yhat - y"),
        ("y\u0302 - y", "yhat - y"),
        ("\uff59\u0302 - y", "yhat - y"),
        ("ŷ1", "yhat1"),
        ("σ(a)", "sigmoid(a)"),
        ("Σ(a)", "sum(a)"),
        ("√(a + 1)", "sqrt(a + 1)"),
        ("⟨u, v⟩", "inner(u, v)"),
        ("a - ⟨u, v⟩ ⊙ w", "a - inner(u, v) * w"),
        ("ReLU(a)", "relu(a)"),
        ("ln(a)", "log(a)"),
        ("α * θ₁ + λ", "α * θ1 + λ"),
        ("ﬁ + ℎ", "fi + h"),
        ("\u00b5 * a", "\u03bc * a"),  # micro sign, Greek mu
        ("  a +\tb\r\n ", "a + b"),
        ("a\n+ b", "a + b"),
        ("a\xa0+ b", "a + b"),
        ("η·∇W¹ᵀ", "η * dW1.T"),
    ],
)
def test_spellings(typed, plain):
    if plain is None:
        with pytest.raises(FormulaError):
            parse(typed)
    else:
        assert parse(typed) == parse(plain)


def test_canonical_names():
    assert [canonical(name) for name in ("ŷ", " W² ", "∇W¹", "ℎ1", "σ")] == ["yhat", "W2", "dW1", "h1", "σ"]


@pytest.mark.parametrize(
    ("text", "carets", "message"),
    [
        ("", "^", "missing"),
        ("   ", "^", "missing"),
        ("a +", "   ^", "breaks off"),
        ("a @ ", "   ^", "breaks off"),
        ("σ(a) @", "      ^", "breaks off"),
        ("(a", "^", "never closed"),
        ("σ(a", " ^", "never closed"),
        ("∇W1 * (a", "      ^", "never closed"),
        ("a)", " ^", "unmatched"),
        ("a b", "  ^", "operator is missing"),
        ("∇W1 b", "    ^", "operator is missing"),
        ("Wᵀ x", "   ^", "operator is missing"),
        ("W^T x", "    ^", "operator is missing"),
        ("lr∇W", "  ^", "operator is missing"),
        ("2ŷ", " ^", "operator is missing"),
        ("a⟨u, v⟩", " ^", "operator is missing"),
        ("a = b", "  ^", "no '='"),
        ("ŷ = b", "  ^", "no '='"),
        ("a < b < c", "^^^^^^^^^", "compare two values at a time"),
        ("α in ŷ + b", "^^^^^^^^^^", "only > < >= <= == !="),
        ("a @ W[0]", "      ^", "counted from 1"),
        ("α ⊙ W[b]", "      ^", "index"),
        ("  Wᵀ @ h[1.5] + b", "         ^^^", "index"),
        ("a + [1]", "    ^^^", "list"),
        ("a, b", "^^^^", "comma"),
        ("ŷ.size * 2", "^^^^^^", ".size"),
        ("2 * W.t", "    ^^^", ".T"),
        ("α + sigmod(a)", "    ^^^^^^", "did you mean 'sigmoid'"),
        ("√(a) + foo(b)", "       ^^^", "unknown function"),
        ("W^T + foo(b)", "      ^^^", "unknown function"),
        ("foo(a) + W^T", "^^^", "unknown function"),
        ("a // W^T", "^^^^^^^^", "+ - * / ** @"),
        ("a % ⟨u, v⟩", "^^^^^^^^^^", "+ - * / ** @"),
        ("∇ W1 % y\u0302", "^^^^^^^^^", "+ - * / ** @"),
        ("relu(a, Wᵀ) + b", "^^^^^^^^^^^", "1 argument, not 2"),
        ("maximum(a)", "^^^^^^^^^^", "2 arguments, not 1"),
        ("α * leaky_relu(a, beta=1)", "                       ^", "it has alpha"),
        ("leaky_relu(a, alpha=ŷ)", "                    ^", "must be a number"),
        ("leaky_relu(a, alpha=1, alpha=2)", None, "twice|repeated|missing"),
        ("sum(a, **b)", "         ^", "'**'"),
        ("sum(*a)", "    ^^", "can't stand"),
        ("α * 's'", "    ^^^", "isn't a number"),
        ("2j * a", "^^", "isn't a number"),
        ("a * True", "    ^^^^", "isn't a number"),
        ("... + a", "^^^", "isn't a number"),
        ("None", "^^^^", "isn't a number"),
        ("ŷ + 1e999", "    ^^^^^", "too large"),
        ("lambda * sum(W ** 2)", "^^^^^^", "'lambda' is a word of Python"),
        ("α * lambda", "    ^^^^^^", "'lambda' is a word of Python"),
        ("a + 𝐢𝐟", "    ^^", "'if' is a word of Python"),
        ("a # b", "  ^", "'#'"),
        ("α $ c", "  ^", "can't be read"),
        ("a + b?", "     ^", "can't be read"),
        ("α\x00", " ^", "U+0000"),
        ("α\ud800", " ^", "U+D800"),
        ("α \u200b+ b", "  ^", "U+200B"),
        ("not a", "^^^^^", "operator"),
        ("~a", "^^", "operator"),
    ],
)
def test_error_columns(text, carets, message):
    with pytest.raises(FormulaError, match=f"(?i){message}" if "|" in message else None) as caught:
        parse(text)
    error = caught.value
    assert message in error.message or "|" in message
    if carets is not None:
        start, end = len(carets) - len(carets.lstrip()), len(carets)
        assert (error.start, error.end) == (start, end)
    str(error).encode()  # can be printed


def test_pointer_stands_under_the_fault():
    with pytest.raises(FormulaError) as caught:
        parse("α\t⊙ W[0]")
    assert str(caught.value).splitlines()[1:] == ["    α ⊙ W[0]", "          ^"]


@pytest.mark.parametrize(
    "text",
    [
        '__import__("os")',
        "__import__",
        "().__class__",
        "a.__class__",
        "a.T.T2",
        "a.T()",
        "sum(a)(b)",
        "(lambda q: q)(a)",
        "lambda: a",
        "[a for a in b]",
        "{a for a in b}",
        "(a for a in b)",
        "sum(a for a in b)",
        "f'{a}'",
        "f'{a!r:>{b}}'",
        "f'{'",
        "'a' 'b'",
        "b'a'",
        "(a := b)",
        "sum(a := b)",
        "a if b else c",
        "a or b",
        "a < b < c",
        "a is b",
        "a in b",
        "a[b]",
        "a[1:2:1]",
        "a << 1",
        "a | b",
        "a & b",
        "a // b",
        "a % b",
        "{}",
        "{a: b}",
        "()",
        "(a,)",
        "*a",
        "sum(*a)",
        "sum(**a)",
        "sum(a, axis=b)",
        "sum(a, axis=)",
        "sum(axis=1)",
        "sum(a, a=1)",
        "sum(a, 1=1)",
        "sum(a, axis=1, axis=2)",
        "sum()",
        "sum",
        "await a",
        "yield",
        "print(a)",
        "1j",
        "0x" + "f" * 300,
        "9" * 400,
        "1e309",
        "1__0",
        "a;b",
        "a\\",
        "a\\\nb",
        "a:b",
        "a->b",
        "a!",
        "@a",
        "a..T",
        "2.T",
        "²",
        "a ²",
        "ᵀ",
        "∇",
        "∇(a)",
        "∇∇W",
        "√a",
        "|a|",
        "a\u2028b",
        "\ufeffa",
        "\x1a",
    ],
)
def test_refused(text):
    if text in ("__import__", "sum"):
        assert parse(text) == Name(text)  # a name like any other: nothing looks it up
        return
    with pytest.raises(FormulaError):
        parse(text)


def test_length_limit():
    assert parse("a" * 2000) == Name("a" * 2000)
    with pytest.raises(FormulaError, match="2,001"):
        parse("a" * 2001)
    with pytest.raises(FormulaError) as caught:
        parse("a" * 10**6)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    "nest",
    [
        lambda n: "-(" * n + "a" + ")" * n,
        lambda n: "-" * n + "a",
        lambda n: "sqrt(" * n + "a" + ")" * n,
        lambda n: "a" + ".T" * n,
        lambda n: "a" + "ᵀ" * n,
        lambda n: "a" + "*a" * n,
        lambda n: "a" + "**a" * n,
        lambda n: "a*(" * n + "a" + ")" * n,
        lambda n: "1+(" * n + "a" + ")" * n,
        lambda n: "(" * (n // 2) + "a" + "+1)*2" * (n // 2) + "*2" * (n % 2),
        lambda n: "dot(1," * n + "a" + ")" * n,
        lambda n: "+" * n + "a",
        lambda n: "sum(a, axis=" + "-" * (n - 1) + "1)",
    ],
)
def test_depth_limit(nest):
    parse(nest(99))
    for depth in (100, 150, 190, 250):
        with pytest.raises(FormulaError, match="nested more than 100 levels deep"):
            parse(nest(depth))


@pytest.mark.parametrize(
    "char", ["(", "-", "-(", "⟨", "√(", "sum(", "a**", "((", "[", "lambda:", "not ", "f'{", "a if "]
)
def test_the_deepest_formula_of_allowed_length_is_refused_quietly(char):
    with pytest.raises(FormulaError):
        parse(char * (MAX_LENGTH // len(char)))


def test_a_long_sum_is_not_deep():
    expr = parse("+".join(["a"] * 1000))
    assert isinstance(expr, Apply)
    assert expr.args == (a,) * 1000
    expr = parse("a" + "-b" * 900)
    assert expr == add(a, *[neg(b)] * 900)


def test_no_warning_is_shown():
    parse.cache_clear()
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        for text in ("1if a else b", "1or a", "'\\d'", "0x1for a in b", "1 is 1", "1(a)"):
            with pytest.raises(FormulaError):
                parse(text)
    assert shown == []


def test_extra_functions():
    assert parse("grad(a * b, b)", extra=("grad",)) == Apply("grad", (mul(a, b), b))
    with pytest.raises(FormulaError):
        parse("grad(a, b)")
    with pytest.raises(FormulaError, match="no parameters"):
        parse("grad(a, b, axis=1)", extra=("grad",))


def test_nodes_know_their_place():
    expr = parse("∇W1 ⊙ σ(b1)")
    assert isinstance(expr, Apply)
    left, right = expr.args
    assert expr.at == (0, 11)
    assert left.at == (0, 3)
    assert right.at == (6, 11)
    assert right.args[0].at == (8, 10)


def check_no_other_error(text):
    try:
        parse(text)
    except FormulaError as caught:
        error = caught
    else:
        return
    assert 0 <= error.start < error.end
    assert error.start <= len(error.text)
    str(error).encode()


@given(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"]), max_size=30))
def test_arbitrary_text_is_read_or_refused(text):
    check_no_other_error(text)


TOKENS = [
    *"abWTd01259.,:;=()[]{}+-*/@^!%&|<>~'\"\\#$?_ \t\n\r\x0c\x00",
    *"⊙·×∘−–ᵀ⊤∇ŷσΣ√⟨⟩²¹₀₁αθ\u0302\u0387\u200b\u3000\u2028\ud800\ufeff",
    *("**", "^T", ".T", "sum(", "axis=", "lambda ", " if ", " else ", " for ", " in ", ":=", "f'", "f'{", "}'", "1j"),
    *("1e", "0x", "...", "True", "None", "not ", "await ", "yield ", "leaky_relu(", "alpha=", "inner(", "ones(", "'''"),
]


@given(st.lists(st.sampled_from(TOKENS), max_size=25).map("".join))
def test_text_made_of_formula_tokens_is_read_or_refused(text):
    check_no_other_error(text)


@given(st.lists(st.sampled_from(TOKENS), max_size=25).map("".join))
def test_what_is_read_can_be_written_and_read_again(text):
    try:
        expr = parse(text)
    except FormulaError:
        return
    assert parse(code(expr)) == expr


@given(canonical_expressions())
def test_code_reads_back(expr):
    assert parse(code(expr)) == expr


@given(canonical_expressions())
def test_unicode_reads_back(expr):
    assert parse(unicode(expr)) == expr


@pytest.mark.parametrize("entry", functions(), ids=lambda entry: entry.name)
def test_each_function_reads_back(entry: Function):
    args = tuple(map(Name, ("p", "q", "r")[: len(entry.args)]))
    sums = tuple(add(arg, neg(Name("t"))) for arg in args)
    for given_args in (args, sums):
        every = tuple(entry.params.items())
        # Further axes of an index, which matrices haven't, aren't written.
        for params in ((), shortened(every) if entry.name in ("part", "place") else every):
            expr = Apply(entry.name, given_args, params)
            for outer in (expr, neg(expr), power(expr, Num(2.0)), T(expr), mul(expr, a), sub(a, expr), matmul(a, expr)):
                if entry.name == "add" and outer != expr and outer.function == "add":
                    continue
                if entry.name == "add" and given_args is sums:
                    continue
                assert parse(code(outer), indices=given_functions(entry)) == outer
                assert parse(unicode(outer), indices=given_functions(entry)) == outer


def given_functions(entry: Function) -> Indices:
    """That p is a function, where the problem gives one."""
    of = {**dict.fromkeys(ENTRYWISE, ENTRYWISE[0]), **dict.fromkeys(OF_VECTOR, OF_VECTOR[0])}
    return Indices(functions=(("p", of[entry.name]),)) if entry.name in of else NO_INDICES


def test_a_quantity_that_is_named_as_a_constant_is_meant_in_either_spelling():
    assert parse("log(π)", own=("pi",)) == parse("log(pi)", own=("pi",)) == call("log", Name("pi"))
    assert parse("log(π)") == call("log", call("pi"))


@pytest.mark.parametrize("read", [parse, lambda text: Parsing(text, (), NO_INDICES, ()).at(())], ids=["once", "often"])
def test_the_terms_of_all_sums_are_counted_each_time_they_are_read(read) -> None:
    """A sum of 140 sums of 140 terms has 140 + 140 · 140 = 19,740 of them, one of 200 sums of 200 has 40,200."""
    assert isinstance(read("sum(sum(x * j, j, 1, 140), i, 1, 140)"), Apply)
    with pytest.raises(FormulaError, match="more than 20,000 terms"):
        read("sum(sum(x * j, j, 1, 200), i, 1, 200)")
