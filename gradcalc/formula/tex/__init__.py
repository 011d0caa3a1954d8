"""The one reader of TeX mathematics, for symbols, reports and answers.

commands  every command that is understood
tree      what TeX is once it is read
read      from text to such a tree
write     from the tree to LaTeX, so that nothing else gets through
"""
