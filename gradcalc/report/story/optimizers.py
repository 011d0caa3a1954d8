"""List the update rules that gradcalc knows, or tell all that is known of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from gradcalc.formula.expr import Expr, Name
from gradcalc.formula.names import name_table
from gradcalc.formula.parse import parse
from gradcalc.formula.table import Shape
from gradcalc.formula.write import number
from gradcalc.optimizers.bind import bound, in_letters
from gradcalc.optimizers.extras import EXTRAS
from gradcalc.optimizers.rule import BY_NAME, PARAMETER, RATE, STEP, TOTAL_NORM
from gradcalc.optimizers.table import Optimizer, lookup, optimizers
from gradcalc.program.naming import OLD, new_name, old_name
from gradcalc.program.update import in_general
from gradcalc.report.document import Block, Definitions, Document, Heading, Math, Paragraph, Table, Text

_KEY = (
    (PARAMETER, " is a parameter, "),
    ("g", " its gradient, "),
    (RATE, " the learning rate, "),
    (STEP, " the number of the step."),
)


def in_table(name: str | None = None) -> tuple[Optimizer, ...]:
    """The entries of the table, or the one of that name. Raises UnknownOptimizer."""
    return optimizers() if name is None else (lookup(name),)


def optimizers_document(entries: Sequence[Optimizer]) -> Document:
    """Every rule with its lines."""
    rows = tuple(((entry.name,), _rule(entry), (_usual(entry),)) for entry in entries)
    remark = "`gradcalc optimizers NAME` tells all that is known of one."
    blocks: list[Block] = [Heading("Optimizers", 1), _key(remark), Table(("optimizer", "rule", "usual numbers"), rows)]
    return _document(blocks, entries)


def optimizer_document(entry: Optimizer) -> Document:
    """All that is known of one rule."""
    pairs = tuple((Name(name), expr) for name, expr in _lines(entry))
    blocks: list[Block] = [Heading(entry.name, 1), Paragraph((f"{entry.summary[:1].upper()}{entry.summary[1:]}.",))]
    blocks += [Definitions(pairs), _key(_kept(entry)), Heading("More")]
    blocks += [Paragraph((f"{label}: {text}.",)) for label, text in _facts(entry) if text]
    if entry.mistakes:
        rows = tuple(((m.id,), _wrong(entry, m.line, m.rule), (m.message,)) for m in entry.mistakes)
        blocks += [Heading("Usual mistakes"), Table(("id", "wrong line", "what is wrong"), rows)]
    return _document(blocks, [entry])


def _usual(entry: Optimizer) -> str:
    """The usual numbers, as they are typed."""
    rate = {} if entry.rate is None else {RATE: entry.rate}
    return ", ".join(f"{name}={number(value)}" for name, value in {**entry.params, **rate}.items())


def _lines(entry: Optimizer) -> Iterator[tuple[str, Expr]]:
    return in_general(in_letters(entry, ()), bound(entry, {}).remembered)


def _rule(entry: Optimizer) -> Text:
    parts: list[str | Math] = []
    for position, (name, expr) in enumerate(_lines(entry)):
        parts += [", "] * bool(position) + [Math(Name(name)), "\u00a0=\u00a0", Math(expr)]
    return tuple(parts)


def _wrong(entry: Optimizer, line: str, rule: str) -> Text:
    """The wrong line as it would stand in the rule: what the lines before it set is new there."""
    lines = ((name, parse(rule if name == line else right)) for name, right in entry.lines.items())
    expr = next(expr for name, expr in in_general(lines, bound(entry, {}).remembered) if name in (line, new_name(line)))
    return Math(Name(new_name(line) if line == PARAMETER else line)), "\u00a0=\u00a0", Math(expr)


def _key(last: str) -> Paragraph:
    parts = [part for name, said in _KEY for part in (Math(Name(name)), said)]
    return Paragraph((*parts, f" {last}" if last else ""), "note")


def _kept(entry: Optimizer) -> str:
    return "What is old is of the step before, 0 at the first." if bound(entry, {}).remembered else ""


def _facts(entry: Optimizer) -> Iterator[tuple[str, str]]:
    yield "Also known as", ", ".join(entry.aliases)
    yield "Parameters", ", ".join(f"{name} ({number(value)} unless given)" for name, value in entry.params.items())
    yield "Learning rate", "" if entry.rate is None else f"{number(entry.rate)} unless given"
    yield "Source", entry.source
    yield "Usual numbers", entry.defaults
    yield "Remark", entry.remark
    yield "Every rule can have", ", ".join(name for name in EXTRAS if name not in entry.params)


def optimizers_data(entries: Sequence[Optimizer]) -> list[dict[str, Any]]:
    """The table for programs: formulas as they are typed."""
    return [
        {
            "name": entry.name,
            "lines": dict(entry.lines),
            "params": dict(entry.params),
            "lr": entry.rate,
            "summary": entry.summary,
            "aliases": list(entry.aliases),
            "source": entry.source,
            "defaults": entry.defaults,
            "remark": entry.remark,
            "mistakes": [{"id": m.id, "line": m.line, "rule": m.rule, "message": m.message} for m in entry.mistakes],
        }
        for entry in entries
    ]


def _document(blocks: Sequence[Block], entries: Sequence[Optimizer]) -> Document:
    rules = [bound(entry, {}) for entry in entries]
    lines = dict.fromkeys(line for rule in rules for line in rule.state)
    params = dict.fromkeys(name for rule in rules for name in rule.params)
    ids = [*BY_NAME, new_name(PARAMETER), *params, *lines, *map(old_name, lines)]
    symbols = {key: symbol for rule in rules for key, symbol in rule.symbols.items()}
    states = {old_name(line): (line, OLD) for line in lines}
    names = name_table(ids, None, False, symbols, {new_name(PARAMETER): PARAMETER}, states)
    shapes: dict[str, Shape] = dict.fromkeys((*params, RATE, STEP, TOTAL_NORM), ())
    return Document(tuple(blocks), names, shapes=shapes)
