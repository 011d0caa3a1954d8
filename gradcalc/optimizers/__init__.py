"""The table of update rules, and a rule as it is bound to a problem.

rule      a rule with its numbers put in: what a problem holds
table     what is known of a rule: the entry, and the table
gradient  rules that go along the gradient, or along a velocity
adaptive  rules that divide by the size of gradients
moments   Adam and its kin
extras    what every rule can have: clipping and weight decay
bind      from an entry to a rule, its right lines and its wrong ones
"""
