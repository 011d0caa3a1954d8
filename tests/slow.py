"""What the usual run of the tests leaves to `pytest -m ''`, as `.ci/run` has it: tests with the mark `slow`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def mostly_slow(values: Iterable[Any], *quick: Any) -> list[Any]:
    """Values for `parametrize`, all but the `quick` ones marked slow. A tuple of values goes by its last one."""

    def key(value: Any) -> Any:
        return value[-1] if isinstance(value, tuple) else value

    values = list(values)
    assert {*quick} <= {key(value) for value in values}
    slow = [() if key(value) in quick else (pytest.mark.slow,) for value in values]
    parts = [value if isinstance(value, tuple) else (value,) for value in values]
    return [pytest.param(*part, marks=marks) for part, marks in zip(parts, slow, strict=True)]


def sampled(values: Iterable[Any], first: int) -> list[Any]:
    """Values for `parametrize`, all but every fourth one marked slow: for what goes over all that there is of a kind.

    `first`, from 0 to 3, differs from test to test, so that each value is in the usual run of some.
    """
    values = [*values]
    return mostly_slow(values, *values[first::4])
