"""The arguments and options of the commands: how each is written, what is read from it, what `--help` says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gradcalc.commands import completion
from gradcalc.commands.styles import STYLES
from gradcalc.report.formats import GRAPH_FORMATS, STEP_FORMATS, names
from gradcalc.words import shorten


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


def _option(flags: str, metavar: str, help: str, **more: Any) -> Any:
    """An option with a value; where its default is worth telling, the help says it in words."""
    return typer.Option(*flags.split(), metavar=metavar, help=help, **{"show_default": False, **more})


def _format(formats: str, help: str = "How the report is written.") -> Any:
    completed = completion.one_of(formats)
    return _option("--format -f", formats, help, show_default=True, autocompletion=completed)


def _output(help: str, metavar: str = "FILE") -> Any:
    return _option("--output -o", metavar, help)


def _number(flag: str, help: str) -> Any:
    return _option(flag, "NUMBER", help, parser=number)


def _whole(flag: str, help: str) -> Any:
    return _option(flag, "N", help, parser=whole)


# The problem, and what is asked of it.
NamedProblem = Annotated[
    str,
    typer.Argument(
        metavar="PROBLEM",
        help="A file, '-' for standard input, or a problem that comes with gradcalc.",
        autocompletion=completion.problems,
    ),
]
Problem = Annotated[
    str | None,
    typer.Argument(
        metavar="PROBLEM",
        help="A file, '-' for standard input, or a problem that comes with gradcalc (hw3, if left out).",
        show_default=False,
        autocompletion=completion.problems,
    ),
]
ToExplain = Annotated[
    str,
    typer.Argument(
        metavar="WHAT",
        help="An entry (dW1[1,2]), a quantity (dW1), or a Jacobian of two of them (yhat/a2).",
        autocompletion=completion.quantities,
    ),
]
FunctionName = Annotated[
    str | None,
    typer.Argument(metavar="NAME", help="One function.", show_default=False, autocompletion=completion.functions),
]
OptimizerName = Annotated[
    str | None,
    typer.Argument(metavar="NAME", help="One optimizer.", show_default=False, autocompletion=completion.optimizers),
]

# How a report looks, and where it goes.
Format = Annotated[str, _format(names(programs=False))]
StepFormat = Annotated[str, _format(names(programs=False, formats=STEP_FORMATS), "How it is written.")]
SolutionFormat = Annotated[str, _format(names())]
SheetFormat = Annotated[
    str | None,
    _format("yaml|numpy|html|latex|markdown", "An answer sheet (yaml), or a program or a worksheet to fill in."),
]
GraphFormat = Annotated[str, _format("|".join(GRAPH_FORMATS), "How the graph is drawn.")]
Output = Annotated[Path | None, _output("Write to a file, whole or not at all.")]
Digits = Annotated[int | None, _whole("--digits", "Decimals shown (else the problem's, or 4).")]
Significant = Annotated[int | None, _whole("--significant", "Significant digits shown, in place of decimals.")]
Full = Annotated[bool, typer.Option("--full", help="Show large matrices and long sequences whole.")]
Fragment = Annotated[bool, typer.Option("--fragment", help="Of LaTeX or HTML only a part, for a document of your own.")]
Open = Annotated[bool, typer.Option("--open", help="Show it as a web page in the browser.")]
Expand = Annotated[bool, typer.Option("--expand", help="Write out every entry as a sum of products.")]
Inputs = Annotated[
    bool | None,
    typer.Option("--inputs/--no-inputs", show_default=False, help="With the gradients of the inputs, or without."),
]
Depth = Annotated[int | None, _whole("--depth", "Of an entry or with --derive, go no further than N levels down.")]
Derive = Annotated[bool, typer.Option("--derive", help="Write the chain rule out: each gradient line by line.")]
DeriveStyle = Annotated[
    str | None,
    _option(
        "--style",
        "|".join(STYLES),
        "With --derive: by matrices (chain), entry by entry (indices), or with dL = tr(…) (differentials).",
        autocompletion=completion.one_of("|".join(STYLES)),
    ),
]
DeriveDepth = Annotated[int | None, _whole("--depth", "With --derive, put gradients in no further than N levels down.")]
At = Annotated[str | None, _option("--at", "SIZES", "Of a problem in letters one in numbers: --at Dx=3,H=2,Dy=4.")]
Numbers = Annotated[int | None, _whole("--seed", "Of a problem in letters the N-th one in numbers.")]

# Steps.
Rate = Annotated[float | None, _number("--lr", "Learning rate (else the problem's).")]
Freeze = Annotated[
    list[str] | None,
    _option("--freeze", "NAME", "Leave a parameter as it is (again for more).", autocompletion=completion.parameters),
]
Steps = Annotated[int | None, _whole("--steps", "How many steps (else the problem's, or 1).")]
Epochs = Annotated[int | None, _whole("--epochs", "In place of steps: passes over all samples.")]
Until = Annotated[str | None, _option("--until", "CONDITION", "End where it holds: 'loss < 0.01'.")]
BatchSize = Annotated[int | None, _whole("--batch-size", "How many samples a step uses.")]
Every = Annotated[int | None, _whole("--every", "Of many steps show each Nth, the first and the last.")]
Save = Annotated[Path | None, _option("--save", "FILE", "Write the problem as it is after the steps.")]
Watch = Annotated[
    list[str] | None,
    _option(
        "--watch",
        "NAME",
        "Write down a quantity or an entry at each step, and draw its curve (again for more).",
        autocompletion=completion.quantities,
    ),
]
Curve = Annotated[bool, typer.Option("--curve", help="Draw the loss over the steps.")]
Contour = Annotated[
    tuple[str, str] | None,
    _option("--contour", "ENTRY ENTRY", "Draw the way of two entries of the parameters on contour lines of the loss."),
]

# Marking.
Answers = Annotated[
    str | None,
    typer.Argument(
        metavar="ANSWERS", help="An answer sheet ('-': standard input), or a program (.py).", show_default=False
    ),
]
HideKey = Annotated[bool, typer.Option("--hide-key", help="Show no right number.")]
ByEntry = Annotated[bool, typer.Option("--by-entry", help="Points for the right entries of a wrong answer.")]
Complete = Annotated[bool, typer.Option("--complete", help="Count what is asked and isn't answered, as for a grade.")]
Readings = Annotated[bool, typer.Option("--readings", help="Show how each formula was read.")]
ListRead = Annotated[bool, typer.Option("--list", help="Show what was read as what, without marking it.")]
Rtol = Annotated[float | None, _number("--rtol", "Relative tolerance, in place of digits.")]
Atol = Annotated[float | None, _number("--atol", "Absolute tolerance, in place of digits.")]
Carried = Annotated[float, _number("--carried", "Credit where only an earlier error is carried (1).")]
Imprecise = Annotated[float, _number("--imprecise", "Credit for too few digits (0.5).")]
RunCode = Annotated[bool, typer.Option("--run-code", help="Run the program that is to be marked.")]
Question = Annotated[
    bool, typer.Option("--question", help="The question alone (table, plain, markdown, latex or html).")
]

# The sheets of a class.
Sheets = Annotated[
    list[str] | None,
    typer.Argument(metavar="SHEETS...", help="Folders, zips, CSV, JSON lines or single sheets.", show_default=False),
]
Results = Annotated[Path | None, _output("Write the results, a line of JSON a student.")]
Jobs = Annotated[int, _option("--jobs -j", "N", "How many processes.", parser=whole, show_default=True)]
Dask = Annotated[str, _option("--dask", "ADDRESS", "Mark on a Dask cluster.")]
Timeout = Annotated[
    float | None,
    _option("--timeout", "SECONDS", "How long a sheet may take (2), or a program to run (10).", parser=number),
]
RunPrograms = Annotated[bool, typer.Option("--run-code", help="Run the programs among the sheets, to mark them.")]
Shard = Annotated[str, _option("--shard", "K/N", "Mark the Kth of N parts; 'merge' puts them together.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a run that was broken off.")]
StudentKey = Annotated[str, _option("--student", "COLUMN", "The column or key that says whose a sheet is.")]
OwnProblems = Annotated[Path | None, _option("--variants", "FOLDER", "Mark each by the variant that 'vary' wrote.")]
Shards = Annotated[
    list[str], typer.Argument(metavar="RESULTS...", help="Files that 'grade --shard' wrote, all of them.")
]
Merged = Annotated[Path, _output("Write the results of all.")]
MarkedVariants = Annotated[
    Path | None, _option("--variants", "FOLDER", "The variants that they were marked by, for --feedback.")
]
MarkedProblem = Annotated[
    str, _option("--problem", "PROBLEM", "The problem that was marked, for the pages and their symbols.")
]

# Results where a course wants them.
Csv = Annotated[Path | None, _option("--csv", "FILE", "Write a table: a row a student, a column a quantity.")]
Gradescope = Annotated[
    Path | None, _option("--gradescope", "FILE", "Write a student's marks as Gradescope reads them.")
]
Canvas = Annotated[
    Path | None, _option("--canvas", "EXPORTED.csv", "Fill a column of this gradebook, as Canvas exports it.")
]
Moodle = Annotated[
    Path | None, _option("--moodle", "EXPORTED.csv", "Fill the grades of this worksheet, as Moodle exports it.")
]
Column = Annotated[
    str, _option("--column", "NAME", "Which column of the gradebook (else the problem's title; Moodle: Grade).")
]
Junit = Annotated[Path | None, _option("--junit", "FILE", "Write the marks as the results of tests (JUnit's XML).")]
Page = Annotated[Path | None, _option("--page", "FILE", "Write what the class got wrong as a web page.")]
Feedback = Annotated[Path | None, _option("--feedback", "DIR", "Write a web page for each student.")]
FeedbackHideKey = Annotated[bool, typer.Option("--hide-key", help="Show no right number to students.")]
UploadFolder = Annotated[Path, typer.Argument(metavar="DIR", help="Where autograder.zip is written.")]

# Variants.
VariantFolder = Annotated[Path, _output("Where the variants go.", "FOLDER")]
Roster = Annotated[str, _option("--students", "CSV", "The class: a row a student.")]
Count = Annotated[int | None, _whole("--count", "In place of names: so many.")]
RosterColumn = Annotated[str, _option("--student", "COLUMN", "The column that says who it is.")]
Seed = Annotated[int, _option("--seed", "S", "Another seed, other numbers.", parser=whole, show_default=True)]
VariantPages = Annotated[
    str, _option("--pages", "FORMATS", "Each student's question and key too: html,latex,markdown or some of them.")
]
Together = Annotated[bool, typer.Option("--together", help="With --pages: all students in one file as well, to print.")]
MoodleQuiz = Annotated[Path | None, _option("--moodle", "XML", "Write them as Moodle questions.")]
Qti = Annotated[Path | None, _option("--qti", "ZIP", "Write them as QTI 1.2 quizzes, for Canvas.")]
QuizText = Annotated[Path | None, _option("--quiz-text", "FOLDER", "Write them as text that text2qti reads.")]
