"""A student's own program as a sheet: run by itself, and what it returns marked as answers.

convention  what the program defines, and an empty one to fill in
child       runs it, in a process of its own; knows nothing of gradcalc
run         starts that process, with limits, and reads what it says
returned    what a program returned, as answers by name
trial       programs tried on the problem's numbers and on random instances
judge       what the marks on these say together, and the mistake they show
"""
