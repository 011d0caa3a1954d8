"""Verdicts: each answer by the key, then by what the student has written before.

mark         one sheet of a problem
grader       many sheets of one problem
asked        what a sheet is asked, and a delta under the name that is asked
marker       one way through the equations, answer by answer
numbers      the verdict on an answer in numbers
fitting      whether numbers are a value, with all digits or too few
against_key  all numbers of a sheet compared with the right values
formulas     the verdict on a formula
chains       the verdict on a chain of formulas
put_in       how far formulas may be off because of rounded numbers in them
left_out     what a line of numbers leaves out of the one before
claims       the verdict on what is said of claims
sizes        what is wrong with a shape or a count
tries        a problem at which equations are tried
from_zero    entries counted from 0
likeness     how two sides of a line compare
statements   equations between entries and derivatives, tried
low_indices  indices that are numbers beyond the sizes at which a line is tried
paths        derivatives by the direct way alone
fulfilled    values at which a condition holds
by_numbers   the same where numbers are put in, or come out
letter_chains  the verdict on a chain of such equations
own_letters  chains in letters of their own, tried at small values
verdicts     what marking says: verdicts, credit, marks
kinks        other derivatives at kinks, which are right too
scales       deltas on another scale, which may be right too
ways         the chain rule step by step, where the solution takes a shortcut
versions     whether a sheet answers another version of the problem
work         whether numbers show that something was calculated
"""
