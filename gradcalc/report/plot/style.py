"""The style sheet of a plot, light and dark: colours that people who see few of them can tell apart, and dashes."""

from __future__ import annotations

from collections.abc import Mapping

FAMILY = "system-ui, 'Segoe UI', Arial, 'DejaVu Sans', sans-serif"
COURSES = 6
"""So many lines look different."""
_LIGHT = {
    "paper": "#ffffff",
    "ink": "#1d2126",
    "soft": "#59626d",
    "grid": "#e3e6ea",
    "contour": "#8fa3b8",
    "way": "#b0410e",
    "courses": ("#0b62b3", "#b0410e", "#1b7a3d", "#8a2f6b", "#8a6100", "#4a525b"),
}
_DARK = {
    "paper": "#16191d",
    "ink": "#e6e8ea",
    "soft": "#a3adb8",
    "grid": "#2c333a",
    "contour": "#5f7388",
    "way": "#ff9d6c",
    "courses": ("#6cb6ff", "#ff9d6c", "#7bd88f", "#f0a3d4", "#ffd44d", "#c3cad1"),
}
_DASHES = ("none", "9 4", "2 4", "9 4 2 4", "14 4", "5 3")
_SHAPES = {
    "figure.plot": "margin: .8rem 0; overflow-x: auto;",
    ".plot-lines": "display: block; max-width: 100%; min-width: 576px; height: auto;",
    ".plot-lines .word": f"font: 13px {FAMILY}; dominant-baseline: auto; white-space: pre;",
    ".plot-lines .title": "font-weight: 600; text-anchor: start;",
    ".plot-lines .up": "text-anchor: end;",
    ".plot-lines .across": "text-anchor: middle;",
    ".plot-lines .behind": "text-anchor: start;",
    ".plot-lines .level": "font-size: 11px; text-anchor: middle; stroke-width: 6; paint-order: stroke;",
    ".plot-lines .line": "fill: none; stroke-width: 2; stroke-linejoin: round;",
    ".plot-lines .contour": "fill: none; stroke-width: 1.2;",
    ".plot-lines .axis": "fill: none; stroke-width: 1;",
    ".plot-lines .grid": "fill: none; stroke-width: 1;",
}


def style() -> str:
    """The rules, each for what stands within `.plot-lines`; in two classes, so that they prevail on a page."""
    return "\n".join(
        [
            *_rules(_SHAPES),
            *_rules(_colours(_LIGHT)),
            "@media (prefers-color-scheme: dark) {",
            *_rules(_colours(_DARK)),
            "}",
            "@media print {",
            *_rules(_colours(_LIGHT)),
            "}",
        ]
    )


def _colours(of: Mapping[str, object]) -> dict[str, str]:
    # Written out, not as CSS variables, which programs that turn SVG into PDF don't know.
    courses = of["courses"]
    assert isinstance(courses, tuple)
    rules = {
        ".plot-lines .paper": f"fill: {of['paper']};",
        ".plot-lines .word": f"fill: {of['ink']};",
        ".plot-lines .tick": f"fill: {of['soft']};",
        ".plot-lines .axis": f"stroke: {of['soft']};",
        ".plot-lines .grid": f"stroke: {of['grid']};",
        ".plot-lines .contour": f"stroke: {of['contour']};",
        ".plot-lines .level": f"fill: {of['soft']}; stroke: {of['paper']};",
        ".plot-lines .way": f"stroke: {of['way']};",
        ".plot-lines .stop": f"fill: {of['way']}; stroke: {of['paper']};",
    }
    for number, (colour, dashes) in enumerate(zip(courses, _DASHES, strict=True)):
        rules[f".plot-lines .course-{number}"] = f"stroke: {colour}; stroke-dasharray: {dashes};"
        rules[f".plot-lines .of-{number}"] = f"fill: {colour};"
    return rules


def _rules(rules: dict[str, str]) -> list[str]:
    return [f"{selector} {{ {declarations} }}" for selector, declarations in rules.items()]
