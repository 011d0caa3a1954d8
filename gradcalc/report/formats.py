"""The formats in which a report can be had: one line each, its renderer loaded when it's asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradcalc.errors import UsageError
from gradcalc.report.page import Page
from gradcalc.words import did_you_mean

if TYPE_CHECKING:
    # The command line lists the formats in its help, for which NumPy needn't be loaded.
    from gradcalc.program.graph import Graph
    from gradcalc.program.looking import Curve
    from gradcalc.program.solution import Solution
    from gradcalc.report.document import Document


@dataclass(frozen=True)
class Report:
    """What a command found out: a document for people, data for programs; made when a format needs it.

    `solution` is what programs are written from, where there is a whole one. `remark` is in the document, and has to
    be told beside the data. A graph has formats of its own. `passes` is False where something that was checked is
    wrong, which ends the command with exit code 1.
    """

    document: Callable[[], Document] | None = None
    data: Callable[[], Any] | None = None
    remark: str = ""
    passes: bool = True
    solution: Callable[[], Solution] | None = None
    graph: Callable[[], Graph] | None = None
    curve: Callable[[], Curve] | None = None

    @property
    def picture(self) -> Callable[[], Document] | None:
        """The document, of which only the plots are drawn."""
        return self.document

    def illustrated(self) -> tuple[Document, Solution | None]:
        """The document, and what a diagram can be drawn from, where there is a whole solution."""
        assert self.document is not None, "only what has a document is illustrated"
        return _in_short(self.document()), None if self.solution is None else self.solution()


@dataclass(frozen=True, slots=True)
class Format:
    """One format: `renderer` is `module:function`, `of` says what of a report that function takes."""

    name: str
    summary: str
    renderer: str
    of: str = "document"
    fragments: bool = False
    """Whether it can be had as a part for a document of the reader's own."""

    @property
    def for_programs(self) -> bool:
        """Whether nothing but the report itself may stand in the output."""
        return self.of in ("data", "solution", "graph", "curve", "picture")

    @property
    def is_file(self) -> bool:
        """Whether it is read as a file in UTF-8, not on a screen. (JSON has escapes for what a locale can't write.)"""
        return self.name not in ("table", "plain", "json", "text")


FORMATS = {
    each.name: each
    for each in (
        Format("table", "drawn for the terminal", "gradcalc.report.terminal.page:render"),
        Format("plain", "one fact a line, for screen readers and diffs", "gradcalc.report.terminal.plain:render"),
        Format("json", "every digit, for programs", "gradcalc.report.as_json:render", of="data"),
        Format("latex", "a LaTeX document", "gradcalc.report.tex.latex:render", fragments=True),
        Format("markdown", "for GitHub, Jupyter, Quarto and MyST", "gradcalc.report.tex.markdown:render"),
        Format(
            "html", "a web page with a diagram", "gradcalc.report.html.page:render", of="illustrated", fragments=True
        ),
        Format("numpy", "a NumPy program", "gradcalc.report.code.numpy_program:render", of="solution"),
        Format("torch", "a PyTorch program", "gradcalc.report.code.torch_program:render", of="solution"),
        Format("jax", "a JAX program", "gradcalc.report.code.jax_program:render", of="solution"),
    )
}

STEP_FORMATS = FORMATS | {
    each.name: each
    for each in (
        Format("svg", "the curve as an image", "gradcalc.report.plot.svg:render", of="picture"),
        Format("csv", "the curve as columns", "gradcalc.report.as_csv:render", of="curve"),
    )
}

GRAPH_FORMATS = {
    each.name: each
    for each in (
        Format("text", "drawn for the terminal", "gradcalc.report.graph.text:render", of="graph"),
        Format("svg", "an image", "gradcalc.report.graph.svg:render", of="graph"),
        Format("mermaid", "for Markdown", "gradcalc.report.graph.mermaid:render", of="graph"),
        Format("dot", "for Graphviz", "gradcalc.report.graph.dot:render", of="graph"),
    )
}


def names(programs: bool = True, formats: Mapping[str, Format] = FORMATS) -> str:
    """The formats as help lists them, with or without those that are programs."""
    return "|".join(form.name for form in formats.values() if programs or form.of != "solution")


def lookup_format(name: str, formats: Mapping[str, Format] = FORMATS) -> Format:
    """The format of that name. Raises UsageError."""
    if name not in formats:
        raise UsageError(f"--format {name}: the formats are {', '.join(formats)}{did_you_mean(name, formats)}")
    return formats[name]


def refuse_fragment(form: Format) -> None:
    """Raises UsageError where a format knows no fragments."""
    if not form.fragments:
        able = ", ".join(name for name, each in FORMATS.items() if each.fragments)
        raise UsageError(f"--fragment goes with --format {able}, not with --format {form.name}")


def render(report: Report, form: Format, page: Page) -> str:
    """The report in that format. Raises UsageError where that can't be had."""
    make = getattr(report, form.of)
    if make is None:
        raise UsageError(f"--format {form.name}: this report can't be {form.summary}; 'gradcalc solve' writes those")
    module, function = form.renderer.split(":")
    renderer: Callable[[Any, Page], str] = getattr(import_module(module), function)
    made = make()
    return renderer(_in_short(made) if form.of == "document" else made, page)


def _in_short(document: Document) -> Document:
    """The document without the middle of long sequences."""
    if not getattr(document, "members", None):
        return document
    from gradcalc.report.sequences import shortened  # which few problems need

    return shortened(document)
