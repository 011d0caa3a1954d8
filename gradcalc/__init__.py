"""gradcalc: worked homework in backpropagation."""

__version__ = "0.1.0"
