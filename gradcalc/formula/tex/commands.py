r"""Every command of TeX mathematics that is understood, and all that is known of it: to add one is to add it here.

Whoever lowers a tree (to one line of Unicode, to MathML, to widths, to LaTeX again) asks these tables, so that what
one understands all do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

CommandKind = Literal["letter", "upright", "sign", "function", "fence", "space"]


@dataclass(frozen=True, slots=True)
class Command:
    r"""A command without arguments.

    kind   letter (slanted, takes fonts), upright (a letter that doesn't), sign, function (`\exp`), fence, space
    char   what it shows, in Unicode
    width  how wide it is in em with the space that TeX puts around it, in Computer Modern
    tex    how LaTeX with amsmath is told, where it has no such command
    """

    name: str
    kind: CommandKind
    char: str
    width: float
    tex: str = ""


@dataclass(frozen=True, slots=True)
class Accent:
    """An accent: its combining character, and the sign that stands alone above a base."""

    combining: str
    sign: str


@dataclass(frozen=True, slots=True)
class Font:
    """A font: the word by which Unicode names its mathematical letters ("" for none), how wide it is beside roman."""

    unicode: str
    width: float = 1.0
    upright: bool = False
    tex: str = ""


def _rows(kind: CommandKind, table: str) -> Iterator[tuple[str, Command]]:
    """Commands from rows of `name character width`, the width in thousandths of an em."""
    for row in table.split(";"):
        name, char, width = row.split()
        yield name, Command(name, kind, char, int(width) / 1000, _WRITTEN.get(name, ""))


_WRITTEN: Final = {
    **{"omicron": "o", "Alpha": r"\mathrm{A}", "Beta": r"\mathrm{B}", "Epsilon": r"\mathrm{E}", "Zeta": r"\mathrm{Z}"},
    **{"Eta": r"\mathrm{H}", "Iota": r"\mathrm{I}", "Kappa": r"\mathrm{K}", "Mu": r"\mathrm{M}", "Nu": r"\mathrm{N}"},
    **{
        "Omicron": r"\mathrm{O}",
        "Rho": r"\mathrm{P}",
        "Tau": r"\mathrm{T}",
        "Chi": r"\mathrm{X}",
        "lt": "<",
        "gt": ">",
    },
}
r"""Greek letters that look like Latin ones have no commands in LaTeX; `\lt` and `\gt` are KaTeX's."""

_LETTERS: Final = """
alpha α 643; beta β 618; gamma γ 573; delta δ 482; epsilon ε 406; varepsilon ε 466; zeta ζ 511; eta η 532; theta θ 497;
vartheta ϑ 591; iota ι 354; kappa κ 576; lambda λ 583; mu μ 603; nu ν 558; xi ξ 484; omicron ο 485; pi π 606;
varpi ϖ 856; rho ρ 517; varrho ϱ 517; sigma σ 607; varsigma ς 442; tau τ 550; upsilon υ 576; phi φ 596; varphi φ 654;
chi χ 626; psi ψ 687; omega ω 658; Alpha Α 750; Beta Β 708; Gamma Γ 625; Delta Δ 833; Epsilon Ε 681; Zeta Ζ 611;
Eta Η 750; Theta Θ 778; Iota Ι 361; Kappa Κ 778; Lambda Λ 694; Mu Μ 917; Nu Ν 750; Xi Ξ 667; Omicron Ο 778; Pi Π 750;
Rho Ρ 681; Sigma Σ 722; Tau Τ 722; Upsilon Υ 778; Phi Φ 722; Chi Χ 750; Psi Ψ 778; Omega Ω 722; imath ı 322; jmath ȷ 384
"""
_UPRIGHTS: Final = "nabla ∇ 833; partial ∂ 586; infty ∞ 1000; ell ℓ 417; hbar ℏ 540; Re ℜ 722; Im ℑ 722; aleph ℵ 611"
_SIGNS: Final = r"""
cdot · 722; times × 1222; odot ⊙ 1222; otimes ⊗ 1222; oplus ⊕ 1222; circ ∘ 944; ast * 500; star ⋆ 500; top ⊤ 778;
bot ⊥ 778; perp ⊥ 1334; dagger † 889; ddagger ‡ 889; prime ′ 300; pm ± 1222; mp ∓ 1222; div ÷ 1222; bullet ∙ 944;
leq ≤ 1334; le ≤ 1334; geq ≥ 1334; ge ≥ 1334; neq ≠ 1334; ne ≠ 1334; approx ≈ 1334; equiv ≡ 1334; sim ∼ 1334;
propto ∝ 1334; ll ≪ 1556; gg ≫ 1556; lt < 1334; gt > 1334; in ∈ 1223; mid | 834; parallel ∥ 1056; to → 1556;
rightarrow → 1556; leftarrow ← 1556; Rightarrow ⇒ 1556; mapsto ↦ 1556; sum ∑ 1611; prod ∏ 1445; int ∫ 1000;
colon : 722; dots … 1172; ldots … 1172; cdots ⋯ 1172; vdots ⋮ 278; ddots ⋱ 1282; _ _ 500; % % 833; & & 778; # # 833;
$ $ 500; backslash \ 500
"""
_FENCES: Final = r"""
{ { 500; } } 500; lbrace { 500; rbrace } 500; | ‖ 500; Vert ‖ 500; lVert ‖ 500; rVert ‖ 500; vert | 278; lvert | 278;
rvert | 278; langle ⟨ 389; rangle ⟩ 389; lfloor ⌊ 444; rfloor ⌋ 444; lceil ⌈ 444; rceil ⌉ 444;
lbrack [ 278; rbrack ] 278
"""
_FUNCTIONS: Final = """
exp exp 1694; log log 1445; ln ln 1001; sin sin 1395; cos cos 1505; tan tan 1612; sinh sinh 1951; cosh cosh 2061;
tanh tanh 2168; max max 2028; min min 1834; arg arg 1559; det det 1556; dim dim 1834; ker ker 1537; sup sup 1672;
inf inf 1384; lim lim 1556; Pr Pr 1240
"""
_SPACES: Final = {
    **{",": 0.167, ":": 0.222, ";": 0.278, "!": -0.167, " ": 0.333, "quad": 1.0, "qquad": 2.0},
    **{"thinspace": 0.167, "medspace": 0.222, "thickspace": 0.278, "negthinspace": -0.167},
}

COMMANDS: Final = {
    **dict(_rows("letter", _LETTERS)),
    **dict(_rows("upright", _UPRIGHTS)),
    **dict(_rows("sign", _SIGNS)),
    **dict(_rows("fence", _FENCES)),
    **dict(_rows("function", _FUNCTIONS)),
    **{name: Command(name, "space", " " if width > 0 else "", width) for name, width in _SPACES.items()},
}
"""Commands without arguments, by name."""

ACCENTS: Final = {
    **{"hat": Accent("\u0302", "^"), "widehat": Accent("\u0302", "^"), "bar": Accent("\u0304", "¯")},
    **{"overline": Accent("\u0304", "¯"), "tilde": Accent("\u0303", "~"), "widetilde": Accent("\u0303", "~")},
    **{"dot": Accent("\u0307", "˙"), "ddot": Accent("\u0308", "¨"), "vec": Accent("\u20d7", "→")},
    **{"check": Accent("\u030c", "ˇ"), "breve": Accent("\u0306", "˘"), "acute": Accent("\u0301", "´")},
    **{"grave": Accent("\u0300", "`"), "mathring": Accent("\u030a", "˚"), "underline": Accent("\u0332", "_")},
}
"""Commands that put something above (or below) their argument."""

FONTS: Final = {
    **{"mathrm": Font("", upright=True), "operatorname": Font("", upright=True), "mathsf": Font("", upright=True)},
    **{"mathtt": Font("", upright=True), "mathit": Font("ITALIC"), "mathbf": Font("BOLD", 1.18)},
    **{
        "boldsymbol": Font("BOLD ITALIC", 1.18),
        "bm": Font("BOLD ITALIC", 1.18, tex="boldsymbol"),
        "bold": Font("BOLD", 1.18, tex="mathbf"),
        "mathbb": Font("DOUBLE-STRUCK"),
    },
    **{"mathcal": Font("SCRIPT"), "mathscr": Font("SCRIPT", tex="mathcal"), "mathfrak": Font("FRAKTUR")},
}
"""Commands that set mathematics in a font."""

WORDS: Final = {name: name for name in ("text", "textrm", "textbf", "textit", "textsf", "texttt")} | {"mbox": "text"}
"""Commands whose argument is text (spaces count in it, and it has no mathematics), and how they are written again."""

FRACTIONS: Final = frozenset(("frac", "tfrac", "dfrac"))
ROOT: Final = "sqrt"
LEFT: Final = "left"
RIGHT: Final = "right"

GREEK: Final = {
    name: entry.char
    for name, entry in COMMANDS.items()
    if entry.kind == "letter" and name.islower() and not name.startswith(("var", "imath", "jmath"))
}
"""The small Greek letters by name."""


def names() -> Iterator[str]:
    """Every command that is understood."""
    for table in (COMMANDS, ACCENTS, FONTS, WORDS, FRACTIONS):
        yield from table
    yield from (ROOT, LEFT, RIGHT)
