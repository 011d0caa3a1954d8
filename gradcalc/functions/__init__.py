"""The functions table: importing this package fills it."""

from gradcalc.functions import activations, algebra, elementary, losses, margins, matrices, reductions

__all__ = ["activations", "algebra", "elementary", "losses", "margins", "matrices", "reductions"]
