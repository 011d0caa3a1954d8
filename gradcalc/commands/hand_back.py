"""Results written where a course wants them: every file whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from gradcalc.commands.output import refuse_to_overwrite, whole_file, write_file
from gradcalc.errors import UsageError

if TYPE_CHECKING:
    from gradcalc.classes.export.feedback import Feedback, VariantFeedback
    from gradcalc.classes.export.gradebook import Book, Platform
    from gradcalc.classes.model import Result
    from gradcalc.program.solution import Solution
    from gradcalc.report.document import Document

Again: TypeAlias = "Callable[[], Iterator[Result]]"
"""The results from the first on, as often as they are asked for: none is kept in memory."""
SUBMISSION: Final = "/autograder/submission"
"""Where Gradescope puts what a student handed in."""
WHICH_VARIANTS: Final = "--feedback shows each student's own numbers: name the variants by --variants"


@dataclass(frozen=True)
class Outs:
    """Where results go beside `results.jsonl`, each of them if it is asked for."""

    csv: Path | None = None
    gradescope: Path | None = None
    canvas: Path | None = None
    moodle: Path | None = None
    column: str = ""
    junit: Path | None = None
    feedback: Path | None = None
    hide_key: bool = False
    page: Path | None = None

    def __post_init__(self) -> None:
        if self.column and self.canvas is None and self.moodle is None:
            raise UsageError("--column says which column of a gradebook is filled: name one by --canvas or --moodle")
        if self.hide_key and self.feedback is None:
            raise UsageError("--hide-key is about the pages of --feedback: nothing else shows the key")


def sheets_of(sheets: Sequence[str] | None, outs: Outs) -> Sequence[str]:
    """What is marked: in Gradescope's container it needn't be named. Raises UsageError."""
    if not sheets and outs.gradescope is None:
        raise UsageError("no sheets are named: name a folder, a zip, a CSV or single sheets")
    return sheets or [SUBMISSION]


def keep_sources(sources: Iterable[str], outs: Outs) -> None:
    """Raise UsageError where something would be written over what is read."""
    for source in sources:
        for option in ("csv", "gradescope", "junit", "page"):
            refuse_to_overwrite(source, getattr(outs, option), "what is read", f"--{option}")


@dataclass(frozen=True)
class Problems:
    """What was marked, as far as it is known: the problem, and the texts of variants of it by student."""

    solution: Solution | None = None
    variants: Mapping[str, str] = field(default_factory=dict)


def hand_back(outs: Outs, every: Again, problems: Problems) -> list[str]:
    """Write what is asked for, of the sheets that count; what is to be said of it. Raises UsageError."""

    def again() -> Iterator[Result]:
        return (each for each in every() if each.status != "duplicate")

    said: list[str] = []
    if outs.csv is not None:
        from gradcalc.classes.export.table import class_table

        write_file(outs.csv, class_table(again()), "--csv")
    if outs.gradescope is not None:
        said += _write_gradescope(outs.gradescope, again)
    if outs.junit is not None:
        from gradcalc.classes.export.junit import junit

        with whole_file(outs.junit, "--junit") as file:
            file.writelines(part.encode(errors="backslashreplace") for part in junit(again()))
    said += [each for book in _gradebooks(outs) for each in _fill(*book, outs, again)]
    if outs.feedback is not None:
        said += _write_pages(outs.feedback, again, problems, outs.hide_key)
    return said


def write_page(outs: Outs, document: Callable[[], Document]) -> None:
    """What the class got wrong as a web page, if that is asked for. Raises UsageError."""
    if outs.page is not None:
        from gradcalc.report.html.page import render
        from gradcalc.report.page import Page

        write_file(outs.page, render((document(), None), Page()), "--page")


def _write_gradescope(path: Path, again: Again) -> list[str]:
    import json

    from gradcalc.classes.export.gradescope import results_data

    results = [*again()]
    write_file(path, json.dumps(results_data(results), indent=2) + "\n", "--gradescope")
    many = len(results) > 1
    return [f"Gradescope reads one student's marks: of {len(results):,} sheets one is in {path}."] if many else []


def check_gradebooks(outs: Outs, title: str) -> None:
    """Raise UsageError where a gradebook has no column to be filled, before a class is marked for it."""
    for path, platform in _gradebooks(outs):
        _book(path, platform, outs).target(title)


def _gradebooks(outs: Outs) -> list[tuple[Path, Platform]]:
    if outs.canvas is None and outs.moodle is None:
        return []
    from gradcalc.classes.export.gradebook import CANVAS, MOODLE

    return [(path, platform) for path, platform in ((outs.canvas, CANVAS), (outs.moodle, MOODLE)) if path is not None]


def _book(path: Path, platform: Platform, outs: Outs) -> Book:
    from gradcalc.classes.export.gradebook import Book

    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{platform.option} {path}: {error.strerror or error}") from None
    return Book(content, str(path), platform, outs.column)


def _fill(path: Path, platform: Platform, outs: Outs, again: Again) -> list[str]:
    """A gradebook filled, beside the one that was given out, which stays as it is."""
    from gradcalc.classes.export.gradebook import fill

    filled = fill(_book(path, platform, outs), again())
    target = path.with_name(f"{path.stem}-graded{path.suffix}")
    with whole_file(target, platform.option) as file:
        file.write(filled.content)
    return [f"{platform.name}: {said}" for said in filled.told(str(target))]


def _write_pages(folder: Path, again: Again, problems: Problems, hide_key: bool) -> list[str]:
    from gradcalc.classes.export.filenames import FileNames

    if problems.solution is None:
        raise UsageError("--feedback needs the problem: name it by --problem")
    if not problems.variants and any(result.by_variant for result in again()):
        raise UsageError(WHICH_VARIANTS)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--feedback {folder}: {error.strerror or error}") from None
    feedback, names, count = _feedback(problems.solution, problems.variants, hide_key), FileNames(".html"), 0
    for result in again():
        write_file(folder / names.new(result.student), feedback.page(result), "--feedback")
        count += 1
    return [f"Feedback: {count:,} page{'s' * (count != 1)} in {folder}."]


def _feedback(solution: Solution, variants: Mapping[str, str], hide_key: bool) -> Feedback | VariantFeedback:
    from gradcalc.classes.export.feedback import Feedback, VariantFeedback
    from gradcalc.classes.variants.own import Variants

    plain = Feedback(solution, hide_key=hide_key)
    return VariantFeedback(plain, Variants(solution.problem, variants)) if variants else plain
