"""From a Solution to something that a person or a program reads.

dust       what rounding left of zeros
document   what is said, as a small tree, before anybody decides how it looks
story      what is said of each result
formats    the formats in which a report can be had
page       what a renderer must know of where its text goes
numbers    numbers as homework writes them
images     images as matrices with names of their own
parts      what is shown of a matrix that is too large
scalars    which parts of a formula are single numbers
sequences  long sequences without their middle
styled     products and losses as a style has them
plot       lines over two axes, drawn
terminal   documents on a screen
tex        documents in LaTeX and in Markdown
html       documents as web pages
graph      computation graphs, drawn
code       solutions as programs of their own
as_json    values as JSON
as_csv     the curve of a descent as columns
"""
