"""What could have been done instead: mistaken equations, and which of them explains an answer.

model        what a mutation is, a wrong form of an equation; how likely each kind of mistake
catalogue    all mutations of an equation
meanings     what each mistake is, in one sentence
derivatives  mutations where a gradient goes through a function
anew         a gradient derived anew by other rules
rules        wrong rules and functions, as the functions table knows them
losses       another loss, its root, a logarithm to another base, another class
paths        a part of a sum over paths left out, counted twice, kept alone
parts        the parts of such a sum
weights      weights left out on the way back, kernels not turned
penalties    penalties on what they don't contain, or of another size
terms        factors lost, transposes added, signs turned
values       divisors lost, squares for roots, sums over too much
moves        a stride or a padding of windows forgotten
mixups       p for 1 − p, σ(s) for σ(−s), sums of other gradients
others       the quantity of another layer or time step
beside       changes and deltas: the mistakes of the step and of the gradient
updates      mistakes in an update rule, and in the order of updates
steps        old for new, a value for its activation, mistakes of the update
search       the mutations that give an answer's numbers
agreement    how well an explanation agrees with the rest of the sheet
evidence     whether it says more than chance would
gates        whether it says more than on which side of a gate entries fall
diagnose     the mistake behind a wrong answer, named
slips        what no equation explains: answers exchanged, digits out of place
quotients    difference quotients in the place of gradients
in_formulas  the mistake behind a wrong formula
in_lines     slips in lines that are tried as they stand
left_out     factors that such lines have lost
misfits      formulas whose shapes don't fit, and what would mend them
"""
