r"""Put numbers in the place of letters in the TeX of a family: `h^{(t)}` is `h^{(2)}` for its second member."""

from __future__ import annotations

import re
from collections.abc import Mapping


def with_numbers(tex: str, numbers: Mapping[str, int] | Mapping[str, str]) -> str:
    r"""The TeX with each letter that stands alone as its number, or as another letter; `\theta` keeps its t."""
    letters = "|".join(map(re.escape, numbers))
    return re.sub(rf"\\[A-Za-z]+|(?<![A-Za-z])(?P<letter>{letters})(?![A-Za-z])", lambda m: _put(m, numbers), tex)


def _put(found: re.Match[str], numbers: Mapping[str, int] | Mapping[str, str]) -> str:
    letter = found["letter"]
    return found[0] if letter is None else str(numbers[letter])
