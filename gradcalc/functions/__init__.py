"""The functions table: importing this package fills it.

algebra      the operators
elementary   the functions of calculus, entry by entry
activations  the activation functions of a layer
reductions   sums, means, inner products
losses       the losses, and the shortcuts through them
entries      entries picked out: the largest, the last, one alone
parts        entries and parts by their index, and gradients put back into the whole
margins      losses with a margin between scores
matrices     trace, diagonal, Kronecker product, norms
samples      what is worked out on each sample by itself
"""

# In the order in which listings show them.
# ruff: isort: off
from gradcalc.functions import activations, algebra, elementary, reductions, losses, entries, parts, margins, matrices

__all__ = ["activations", "algebra", "elementary", "entries", "losses", "margins", "matrices", "parts", "reductions"]
