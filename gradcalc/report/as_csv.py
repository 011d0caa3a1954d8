"""The curve of a descent as columns: every digit, a line for each step."""

from __future__ import annotations

import csv
from io import StringIO

from gradcalc.program.looking import Curve
from gradcalc.report.page import Page


def render(curve: Curve, page: Page) -> str:
    """Comma-separated values under a header; `step` has after how many steps."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["step", *curve.columns])
    writer.writerows(zip(curve.steps, *curve.columns.values(), strict=True))
    return out.getvalue()
