"""The arrays that formulas are worked out on; apart from the table, which is read without NumPy."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[tuple[Any, ...], np.dtype[np.float64]]
"""As `numpy.typing` has it, which numpy doesn't load by itself."""
Mask: TypeAlias = np.ndarray[tuple[Any, ...], np.dtype[np.bool_]]
