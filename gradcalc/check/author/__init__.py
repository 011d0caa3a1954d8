"""For a problem's author: what the file says of itself, and what its numbers hide.

own        a problem against itself: `expected`, `misprints` and `claims`
expected   its own numbers, at the digits printed
misprints  numbers that must be wrong
precision  how far numbers in full precision may lie from these
lint       mistakes that don't show, kinks, zeros
"""
