"""A solution as a program of its own: NumPy, PyTorch or JAX."""
