"""Claims: statements tried at many instances.

lowering  `grad` and `jacobian` of a claim as plain equations
values    values to try, round ones first
told      a counterexample in words
try_out   a claim at many instances, and the smallest that refutes it
of_letters  the same of a problem in letters, its sizes too
"""
