"""What Python programs call: `gradcalc.solve`, `gradcalc.check` and the others, with names and arrays for arguments.

named       solve, explain and step, of a problem or its name
build       problems made of data: a mapping, layers, vertices, equations
marking     answers marked: arrays, numbers, formulas
models      a small PyTorch model as a problem
"""
