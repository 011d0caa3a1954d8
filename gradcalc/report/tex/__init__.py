"""Formulas and values as TeX mathematics that knows how wide it is, for LaTeX and for Markdown."""
