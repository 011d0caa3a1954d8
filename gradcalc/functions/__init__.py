"""The functions table: importing this package fills it.

algebra      the operators
elementary   the functions of calculus, entry by entry
activations  the activation functions of a layer
reductions   sums, means, inner products
losses       the losses, and the shortcuts through them
distributions  log-sum-exp, divergence, the logarithm of a sigmoid
statistics   variance and standard deviation
entries      entries picked out: the largest, the last, one alone
lookup       a table's samples by their numbers
parts        entries and parts by their index, and gradients put back into the whole
comparisons  1 where one holds, else 0
choices      what is taken where a condition holds, what stops a gradient
margins      losses with a margin between scores
linear       inverse, solution of a system, determinant, identity
arrangement  the same entries put together, in another shape, below the diagonal
matrices     trace, diagonal, Kronecker product, norms
windows      what convolution and pooling have in common: how windows move
convolution  convolutions of images and sequences
pooling      the largest number or the mean of each window
image_entries  one entry of what these give, written out
borders      images with a border, without it, enlarged
unknown      functions that a problem doesn't say
samples      what is worked out on each sample by itself
"""

# In the order in which listings show them.
# ruff: isort: off
from gradcalc.functions import activations, algebra, elementary, reductions, losses, distributions, statistics
from gradcalc.functions import entries, parts, lookup, comparisons, choices, margins, matrices, linear, arrangement
from gradcalc.functions import convolution, pooling, borders, unknown

__all__ = [
    "activations",
    "algebra",
    "arrangement",
    "borders",
    "choices",
    "comparisons",
    "convolution",
    "distributions",
    "elementary",
    "entries",
    "linear",
    "lookup",
    "losses",
    "margins",
    "matrices",
    "parts",
    "pooling",
    "reductions",
    "statistics",
    "unknown",
]
