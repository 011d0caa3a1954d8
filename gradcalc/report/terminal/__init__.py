"""Documents on a screen, and one line for each thing.

page      a document drawn, as wide as the screen
plain     a document one fact a line, with nothing drawn
setter    formulas, values and sentences as this document shows them
formulas  a formula as a box, or in parts where it must be broken
matrices  a matrix as a box
boxes     text in two dimensions: beside each other, stacked, fenced
layout    boxes in a width: rows, equations, tables
chains    equal formulas under each other, and why they are equal
plots     lines over two axes, in dots
bars      bars of a table, in characters
verdicts  the verdicts on a sheet
trees     the branches of a tree
colour    colour for drawn text
"""
