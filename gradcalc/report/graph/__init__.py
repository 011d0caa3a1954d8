"""Computation graphs: their layout, and ways to draw and write them."""
