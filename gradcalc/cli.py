"""The command line: the commands of gradcalc, and what each hands on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer

from gradcalc import __version__
from gradcalc.commands import options
from gradcalc.commands.misuse import Commands
from gradcalc.errors import UsageError
from gradcalc.report.formats import GRAPH_FORMATS, STEP_FORMATS

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gradcalc {__version__}")
        raise typer.Exit


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
    problem: options.Problem = None,
    format: options.SolutionFormat = "table",
    output: options.Output = None,
    digits: options.Digits = None,
    significant: options.Significant = None,
    full: options.Full = False,
    lr: options.Rate = None,
    freeze: options.Freeze = None,
    steps: options.Steps = None,
    epochs: options.Epochs = None,
    until: options.Until = None,
    batch_size: options.BatchSize = None,
    every: options.Every = None,
    save: options.Save = None,
    expand: options.Expand = False,
    derive: options.Derive = False,
    style: options.DeriveStyle = None,
    depth: options.DeriveDepth = None,
    inputs: options.Inputs = None,
    at: options.At = None,
    seed: options.Numbers = None,
    fragment: options.Fragment = False,
    open_page: options.Open = False,
) -> None:
    """Forward pass, backpropagation, one step of gradient descent, and the pass after it; or several steps so.

    \b
    Examples:
      gradcalc solve hw3
      gradcalc solve hw3 --steps 3
      gradcalc solve problem.yaml --expand
      gradcalc solve hw3 --derive
      gradcalc solve hw3 --derive --style differentials
      gradcalc solve hw3 --freeze W1 --freeze b1
      gradcalc solve hw3 --format json --output hw3.json
      gradcalc solve hw3 --format torch > hw3.py
      gradcalc solve hw3 --open
      gradcalc solve letters.yaml --at Dx=3,H=2,Dy=4
    """
    from gradcalc.commands.derive import all_derived
    from gradcalc.commands.request import Request
    from gradcalc.commands.solve import solution_report
    from gradcalc.commands.steps import Way

    show = _shown(open_page, significant, full)
    request = Request(problem, lr, freeze or (), digits, batch_size, output, at, seed)
    way = Way(steps, epochs, until, every, save=save, form=format)
    work = partial(solution_report, request, expand=expand, inputs=inputs, way=way)
    if derive:
        work = partial(all_derived, request, depth, style, inputs, way=way, expand=expand)
    elif (depth, style) != (None, None):
        raise UsageError(f"--{'style' if depth is None else 'depth'} goes with --derive")
    show(work, format, output, fragment=fragment)


@app.command(short_help="The update alone, once or several times.")
def step(
    problem: options.Problem = None,
    format: options.StepFormat = "table",
    output: options.Output = None,
    digits: options.Digits = None,
    significant: options.Significant = None,
    full: options.Full = False,
    lr: options.Rate = None,
    freeze: options.Freeze = None,
    steps: options.Steps = None,
    epochs: options.Epochs = None,
    until: options.Until = None,
    batch_size: options.BatchSize = None,
    every: options.Every = None,
    save: options.Save = None,
    watch: options.Watch = None,
    curve: options.Curve = False,
    contour: options.Contour = None,
    at: options.At = None,
    seed: options.Numbers = None,
    fragment: options.Fragment = False,
    open_page: options.Open = False,
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
    request = Request(problem, lr, freeze or (), digits, batch_size, output, at, seed)
    drawn = curve or format == "csv" or (format == "svg" and contour is None)
    way = Way(steps, epochs, until, every, watch or (), drawn, contour, save, format)
    show(lambda: step_report(request, way), format, output, fragment=fragment, formats=STEP_FORMATS)


@app.command(short_help="Mark an answer sheet, or a problem's own numbers.")
def check(
    problem: options.NamedProblem,
    answers: options.Answers = None,
    format: options.Format = "table",
    output: options.Output = None,
    digits: options.Digits = None,
    significant: options.Significant = None,
    full: options.Full = False,
    hide_key: options.HideKey = False,
    by_entry: options.ByEntry = False,
    complete: options.Complete = False,
    readings: options.Readings = False,
    list_read: options.ListRead = False,
    rtol: options.Rtol = None,
    atol: options.Atol = None,
    carried: options.Carried = 1.0,
    imprecise: options.Imprecise = 0.5,
    run_code: options.RunCode = False,
    open_page: options.Open = False,
) -> None:
    """Mark an answer sheet: which answer is wrong first, which only carries an error on, and what mistake was made.

    Without ANSWERS, the problem's own 'expected' numbers, 'misprints' and 'claims' are checked against its solution.
    Ends with exit code 1 where something isn't right. 'gradcalc sheet' writes an empty answer sheet.

    A write-up, a file .tex or .md, is a sheet too: the equations displayed in it are read, none of its macros.

    A program is run on the problem's numbers and on random ones, and the first array that is wrong is named. It runs
    with your rights, in a process of its own with limits on time, memory and output, and only with --run-code.

    \b
    Examples:
      gradcalc check hw3 my-answers.yaml
      gradcalc check hw3 student.py --run-code
      gradcalc check hw3 homework.tex --list
      gradcalc check problem.yaml answers.yaml --hide-key --format markdown
      gradcalc check hw3
    """
    from gradcalc.commands.check import Marking, check_report, is_program, list_report, marks_report, program_report
    from gradcalc.commands.request import Request

    show = _shown(open_page, significant, full)
    request = Request(problem, digits=digits, output=output)
    if answers is None:
        raise typer.Exit(show(lambda: check_report(request, hide_key=hide_key), format, output))
    if list_read:
        raise typer.Exit(show(lambda: list_report(request, answers), format, output))
    marking = Marking(rtol, atol, carried, imprecise, by_entry, hide_key, complete, readings)
    if run_code or is_program(answers):
        work = partial(program_report, request, answers, marking, run_code=run_code)
        raise typer.Exit(show(work, format, output))
    raise typer.Exit(show(lambda: marks_report(request, answers, marking), format, output))


@app.command(short_help="Mark the sheets of a class.")
def grade(
    problem: options.NamedProblem,
    sheets: options.Sheets = None,
    output: options.Results = None,
    jobs: options.Jobs = 1,
    dask: options.Dask = "",
    timeout: options.Timeout = None,
    shard: options.Shard = "",
    resume: options.Resume = False,
    student: options.StudentKey = "",
    variants: options.OwnProblems = None,
    run_code: options.RunPrograms = False,
    csv: options.Csv = None,
    gradescope: options.Gradescope = None,
    canvas: options.Canvas = None,
    moodle: options.Moodle = None,
    column: options.Column = "",
    junit: options.Junit = None,
    feedback: options.Feedback = None,
    hide_key: options.FeedbackHideKey = False,
    page: options.Page = None,
    format: options.Format = "table",
    digits: options.Digits = None,
    by_entry: options.ByEntry = False,
    complete: options.Complete = False,
    rtol: options.Rtol = None,
    atol: options.Atol = None,
    carried: options.Carried = 1.0,
    imprecise: options.Imprecise = 0.5,
    open_page: options.Open = False,
) -> None:
    """Mark the sheets of a class: each student's marks as a line of JSON, and a summary.

    Sheets are files in a folder or a zip (one a student, a folder a student, or as Moodle, Canvas and Gradescope give
    them out), the rows of a CSV, or JSON lines. Of what a student handed in more than once the newest counts. A sheet
    that can't be read, takes too long or ends its process gets a verdict of its own. Programs (.py) are run, with your
    rights, in processes of their own with limits on time and memory, and only with --run-code.
    Ends with exit code 1 where something isn't right.

    \b
    Examples:
      gradcalc grade hw3 sheets/ --output results.jsonl
      gradcalc grade hw3 submissions.zip --complete --jobs 4
      gradcalc grade hw3 answers.csv --student "Matriculation no."
      gradcalc grade hw3 programs/ --run-code --output results.jsonl
      gradcalc grade hw3 sheets/ --shard 3/10 --output part-3.jsonl
      gradcalc grade hw3 sheets/ --complete --canvas exported.csv --feedback pages/ --page class.html
    """
    from gradcalc.commands.check import Marking
    from gradcalc.commands.grade import Run, grade_report
    from gradcalc.commands.hand_back import Outs, sheets_of
    from gradcalc.commands.request import Request

    request = Request(problem, digits=digits, output=output)
    marking = Marking(rtol, atol, carried, imprecise, by_entry, complete=complete)
    run = Run(output, jobs, dask, timeout, shard, resume, student, variants, run_code)
    outs = Outs(csv, gradescope, canvas, moodle, column, junit, feedback, hide_key, page)
    raise typer.Exit(
        _shown(open_page)(lambda: grade_report(request, sheets_of(sheets, outs), marking, run, outs), format)
    )


@app.command(short_help="Put the results of shards together.")
def merge(
    results: options.Shards,
    output: options.Merged,
    csv: options.Csv = None,
    canvas: options.Canvas = None,
    moodle: options.Moodle = None,
    column: options.Column = "",
    junit: options.Junit = None,
    feedback: options.Feedback = None,
    hide_key: options.FeedbackHideKey = False,
    page: options.Page = None,
    problem: options.MarkedProblem = "",
    variants: options.MarkedVariants = None,
    format: options.Format = "table",
    open_page: options.Open = False,
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
    raise typer.Exit(_shown(open_page)(lambda: merge_report(results, output, outs, request, variants), format))


@app.command(short_help="What Gradescope runs to mark this problem.")
def gradescope(
    problem: options.NamedProblem,
    folder: options.UploadFolder,
    by_entry: options.ByEntry = False,
    rtol: options.Rtol = None,
    atol: options.Atol = None,
    carried: options.Carried = 1.0,
    imprecise: options.Imprecise = 0.5,
    run_code: options.RunPrograms = False,
) -> None:
    """What Gradescope runs to mark this problem: a zip with gradcalc and the problem, to be uploaded as the autograder.

    Each answer is a test with its points; what isn't answered counts. Students see what is wrong, and no right number.
    With --run-code they hand in programs, which are run there.

    \b
    Examples:
      gradcalc gradescope hw3 upload/
      gradcalc gradescope hw3 upload/ --run-code
    """
    from gradcalc.commands.check import Marking
    from gradcalc.commands.gradescope import write_autograder
    from gradcalc.commands.request import Request

    marking = Marking(rtol, atol, carried, imprecise, by_entry, complete=True)
    write_autograder(Request(problem), folder, marking, run_code=run_code)


@app.command(short_help="A variant for each student, with numbers of its own.")
def vary(
    problem: options.NamedProblem,
    output: options.VariantFolder,
    students: options.Roster = "",
    count: options.Count = None,
    student: options.RosterColumn = "",
    seed: options.Seed = 0,
    pages: options.VariantPages = "",
    together: options.Together = False,
    moodle: options.MoodleQuiz = None,
    qti: options.Qti = None,
    quiz_text: options.QuizText = None,
    format: options.Format = "table",
    open_page: options.Open = False,
) -> None:
    """A variant for each student: a problem file with small round numbers of its own, and a certificate beside it.

    The numbers are such that every usual mistake comes to visibly different values, from the right ones and from those
    of the other mistakes; where none can do that, the reason is said. They are off kinks, and stay readable. The same
    seed and student give the same numbers. 'vary:' in the problem file says how numbers may differ.

    \b
    Examples:
      gradcalc vary hw3 --students roster.csv --seed 7 --output variants
      gradcalc vary problem.yaml --count 3 --output variants
      gradcalc vary hw3 --count 30 --output variants --pages html,latex --together
    """
    from gradcalc.commands.request import Request
    from gradcalc.commands.vary import Class, vary_report

    group = Class(output, students, count, student, seed, moodle, qti, quiz_text, pages, together)
    raise typer.Exit(_shown(open_page)(lambda: vary_report(Request(problem), group), format))


@app.command(short_help="What a problem's numbers hide, for its author.")
def lint(
    problem: options.NamedProblem,
    format: options.Format = "table",
    output: options.Output = None,
    open_page: options.Open = False,
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
    problem: options.NamedProblem,
    format: options.SheetFormat = None,
    output: options.Output = None,
    digits: options.Digits = None,
    question: options.Question = False,
    open_page: options.Open = False,
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
    problem: options.NamedProblem,
    what: options.ToExplain,
    format: options.Format = "table",
    output: options.Output = None,
    digits: options.Digits = None,
    significant: options.Significant = None,
    full: options.Full = False,
    derive: options.Derive = False,
    style: options.DeriveStyle = None,
    depth: options.Depth = None,
    at: options.At = None,
    seed: options.Numbers = None,
    fragment: options.Fragment = False,
    open_page: options.Open = False,
) -> None:
    """The chain rule for one entry, down to what is given; a whole quantity, entry by entry; or a Jacobian.

    \b
    Examples:
      gradcalc explain hw3 'dW1[1,2]'
      gradcalc explain hw3 'dW1[1,2]' --depth 1
      gradcalc explain hw3 after.h1
      gradcalc explain hw3 yhat/a2
      gradcalc explain hw3 dW1 --derive
      gradcalc explain hw3 dW2 --derive --style indices
    """
    from gradcalc.commands.explain import explain_report
    from gradcalc.commands.request import Request

    show = _shown(open_page, significant, full)
    request = Request(problem, digits=digits, output=output, at=at, seed=seed)
    show(lambda: explain_report(request, what, depth, derive=derive, style=style), format, output, fragment=fragment)


@app.command(short_help="The computation graph, as text, SVG, Mermaid or DOT.")
def graph(
    problem: options.Problem = None,
    format: options.GraphFormat = "text",
    output: options.Output = None,
    digits: options.Digits = None,
    at: options.At = None,
    seed: options.Numbers = None,
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

    request = Request(problem, digits=digits, output=output, at=at, seed=seed)
    show(lambda: graph_report(request), format, output, formats=GRAPH_FORMATS)


@app.command(short_help="The functions that formulas can use.")
def functions(
    name: options.FunctionName = None,
    format: options.Format = "table",
    output: options.Output = None,
    open_page: options.Open = False,
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
    name: options.OptimizerName = None,
    format: options.Format = "table",
    output: options.Output = None,
    open_page: options.Open = False,
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
def problems(format: options.Format = "table", output: options.Output = None, open_page: options.Open = False) -> None:
    """The problems that come with gradcalc.

    \b
    Examples:
      gradcalc problems
      gradcalc problems | grep softmax
    """
    from gradcalc.commands.listings import problems_report

    _shown(open_page)(problems_report, format, output)


@app.command(short_help="The JSON Schema of problem files, for editors.")
def schema(output: options.Output = None) -> None:
    """The JSON Schema of problem files, with which an editor completes and checks them.

    \b
    Examples:
      gradcalc schema --output problem.schema.json
    and at the top of a problem file beside it:
      # yaml-language-server: $schema=problem.schema.json
    """
    from gradcalc.commands.listings import write_schema

    write_schema(output)
