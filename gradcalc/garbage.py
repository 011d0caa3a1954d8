"""Keep Python from looking for garbage while much is made that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """While this runs, the garbage collector waits; for `with`, or as a decorator.

    Problems and equations hold no cycles, and all that they are made of stays. To look through it again and again took
    a quarter of the time of a graph of 10,000 edges, and half of it in a process with PyTorch loaded.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
