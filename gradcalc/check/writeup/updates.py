r"""Updates as books write them, as the problem has them: `w^{(t+1)} = w^{(t)} - \eta \dots` is `w = w - \eta \dots`.

The marks of old and new values are left out: the words `new` and `old`, the numbers of steps, a prime or a plus of the
new one. A change, `\Delta w = -\eta \delta x`, is what is added to the old value, or taken from it where the write-up
does so.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from gradcalc.check.writeup.model import Derivation
from gradcalc.program.problem import Problem

_RATE: Final = r"(?:\\(?:eta|alpha)(?![A-Za-z])|[ηα])"
_OTHER: Final = re.compile(
    r"(?P<sign>[-+−]\s*)(?P<letter>\\(?:epsilon|varepsilon|mu|lambda|gamma|rho)|lr|r|\\(?:text|mathrm)\s*\{lr\})"
    r"(?=(?:\s|\\[,;:! ]|\\cdot)*(?:\\[dt]?frac\s*\{\s*\\partial|\\nabla|\(|\\left\())"
)
"""Another letter for a learning rate, before a derivative or a bracket."""
SAID: Final = re.compile(rf"[-+−=][\s({{]*(?:\\[dt]?frac\s*\{{\s*)?{_RATE}|{_OTHER.pattern}")
"""A learning rate behind a sign, as updates have it."""
_SCRIPT: Final = re.compile(r"\s*[\^_]\s*(\{(?:[^{}]|\{[^{}]*\})*\}|[A-Za-z+])")
_AT_STEP: Final = re.compile(r"(?<=[\w}])\s*\(\s*([a-z](?:\s*\+\s*1)?)\s*\)")
_SET: Final = re.compile(r"\\(?:text|mathrm|textrm|mbox|mathit|operatorname|rm)(?![A-Za-z])|[\s{}()\[\]]")
"""What stands around a mark and says nothing."""
_NEXT: Final = re.compile(r"([a-z])\+1")
_PRIMED: Final = re.compile(r"'|\s*\^\s*(?:\{\s*\\prime\s*\}|\\prime(?![A-Za-z]))")
_CHANGE: Final = re.compile(r"\s*\\[Dd]elta(?![A-Za-z])\s*(.+)", re.DOTALL)
_TAKEN: Final = re.compile(r"[-−]\s*\\Delta(?![A-Za-z])\s*(?:\\\w+\s*\{?\s*)?[A-Za-z]")
"""A change that is taken from the old value."""
_BASE: Final = re.compile(r"(?:\\\w+\s*\{?\s*)*\w")


def as_update(chain: Derivation, sign: str, loss: str, problem: Problem) -> Derivation | None:
    """A chain as an update of the problem's own names; None of what is none, or has nothing to leave out.

    `sign` is the one that changes have in the write-up, `loss` what it is the gradient of.
    """
    left, *rest = chain.sides
    if chain.is_shape or left.is_plain:
        return None
    change = _CHANGE.fullmatch(left.tex)
    of = left.tex if change is None else change[1]
    step = _step(of, is_change=change is not None)
    if step in problem.over:
        return None
    if "old" in _marks(of) or any(_starts_new(side.tex, of) for side in rest):
        return None  # no update: the old value on the left side, or the new one on the right
    old = _without(of, step or "", of)
    sides = [_with_rate(_without(side.tex, step or "", of), problem.given) for side in rest]
    if change is None and not any(old.strip() in side for side in sides):
        return None  # with numbers for the old value it is read as it stands
    if change is not None:
        sides = [f"{old} {sign} ({side})" for side in sides]
    sides = [_with_gradient(side, old, sign, loss) for side in sides]
    if not any(re.search(_RATE, side) for side in sides):
        return None
    every = zip(chain.sides, (old, *sides), strict=True)
    found = replace(chain, sides=tuple(side.respelled(tex) for side, tex in every))
    return None if found == chain else found


def sign_of_changes(text: str) -> str:
    """Which sign changes have in a write-up."""
    return "-" if _TAKEN.search(text) else "+"


def _with_rate(tex: str, known: Collection[str]) -> str:
    """A formula with the usual letter for the learning rate."""
    return _OTHER.sub(lambda it: it[0] if it["letter"].strip("\\") in known else rf"{it['sign']}\eta ", tex)


def _with_gradient(tex: str, old: str, sign: str, loss: str) -> str:
    r"""`w + \Delta w` with what is added to the old value, as descent has it."""
    before, delta, of = tex.partition(rf"{sign} \Delta")
    if not delta:
        before, delta, of = tex.partition(rf"{sign}\Delta")
    same = delta and before.strip() == of.strip(" {}") == old.strip()
    return rf"{old} - \eta \frac{{\partial {loss}}}{{\partial {old}}}" if same else tex


def _step(left: str, is_change: bool) -> str | None:
    """By which letter the new value on a left side is numbered, empty of one with a word or a sign; None of no mark."""
    for mark in _marks(left):
        found = _NEXT.fullmatch(mark)
        if found is not None:
            return found[1]
        if mark in ("new", "+") or mark.endswith(",new"):
            return ""
    at = _AT_STEP.search(left) if is_change else None
    return at[1] if at is not None else "" if _PRIMED.search(left) else None


def _marks(tex: str) -> list[str]:
    """What stands above and below, and the steps in brackets."""
    return [*map(_mark, _SCRIPT.findall(tex)), *(re.sub(r"\s", "", each) for each in _AT_STEP.findall(tex))]


def _starts_new(tex: str, left: str) -> bool:
    """Whether a right side starts from the new value itself, `w_{new} = w_{new} - ...`: no update."""
    return bool({*_marks(left)}) and tex.replace(" ", "").startswith(left.replace(" ", ""))


def _mark(script: str) -> str:
    return _SET.sub("", script)


def _own(letter: str) -> re.Pattern[str]:
    """That letter at the end of a text, with what stands above and below it."""
    return re.compile(rf"{re.escape(letter)}(?:{_SCRIPT.pattern})*\s*\Z")


def _without(tex: str, step: str, of: str) -> str:
    """A formula without the marks of the old and the new value: with a letter those of everything at that step."""
    base = _BASE.match(of.strip())
    letter = "" if base is None else base[0]

    def script(found: re.Match[str]) -> str:
        mark = _mark(found[1])
        if mark in ("new", "old", f"{step}+1") or (mark == "+" and not step):
            return ""
        if mark.endswith((",new", ",old")):
            return f"_{{{mark[:-4]}}}"
        is_own = bool(letter) and _own(letter).search(tex[: found.start()]) is not None
        is_numbered = "(" in found[1] or "[" in found[1] or found[0].lstrip().startswith("_") or is_own
        return "" if mark == step and is_numbered else found[0]

    tex = _SCRIPT.sub(script, tex)
    if step:
        tex = _AT_STEP.sub(lambda found: "" if found[1].replace(" ", "") in (step, f"{step}+1") else found[0], tex)
    return _PRIMED.sub("", tex) if not step and tex.strip() == of.strip() else tex
