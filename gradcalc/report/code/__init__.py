"""A solution as a program of its own: NumPy, PyTorch or JAX.

numpy_program  the equations of a solution, line by line
torch_program  the forward pass, which PyTorch differentiates
jax_program    the forward pass as a function, which JAX differentiates
script         what the three have in common
backends       what each framework imports, and how it writes arrays
idioms         what each framework calls the functions of the table
image_idioms   the same for functions of images
lower          from the table's functions to those of a framework
templates      templates of calls, with their fields put in
text           a lowered formula as Python
literals       arrays as literals
tidy           statements over several lines
notes          what programs say about themselves
"""
