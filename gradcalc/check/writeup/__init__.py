"""Write-ups: homework in LaTeX or Markdown, whose displayed equations are answers.

model     what a write-up is once it is taken apart: sides, chains, and what isn't read
source    which files are write-ups, and the part of one that counts
displays  displayed equations and plain lines, each with its place
tokens    the parts of a display, each with how deep it stands
rows      the rows of a display, and the sides of their equations
sides     the sides of an equation from tokens
conditions  where an equation is said to hold
asides   the same in the words beside a display
pairs    two indices that words say to be equal or not
beside   what they say of a chain, as a formula
chains    rows that go on from each other
formulas  the sides of a chain as formulas
notations  other signs for gradients
updates  updates as books write them
bare_functions  functions without what they are applied to
squares  squares as names
own_functions  functions of a student's own
sample_sums  sums over sets of samples
terms    its chains in the problem's own terms
told     what the words say that a problem leaves open
differentials  what a d before a letter means
customary  z and a for weighted sums and outputs
other_letters  letters that mean something else than their custom
own_letters  chains in letters that the problem doesn't have
rules    update rules for any parameter
layered   lines for any layer
numbered  letters without the number of their layer
rows_or_columns  what one index of a matrix counts
in_words  what the words say that a name stands for
subjects  which quantity a chain is about
reader    its chains as answers
read      a sheet from a write-up
"""
