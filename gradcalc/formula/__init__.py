"""The formula language: parse, simplify, infer shapes, write, compile.

expr       what a formula is: a tree of numbers, names, and functions applied
table      what is known of a function; `gradcalc.functions` fills it
spelling   what people type, as Python expression syntax
index      what a bracket says: one entry, a row, a range
brackets   entries, members of families, and sums over an index, as they are read
lists      lists of numbers, where formulas may have them
syntax     the syntax tree of a formula, or what is wrong with it
parse      from text to a formula
faults     what is wrong with an equation that could be read
write      a formula as typed, in Unicode, in LaTeX, or in pieces of any other kind
names      names as a textbook writes them
symbols    the LaTeX of a problem's symbols, in Unicode
tex        the reader and the writer of TeX mathematics
factors    a product taken apart, and put together again
simplify   a formula in the form that a textbook prints
bound      the formulas of a table entry, for one application of it
unknown    functions that a problem gives without saying what they are
primes     the derivative of a function of one number, written with a prime
shapes     the shape of a formula, or the part that doesn't fit
counts     what depends on shapes alone
cost       how much memory and work formulas take
smooth     the square of a norm as a sum of squares
receiving  which names of a formula can receive a gradient
kinks      where a function has no derivative, or passes from one rule to another
entries    one entry of a formula's value, as a formula of entries
arrays     the type of all values: float64 arrays
numbering  equal values have one number
compile    many formulas as one function of NumPy arrays
interpret  very many formulas, value by value
evaluate   one formula, once
"""
