"""List what gradcalc knows: the functions table, one function in full, the problems that come with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import gradcalc.functions  # noqa: F401  (fills the table)
from gradcalc.formula.bound import unbound
from gradcalc.formula.expr import Name, call
from gradcalc.formula.names import name_table
from gradcalc.formula.table import AXIS, Function, functions, lookup
from gradcalc.formula.write import code
from gradcalc.problem.bundled import bundled_names, bundled_path
from gradcalc.problem.source import read
from gradcalc.program.naming import gradient_name
from gradcalc.report.document import Block, Definitions, Document, Heading, Math, Paragraph, Table, Text
from gradcalc.report.story.glossary import definitions

_GROUPS = {
    "operator": "Operators",
    "elementwise": "Applied entry by entry",
    "activation": "Activations",
    "loss": "Losses",
    "choice": "Choices",
    "reduction": "Sums and inner products",
    "count": "Counts",
    "entry": "Entries picked out",
    "matrix": "Matrices",
    "image": "Images",
    "unknown": "Functions that a problem doesn't say",
}


def in_table(name: str | None = None) -> tuple[Function, ...]:
    """The entries of the table, or the one of that name. Raises UnknownFunction."""
    return functions() if name is None else (lookup(name),)


def functions_document(entries: Sequence[Function]) -> Document:
    """Name, definition and gradient rules of every function, group by group."""
    blocks: list[Block] = [Heading("Functions", 1), _key()]
    order = sorted(entries, key=lambda f: list(_GROUPS).index(f.heading) if f.heading in _GROUPS else len(_GROUPS))
    for group, members in groupby(order, key=lambda f: f.heading):
        blocks += [Heading(_GROUPS.get(group, group)), Table(("function", "definition", "gradient"), _rows(members))]
    return _document(blocks)


def _key() -> Paragraph:
    signs = (Math(Name("g")), " is the gradient of the value (from above), ", Math(Name("out")), " the value itself.")
    return Paragraph((*signs, " `gradcalc functions NAME` tells all that is known of one function."), "note")


def _rows(members: Iterator[Function]) -> tuple[tuple[Text, ...], ...]:
    return tuple((_called(f), _meaning(f), _gradient(f)) for f in members)


def _called(function: Function) -> Text:
    """As it is typed; of an unknown function its name in the table, where `phi(a)` would be any of them."""
    if function.group == "unknown":
        return (f"{function.name}({', '.join(function.args)})".replace(" ", "\u00a0"),)
    return (code(call(function.name, *map(Name, function.args), **function.params)).replace(" ", "\u00a0"),)


def _meaning(function: Function) -> Text:
    return (Math(definitions([(function, None)]).written[0][1]),) if function.definition else (function.summary,)


def _gradient(function: Function) -> Text:
    """Each argument's rule; of a loss the prediction's alone, as nobody trains the targets."""
    if function.no_gradient:
        return ("none",)
    parts: list[str | Math] = []
    for position, (arg, rule) in enumerate(_asked_for(function)):
        parts += [", "] * bool(position) + [*_rule_of(function, arg), Math(unbound(rule))]
    return tuple(parts)


def _asked_for(function: Function) -> list[tuple[str, str]]:
    rules = list(function.gradient.items())
    return rules[:1] if function.role == "loss" else rules


def _rule_of(function: Function, arg: str) -> list[str | Math]:
    return [Math(Name(gradient_name(arg))), "\u00a0= "] if len(function.args) > 1 else []


def function_document(function: Function) -> Document:
    """All that is known of one function."""
    blocks: list[Block] = [Heading(function.name, 1), Paragraph((f"{_sentence(function.summary)}.",))]
    if function.definition:
        blocks.append(definitions([(function, None)]))
    blocks += [Heading("Gradient"), *_gradient_blocks(function)]
    facts = tuple((label, text) for label, text in _facts(function) if text)
    if facts:
        blocks += [Heading("More"), *(Paragraph((f"{label}: {text}.",)) for label, text in facts)]
    if function.mistakes:
        mistakes = tuple(((m.id,), (Math(unbound(m.rule)),), (m.said(),)) for m in function.mistakes)
        blocks += [Heading("Usual mistakes"), Table(("id", "wrong rule", "what is wrong"), mistakes)]
    return _document(blocks)


def _gradient_blocks(function: Function) -> Iterator[Block]:
    if function.no_gradient:
        yield Paragraph((f"None: {function.no_gradient}.",))
        return
    yield Definitions(tuple((Name(gradient_name(arg)), unbound(rule)) for arg, rule in function.gradient.items()))
    yield Paragraph(_key().text[:-1], "note")


def _facts(function: Function) -> Iterator[tuple[str, str]]:
    yield "Also known as", ", ".join(function.aliases)
    usual = {name: "all entries" if name == AXIS else f"{value:g}" for name, value in function.params.items()}
    yield "Parameters", ", ".join(f"{name} ({value} unless given)" for name, value in usual.items())
    yield "Works on", "each sample by itself" if function.per_sample else ""
    yield "No derivative where", " or ".join(f"{kink} = 0" for kink in function.kinks)
    yield "Source", function.source


def _sentence(text: str) -> str:
    first = text.split(" ", 1)[0]
    return text if len(first) == 1 else text[:1].upper() + text[1:]


def functions_data(entries: Sequence[Function]) -> list[dict[str, Any]]:
    """The table for programs: formulas as they are typed."""
    return [
        {
            "name": f.name,
            "args": list(f.args),
            "params": dict(f.params),
            "group": f.heading,
            "summary": f.summary,
            "definition": f.definition,
            "gradient": dict(f.gradient),
            "no_gradient": f.no_gradient,
            "aliases": list(f.aliases),
            "kinks": list(f.kinks),
            "per_sample": f.per_sample,
            "mistakes": [{"id": m.id, "rule": m.rule, "of": m.arg, "message": m.said()} for m in f.mistakes],
            "source": f.source,
        }
        for f in entries
    ]


def bundled() -> list[dict[str, str]]:
    """Name, title and source of every problem that comes with gradcalc."""
    return [{"name": name, **_head(read(str(bundled_path(name))).data)} for name in bundled_names()]


def _head(data: Any) -> dict[str, str]:
    keys = data if isinstance(data, dict) else {}
    return {key: str(keys.get(key, "")) for key in ("title", "source")}


def problems_document(problems: Sequence[dict[str, str]]) -> Document:
    """The problems with their titles."""
    rows = tuple(((each["name"],), (each["title"],)) for each in problems)
    remark = Paragraph(("`gradcalc solve NAME` works one out.",), "note")
    return _document([Heading("Problems that come with gradcalc", 1), remark, Table(("name", "title"), rows)])


def _document(blocks: Sequence[Block]) -> Document:
    arguments = {name for function in functions() for name in function.args}
    numbers = {name for function in functions() for name in function.params}
    gradients = {gradient_name(name): name for name in arguments}
    return Document(
        tuple(blocks),
        name_table([*arguments, *numbers, *gradients, "out", "g"], gradients),
        shapes=dict.fromkeys(numbers, ()),
    )
