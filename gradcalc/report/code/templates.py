"""Templates of calls, `np.maximum({a}, {b})`: whether one can stand within a formula, and how its fields are put in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gradcalc.formula.expr import Apply, Expr

_FIELD = re.compile(r"\{(\w+)\}")


def is_inline(template: str, args: Sequence[str]) -> bool:
    """Whether every argument stands once at most, and by itself between brackets or commas."""
    alone = (len(re.findall(rf"(?:(?<=\()|(?<=, ))\{{{arg}\}}(?=[),{{])", template)) for arg in args)
    times = (template.count(f"{{{arg}}}") for arg in args)
    return "\n" not in template and all(n <= 1 and n == m for n, m in zip(times, alone, strict=True))


def applied(template: str, args: Mapping[str, Expr], fields: Mapping[str, str]) -> Expr:
    """The template with its fields put in, applied to the arguments that it names."""
    used: list[str] = []

    def put(match: re.Match[str]) -> str:
        name = match[1]
        if name not in args:
            return fields[name]
        used.append(name)
        return f"{{{len(used) - 1}}}"

    text = _FIELD.sub(put, template)
    return Apply(text, tuple(args[name] for name in used))


def substituted(template: str, fields: Mapping[str, str]) -> list[str]:
    """The lines of a template with all of its fields put in."""
    return _FIELD.sub(lambda match: fields[match[1]], template).split("\n")
