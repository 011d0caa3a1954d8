r"""Read formulas of LaTeX from their tokens: names and functions, and with them sums, derivatives, entries, cases.

What has no value of its own before a letter has one (`h_{ni}`), or isn't in the equations (`\partial h / \partial x`),
is kept as the text that claims have for it, under a name that is this text; so shapes are known all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from gradcalc.check.answers.activations import Activations
from gradcalc.check.answers.calls import STOP_GRADIENT, is_function
from gradcalc.check.answers.definitions import Definition, parted
from gradcalc.check.answers.dots import DOTS
from gradcalc.check.answers.extremes import OF_TWO
from gradcalc.check.answers.families import Family, Member
from gradcalc.check.answers.identities import Identities, eye
from gradcalc.check.answers.letters import FACTORS, ONES, PRIMES, letter_of, split
from gradcalc.check.answers.lexer import Token
from gradcalc.check.answers.meanings import Meanings
from gradcalc.check.answers.odd_brackets import odd, opened, without
from gradcalc.check.answers.parts import Part
from gradcalc.check.answers.patterns import Patterns
from gradcalc.check.answers.second_slopes import second_derivative
from gradcalc.check.answers.shaped import is_shape, sides_of, size_of, sizes_by
from gradcalc.check.answers.summing import has_name, members_in, put_for
from gradcalc.check.answers.tex import SAME, tex_tokens
from gradcalc.check.answers.typed import UnknownName
from gradcalc.formula.expr import Apply, Expr, Name, Num, call, transform
from gradcalc.formula.table import known, lookup, without_brackets
from gradcalc.formula.tex.tree import Row
from gradcalc.formula.write import code
from gradcalc.program.naming import gradient_name

_HESSIAN: Final = "H"
_LOGARITHM: Final = "log"
_SUMS: Final = {"rowsum": 1, "rowsums": 1, "colsum": 0, "colsums": 0, "columnsum": 0}
"""Functions that sum each row or each column, with the axis along which they do."""
_IDENTITY: Final = "I"
_STOPS: Final = "sg"
_VEC: Final = "vec"
"""Where it stands, `⊗` is the Kronecker product."""
_BOUND: Final = "qrsuvwzabcdfgh"
"""Letters for what a softmax sums over, of which one means nothing else."""

_STEPS: Final = (1, 2, 3)
_OF_PRODUCTS: Final = ("trace", "det")
"""What without brackets is of the whole product behind it."""


class Symbolic(Activations):
    """Reads a formula from tokens of TeX."""

    def atom(self) -> Part:
        """One value: a number, a name, a call, what stands in brackets."""
        token = self.token
        self.position += 1
        match token.kind:
            case "group":
                return self.inner(token.inner[0])
            case "braced":
                found = self.inner(token.inner[0])
                self.meanings.given_names.append((token.inner[1], found))
                return found
            case "root":
                return self.builder.applied("sqrt", self.inner(token.inner[0]))
            case "fence":
                return self.fenced(token)
            case "fraction":
                return self.fraction(token)
            case "sum":
                return self.total(token)
            case "grid":
                return self.grid(token)
            case "rule":
                return self.ruled(token)
            case "apart":
                return self.one_apart(token)
            case "nabla":
                return self.gradient_by(self.taken_by(token.inner[0]), token.text == "∇²")
            case "member":
                return self.pass_over_inputs(self.of_family(token.inner[0]))
            case "lettered":
                return self.pass_over_inputs(self.some_member(token.text, token.inner[1]))
            case "sign" if token.text == "∂":
                return self.in_line()
            case "sign" if token.text in DOTS:
                self.fail("dots that say no rule: write what is first, dots, and what is last")
            case "sign" if token.text == "∇":
                return self.gradient_of_next()
            case "sign" if token.text == "[":
                return self.bracketed()
            case "number" if token.text == "1" and self.token.kind == "index":
                return self.indicator()
        self.position -= 1
        return super().atom()

    def of_family(self, found: Member) -> Part:
        """A member of a family whose index has letters."""
        own = self.meanings.definitions.get(found.family.name)
        indices = [self.step(index) for index in found.indices] if own is None else self.own_indices(own, found)
        if own is not None:
            of, by = own.at(tuple(indices))
            return self.opaque(code(of.expr), of.shape) if by is None else self.partial(of, by)
        entry = self.entry_of_sample(found.family, indices)
        if entry is not None:
            return entry
        self.meanings.uncertain |= not found.is_certain
        name = f"{found.family.name}[{','.join(indices)}]"
        return self.some_member(name, [letter for index in indices if (letter := parted(index)[0]).isalpha()])

    def entry_of_sample(self, family: Family, indices: Sequence[str]) -> Part | None:
        """`y_k` as the entry k of some sample's y, where that is asked for; None of any other member."""
        is_other = len(indices) == 1 and indices[0].isalpha() and indices[0] not in self.meanings.over
        shape = self.builder.shapes.get(self.meanings.members.get(family.name, ""))
        if not is_other or family.sites != ("_",) or shape is None or max(shape, default=1) == 1 or 1 not in shape:
            return None
        self.meanings.may_be_entry = True
        sample = self.meanings.some_sample
        if not sample:
            return None
        whole = self.some_member(f"{family.name}[{sample}]", [sample])
        self.meanings.steps.discard(indices[0])
        if self.meanings.letters.get(indices[0]) is None:
            self.meanings.letters[indices[0]] = max(shape)
        return self.entry(whole, indices, ())

    def taken_by(self, tokens: Sequence[Token]) -> Part:
        """What stands below a nabla; a family there, as `a` in `\\nabla_a C`, is its last member."""
        family = tokens[0].text
        if len(tokens) == 2 and family in self.meanings.members and self.meanings.last:
            self.meanings.uncertain = True
            return self.some_member(f"{family}[{self.meanings.last}]", ())
        return self.inner(tokens)

    def own_indices(self, own: Definition, found: Member) -> list[str]:
        """Those of a name of the student's own: of members, or of entries."""
        indices = []
        for (letter, _), index in zip(own.letters, found.indices, strict=True):
            if letter not in own.steps and (now := parted(index)[0]).isalpha():
                self.meanings.letters.setdefault(now, None)
            indices.append(self.step(index) if letter in own.steps else index)
        return indices

    def name(self, token: Token) -> Part:
        """A name, or the function of that name where it is called."""
        text = SAME.get(token.text, token.text) if self.builder.resolve(token.text) is None else token.text
        whole = self.bound(token) or self.extreme(text)
        if whole is not None:
            return whole
        if self.is_probability(token.text):
            return self.probability(token.text)
        is_size = token.text in self.meanings.sizes and self.token.kind == "end"  # as below a fraction's bar
        is_typed_so = not token.inner or str(token.inner[0]) in token.text  # and isn't shown as G or δ
        is_change = token.text == "d" or (is_typed_so and token.text == self.meanings.given_as(token.text))
        if self.meanings.differential and is_change and not is_size:
            return self.differential(token)
        if text == "d" and self.token.kind == "member" and text in self.meanings.sizes:
            self.meanings.uncertain = True
            return self.gradient_of_next()
        if text in self.meanings.own:
            return Part(Name(text), self.meanings.own[text])
        of_loss = self.gradient_of_loss(text)
        if of_loss is not None:
            return of_loss
        shape = self.builder.shapes.get(text.partition("[")[0])
        if text.endswith("]") and shape is not None and self.builder.resolve(text) is None:
            name, _, index = text[:-1].partition("[")
            return self.entry(Part(Name(name), shape), index.split(","), ())
        if text == "d" in self.meanings.sizes and self.has_gradient(self.token.text):
            return self.gradient_of_next()  # and not a size times it
        if token.inner == ("J",) and self.is_function_ahead():
            of = self.atom()
            if isinstance(of.expr, Apply) and len(of.expr.args) == 1:
                return self.partial(of, self.builder.whole(of.expr.args[0]))
            self.fail("a Jacobian of what is no function of one array")
        of_problem = self.of_problem(text)
        if of_problem is not None:
            return self.unknown_function(*of_problem)
        axis = _SUMS.get(text.replace("_", "").lower())
        if axis is not None and self.token.text == "(":
            inside = self.atom()
            return self.builder.joined(Apply("sum", (inside.expr,), (("axis", axis),)), [inside])
        activation = self.activation(text)
        if activation is not None:
            name, is_slope = activation
            return self.slope(name) if is_slope else self.of_arguments(name)
        function = self.meanings.functions.get(text, text)
        if self.is_applied(text) or (function != text and self.is_called(text)):
            return self.applied_function(function)
        if text == "e" and self.token.kind == "raise" and self.is_eulers():
            exponent = self.inner(self.token.inner[0])
            self.position += 1
            return self.builder.applied("exp", exponent)
        if self.builder.resolve(text) is None and not without_brackets(text):
            return self.unknown(text)
        return self.quantity(super().name(Token("name", text, token.start)))

    def quantity(self, found: Part) -> Part:
        """A quantity of the problem, with what is remembered of it, behind the arguments that it is written with."""
        if not isinstance(found.expr, Name):
            return found
        name = found.expr.id
        if name in self.meanings.gradients:
            self.remember_gradient(found)
            self.meanings.gradients_named.add(name)
        if name == self.meanings.objective:
            self.pass_over_arguments()
        self.pass_over_inputs(found)
        if name in self.meanings.guessed:
            ahead = self.token.text if self.token.text in PRIMES else ""  # a name of its own, or a derivative
            is_called = ahead or self.token.text == "("
            (self.meanings.called if is_called else self.meanings.alone).add(f"{name}{ahead}")
        return found

    def has_gradient(self, name: str) -> bool:
        """Whether `dW` or, of an unknown function of a vector, `df(v)` is a gradient here."""
        gradient = gradient_name(name)
        return gradient in self.meanings.gradients or self.of_problem(gradient) is not None

    def is_eulers(self) -> bool:
        """Whether an e that is raised is Euler's number: in the second reading where e is a quantity as well."""
        is_quantity = self.builder.resolve("e") is not None
        self.meanings.odd |= is_quantity
        return self.meanings.otherwise or not is_quantity

    def is_function_ahead(self) -> bool:
        """Whether a function with its argument stands here."""
        return self.token.kind == "name" and known(self.token.text) and self.tokens[self.position + 1].text == "("

    def unknown(self, text: str) -> Part:
        """A letter of an index, the loss by a customary name, or nothing that is known."""
        if text == "e" and self.token.kind == "index":
            below = [letter_of(each) for each in self.token.inner[0] if each.kind != "end"]
            hot = self.meanings.classes.get(below[0], "") if len(below) == 1 else ""
            if hot in self.builder.shapes:
                self.position += 1
                return Part(Name(hot), self.builder.shapes[hot])
        loss = self.customary_loss(text)
        if loss is not None:
            return loss
        if text in self.meanings.letters or text in self.meanings.sizes:
            return self.opaque(text, ())
        if text in ("δ", "1") and self.token.kind == "index":
            return self.kronecker()
        if text == "d" and self.token.kind in ("name", "member"):
            return self.gradient_of_next()
        if text == "δ" and self.meanings.delta_as_d and self.token.kind in ("name", "member", "lettered"):
            return self.gradient_of_next()
        if text == _IDENTITY:
            return self.identity()
        hessian = self.hessian_by_letter() if text == _HESSIAN else None
        if hessian is not None:
            return hessian
        if self.token.kind == "index" and is_shape(self.token.inner[0]):
            return self.of_shape(text, sides_of(self.token.inner[0]))
        name = self.meanings.read_as.get(text)
        if name is not None:
            self.meanings.uncertain |= self.token.kind != "index"  # all layers' may be meant
            return Part(Name(name), self.builder.shapes.get(name))
        matrix = self.matrix_of(text)
        if matrix is not None:
            return matrix
        argument = self.argument_here()
        if argument is None:
            raise UnknownName(text)
        self.meanings.remarks.append(f"{text} is read as {argument}")
        self.meanings.uncertain = True
        return Part(Name(argument), self.builder.shapes.get(argument))

    def matrix_of(self, letter: str) -> Part | None:
        """`w_{ij}` is an entry of W, and `w_i` a row or a column, where no w is known."""
        index = (
            split([each for each in self.token.inner[0] if each.kind != "end"]) if self.token.kind == "index" else []
        )
        name = self.builder.resolve(letter.upper()) if index and len(index) < 3 and letter.islower() else None
        shape = self.builder.shapes.get(name or "")
        return Part(Name(name), shape) if name and shape and 1 not in shape else None

    def argument_here(self) -> str | None:
        r"""What a function is applied to that is applied once, in the place of a letter of one's own: `\phi(z)`."""
        before = [token.text for token in self.tokens[max(0, self.position - 3) : self.position - 1]]
        alone = before[1:] == ["("] and self.token.text == ")"
        return self.meanings.slopes.get(SAME.get(before[0], before[0])) if alone else None

    def of_shape(self, letter: str, sides: Sequence[str]) -> Part:
        """Of the names with this letter and the number of a layer the one that has the shape below it."""
        shapes = {name: self.builder.shapes.get(name) for name in self.meanings.numbered.get(letter, ())}
        fitting = [name for name, shape in shapes.items() if sizes_by(sides, shape, self.meanings) is not None]
        if len(fitting) != 1:
            raise UnknownName(letter)
        return Part(Name(fitting[0]), shapes[fitting[0]])  # which its shape, still ahead, is compared with

    def identity(self) -> Part:
        """`I`, of the size that fits, and `I_n`."""
        below = "".join(sides_of(self.token.inner[0])) if self.token.kind == "index" else ""
        size = size_of(below, self.meanings)
        if below and size is None:
            raise UnknownName(_IDENTITY)
        self.position += bool(below)
        return self.builder.whole(eye(size)) if size else self.builder.identity()

    def is_applied(self, name: str) -> bool:
        """Whether a function stands here with its argument."""
        if not is_function(name) or without_brackets(name) or self.builder.resolve(name) is not None:
            return False
        return self.token.kind != "end" and self.token.text not in ("+", "-", ")", ",")

    def is_called(self, quantity: str) -> bool:
        """Whether a bracket with an argument follows the sign of a quantity that is a function's as well.

        In `φ(1 - φ)` it is a factor: the bracket speaks of the quantity itself.
        """
        start = self.position + (self.token.text in PRIMES)
        inside = self.tokens[start + 1 : self.closing(start)] if self.tokens[start].text == "(" else []
        itself = (each for each, after in pairwise(inside) if each.text == quantity and after.text != "(")
        return bool(inside) and next(itself, None) is None and inside[-1].text != quantity

    def applied_function(self, name: str) -> Part:
        """`σ′(a)`, `softmax(z)`, `log ŷ`, `\\log\\left[…\\right]`."""
        if name == _STOPS and STOP_GRADIENT not in self.meanings.used:
            raise UnknownName(name)  # which others use for what they like
        primed = self.token.kind == "sign" and self.token.text in PRIMES
        self.position += primed
        power = self.token if self.token.kind == "raise" else None
        self.position += power is not None
        index = self.token if self.token.kind == "index" else None
        self.position += index is not None
        found = self.slope(name) if primed else self.of_arguments(name)
        found = found if index is None else self.with_index(found, index)
        return found if power is None else self.raised(found, self.inner(power.inner[0]))

    def is_product_of_brackets(self) -> bool:
        r"""Whether a bracket stands here that is turned and has another one behind it: `tr (A - B)^T (A - B)`."""
        end = self.closing(self.position) if self.token.text in self.openings else 0
        behind = self.tokens[end + 1 : end + 3] if end else []
        return len(behind) == 2 and behind[0].kind == "transpose" and behind[1].text in self.openings

    def with_index(self, found: Part, index: Token) -> Part:
        """`f_i(a)`: the i-th entry; of a function whose value is a number its derivative by the i-th entry of a."""
        args = found.expr.args if isinstance(found.expr, Apply) else ()
        inside = [each for each in index.inner[0] if each.kind != "end"]
        if found.shape not in ((), (1, 1)) or len(args) != 1:
            return self.part_of(found, inside)
        return self.partial(found, self.part_of(self.builder.whole(args[0]), inside))

    def of_arguments(self, name: str) -> Part:
        """A function of what stands behind it."""
        if name in _OF_PRODUCTS and self.is_product_of_brackets():
            return self.builder.applied(name, self.products())
        if self.accept("("):
            found = self.called(OF_TWO.get(name, name) if self.has_two() else name, [])
            if name == _LOGARITHM and self.token.kind == "raise" and isinstance(found.expr, Apply):
                return self.of_power(name, self.builder.whole(found.expr.args[0]))
            return self.of_entry(name, self.of_row(self.of_targets_first(found)))
        if self.token.kind == "grid":
            self.fail(f"{name} needs its argument in brackets")
        whole = self.products if name in _OF_PRODUCTS else self.power
        is_whole = self.token.kind == "sum" or (self.token.kind == "rule" and self.token.text == "(")
        arg = self.atom() if is_whole else whole()  # in `f(z_1, …, z_n)_i` the index is that of f
        if arg.expr == Name(ONES) and self.token.kind in (*FACTORS, "sign"):
            arg = self.builder.applied("sum", self.power())
        return self.builder.applied(name, arg) if known(name) else self.fail(f"{name} needs its argument in brackets")

    def of_row(self, found: Part) -> Part:
        r"""`\operatorname{diag}(y)` of a row y is that of its entries, as of a column."""
        if not (isinstance(found.expr, Apply) and found.expr.function == "diag" and found.shape is None):
            return found
        arg = self.builder.whole(found.expr.args[0], found)
        is_row = arg.shape is not None and arg.shape != () and arg.shape[0] == 1
        return self.builder.applied("diag", self.builder.applied("transpose", arg)) if is_row else found

    def of_power(self, name: str, arg: Part) -> Part:
        r"""`\log (1 - p)^{1 - y}` is that of the power, as in likelihoods; of `\log (x)^2` nobody knows."""
        exponent = self.inner(self.token.inner[0])
        self.position += 1
        if isinstance(exponent.expr, Num):
            self.meanings.uncertain = True
            return self.raised(self.builder.applied(name, arg), exponent)
        return self.builder.applied(name, self.raised(arg, exponent))

    def has_two(self) -> bool:
        """Whether there are several arguments in the bracket that is open."""
        opened = 1
        for i in range(self.position, len(self.tokens)):
            token = self.tokens[i]
            opened += (token.text in ("(", "[")) - (token.text in (")", "]"))
            if opened == 0 or (opened == 1 and token.text == ","):
                return opened == 1 and self.tokens[min(i + 2, len(self.tokens) - 1)].text != "="
        return False

    def of_targets_first(self, found: Part) -> Part:
        """A loss has the targets first in most books, and second in the table."""
        args = found.expr.args if isinstance(found.expr, Apply) else ()
        ids = [each.id if isinstance(each, Name) else "" for each in args]
        if len(args) != 2 or ids[0] not in self.meanings.targets or ids[1] in self.meanings.targets:
            return found
        assert isinstance(found.expr, Apply)
        swapped = lookup(found.expr.function).args == ("yhat", "y") if known(found.expr.function) else False
        return (
            self.builder.whole(Apply(found.expr.function, args[::-1], found.expr.params), found) if swapped else found
        )

    def of_entry(self, name: str, found: Part) -> Part:
        """`softmax(θ_t)` is the entry of `softmax(θ)`: of one number it would be 1."""
        if not (
            known(name) and lookup(name).per_sample and isinstance(found.expr, Apply) and len(found.expr.args) == 1
        ):
            return found
        argument = self.builder.whole(found.expr.args[0])
        entry = self.meanings.entries.get(code(argument.expr))
        if entry is None and argument.shape in ((), (1, 1)):
            return self.of_numbered(name, argument)
        if entry is None:
            return found
        whole, index = entry
        self.meanings.remarks.append(f"{code(found.expr)} is read as an entry")
        return self.opaque(f"{name}({code(whole.expr)})[{index}]", ())

    def of_numbered(self, name: str, argument: Part) -> Part:
        """`softmax(w_k^T x + b_k)` is the entry k of the softmax of all of these."""
        letters = {*self.indices(argument)}
        if name != "softmax" or len(letters) != 1:
            self.fail(f"{name} of one number")
        (letter,), text = letters, code(argument.expr)
        other = next(
            each for each in _BOUND if each not in self.meanings.letters and self.builder.resolve(each) is None
        )
        every = put_for(text, letter, other)
        return self.opaque(f"(exp({text}) / sum(exp({every}), {other}))", ())

    def slope(self, name: str) -> Part:
        """`σ′(a)` and `σ″(a)`; of `σ′(·)` the argument is where the function is applied."""
        is_second = self.accept("'", "′") != ""
        if not self.accept("("):
            self.fail(f"{name}′ needs its argument in brackets")
        argument = self.argument_of(name)
        if not is_second:
            return self.derivative_of(name, argument)
        found = second_derivative(name, argument.expr)
        return self.fail(f"{name}″ can't be had") if found is None else self.builder.whole(found, argument)

    def argument_of(self, name: str) -> Part:
        """What a function is applied to; of `σ′(·)` where it is applied."""
        if self.token.text in ("·", "⋅") and self.tokens[self.position + 1].text == ")":
            self.position += 2
            where = self.meanings.slopes.get(name)
            if where is None:
                self.fail(f"{name}′(·): {name} is applied at several places, or at none")
            return Part(Name(where), self.builder.shapes.get(where))
        return super().argument_of(name)


def read_tex(
    text: str,
    builder: Identities,
    matrices_first: bool,
    meanings: Meanings,
    known_trees: Mapping[Row, str],
    other_trees: Mapping[Row, str],
    patterns: Patterns,
    families: Sequence[Family] = (),
    is_condition: bool = False,
) -> Part:
    """The formula of a text in TeX, with its shape; a condition may be an equation. Raises NotReadable."""
    vectors = [name for name, shape in builder.shapes.items() if 1 in shape and max(shape) > 1]
    tokens = tex_tokens(text, known_trees, other_trees, builder.resolve, patterns, families, vectors)
    if odd(tokens):
        meanings.odd = True
        tokens = without(tokens) if meanings.otherwise else opened(tokens)
    every = dict.fromkeys(each for token in tokens for each in members_in(token))
    members = [each for each in every if each.partition("[")[0] in meanings.members]
    there = (step for step in _STEPS if all(meanings.at_step(each, step) in meanings.shapes for each in members))
    meanings.step = next(there, meanings.step)
    meanings.kronecker |= any(has_name(token, _VEC) for token in tokens)
    reader = Symbolic(builder, tokens, matrices_first, meanings)
    if is_condition:
        return reader.compared()
    return _of_all_samples(builder.closed(reader.whole_formula(), meanings.left), builder, meanings)


def _of_all_samples(found: Part, builder: Identities, meanings: Meanings) -> Part:
    r"""Where a number is asked for, `CE(Y, Ŷ)` is the sum or the mean over the samples that the problem takes.

    It may be one of several terms, or have a factor: `CE(Y, Ŷ) + \lambda \Vert W \Vert^2`.
    """

    def summed(node: Expr) -> Expr:
        how = meanings.over_samples.get(node.function) if isinstance(node, Apply) else None
        return node if how is None else call(how, node)

    if not meanings.over_samples or meanings.left not in ((), (1, 1)) or found.shape in ((), (1, 1)):
        return found
    every = builder.whole(transform(found.expr, summed), found)
    return every if every.shape in ((), (1, 1)) else found
