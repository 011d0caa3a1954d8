"""Draw lines in the characters of a terminal: dots of braille, eight in a character, or in ASCII one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bit of each dot of a character of braille, by row and column (Unicode, chapter 21.1)."""


@dataclass(frozen=True, slots=True)
class Grain:
    """How many dots a character has, side by side and above each other."""

    across: int
    down: int


FINE, COARSE = Grain(2, 4), Grain(1, 1)


class Raster:
    """Dots on so many characters; x goes from 0 to 1 to the right, y from 0 to 1 upward."""

    def __init__(self, columns: int, rows: int, ascii_only: bool = False) -> None:
        self.columns, self.rows = columns, rows
        self.grain = COARSE if ascii_only else FINE
        self._dots: set[tuple[int, int]] = set()

    def line(self, points: Sequence[tuple[float, float]]) -> None:
        """Draw from point to point; what isn't a number is a gap."""
        for point, other in zip(points, points[1:] or points, strict=False):
            if all(map(math.isfinite, (*point, *other))):
                self._dots.update(self._between(self._dot(point), self._dot(other)))

    def lines(self) -> list[str]:
        """The drawing, from the top down."""
        return ["".join(self._character(row, column) for column in range(self.columns)) for row in range(self.rows)]

    def _dot(self, point: tuple[float, float]) -> tuple[int, int]:
        """The column and the row, from the top, of the dot at a point."""
        across, down = self.columns * self.grain.across - 1, self.rows * self.grain.down - 1
        return round(point[0] * across), round((1 - point[1]) * down)

    def _between(self, start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
        steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
        for step in range(steps + 1):
            x, y = (a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
            yield round(x), round(y)

    def _character(self, row: int, column: int) -> str:
        across, down = self.grain.across, self.grain.down
        if self.grain is COARSE:
            return "*" if (column, row) in self._dots else " "
        bits = sum(
            _DOTS[y][x]
            for y in range(down)
            for x in range(across)
            if (column * across + x, row * down + y) in self._dots
        )
        return chr(_BRAILLE + bits) if bits else " "
