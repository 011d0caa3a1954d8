"""`vary`: other numbers for each student, and what these tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradcalc.commands.output import whole_file, write_file
from gradcalc.commands.progress import shown_progress
from gradcalc.commands.request import Request, placed, worked
from gradcalc.errors import UsageError
from gradcalc.report.formats import Report

if TYPE_CHECKING:
    from gradcalc.classes.variants.pages import Pages
    from gradcalc.classes.variants.quiz.question import Question
    from gradcalc.classes.variants.search import Search, Variant
    from gradcalc.report.document import Document


@dataclass(frozen=True)
class Class:
    """For whom variants are made, and where they go. Raises UsageError where that isn't said."""

    output: Path
    roster: str = ""
    count: int | None = None
    column: str = ""
    seed: int = 0
    moodle: Path | None = None
    qti: Path | None = None
    quiz_text: Path | None = None
    pages: str = ""
    together: bool = False

    def __post_init__(self) -> None:
        if bool(self.roster) == (self.count is not None):
            raise UsageError("for whom? Give --students with a CSV of the class, or --count with a number")
        if self.together and not self.pages:
            raise UsageError("--together goes with --pages, which says in what formats: html, latex, markdown")

    def students(self) -> list[str]:
        """Their ids."""
        from gradcalc.classes.variants.roster import numbered, students

        return students(self.roster, self.column) if self.count is None else numbered(self.count)


def vary_report(request: Request, group: Class) -> Report:
    """Write a variant for each student; what is said of them all. Raises UsageError, InputError."""
    from gradcalc.classes.variants.pages import Pages, formats_of
    from gradcalc.classes.variants.search import Search
    from gradcalc.classes.variants.summary import Made

    formats = formats_of(group.pages)
    problem = worked(request)
    students = group.students()
    search = placed(problem, lambda: Search(problem, group.seed))
    made = Made(search)
    questions: list[Question] = []
    pages = Pages(problem, formats, group.together)
    with _folder(group.output), shown_progress("variants") as tell:
        for done, variant in enumerate(_written(search, students, group.output), 1):
            made.add(variant)
            questions += _asked(search, variant, group)
            _write_pages(pages, variant, group.output)
            if tell is not None:
                tell(done, len(students))
        for name, text in pages.all():
            write_file(group.output / name, text)
    _write_quiz(questions, group, problem.title or problem.path)
    if group.quiz_text is not None:
        _write_texts(students, questions, group.quiz_text)

    def document() -> Document:
        from gradcalc.classes.variants.summary import made_document

        return made_document(made, str(group.output))

    def data() -> object:
        from gradcalc.classes.variants.summary import made_data

        return made_data(made)

    return Report(document, data)


def _written(search: Search, students: Sequence[str], folder: Path) -> Iterator[Variant]:
    import json

    from gradcalc.classes.variants.certify import certificate
    from gradcalc.classes.variants.written import CERTIFICATE, ENDING, Writer, file_name

    writer = Writer(search.problem)
    for student in students:
        variant = search.variant(student)
        name, text = file_name(student), writer.text(variant)
        write_file(folder / f"{name}{ENDING}", text)
        said = json.dumps(certificate(search, variant), indent=2, ensure_ascii=False)
        write_file(folder / f"{name}{CERTIFICATE}", said + "\n")
        yield variant


def _write_texts(students: Sequence[str], questions: Sequence[Question], folder: Path) -> None:
    """A quiz for each student, as text."""
    from gradcalc.classes.variants.quiz.text2qti import as_text
    from gradcalc.classes.variants.written import file_name

    with _folder(folder, "--quiz-text"):
        for student, each in zip(students, questions, strict=True):
            write_file(folder / f"{file_name(student)}.txt", as_text(each), "--quiz-text")


def _write_pages(pages: Pages, variant: Variant, folder: Path) -> None:
    """The question and the key beside the variant."""
    from gradcalc.classes.variants.written import file_name

    for ending, text in pages.of(variant) if pages.formats else ():
        write_file(folder / f"{file_name(variant.student)}{ending}", text)


def _asked(search: Search, variant: Variant, group: Class) -> list[Question]:
    """The variant as a question, if any quiz is wanted."""
    if group.moodle is None and group.qti is None and group.quiz_text is None:
        return []
    from gradcalc.classes.variants.numbers import with_numbers
    from gradcalc.classes.variants.quiz.question import question

    mistakes = search.judge.mistaken(variant.numbers) if group.moodle is not None else None
    return [question(variant.student, with_numbers(search.problem, variant.numbers), mistakes)]


def _write_quiz(questions: Sequence[Question], group: Class, title: str) -> None:
    if group.moodle is not None:
        from gradcalc.classes.variants.quiz.moodle import moodle_xml

        with whole_file(group.moodle, "--moodle") as file:
            file.write(moodle_xml(questions, title))
    if group.qti is not None:
        from gradcalc.classes.variants.quiz.qti import write_qti

        with whole_file(group.qti, "--qti") as file:
            write_qti(questions, file)


@contextmanager
def _folder(path: Path, option: str = "--output") -> Iterator[None]:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{option} {path}: {error.strerror or error}") from None
    yield
