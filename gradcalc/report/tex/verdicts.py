r"""Say the verdicts on a sheet: a sentence for each, and under it what was given beside what is right."""

from __future__ import annotations

from collections.abc import Iterator

from gradcalc.report.document import Answered, Judged, Math, Text, Value
from gradcalc.report.tex.drawing import TexPiece
from gradcalc.report.tex.equations import Display, equation
from gradcalc.report.tex.tokens import atom
from gradcalc.report.tex.typeset import TexSetter


def said(judged: Judged) -> Text:
    """`∇W², ∇b²: right, given your ∇a²`, what can't be set as numbers included; to stand behind the verdict."""
    names = [part for answer in judged.answers for part in (", ", answer.name)][1:]
    quoted = judged.answers[0].yours if len(judged.answers) == 1 else ()
    given = tuple(part for part in quoted if isinstance(part, str))
    text: Text = (*names, *((" (“", *given, "”)") if given else ()))
    return (*text, ": ", *judged.why) if judged.why else text


def numbers(judged: Judged, set: TexSetter) -> list[Display]:
    """What was given and what is right, as equations of their own; of what is folded, nothing."""
    shown = [] if judged.folded else [*_ways(judged.answers[0])]
    labelled = [(TexPiece((atom(rf"\text{{{caption}}}"),)), _piece(text, set)) for caption, text in shown]
    return [equation(label, piece, numbered=False) for label, piece in labelled if piece is not None]


def _ways(answer: Answered) -> Iterator[tuple[str, Text]]:
    yield "yours", answer.yours
    yield "right", answer.right


def _piece(text: Text, set: TexSetter) -> TexPiece | None:
    match text:
        case (Math(expr=expr),):
            return set.formula(expr)
        case (Value() as value,):
            return set.inline(value)
    return None
