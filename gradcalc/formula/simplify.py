"""Bring a formula into the form that a textbook prints: `h1 @ da2.T`, not `(1 * da2 @ h1.T).T`.

Every rule of `simplify` keeps the value for all shapes that fit; none makes a value smaller in shape. Factors don't
change places, and brackets round them stay: a matrix may keep a column and a row apart, as in `u * (A * r)`.
"""

from __future__ import annotations

from decimal import Decimal
from math import isfinite

from gradcalc.formula.expr import ONE, ZERO, Apply, Expr, Num, is_negative, neg, negated, rebuild, transform
from gradcalc.formula.factors import Scale, chain, decimal, goes_on, joined


def simplify(expr: Expr) -> Expr:
    """An equal formula, simpler or the same."""
    return _settle_signs(transform(expr, _step))


def _step(node: Expr) -> Expr:
    """Simplify one node whose arguments are simple."""
    if not isinstance(node, Apply):
        return node
    match node.function:
        case "identity":
            return node.args[0]
        case "transpose":
            return _transpose(node)
        case "neg":
            return _neg(node)
        case "add":
            return _add(node)
        case "mul" | "div":
            return _product(node)
        case "matmul":
            return _matmul(node)
        case "pow":
            return _pow(node)
        case _:
            return node


def _transpose(node: Apply) -> Expr:
    """(Aᵀ)ᵀ = A, (A @ B)ᵀ = Bᵀ @ Aᵀ; signs and numbers move out."""
    arg = node.args[0]
    if isinstance(arg, Num):
        return arg
    if not isinstance(arg, Apply):
        return node
    if arg.function == "transpose":
        return arg.args[0]
    if arg.function == "matmul":
        return _matmul(Apply("matmul", (_transposed(arg.args[1]), _transposed(arg.args[0]))))
    scale, bare = Scale.of(arg)
    return node if bare == arg else _times(scale, _transposed(bare))


def _transposed(expr: Expr) -> Expr:
    return _transpose(Apply("transpose", (expr,)))


def _neg(node: Apply) -> Expr:
    """-(-a) = a, -(a - b) = b - a; but -(a + b) stays."""
    arg = node.args[0]
    if isinstance(arg, Num):
        return Num(-arg.value)
    if not isinstance(arg, Apply):
        return node
    if arg.function == "neg":
        return arg.args[0]
    if arg.function == "add" and any(map(is_negative, arg.args)):
        return _add(Apply("add", tuple(_negative(term) for term in arg.args)))
    return node


def _negative(term: Expr) -> Expr:
    return negated(term) if is_negative(term) else neg(term)


def _add(node: Apply) -> Expr:
    """One flat sum: numbers folded, zeros dropped, equal terms collected, a positive term first."""
    counts: dict[Expr | None, Decimal] = {}
    for term in _terms(node):
        sign, factor, rest = _split(term)
        counts[rest] = counts.get(rest, Decimal(0)) + sign * factor
    if not all(isfinite(float(number)) for number in counts.values()):
        return node
    if len(counts) > 1 and not counts.get(None, 1):
        del counts[None]
    # A sum that cancels to nothing would lose its shape, so such terms stay.
    terms = [Num(float(count)) if rest is None else _scaled(count, rest) for rest, count in counts.items()]
    terms = _quadratic(terms)
    if is_negative(terms[0]):
        terms.sort(key=is_negative)
    return terms[0] if len(terms) == 1 else Apply("add", tuple(terms))


def _quadratic(terms: list[Expr]) -> list[Expr]:
    """`A.T @ w + A @ w`, the gradient of a quadratic form, as `(A + A.T) @ w`."""
    products = [i for i, term in enumerate(terms) if _is_matrix_product(term)]
    turned: dict[Expr, int] = {}
    found = list(terms)
    for i in products if len(products) > 1 else ():
        scale, product = Scale.of(terms[i])
        if not (isinstance(product, Apply) and product.function == "matmul"):
            continue
        (a, v), key = product.args, _times(scale, product)
        j = turned.pop(key, None)
        if j is None:
            turned[_times(scale, Apply("matmul", (_transposed(a), v)))] = i
        elif key != _times(scale, Apply("matmul", (_transposed(a), v))):
            plain = a.args[0] if isinstance(a, Apply) and a.function == "transpose" else a
            both = Apply("matmul", (Apply("add", (plain, _transposed(plain))), v))
            found[j], found[i] = _times(scale, both), ZERO
    return [term for term in found if term is not ZERO]


def _is_matrix_product(term: Expr) -> bool:
    """Whether a term is a matrix product, perhaps with a number before or behind it."""
    while isinstance(term, Apply) and term.function in ("neg", "mul", "div"):
        term = term.args[1] if isinstance(term.args[0], Num) else term.args[0]
    return isinstance(term, Apply) and term.function == "matmul"


def _terms(node: Apply) -> list[Expr]:
    flat: list[Expr] = []
    for term in node.args:
        inner = negated(term) if is_negative(term) else term
        if isinstance(inner, Apply) and inner.function == "add":
            flat.extend(_negative(t) if inner is not term else t for t in inner.args)
        else:
            flat.append(term)
    return flat


def _split(term: Expr) -> tuple[int, Decimal, Expr | None]:
    """A term as sign, number and the rest (None for a number alone)."""
    sign = 1
    if is_negative(term):
        sign, term = -1, negated(term)
    if isinstance(term, Num):
        return sign, decimal(term.value), None
    number, rest = _leading_number(term)
    return sign, number, rest


def _leading_number(expr: Expr) -> tuple[Decimal, Expr]:
    """`2 * a * b` as 2 and `a * b`."""
    if not isinstance(expr, Apply) or expr.function != "mul":
        return Decimal(1), expr
    left, right = expr.args
    if isinstance(left, Num):
        return decimal(left.value), right
    number, rest = _leading_number(left)
    return number, rebuild(expr, (rest, right))


def _scaled(factor: Decimal, rest: Expr) -> Expr:
    sized = rest if abs(factor) == 1 else _product(Apply("mul", (Num(float(abs(factor))), rest)))
    return neg(sized) if factor < 0 else sized


def _product(node: Apply) -> Expr:
    """One chain of factors: the number first, the sign before everything, a numeric divisor last."""
    if goes_on(node):
        return node
    scale, factors = chain(node)
    return _times(scale, joined(factors)) if scale.fits() else node


def _times(scale: Scale, expr: Expr) -> Expr:
    product = scale.times(expr)
    return _neg(Apply("neg", (product,))) if scale.negative else product


def _matmul(node: Apply) -> Expr:
    """Signs and numbers move out of a matrix product."""
    (scale, left), (other, right) = map(Scale.of, node.args)
    scale.combine(other)
    return _times(scale, Apply("matmul", (left, right))) if scale.fits() else node


def _pow(node: Apply) -> Expr:
    """a ** 1 = a."""
    return node.args[0] if node.args[1] == ONE else node


def _settle_signs(expr: Expr) -> Expr:
    """`-(a * b)` outside a sum is written `-a * b`."""
    if not isinstance(expr, Apply):
        return expr
    if expr.function == "add":
        return Apply("add", tuple(_settle_term(term) for term in expr.args), expr.params, expr.at)
    if expr.function == "neg":
        return _into_first(_settle_signs(expr.args[0]))
    return Apply(expr.function, tuple(_settle_signs(arg) for arg in expr.args), expr.params, expr.at)


def _settle_term(term: Expr) -> Expr:
    if isinstance(term, Apply) and term.function == "neg":
        return neg(_settle_signs(term.args[0]))
    return _settle_signs(term)


def _into_first(expr: Expr) -> Expr:
    if isinstance(expr, Apply) and expr.function in ("mul", "div", "matmul"):
        return Apply(expr.function, (_into_first(expr.args[0]), *expr.args[1:]), expr.params, expr.at)
    return _neg(Apply("neg", (expr,)))
