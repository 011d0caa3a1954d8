"""Reports as one self-contained web page: MathML, a diagram in SVG, and a little script that traces quantities.

page      a document as a page
parts     the files of style and script, made short
blocks    each block of a document
verdicts  the verdicts on a sheet
fields    fields for answers, and their buttons
bars      bars of a table, in SVG
setter    formulas and values as this document shows them
mathml    a formula as MathML
tex       the TeX of names and functions as MathML
values    numbers and matrices as MathML
diagram   a solution drawn: its network, else its computation graph
markup    elements, with everything in them escaped
"""
