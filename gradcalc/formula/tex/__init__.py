"""The one reader of TeX mathematics, for symbols, reports and answers.

commands  every command that is understood
tree      what TeX is once it is read
read      from text to such a tree
index     numbers in the place of letters, for the members of a family
write     from the tree to LaTeX, so that nothing else gets through
"""
