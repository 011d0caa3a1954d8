"""Turn a sheet into answers, section by section and step by step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from math import prod
from typing import Any

from gradcalc.check.answers.circles import circular
from gradcalc.check.answers.entries import Entries
from gradcalc.check.answers.model import Answer
from gradcalc.check.answers.numerals import NotReadable
from gradcalc.check.answers.stated import CLAIMS, statements
from gradcalc.check.answers.table import TABLE, by_rows
from gradcalc.errors import Fault, Span
from gradcalc.formula.parse import MAX_LENGTH
from gradcalc.program.further import COUNT, LET, LOSSES, MADE
from gradcalc.program.problem import Path
from gradcalc.program.quantities import MOST_HINTS
from gradcalc.program.sections import EVERY_SHEET, SECTIONS, STEPS, WHOLE
from gradcalc.program.solution import Solution
from gradcalc.words import did_you_mean, shorten, visible

MOST_ABBREVIATIONS = 100
MOST_STEPS = 50
MOST_EQUATIONS = 100_000
MOST_ENTRIES = 10_000_000
"""How many equations and numbers the later steps of a sheet may have in all."""
ABOUT = ("name", "id", "comment")
"""What a sheet may say of its student, unless it is the name of a quantity."""


class SheetReader(Entries):
    """Turns the values of a sheet into answers; nothing that is wrong with one stops the others."""

    def __init__(
        self,
        solution: Solution,
        written: Mapping[Path, str],
        places: Mapping[Path, Span],
        faults: Sequence[Fault] | dict[tuple[int, int], str] = (),
        strict: bool = False,
    ) -> None:
        super().__init__(solution, written, places, faults, strict)
        self.about: dict[str, str] = {}
        """What the sheet says of its student."""
        self._hints = MOST_HINTS
        self.readers: dict[int, SheetReader] = {}
        """Of each later step its own."""

    def sheet(self, data: Mapping[str, Any], at: Path) -> tuple[Answer, ...]:
        """Every answer; a formula that rests on itself is unreadable."""
        return self.finished((*self.abbreviated(data, at), *self.answers(data, at)))

    def finished(self, answers: Iterable[Answer]) -> tuple[Answer, ...]:
        """The answers, those put together of parts too, where formulas rest on something."""
        parts = (replace(whole, numbers=each.numbers) for whole, each in self.parts.values() if each.given.any())
        every = (*answers, *parts)
        if not self.admission.uses:
            return every
        mine = (answer for answer in every if answer.step == 1)
        answered = {a.name for a in mine if a.numbers is not None or a.formula is not None}
        circles = circular(self.admission.uses)
        return tuple(self.grounded(answer, answered, circles) for answer in every)

    def grounded(self, answer: Answer, answered: Collection[str], circles: Mapping[str, Collection[str]]) -> Answer:
        """The answer, if its formula rests on what is known without it: what comes before it, or is on the sheet."""
        if answer.formula is None or answer.step != 1:  # another reader has looked at it
            return answer
        reason = ""
        used = self.admission.uses[answer.name]
        ahead = next((name for name in used if self.admission.is_later(name, answer.name) and name not in answered), "")
        if answer.name in circles:
            through = next(name for name in used if name in circles[answer.name])
            reason = f"a circle: on this sheet {shorten(through)} rests on {answer.name} in its turn"
        elif ahead:
            reason = f"{shorten(ahead)} comes after {answer.quantity}, and this sheet doesn't say what it is"
        return replace(answer, formula=None, unreadable=reason) if reason else answer

    def answers(self, data: Mapping[str, Any], at: Path) -> Iterator[Answer]:
        """The answers of each section, and those that stand outside of all."""
        for key, value in data.items():
            path, section = (*at, key), str(key).strip()
            if section == STEPS:
                yield from self.steps(value, path)
            elif section == TABLE:
                yield from self.table(value, path)
            elif section == CLAIMS and not self.strict and self.names.at_top(section) is None:
                yield from self.claims(value, path)
            elif section == LOSSES:
                yield from self.losses(value, path)
            elif section in ("loss", MADE, COUNT) and not isinstance(value, dict) and not self.is_quantity(section):
                yield from self.named(section, section, value, path)
            elif section == "state" and isinstance(value, dict):
                yield from self.state(value, path)
            elif section not in SECTIONS or section == "loss":
                yield from self.at_top(section, value, path)
            elif section == LET and isinstance(value, dict):
                mine = {name: inner for name, inner in value.items() if self.is_asked(name)}
                for name, inner in mine.items():
                    yield from self.named(LET, str(name), inner, (*path, name))
            elif isinstance(value, dict):
                for name, inner in value.items():
                    yield from self.named(section, str(name), inner, (*path, name))
            elif value is not None:
                reason = self.refusal(path) or f"write a mapping from names to answers, such as {section}: {{W1: …}}"
                yield self.refused(section, path, reason)

    def is_quantity(self, section: str) -> bool:
        """Whether the problem has a quantity of its own that is called like a section."""
        return section == COUNT and self.names.at_top(section) is not None

    def claims(self, value: Any, path: Path) -> Iterator[Answer]:
        """What is said of claims, true or false by number, or equations of the student's own."""
        keys = [*value] if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else [None]
        for key, each in zip(keys, statements(value, self.solution), strict=False):
            here = path if key is None else (*path, key)
            yield Answer(each.label, "", text=each.text, place=partial(self.span, here), statement=each)

    def at_top(self, written: str, value: Any, path: Path) -> Iterator[Answer]:
        """The answer to a name outside all sections (`dW1`, `dW1[1,2]`), if it stands for itself."""
        find = self.names.at_top if not isinstance(value, dict) else lambda name: None
        part = self.part(written, find)
        quantity = find(written) if part is None else None
        if part is not None:
            yield from self.in_part(*part, value, path)
        elif quantity is not None:
            yield self.once(quantity, value, path)
        elif written in ABOUT and not isinstance(value, dict | list) and not self.strict:
            self.about[written] = visible(str(value if value is not None else "").strip()[:MAX_LENGTH])
        else:
            yield self.refused(shorten(written), path, self.unknown_section(written))

    def state(self, value: Mapping[str, Any], path: Path) -> Iterator[Answer]:
        """What the optimizer remembers: `{v: {W1: …}}` by line and parameter, or `{v_W1: …}`."""
        for line, inner in value.items():
            mine = inner.items() if isinstance(inner, dict) else ()
            for name, answer in mine:
                yield from self.named("state", f"{line}.{name}", answer, (*path, line, name))
            if not isinstance(inner, dict):
                yield from self.named("state", str(line), inner, (*path, line))

    def losses(self, value: Any, path: Path) -> Iterator[Answer]:
        """The losses: a list of all, or one by one, by the number of the sample or output, or by its vertex."""
        vertices = [name for name in self.names.catalogue.names(LOSSES) if name != LOSSES]
        if isinstance(value, dict):
            for key, inner in value.items():
                name = f"{LOSSES}[{key}]" if not vertices and str(key).isdecimal() else str(key)
                yield from self.named(LOSSES, name, inner, (*path, key))
        elif vertices and isinstance(value, list) and len(value) == len(vertices):
            for i, (name, inner) in enumerate(zip(vertices, value, strict=True)):
                yield from self.named(LOSSES, name, inner, (*path, i))
        else:
            yield from self.named(LOSSES, LOSSES, value, path)

    # Abbreviations of the student's own.

    def is_asked(self, name: object) -> bool:
        """Whether a name under `let` is one of the problem's, and so asks for an answer."""
        return self.names.catalogue.get(LET, str(name)) is not None

    def abbreviated(self, data: Mapping[str, Any], at: Path) -> Iterator[Answer]:
        """Take in the student's abbreviations, in whatever order; an answer for each that can't be used."""
        own: Any = data.get(LET)
        names = [name for name in own if not self.is_asked(name)] if isinstance(own, dict) else []
        reasons = dict.fromkeys(names[MOST_ABBREVIATIONS:], f"at most {MOST_ABBREVIATIONS} abbreviations are read")
        todo, before = names[:MOST_ABBREVIATIONS], -1
        while len(todo) != before:
            before = len(todo)
            reasons |= {name: self.admission.abbreviate(str(name).strip(), own[name]) for name in todo}
            todo = [name for name in todo if reasons[name]]
        for name in names:
            if reasons[name]:
                yield self.refused(f"{LET}.{shorten(str(name))}", (*at, LET, name), reasons[name])

    def steps(self, value: Any, path: Path) -> Iterator[Answer]:
        """The answers of each step; what stands outside of all is of the first."""
        if not isinstance(value, dict):
            if value is not None:
                yield self.refused(
                    STEPS, path, "write a mapping from steps to answers, such as steps: {2: {loss: 0.5}}"
                )
            return
        if not self.solution.has_update:
            yield self.refused(STEPS, path, "this problem makes no step: it has no update")
            return
        for key, inner in value.items():
            number, here = self.step(str(key).strip()), (*path, key)
            if isinstance(number, str):
                yield self.refused(f"{STEPS}.{shorten(str(key))}", here, number)
            elif isinstance(inner, dict):
                yield from self.of_step(number, inner, here)
            elif inner is not None:
                yield self.refused(
                    f"{STEPS}.{key}", here, "write a mapping with sections, such as {forward: {h1: 0.5}}"
                )

    def step(self, written: str) -> int | str:
        """The number of a step; else why no sheet from a stranger can have it: all up to it are worked out."""
        number = self.names.catalogue.step(written)
        if isinstance(number, str) or number == 1 or number in self.readers or self.strict:
            return number
        last = max(self.most_steps, self.names.catalogue.last or 1)
        if number > last:
            return f"of this problem a sheet can have the steps up to {last:,}"
        if len(self.readers) >= self.most_steps:
            return f"of this problem a sheet can have at most {self.most_steps} later steps"
        return number

    @cached_property
    def most_steps(self) -> int:
        """How many later steps are marked: fewer where a step has very many equations or numbers."""
        entries = sum(prod(shape) for shape in self.shapes.values())
        return max(2, min(MOST_STEPS, MOST_EQUATIONS // len(self.shapes), MOST_ENTRIES // entries))

    def of_step(self, number: int, data: Mapping[str, Any], path: Path) -> Iterator[Answer]:
        """The answers of one step."""
        reader = self.reader_of(number)
        if STEPS in data:
            yield self.refused(f"{STEPS}.{number}.{STEPS}", (*path, STEPS), "steps don't stand within a step")
        mine = {key: value for key, value in data.items() if str(key).strip() != STEPS}
        if number == 1:
            yield from self.answers(mine, path)
        else:
            yield from (of_step(number, answer) for answer in reader.sheet(mine, path))

    def another(self, solution: Solution | None = None) -> SheetReader:
        """A reader of the same sheet, for another step, or by another solution."""
        reader = SheetReader(solution or self.solution, self.written, self.places, self.faults, self.strict)
        reader.names.wanted, reader.names.abbreviations = self.names.wanted, self.names.abbreviations
        return reader

    def table(self, value: Any, path: Path) -> Iterator[Answer]:
        """The answers of a table by columns: each row is a step."""
        try:
            rows = by_rows(value)
        except NotReadable as error:
            yield self.refused(TABLE, path, error.reason)
            return
        for written, cells in rows:
            number = self.step(written)
            if isinstance(number, str):
                yield self.refused(f"{TABLE}.{shorten(written)}", path, number)
                continue
            reader = self.reader_of(number)
            found = [answer for label, cell, place in cells for answer in reader.labelled(label, cell, (*path, *place))]
            yield from found if number == 1 else (of_step(number, answer) for answer in reader.finished(found))

    def reader_of(self, number: int) -> SheetReader:
        """The reader of a step: this one for the first."""
        return self if number == 1 else self.readers.setdefault(number, self.another())

    def labelled(self, label: str, value: Any, path: Path) -> Iterable[Answer]:
        """The answer to a quantity by its label (`updated.u`, `loss`), or by a name that says what it is."""
        section, dot, name = label.partition(".")
        if section in SECTIONS and (dot or section in WHOLE):
            return self.named(section, name or section, value, path)
        return self.at_top(label, value, path)

    def unknown_section(self, section: str) -> str:
        """What to say of a key that is no section."""
        if section == "loss":
            return "the loss is one number: write loss: 0.5"
        self._hints -= 1
        owners = [s for s in EVERY_SHEET if self._hints >= 0 and self.names.catalogue.get(s, section)]
        if owners:
            return f"write this under {' or '.join(owners)}: {{{shorten(section)}: …}}"
        hint = did_you_mean(section, SECTIONS) if self._hints >= 0 and len(section) <= 100 else ""
        known = ", ".join([*EVERY_SHEET, *(each for each in SECTIONS if each not in EVERY_SHEET)])
        return f"there is no section '{shorten(section)}'{hint or f'; the sections are {known}'}"


def of_step(number: int, answer: Answer) -> Answer:
    """An answer to a quantity of the first step as one to that of a later step."""
    return replace(answer, quantity=f"{STEPS}.{number}.{answer.quantity}", step=number)
