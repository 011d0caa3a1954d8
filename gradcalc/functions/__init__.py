"""The functions table: importing this package fills it."""

# In the order in which listings show them.
# ruff: isort: off
from gradcalc.functions import activations, algebra, elementary, reductions, losses, margins, matrices

__all__ = ["activations", "algebra", "elementary", "losses", "margins", "matrices", "reductions"]
