"""Many sheets of one problem: where they come from, and what became of each.

model  a sheet that was handed in, and its result
"""
