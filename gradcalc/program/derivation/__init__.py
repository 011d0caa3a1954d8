"""The chain rule written out: the way to each gradient, line by line, as somebody writes it on paper.

lines          one line of a derivation, and the rule by which it follows
apart          forward equations taken apart, so that each has one rule
chain          the gradient on one quantity over those on what uses it
ways           the way to a gradient, down to given values
indexed        an entry of a formula, by letters
indices        the way to a gradient entry by entry
differential   what a formula changes by where one name changes
differentials  the way to a gradient by differentials and traces
"""
