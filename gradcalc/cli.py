"""The command line: commands and their options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Protocol, runtime_checkable

import typer
from typer.core import TyperGroup

from gradcalc import __version__
from gradcalc.commands import completion
from gradcalc.report.formats import GRAPH_FORMATS, STEP_FORMATS, names
from gradcalc.words import did_you_mean, shorten, visible


@runtime_checkable
class _Misuse(Protocol):
    """What Typer raises for a command line that is wrong, by its documented attributes; its class is not public."""

    message: str
    exit_code: int

    def format_message(self) -> str: ...


@runtime_checkable
class _NoSuchOption(Protocol):
    """The same for an option that there isn't."""

    option_name: str
    possibilities: list[str] | None


@contextmanager
def _visible_messages() -> Iterator[None]:
    """Show what a message quotes of the command line, escapes of the terminal among it, as it may be shown."""
    try:
        yield
    except Exception as error:
        if isinstance(error, _Misuse):
            error.message = visible(error.message)
        if isinstance(error, _NoSuchOption):
            error.possibilities = _alike(error.option_name, error.possibilities or ())
        raise


def _alike(option: str, others: Iterable[str]) -> list[str]:
    """The options that may be meant: alike without the dashes, which make any two short ones alike."""
    return [each for each in others if did_you_mean(option.lstrip("-"), [each.lstrip("-")])]


class _Commands(TyperGroup):
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with _visible_messages():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        with _visible_messages():
            return super().invoke(ctx)


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def number(text: str) -> float:
    """A number from the command line. Raises typer.BadParameter."""
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"'{shorten(text)}' is not a number; write 0.5 or 1e-3") from None


def whole(text: str) -> int:
    """A whole number from the command line. Raises typer.BadParameter."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"'{shorten(text)}' is not a whole number") from None


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gradcalc {__version__}")
        raise typer.Exit


ProblemArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="PROBLEM",
        help="A file, '-' for standard input, or a problem that comes with gradcalc (hw3, if left out).",
        show_default=False,
        autocompletion=completion.problems,
    ),
]
NamedProblem = Annotated[
    str,
    typer.Argument(
        metavar="PROBLEM",
        help="A file, '-' for standard input, or a problem that comes with gradcalc.",
        autocompletion=completion.problems,
    ),
]


def _format_option(formats: str, help: str = "How the report is written.") -> Any:
    return typer.Option("--format", "-f", metavar=formats, help=help, autocompletion=completion.one_of(formats))


FormatOption = Annotated[str, _format_option(names(programs=False))]
StepFormatOption = Annotated[str, _format_option(names(programs=False, formats=STEP_FORMATS), "How it is written.")]
SolutionFormatOption = Annotated[str, _format_option(names())]
SheetFormatOption = Annotated[
    str | None,
    _format_option("yaml|numpy|html|latex|markdown", "An answer sheet (yaml), or a program or a worksheet to fill in."),
]
GraphFormatOption = Annotated[str, _format_option("|".join(GRAPH_FORMATS), "How the graph is drawn.")]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file, whole or not at all.", show_default=False),
]
DigitsOption = Annotated[
    int | None,
    typer.Option(
        "--digits", parser=whole, metavar="N", help="Decimals shown (else the problem's, or 4).", show_default=False
    ),
]
SignificantOption = Annotated[
    int | None,
    typer.Option(
        "--significant",
        parser=whole,
        metavar="N",
        help="Significant digits shown, in place of decimals.",
        show_default=False,
    ),
]
FullOption = Annotated[bool, typer.Option("--full", help="Show large matrices whole.")]
RateOption = Annotated[
    float | None,
    typer.Option(
        "--lr", parser=number, metavar="NUMBER", help="Learning rate (else the problem's).", show_default=False
    ),
]
StepsOption = Annotated[
    int | None,
    typer.Option(
        "--steps", parser=whole, metavar="N", help="How many steps (else the problem's, or 1).", show_default=False
    ),
]
EpochsOption = Annotated[
    int | None,
    typer.Option(
        "--epochs", parser=whole, metavar="N", help="In place of steps: passes over all samples.", show_default=False
    ),
]
UntilOption = Annotated[
    str | None,
    typer.Option("--until", metavar="CONDITION", help="End where it holds: 'loss < 0.01'.", show_default=False),
]
SaveOption = Annotated[
    Path | None,
    typer.Option("--save", metavar="FILE", help="Write the problem as it is after the steps.", show_default=False),
]
BatchOption = Annotated[
    int | None,
    typer.Option("--batch-size", parser=whole, metavar="N", help="How many samples a step uses.", show_default=False),
]
EveryOption = Annotated[
    int | None,
    typer.Option(
        "--every",
        parser=whole,
        metavar="N",
        help="Of many steps show each Nth, the first and the last.",
        show_default=False,
    ),
]
FragmentOption = Annotated[
    bool, typer.Option("--fragment", help="Of LaTeX or HTML only a part, for a document of your own.")
]
ByEntryOption = Annotated[bool, typer.Option("--by-entry", help="Points for the right entries of a wrong answer.")]
CompleteOption = Annotated[
    bool, typer.Option("--complete", help="Count what is asked and isn't answered, as for a grade.")
]
FreezeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--freeze",
        metavar="NAME",
        help="Leave a parameter as it is (again for more).",
        show_default=False,
        autocompletion=completion.parameters,
    ),
]


def _file_option(flag: str, help: str, metavar: str = "FILE") -> Any:
    return typer.Option(flag, metavar=metavar, help=help, show_default=False)


CsvOption = Annotated[Path | None, _file_option("--csv", "Write a table: a row a student, a column a quantity.")]
CanvasOption = Annotated[
    Path | None, _file_option("--canvas", "Fill a column of this gradebook, as Canvas exports it.", "EXPORTED.csv")
]
MoodleOption = Annotated[
    Path | None, _file_option("--moodle", "Fill the grades of this worksheet, as Moodle exports it.", "EXPORTED.csv")
]
ColumnOption = Annotated[
    str, _file_option("--column", "Which column of the gradebook (else the problem's title; Moodle: Grade).", "NAME")
]
JunitOption = Annotated[Path | None, _file_option("--junit", "Write the marks as the results of tests (JUnit's XML).")]
PageOption = Annotated[Path | None, _file_option("--page", "Write what the class got wrong as a web page.")]
FeedbackOption = Annotated[Path | None, _file_option("--feedback", "Write a web page for each student.", "DIR")]
OpenOption = Annotated[bool, typer.Option("--open", help="Show it as a web page in the browser.")]
HideKeyOption = Annotated[bool, typer.Option("--hide-key", help="Show no right number to students.")]


def _shown(open_page: bool, significant: int | None = None, full: bool = False) -> Callable[..., int]:
    """What puts a report where it's asked for: into the browser, or on the screen and into files."""
    from gradcalc.commands.show import Look, show

    look = Look(significant, full)
    if open_page:
        from gradcalc.commands.browser import show_page

        return partial(show_page, look=look)
    return partial(show, look=look)


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Worked homework in backpropagation: every step shown, every answer checked, every mistake named.

    \b
    Examples:
      gradcalc solve hw3
      gradcalc step --lr 0.5
      gradcalc check hw3 my-answers.yaml

    PROBLEM is a file, '-' for standard input, or the name of a problem that comes
    with gradcalc ('gradcalc problems' lists them).
    """


@app.command(short_help="Forward pass, backprop, one step, the pass after it.")
def solve(
    problem: ProblemArgument = None,
    format: SolutionFormatOption = "table",
    output: OutputOption = None,
    digits: DigitsOption = None,
    significant: SignificantOption = None,
    full: FullOption = False,
    lr: RateOption = None,
    freeze: FreezeOption = None,
    steps: StepsOption = None,
    epochs: EpochsOption = None,
    until: UntilOption = None,
    batch_size: BatchOption = None,
    every: EveryOption = None,
    save: SaveOption = None,
    expand: Annotated[bool, typer.Option("--expand", help="Write out every entry as a sum of products.")] = False,
    no_inputs: Annotated[bool, typer.Option("--no-inputs", help="Leave out the gradients of the inputs.")] = False,
    fragment: FragmentOption = False,
    open_page: OpenOption = False,
) -> None:
    """Forward pass, backpropagation, one step of gradient descent, and the pass after it; or several steps so.

    \b
    Examples:
      gradcalc solve hw3
      gradcalc solve hw3 --steps 3
      gradcalc solve problem.yaml --expand
      gradcalc solve hw3 --freeze W1 --freeze b1
      gradcalc solve hw3 --format json --output hw3.json
      gradcalc solve hw3 --format torch > hw3.py
      gradcalc solve hw3 --open
    """
    from gradcalc.commands.request import Request
    from gradcalc.commands.solve import solution_report
    from gradcalc.commands.steps import Way

    show = _shown(open_page, significant, full)
    request = Request(problem, lr, freeze or (), digits, batch_size, output)
    way = Way(steps, epochs, until, every, save=save, form=format)
    work = partial(solution_report, request, expand=expand, inputs=not no_inputs, way=way)
    show(work, format, output, fragment=fragment)


@app.command(short_help="The update alone, once or several times.")
def step(
    problem: ProblemArgument = None,
    format: StepFormatOption = "table",
    output: OutputOption = None,
    digits: DigitsOption = None,
    significant: SignificantOption = None,
    full: FullOption = False,
    lr: RateOption = None,
    freeze: FreezeOption = None,
    steps: StepsOption = None,
    epochs: EpochsOption = None,
    until: UntilOption = None,
    batch_size: BatchOption = None,
    every: EveryOption = None,
    save: SaveOption = None,
    watch: Annotated[
        list[str] | None,
        typer.Option(
            "--watch",
            metavar="NAME",
            help="Write down a quantity or an entry at each step, and draw its curve (again for more).",
            show_default=False,
            autocompletion=completion.quantities,
        ),
    ] = None,
    curve: Annotated[bool, typer.Option("--curve", help="Draw the loss over the steps.")] = False,
    contour: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--contour",
            metavar="ENTRY ENTRY",
            help="Draw the way of two entries of the parameters on contour lines of the loss.",
            show_default=False,
        ),
    ] = None,
    fragment: FragmentOption = False,
    open_page: OpenOption = False,
) -> None:
    """The update alone: old value, gradient, new value, and the loss before and after; once or many times.

    \b
    Examples:
      gradcalc step --lr 0.5
      gradcalc step hw3 --lr 0.1 --steps 10
      gradcalc step hw3 --until 'loss < 0.01' --curve
      gradcalc step hw3 --steps 10 --save next.yaml
      gradcalc step hw3 --steps 100 --watch 'W1[1,1]' --format csv
      gradcalc step hw3 --steps 20 --contour 'W2[1,1]' 'W2[2,1]' -f svg > way.svg
      gradcalc step hw3 --freeze W1 --freeze b1
    """
    from gradcalc.commands.request import Request
    from gradcalc.commands.steps import Way, step_report

    show = _shown(open_page, significant, full)
    request = Request(problem, lr, freeze or (), digits, batch_size, output)
    drawn = curve or format == "csv" or (format == "svg" and contour is None)
    way = Way(steps, epochs, until, every, watch or (), drawn, contour, save, format)
    show(lambda: step_report(request, way), format, output, fragment=fragment, formats=STEP_FORMATS)


def _marking_number(flag: str, help: str) -> Any:
    return typer.Option(flag, parser=number, metavar="NUMBER", help=help, show_default=False)


@app.command(short_help="Mark an answer sheet, or a problem's own numbers.")
def check(
    problem: NamedProblem,
    answers: Annotated[
        str | None,
        typer.Argument(
            metavar="ANSWERS", help="An answer sheet ('-': standard input), or a program (.py).", show_default=False
        ),
    ] = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    digits: DigitsOption = None,
    significant: SignificantOption = None,
    full: FullOption = False,
    hide_key: Annotated[bool, typer.Option("--hide-key", help="Show no right number.")] = False,
    by_entry: ByEntryOption = False,
    complete: CompleteOption = False,
    readings: Annotated[bool, typer.Option("--readings", help="Show how each formula was read.")] = False,
    rtol: Annotated[float | None, _marking_number("--rtol", "Relative tolerance, in place of digits.")] = None,
    atol: Annotated[float | None, _marking_number("--atol", "Absolute tolerance, in place of digits.")] = None,
    carried: Annotated[float, _marking_number("--carried", "Credit where only an earlier error is carried (1).")] = 1.0,
    imprecise: Annotated[float, _marking_number("--imprecise", "Credit for too few digits (0.5).")] = 0.5,
    run_code: Annotated[bool, typer.Option("--run-code", help="Run the program that is to be marked.")] = False,
    open_page: OpenOption = False,
) -> None:
    """Mark an answer sheet: which answer is wrong first, which only carries an error on, and what mistake was made.

    Without ANSWERS, the problem's own 'expected' numbers, 'misprints' and 'claims' are checked against its solution.
    Ends with exit code 1 where something isn't right. 'gradcalc sheet' writes an empty answer sheet.

    A program is run on the problem's numbers and on random ones, and the first array that is wrong is named. It runs
    with your rights, in a process of its own with limits on time, memory and output, and only with --run-code.

    \b
    Examples:
      gradcalc check hw3 my-answers.yaml
      gradcalc check hw3 student.py --run-code
      gradcalc check problem.yaml answers.yaml --hide-key --format markdown
      gradcalc check hw3
    """
    from gradcalc.commands.check import Marking, check_report, is_program, marks_report, program_report
    from gradcalc.commands.request import Request

    show = _shown(open_page, significant, full)
    request = Request(problem, digits=digits, output=output)
    if answers is None:
        raise typer.Exit(show(lambda: check_report(request, hide_key=hide_key), format, output))
    if run_code or is_program(answers):
        work = partial(program_report, request, answers, run_code=run_code, hide_key=hide_key)
        raise typer.Exit(show(work, format, output))
    marking = Marking(rtol, atol, carried, imprecise, by_entry, hide_key, complete, readings)
    raise typer.Exit(show(lambda: marks_report(request, answers, marking), format, output))


@app.command(short_help="Mark the sheets of a class.")
def grade(
    problem: NamedProblem,
    sheets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SHEETS...", help="Folders, zips, CSV, JSON lines or single sheets.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write the results, a line of JSON a student.", show_default=False
        ),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", parser=whole, metavar="N", help="How many processes.")] = 1,
    dask: Annotated[
        str, typer.Option("--dask", metavar="ADDRESS", help="Mark on a Dask cluster.", show_default=False)
    ] = "",
    timeout: Annotated[
        float, typer.Option("--timeout", parser=number, metavar="SECONDS", help="How long a sheet may take (2).")
    ] = 2.0,
    shard: Annotated[
        str,
        typer.Option(
            "--shard", metavar="K/N", help="Mark the Kth of N parts; 'merge' puts them together.", show_default=False
        ),
    ] = "",
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was broken off.")] = False,
    student: Annotated[
        str,
        typer.Option(
            "--student", metavar="COLUMN", help="The column or key that says whose a sheet is.", show_default=False
        ),
    ] = "",
    variants: Annotated[
        Path | None,
        typer.Option(
            "--variants", metavar="FOLDER", help="Mark each by the variant that 'vary' wrote.", show_default=False
        ),
    ] = None,
    csv: CsvOption = None,
    gradescope: Annotated[
        Path | None, _file_option("--gradescope", "Write a student's marks as Gradescope reads them.")
    ] = None,
    canvas: CanvasOption = None,
    moodle: MoodleOption = None,
    column: ColumnOption = "",
    junit: JunitOption = None,
    feedback: FeedbackOption = None,
    hide_key: HideKeyOption = False,
    page: PageOption = None,
    format: FormatOption = "table",
    digits: DigitsOption = None,
    by_entry: ByEntryOption = False,
    complete: CompleteOption = False,
    rtol: Annotated[float | None, _marking_number("--rtol", "Relative tolerance, in place of digits.")] = None,
    atol: Annotated[float | None, _marking_number("--atol", "Absolute tolerance, in place of digits.")] = None,
    carried: Annotated[float, _marking_number("--carried", "Credit where only an earlier error is carried (1).")] = 1.0,
    imprecise: Annotated[float, _marking_number("--imprecise", "Credit for too few digits (0.5).")] = 0.5,
    open_page: OpenOption = False,
) -> None:
    """Mark the sheets of a class: each student's marks as a line of JSON, and a summary.

    Sheets are files in a folder or a zip (one a student, a folder a student, or as Moodle, Canvas and Gradescope give
    them out), the rows of a CSV, or JSON lines. Of what a student handed in more than once the newest counts. A sheet
    that can't be read, takes too long or ends its process gets a verdict of its own.
    Ends with exit code 1 where something isn't right.

    \b
    Examples:
      gradcalc grade hw3 sheets/ --output results.jsonl
      gradcalc grade hw3 submissions.zip --complete --jobs 4
      gradcalc grade hw3 answers.csv --student "Matriculation no."
      gradcalc grade hw3 sheets/ --shard 3/10 --output part-3.jsonl
      gradcalc grade hw3 sheets/ --complete --canvas exported.csv --feedback pages/ --page class.html
    """
    from gradcalc.commands.check import Marking
    from gradcalc.commands.grade import Run, grade_report
    from gradcalc.commands.hand_back import Outs, sheets_of
    from gradcalc.commands.request import Request

    request = Request(problem, digits=digits, output=output)
    marking = Marking(rtol, atol, carried, imprecise, by_entry, complete=complete)
    run = Run(output, jobs, dask, timeout, shard, resume, student, variants)
    outs = Outs(csv, gradescope, canvas, moodle, column, junit, feedback, hide_key, page)
    raise typer.Exit(
        _shown(open_page)(lambda: grade_report(request, sheets_of(sheets, outs), marking, run, outs), format)
    )


@app.command(short_help="Put the results of shards together.")
def merge(
    results: Annotated[
        list[str], typer.Argument(metavar="RESULTS...", help="Files that 'grade --shard' wrote, all of them.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Write the results of all.")],
    csv: CsvOption = None,
    canvas: CanvasOption = None,
    moodle: MoodleOption = None,
    column: ColumnOption = "",
    junit: JunitOption = None,
    feedback: FeedbackOption = None,
    hide_key: HideKeyOption = False,
    page: PageOption = None,
    problem: Annotated[
        str, _file_option("--problem", "The problem that was marked, for the pages and their symbols.", "PROBLEM")
    ] = "",
    format: FormatOption = "table",
    open_page: OpenOption = False,
) -> None:
    """Put the results of shards together: the same file as if all had been marked in one run.

    Ends with exit code 1 where something isn't right.

    \b
    Examples:
      gradcalc merge part-*.jsonl --output results.jsonl
    """
    from gradcalc.commands.grade import merge_report
    from gradcalc.commands.hand_back import Outs
    from gradcalc.commands.request import Request

    outs = Outs(csv, None, canvas, moodle, column, junit, feedback, hide_key, page)
    request = Request(problem) if problem else None
    raise typer.Exit(_shown(open_page)(lambda: merge_report(results, output, outs, request), format))


@app.command(short_help="What Gradescope runs to mark this problem.")
def gradescope(
    problem: NamedProblem,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where autograder.zip is written.")],
    by_entry: ByEntryOption = False,
    rtol: Annotated[float | None, _marking_number("--rtol", "Relative tolerance, in place of digits.")] = None,
    atol: Annotated[float | None, _marking_number("--atol", "Absolute tolerance, in place of digits.")] = None,
    carried: Annotated[float, _marking_number("--carried", "Credit where only an earlier error is carried (1).")] = 1.0,
    imprecise: Annotated[float, _marking_number("--imprecise", "Credit for too few digits (0.5).")] = 0.5,
) -> None:
    """What Gradescope runs to mark this problem: a zip with gradcalc and the problem, to be uploaded as the autograder.

    Each answer is a test with its points; what isn't answered counts. Students see what is wrong, and no right number.

    \b
    Examples:
      gradcalc gradescope hw3 upload/
    """
    from gradcalc.commands.check import Marking
    from gradcalc.commands.gradescope import write_autograder
    from gradcalc.commands.request import Request

    write_autograder(Request(problem), folder, Marking(rtol, atol, carried, imprecise, by_entry, complete=True))


@app.command(short_help="A variant for each student, with numbers of its own.")
def vary(
    problem: NamedProblem,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the variants go.")],
    students: Annotated[
        str, typer.Option("--students", metavar="CSV", help="The class: a row a student.", show_default=False)
    ] = "",
    count: Annotated[
        int | None,
        typer.Option("--count", parser=whole, metavar="N", help="In place of names: so many.", show_default=False),
    ] = None,
    student: Annotated[
        str,
        typer.Option("--student", metavar="COLUMN", help="The column that says who it is.", show_default=False),
    ] = "",
    seed: Annotated[int, typer.Option("--seed", parser=whole, metavar="S", help="Another seed, other numbers.")] = 0,
    moodle: Annotated[
        Path | None,
        typer.Option("--moodle", metavar="XML", help="Write them as Moodle questions.", show_default=False),
    ] = None,
    qti: Annotated[
        Path | None,
        typer.Option("--qti", metavar="ZIP", help="Write them as QTI 1.2 quizzes, for Canvas.", show_default=False),
    ] = None,
    format: FormatOption = "table",
    open_page: OpenOption = False,
) -> None:
    """A variant for each student: a problem file with small round numbers of its own, and a certificate beside it.

    The numbers are such that every usual mistake comes to visibly different values, from the right ones and from those
    of the other mistakes; where none can do that, the reason is said. They are off kinks, and stay readable. The same
    seed and student give the same numbers. 'vary:' in the problem file says how numbers may differ.

    \b
    Examples:
      gradcalc vary hw3 --students roster.csv --seed 7 --output variants
      gradcalc vary problem.yaml --count 3 --output variants
    """
    from gradcalc.commands.request import Request
    from gradcalc.commands.vary import Class, vary_report

    group = Class(output, students, count, student, seed, moodle, qti)
    raise typer.Exit(_shown(open_page)(lambda: vary_report(Request(problem), group), format))


@app.command(short_help="What a problem's numbers hide, for its author.")
def lint(
    problem: NamedProblem, format: FormatOption = "table", output: OutputOption = None, open_page: OpenOption = False
) -> None:
    """What a problem's numbers hide, for its author: mistakes that don't show, or that can't be told apart.

    Values on a kink, zeros behind which errors hide, and 'expected' values that disagree are told as well; only these
    last end it with exit code 1.

    \b
    Examples:
      gradcalc lint hw3
      gradcalc lint problem.yaml --format plain
    """
    from gradcalc.commands.lint import lint_report
    from gradcalc.commands.request import Request

    raise typer.Exit(_shown(open_page)(lambda: lint_report(Request(problem, output=output)), format, output))


@app.command(short_help="An empty answer sheet to fill in.")
def sheet(
    problem: NamedProblem,
    format: SheetFormatOption = None,
    output: OutputOption = None,
    digits: DigitsOption = None,
    question: Annotated[
        bool, typer.Option("--question", help="The question alone (table, plain, markdown, latex or html).")
    ] = False,
    open_page: OpenOption = False,
) -> None:
    """An empty answer sheet, as YAML: every quantity with its shape; or a program that is to calculate the gradients.

    As html, latex or markdown a worksheet: the question, and a place for each answer. The web page is filled in where
    it is opened, saves and loads the answers as a sheet that 'gradcalc check' reads, and holds no right answer.

    \b
    Examples:
      gradcalc sheet hw3 --output answers.yaml
      gradcalc sheet hw3 --format numpy --output student.py
      gradcalc sheet hw3 --format html --output worksheet.html
      gradcalc sheet hw3 --question
    """
    from gradcalc.commands.check import worksheet_report, write_sheet
    from gradcalc.commands.request import Request

    request = Request(problem, digits=digits, output=output)
    if open_page:
        _shown(open_page)(lambda: worksheet_report(request, places=not question), format or "html", output)
    else:
        write_sheet(request, output, format or "", question=question)


@app.command(short_help="Where an entry, a quantity or a Jacobian comes from.")
def explain(
    problem: NamedProblem,
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="An entry (dW1[1,2]), a quantity (dW1), or a Jacobian of two of them (yhat/a2).",
            autocompletion=completion.quantities,
        ),
    ],
    format: FormatOption = "table",
    output: OutputOption = None,
    digits: DigitsOption = None,
    significant: SignificantOption = None,
    full: FullOption = False,
    depth: Annotated[
        int | None,
        typer.Option(
            "--depth",
            parser=whole,
            metavar="N",
            help="Of an entry, explain factors of factors no further than N levels down.",
            show_default=False,
        ),
    ] = None,
    fragment: FragmentOption = False,
    open_page: OpenOption = False,
) -> None:
    """The chain rule for one entry, down to what is given; a whole quantity, entry by entry; or a Jacobian.

    \b
    Examples:
      gradcalc explain hw3 'dW1[1,2]'
      gradcalc explain hw3 'dW1[1,2]' --depth 1
      gradcalc explain hw3 after.h1
      gradcalc explain hw3 yhat/a2
    """
    from gradcalc.commands.explain import explain_report
    from gradcalc.commands.request import Request

    show = _shown(open_page, significant, full)
    request = Request(problem, digits=digits, output=output)
    show(lambda: explain_report(request, what, depth), format, output, fragment=fragment)


@app.command(short_help="The computation graph, as text, SVG, Mermaid or DOT.")
def graph(
    problem: ProblemArgument = None,
    format: GraphFormatOption = "text",
    output: OutputOption = None,
    digits: DigitsOption = None,
) -> None:
    """The computation graph: every value, what it is computed from, and the gradient on it.

    \b
    Examples:
      gradcalc graph hw3
      gradcalc graph hw3 --format svg --output hw3.svg
      gradcalc graph problem.yaml --format dot | dot -Tpdf > graph.pdf
    """
    from gradcalc.commands.request import Request
    from gradcalc.commands.show import show
    from gradcalc.commands.solve import graph_report

    request = Request(problem, digits=digits, output=output)
    show(lambda: graph_report(request), format, output, formats=GRAPH_FORMATS)


@app.command(short_help="The functions that formulas can use.")
def functions(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One function.", show_default=False)] = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    open_page: OpenOption = False,
) -> None:
    """The functions that formulas and layers can use: name, definition, gradient.

    \b
    Examples:
      gradcalc functions
      gradcalc functions softmax
    """
    from gradcalc.commands.listings import functions_report

    _shown(open_page)(lambda: functions_report(name), format, output)


@app.command(short_help="The update rules that problems can use.")
def optimizers(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One optimizer.", show_default=False)] = None,
    format: FormatOption = "table",
    output: OutputOption = None,
    open_page: OpenOption = False,
) -> None:
    """The update rules that a problem can name as its optimizer: lines, usual numbers, sources, mistakes.

    \b
    Examples:
      gradcalc optimizers
      gradcalc optimizers adam
    """
    from gradcalc.commands.listings import optimizers_report

    _shown(open_page)(lambda: optimizers_report(name), format, output)


@app.command()
def problems(format: FormatOption = "table", output: OutputOption = None, open_page: OpenOption = False) -> None:
    """The problems that come with gradcalc.

    \b
    Examples:
      gradcalc problems
      gradcalc problems | grep softmax
    """
    from gradcalc.commands.listings import problems_report

    _shown(open_page)(problems_report, format, output)


@app.command(short_help="The JSON Schema of problem files, for editors.")
def schema(output: OutputOption = None) -> None:
    """The JSON Schema of problem files, with which an editor completes and checks them.

    \b
    Examples:
      gradcalc schema --output problem.schema.json
    and at the top of a problem file beside it:
      # yaml-language-server: $schema=problem.schema.json
    """
    from gradcalc.commands.listings import write_schema

    write_schema(output)
