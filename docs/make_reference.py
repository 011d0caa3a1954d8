"""Write what the documentation takes from the program: commands.md, and the tables of other pages.

    python docs/make_reference.py

The figures of checking.md and classes.md are those in figures.json, which `tests/check/figures.py` measures. A test
says when a page is out of date.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import Any, get_type_hints

from typer.models import ArgumentInfo

from gradcalc.check.marking import verdicts
from gradcalc.check.mistakes import meanings as mistakes
from gradcalc.cli import app, main
from gradcalc.formula.expr import Name, call
from gradcalc.formula.table import Function
from gradcalc.formula.write import code
from gradcalc.optimizers.extras import EXTRAS, Extra
from gradcalc.optimizers.rule import PARAMETER
from gradcalc.optimizers.table import optimizers
from gradcalc.report.story.listings import in_table

DOCS = Path(__file__).parent
COMMANDS = DOCS / "commands.md"
FORMULAS = DOCS / "formulas.md"
OPTIMIZERS = DOCS / "optimizers.md"
CHECKING = DOCS / "checking.md"
CLASSES = DOCS / "classes.md"
FIGURES = DOCS / "figures.json"
GROUPS = ("activation", "loss", "elementwise", "choice", "reduction", "entry", "matrix", "image", "count")
INTRODUCTION = """\
# Commands

What `--help` says, of gradcalc and of each command. (`python docs/make_reference.py` writes this page.)

Exit codes: 0 all right; 1 an answer, an expected number or a claim is wrong; 2 the input or the command line can't be
used. Colours are left out in pipes, and where `NO_COLOR` is set; `FORCE_COLOR=1` asks for them everywhere.
"""


def commands_page() -> str:
    """The whole of commands.md, from what `--help` is made from: how that is laid out depends on typer's version."""
    titled = [("gradcalc", main), *((f"gradcalc {name}", each) for name, each in commands().items())]
    return INTRODUCTION + "".join(section(title, command) for title, command in titled)


def commands() -> dict[str, Callable[..., Any]]:
    """The commands by name, in the order in which `gradcalc --help` lists them."""
    return {each.name or each.callback.__name__: each.callback for each in app.registered_commands if each.callback}


def section(title: str, command: Callable[..., Any]) -> str:
    """What a command does, and a table of its arguments and options."""
    parameters = inspect.signature(command).parameters
    declared = {
        name: hint.__metadata__[0]
        for name, hint in get_type_hints(command, include_extras=True).items()
        if name in parameters
    }
    rows = "".join(
        f"| {called(each, parameters[name].default)} | {meaning(each, parameters[name].default)} |\n"
        for name, each in declared.items()
    )
    return f"\n## {title}\n\n{prose(command.__doc__ or '')}\n\n| | |\n| --- | --- |\n{rows}"


def prose(text: str) -> str:
    """The help of a command; what its layout must be kept of (after a `\\b`) as a block of code."""
    blocks = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(f"```text\n{each[2:]}\n```" if each.startswith("\b\n") else each for each in blocks)


def called(declared: Any, default: object) -> str:
    """An argument's name, or an option with its other names (typer takes the first for a default) and its value."""
    if isinstance(declared, ArgumentInfo):
        return f"`{declared.metavar}`" + ("" if default is inspect.Parameter.empty else " (may be left out)")
    names = [name for each in (declared.default, *(declared.param_decls or ())) for name in each.split("/")]
    options = ", ".join(f"`{name}`" for name in names)
    return options + (f" `{declared.metavar}`".replace("|", "\\|") if declared.metavar else "")


def meaning(declared: Any, default: object) -> str:
    """What a parameter is for, and its default."""
    told = declared.show_default and isinstance(default, str | int) and default is not False
    return f"{declared.help} Default: {default}." if told else str(declared.help)


def functions_table() -> str:
    """The table of functions, group by group."""
    listed = sorted((f for f in in_table() if f.heading in GROUPS), key=lambda f: GROUPS.index(f.heading))
    blocks = []
    for group, members in groupby(listed, key=lambda f: f.heading):
        rows = "".join(f"| {typed(f)} | {f.summary} | {gradient(f)} |\n" for f in members)
        blocks.append(f"| {group} | value | gradient |\n| --- | --- | --- |\n{rows}")
    return "\n".join(blocks)


def typed(function: Function) -> str:
    """A call as it is typed, and other names."""
    called = code(call(function.name, *map(Name, function.args), **function.params))
    return ", ".join([f"`{called}`", *(f"`{alias}`" for alias in function.aliases)])


def gradient(function: Function) -> str:
    """The rule for each argument; of a loss for the prediction alone."""
    rules = list(function.gradient.items())[: 1 if function.role == "loss" else None]
    return ", ".join(f"d{arg}: `{rule}`" if len(function.args) > 1 else f"`{rule}`" for arg, rule in rules) or "none"


def optimizers_table() -> str:
    """The table of optimizers: each with its lines, its usual numbers and its source."""
    rows = []
    for entry in optimizers():
        usual = {**({"lr": entry.rate} if entry.rate is not None else {}), **entry.params}
        lines = "<br>".join(f"`{name} = {rule}`" for name, rule in entry.lines.items())
        numbers = ", ".join(f"`{name}={value:g}`" for name, value in usual.items())
        remark = f"; {entry.remark}" if entry.remark else ""
        rows.append(f"| `{entry.name}` | {lines} | {numbers} | {entry.summary}. {entry.source}{remark} |\n")
    head = "| optimizer | rule | usual numbers | what it is, and where it comes from |\n| --- | --- | --- | --- |\n"
    return head + "".join(rows)


def extras_table() -> str:
    """What every rule can have beside its own parameters."""
    rows = "".join(f"| `{name}` | `{extra_line(each)}` | {each.does} |\n" for name, each in EXTRAS.items())
    return f"| parameter | line | what it does |\n| --- | --- | --- |\n{rows}"


def extra_line(extra: Extra) -> str:
    """The line, or the term that is taken away in the rule's last line."""
    return f"theta = … - {extra.rule}" if extra.line == PARAMETER else f"{extra.line} = {extra.rule}"


def verdicts_table() -> str:
    """The verdicts, what each means, and what it earns."""
    rows = "".join(f"| `{word}` | {means} | {earned(word)} |\n" for word, means in verdicts.MEANINGS.items())
    return f"| verdict | means | part of the points |\n| --- | --- | --- |\n{rows}"


def earned(word: verdicts.Word) -> str:
    """What a verdict earns, and the option that says otherwise."""
    share = f"{verdicts.Credit().share(verdicts.Verdict('', word, '')):g}"
    if word == "wrong":
        return f"{share} (`--by-entry`: the part of its entries that is right)"
    options = {field.name for field in fields(verdicts.Credit)}
    return f"{share} (`--{word}`)" if word in options else share


def mistakes_tables() -> str:
    """The mistakes by where they are made."""
    blocks = []
    for heading, meanings in mistakes.MEANINGS.items():
        rows = "".join(f"| `{id}` | {meaning} |\n" for id, meaning in meanings.items())
        blocks.append(f"{heading}:\n\n| id | what was done |\n| --- | --- |\n{rows}")
    return "\n".join(blocks)


def measured() -> dict[str, Any]:
    """All that `figures.py` wrote."""
    found: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return found


def figures() -> str:
    """What was measured of marking, in tables and words."""
    found = measured()
    return "\n".join([planted(found["planted"]), missed(found["planted"]), spoiled(found), farmed(found["farming"])])


def planted(rows: dict[str, Any]) -> str:
    """How often a planted mistake is found."""
    heads = ("answers given", "sheets", "can tell", "place and mistake found", "named first", "full marks all the same")
    lines = table_head(heads)
    for row, each in rows.items():
        parts = f"{percent(each['named'], each['told'])} | {percent(each['first'], each['told'])}"
        lines.append(f"| {row} | {each['sheets']:,} | {each['told']:,} | {parts} | {each['full']} |")
    return "\n".join(lines) + "\n"


def missed(rows: dict[str, Any]) -> str:
    """The mistakes that are not found, with how many of how many."""
    kinds: dict[str, list[int]] = {}
    for each in rows.values():
        for id, (lost, told) in each["missed"].items():
            kinds[id] = [lost + kinds.get(id, [0, 0])[0], told + kinds.get(id, [0, 0])[1]]
    listed = ", ".join(f"`{id}` ({lost} of {told:,})" for id, (lost, told) in sorted(kinds.items()))
    return f"Known misses, each of how many in the rows that have one: {listed or 'none'}.\n"


def spoiled(found: dict[str, Any]) -> str:
    """What is made of answers that are off by no mistake of understanding."""
    lines = [
        "| what is wrong | answers | called wrong | a mistake of understanding named |",
        "| --- | ---: | ---: | ---: |",
    ]
    for row, each in {**found["off"], **found["typos"]}.items():
        named = percent(each["named"], each["sheets"]) if "named" in each else ""
        lines.append(f"| {row} | {each['sheets']:,} | {percent(each['wrong'], each['sheets'])} | {named} |")
    return "\n".join(lines) + "\n"


def farmed(rows: dict[str, Any]) -> str:
    """What the best sheet earns that has no right answer."""
    lines = table_head(("without a right answer", "sheets tried", "the best earns"))
    for row, each in rows.items():
        lines.append(f"| {row} | {each['sheets']:,} | {each['earned']:g} of {each['asked']} |")
    return "\n".join(lines) + "\n"


def varied() -> str:
    """What was measured of variants."""
    lines = table_head(("variants of", "searched", "separating", "a mistake made on one is named", "seconds"))
    for row, each in measured()["variants"].items():
        named = f"{each['named']:,} of {each['told']:,} ({percent(each['named'], each['told'])})"
        lines.append(f"| {row} | {each['variants']:,} | {each['separating']:,} | {named} | {each['seconds']:.0f} |")
    return "\n".join(lines) + "\n"


def table_head(heads: Sequence[str]) -> list[str]:
    """The first two lines of a table; all columns but the first have numbers."""
    return [f"| {' | '.join(heads)} |", f"| --- |{' ---: |' * (len(heads) - 1)}"]


def percent(part: int, whole: int) -> str:
    """A part in percent, cut off to a tenth: 100.0% only where it is the whole."""
    return f"{1000 * part // max(whole, 1) / 10:.1f}%"


def with_table(path: Path, **tables: str) -> str:
    """The text of a page with its tables, by the word of their marks, as they should be."""
    text = path.read_text(encoding="utf-8")
    for word, table in tables.items():
        begin, end = f"<!-- {word} -->\n", f"<!-- end of {word} -->\n"
        text = re.sub(f"{begin}.*{end}", lambda _, it=f"{begin}\n{table}\n{end}": it, text, flags=re.DOTALL)
    return text


def outdated() -> Iterator[tuple[Path, str]]:
    """Each page that isn't as it should be, with what it should say."""
    for path, wanted in (
        (COMMANDS, commands_page()),
        (FORMULAS, with_table(FORMULAS, functions=functions_table())),
        (OPTIMIZERS, with_table(OPTIMIZERS, optimizers=optimizers_table(), extras=extras_table())),
        (CHECKING, with_table(CHECKING, verdicts=verdicts_table(), mistakes=mistakes_tables(), figures=figures())),
        (CLASSES, with_table(CLASSES, variants=varied())),
    ):
        if not path.exists() or path.read_text(encoding="utf-8") != wanted:
            yield path, wanted


if __name__ == "__main__":
    for path, text in outdated():
        path.write_text(text, encoding="utf-8")
        print(path)
