"""The table of update rules, and a rule as it is bound to a problem.

rule  a rule with its numbers put in: what a problem holds
"""
