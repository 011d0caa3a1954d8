r"""Read TeX mathematics: text to tokens, tokens to a tree. What isn't in the table of commands is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final, NoReturn

from gradcalc.formula.tex.commands import ACCENTS, COMMANDS, FONTS, FRACTIONS, LEFT, RIGHT, ROOT, WORDS, names
from gradcalc.formula.tex.tree import (
    Accented,
    Braced,
    Char,
    Fenced,
    Fraction,
    Grid,
    Group,
    Node,
    Root,
    Row,
    Scripted,
    Styled,
    Symbol,
    Unknown,
    Words,
)
from gradcalc.words import did_you_mean

_RIGHT: Final = rf"\{RIGHT}"
_DEEPEST: Final = 40
_TOKEN: Final = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_REFUSED: Final = frozenset('$%&#`"\\')
"""Signs that mean something else to TeX or to Markdown."""
_ESCAPED: Final = frozenset("_%&#${} ")
"""What text may have behind a backslash."""
_TIE: Final = "\u00a0"
_NO_TEXT: Final = frozenset('\\{}$%&#^_`"')


class TexError(Exception):
    """TeX that can't be read: the part at fault, where it begins in the text (from 0), what is wrong, a hint."""

    def __init__(self, part: str, start: int, why: str, hint: str = "") -> None:
        self.part = part
        self.start = start
        self.why = why
        self.hint = hint
        super().__init__(why + hint)


BARE: Final = "bare"
"""In the place of a font: what stands there as if there were no braces around it."""
CASES: Final = "cases"
GRIDS: Final = (
    *("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array", CASES),
    *("dcases", "rcases", "aligned"),
)
_BRACES: Final = ("underbrace", "overbrace")
_OVER: Final = r"\over"
ALIASES: Final = {
    **{"intercal": "top", "mathds": "mathbb", "pmb": "boldsymbol", "boldmath": "boldsymbol", "part": "partial"},
    **{"bigodot": "odot", "circledast": "odot", "hdots": "dots", ">": ":"},
}
"""Commands of packages, and mistaken ones, that are read as another."""
_DERIVED: Final[dict[str, Node]] = {"pdv": Symbol(COMMANDS["partial"]), "dv": Char("d")}
"""Derivatives as packages for physics have them."""


@lru_cache(maxsize=4096)
def read(tex: str, lenient: bool = False, grids: bool = False) -> Row:
    """The tree of a formula; a `lenient` reading keeps commands and characters that aren't known.

    Matrices and cases are read with `grids`, and refused like other environments without. Raises TexError.
    """
    reader = _Reader(tex, lenient, grids)
    row = reader.row()
    if reader.token:
        reader.fail(f"'{reader.token}' closes nothing")
    return row


class _Reader:
    def __init__(self, tex: str, lenient: bool, grids: bool) -> None:
        found = list(_TOKEN.finditer(tex))
        self.tokens = [*(match[0] for match in found), ""]
        self.starts = [*(match.start() for match in found), len(tex)]
        self.position = 0
        self.depth = 0
        self.lenient, self.grids = lenient, grids
        self.within = 0
        """How many matrices are open."""

    @property
    def token(self) -> str:
        """The next token; the one at the end is empty."""
        return self.tokens[self.position]

    def fail(self, why: str, hint: str = "") -> NoReturn:
        raise TexError(self.token, self.starts[self.position], why, hint)

    def take(self) -> str:
        """The next token, which isn't a space."""
        self.spaces()
        text = self.token
        self.position += bool(text)
        return text

    def peek(self) -> str:
        self.spaces()
        return self.token

    def spaces(self) -> None:
        while self.token.isspace():
            self.position += 1

    def row(self) -> Row:
        r"""Symbols with their scripts, up to a closing brace, a `\right` or the end."""
        self.depth += 1
        if self.depth > _DEEPEST:
            self.fail(f"nested more than {_DEEPEST} deep")
        nodes: list[Node] = []
        while self.peek() not in ("", "}", _RIGHT) and not (self.within and self.token in _CELL_ENDS):
            if self.grids and self.token == _OVER:
                self.position += 1
                nodes = [Fraction(Group(tuple(nodes)), Group(self.row()))]
            else:
                nodes.append(self.scripted())
        self.depth -= 1
        return tuple(nodes)

    def scripted(self) -> Node:
        base = None if self.peek() in ("^", "_", "'") else self.number() or self.atom()
        primes, scripts = 0, dict[str, Node]()
        while (sign := self.peek()) in ("^", "_", "'"):
            if sign in scripts or (sign == "'" and "^" in scripts):
                self.fail(
                    f"a second {'subscript' if sign == '_' else 'superscript'}", "; put both into braces, as in x_{0,1}"
                )
            self.position += 1
            if sign == "'":
                primes += 1
            else:
                scripts[sign] = self.atom()
        return Scripted(base, primes, tuple(scripts.items())) if primes or scripts else base or Group(())

    def number(self) -> Char | None:
        """Digits side by side, with a point among them."""
        start = self.position
        while self.token.isdecimal():
            self.position += 1
        ahead = self.tokens[self.position + 1 : self.position + 2]
        if self.position > start and self.token == "." and ahead and ahead[0].isdecimal():
            self.position += 1
            while self.token.isdecimal():
                self.position += 1
        text = "".join(self.tokens[start : self.position])
        return Char(text) if text else None

    def atom(self) -> Node:
        """One token, a group, or a command with its arguments: what takes a script, and what is an argument."""
        text = self.peek()
        if text == "{":
            return self.group()
        if text in ("", "}", "^", "_", "'", _RIGHT):
            self.fail(f"'{text}' stands where something must come first" if text else "something must follow")
        if text.startswith("\\") and len(text) > 1:
            return self.command(text[1:])
        if text in _REFUSED or not (text.isprintable() or self.lenient):
            self.fail(f"{text!r} can't stand in a formula")
        self.position += 1
        return Symbol(COMMANDS[" "]) if text == "~" else Char(text)

    def group(self) -> Group:
        opened = self.position
        self.position += 1
        inner = self.row()
        if self.peek() != "}":
            self.position = opened
            self.fail("'{' isn't closed")
        self.position += 1
        return Group(inner)

    def command(self, name: str) -> Node:
        name = ALIASES.get(name, name) if self.grids else name
        if name in COMMANDS:
            self.position += 1
            return Symbol(COMMANDS[name])
        if name in _ARGUMENTS:
            self.position += 1
            return _ARGUMENTS[name](self, name)
        if self.grids and name in _OF_GRIDS:
            self.position += 1
            return _OF_GRIDS[name](self, name)
        if not self.lenient:
            alike = [each for each in names() if each[:1].lower() == name[:1].lower()]
            meant = did_you_mean(name, alike).replace("'", "'\\", 1)
            self.fail(f"unknown command '\\{name}'", meant)
        self.position += 1
        return Unknown(name)

    def grid(self, _: str) -> Node:
        r"""What stands between `\begin{bmatrix}` and `\end{bmatrix}`."""
        opened, kind = self.position - 1, self.environment()
        if kind not in GRIDS or not self.grids:
            self.position -= 1
            self.fail(f"'{kind}' can't be read in a formula")
        if kind == "array" and self.peek() == "{":
            self.group()
        self.within += 1
        rows: list[list[Row]] = [[self.row()]]
        while self.peek() in ("&", "\\\\"):
            sign = self.take()
            if sign == "\\\\" and self.peek() == "[":  # how far the next row stands below
                while self.take() not in ("]", ""):
                    pass
            if sign == "&":
                rows[-1].append(self.row())
            else:
                rows.append([self.row()])
        self.within -= 1
        if self.take() != r"\end" or self.environment() != kind:
            self.position = opened
            self.fail(f"'{kind}' isn't closed")
        return Grid(CASES if kind.endswith(CASES) else kind, tuple(tuple(row) for row in rows if any(row)))

    def environment(self) -> str:
        """The name of an environment in its braces."""
        if self.peek() != "{":
            self.fail("the name of an environment is missing")
        self.position += 1
        name = ""
        while self.token not in ("}", ""):
            name += self.token
            self.position += 1
        self.position += 1 if self.token else 0
        return name.strip()

    def braced(self, _: str) -> Node:
        """What stands over or under a brace, and what is said of it there, if that is mathematics."""
        inner = self.atom()
        if self.peek() not in ("_", "^"):
            return inner
        self.position += 1
        start, depth = self.position, self.depth
        try:
            return Braced(inner, self.atom())
        except TexError:
            self.position, self.depth = start, depth
            self.atom_or_words()
        return inner

    def of_colour(self, name: str) -> Node:
        r"""`\textcolor{red}{a + b}`, `\color{red}{a + b}`, and `\color{red}` for the rest of a group."""
        self.atom_or_words()
        return self.bare("") if name == "textcolor" or self.peek() == "{" else Styled(BARE, Group(()))

    def bare(self, _: str) -> Node:
        r"""What braces only mark, `\cancel{a + b}`, without binding it together."""
        return Styled(BARE, self.atom())

    def under_a_mark(self, _: str) -> Node:
        r"""`\overset{(1)}{\delta}`, without what stands above it."""
        self.atom_or_words()
        return self.bare("")

    def stacked(self, _: str) -> Node:
        r"""`\substack{i = 1 \\ i \neq k}`, with a comma for each line."""
        if self.take() != "{":
            self.fail(r"\substack needs its lines in braces")
        self.within += 1
        found = self.row()
        while self.peek() == "\\\\":
            self.position += 1
            found = (*found, Char(","), *self.row())
        self.within -= 1
        if self.take() != "}":
            self.fail("'{' isn't closed")
        return Group(found)

    def crossed_out(self, _: str) -> Node:
        r"""`\cancelto{0}{a + b}`, without what it goes to."""
        self.atom()
        return self.bare("")

    def derivative(self, name: str) -> Node:
        r"""`\pdv{L}{W}`."""
        above, below = (Group((_DERIVED[name], *self.argument())) for _ in range(2))
        return Fraction(above, below)

    def argument(self) -> Row:
        """The next argument, without its braces."""
        inner = self.atom()
        return inner.items if isinstance(inner, Group) else (inner,)

    def atom_or_words(self) -> None:
        """Pass over a remark, which needn't be mathematics."""
        depth = 0
        while self.token:
            depth += (self.token == "{") - (self.token == "}")
            self.position += 1
            if depth <= 0:
                return

    def accented(self, name: str) -> Node:
        return Accented(name, self.atom())

    def styled(self, name: str) -> Node:
        self.position += self.token == "*" and name == "operatorname"
        return Styled(name, self.atom())

    def switched(self, name: str) -> Node:
        r"""`{\rm text}`: a font for all that stands behind it in its braces."""
        return Styled(f"math{name}", Group(self.row()))

    def fraction(self, _: str) -> Node:
        return Fraction(self.atom(), self.atom())

    def root(self, _: str) -> Node:
        if self.peek() == "[":
            self.fail("only square roots can be read", r": write x^{1/3} for \sqrt[3]{x}")
        return Root(self.atom())

    def words(self, name: str) -> Node:
        if self.peek() != "{":
            self.fail(rf"\{name} needs its text in braces")
        self.position += 1
        text = ""
        while self.token != "}":
            text += self.word()
            self.position += 1
        self.position += 1
        return Words(name, text)

    def word(self) -> str:
        """What one token of text stands for."""
        token = self.token
        if token[:1] == "\\" and token[1:] in _ESCAPED:
            return token[1:]
        if not token:
            self.fail("the text isn't closed", "; it ends with }")
        if token[0] in _NO_TEXT or not (token.isprintable() or token.isspace()):
            self.fail(f"'{token}' can't stand in text", r"; text has letters, digits and spaces, _ is \_")
        return _TIE if token == "~" else " " if token.isspace() else token

    def between(self, _: str) -> Node:
        opening = self.fence()
        inner = self.row()
        if self.peek() != _RIGHT:
            self.fail(r"\left has no \right")
        self.position += 1
        return Fenced(opening, inner, self.fence())

    def fence(self) -> Char | Symbol | None:
        text = self.take()
        if text == ".":
            return None
        command = COMMANDS.get(text[1:]) if text.startswith("\\") else None
        if command is not None and command.kind == "fence":
            return Symbol(command)
        if text not in ("(", ")", "[", "]", "|", "/", "<", ">"):
            self.position -= bool(text)
            self.fail(f"'{text}' is no bracket" if text else "a bracket is missing")
        return Char(text)


_CELL_ENDS: Final = ("&", "\\\\", r"\end")
_ARGUMENTS: Final[dict[str, Callable[[_Reader, str], Node]]] = {
    **dict.fromkeys(ACCENTS, _Reader.accented),
    **dict.fromkeys(FONTS, _Reader.styled),
    **dict.fromkeys(WORDS, _Reader.words),
    **dict.fromkeys(FRACTIONS, _Reader.fraction),
    ROOT: _Reader.root,
    LEFT: _Reader.between,
}
_OF_GRIDS: Final[dict[str, Callable[[_Reader, str], Node]]] = {
    "begin": _Reader.grid,
    **dict.fromkeys(("color", "textcolor"), _Reader.of_colour),
    **dict.fromkeys(("cancel", "bcancel", "xcancel", "mathop", "mathbin", "mathrel", "mathord"), _Reader.bare),
    "cancelto": _Reader.crossed_out,
    "substack": _Reader.stacked,
    **dict.fromkeys(("overset", "underset"), _Reader.under_a_mark),
    **dict.fromkeys(_DERIVED, _Reader.derivative),
    **dict.fromkeys(("cfrac", "nicefrac", "sfrac", "flatfrac"), _Reader.fraction),
    **dict.fromkeys(_BRACES, _Reader.braced),
    **dict.fromkeys(("rm", "bf", "it", "cal", "sf", "tt"), _Reader.switched),
}
