"""Write XML."""

from __future__ import annotations

from html import escape
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from gradcalc.classes.variants.quiz.question import Question


def as_document(root: Element) -> bytes:
    """A file of its own."""
    ElementTree.indent(root)
    found: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return found + b"\n"


def given_html(question: Question) -> str:
    """What is given, as HTML."""
    lines = "".join(f"<li><code>{escape(line)}</code></li>" for line in question.given)
    return f"<p>{escape(question.title)}</p><ul>{lines}</ul><p>To {question.digits} decimals:</p>"
