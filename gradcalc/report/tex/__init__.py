"""Formulas and values as TeX mathematics that knows how wide it is, for LaTeX and for Markdown.

latex       a document as LaTeX
markdown    a document as Markdown
typeset     formulas and values as this document shows them
drawing     a formula as tokens
tokens      tokens: what TeX is told, how wide it is, where a line may be broken
plots       lines over two axes, as LaTeX's own pictures
values      numbers and matrices
metrics     how wide TeX mathematics is, in em
breaking    a formula in lines that fit
equations   quantities as rows of an alignment
fields      places for answers
given       given quantities as rows of an alignment
verdicts    the verdicts on a sheet
derivation  an explanation, each entry under the one that uses it
tables      a table within a width
escape      sentences for LaTeX
commonmark  TeX that Markdown leaves alone
"""
