"""The verdicts on a sheet as a list: what is wrong with its numbers, what is right folded away."""

from __future__ import annotations

from collections.abc import Callable

from gradcalc.report.document import Answered, Judged, Text, Verdicts
from gradcalc.report.html.markup import escape, tag


def listed(block: Verdicts, text: Callable[[Text], str]) -> str:
    """An item for each verdict; `text` sets a sentence, or what stands in a cell."""
    return tag("ul", *(tag("li", _verdict(each, text), class_=each.word) for each in block.judged), class_="verdicts")


def _verdict(judged: Judged, text: Callable[[Text], str]) -> str:
    names: Text = tuple(part for answer in judged.answers for part in (", ", answer.name))[1:]
    word = tag("span", escape(f"{judged.sign} {judged.word}"), class_="mark")
    said = f"{word} {text((*names, *((': ', *judged.why) if judged.why else ())))}"
    numbers = [_numbers(answer, text, named=judged.folded) for answer in judged.answers if answer.yours or answer.right]
    if not numbers:
        return tag("p", said)
    if judged.folded:
        return tag("details", tag("summary", said), *numbers)
    return tag("p", said) + "".join(numbers)


def _numbers(answer: Answered, text: Callable[[Text], str], named: bool) -> str:
    """What was given and what is right, beside each other where there is room."""
    ways = [(caption, way) for caption, way in (("yours", answer.yours), ("right", answer.right)) if way]
    name = tag("div", text((answer.name,)), class_="whose") if named else ""
    return tag("div", name, *(_captioned(caption, text(way)) for caption, way in ways), class_="answer")


def _captioned(caption: str, shown: str) -> str:
    return tag("div", tag("span", caption, class_="caption"), shown, class_="way")
