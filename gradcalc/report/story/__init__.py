"""What is said: from a solution, marks or an explanation to a document.
derivation       the chain rule written out

solution         a whole solution
stationary       what a Hessian tells where its gradient is 0
letters          a problem in letters
given            what a problem gives
rule             the rule of an update, and where it starts
steps            the updates of steps
whole_steps      steps whole
course           where many steps led: table, curve, why they ended
way              the way of two parameters, on contour lines
labels           quantities by their labels, as formulas show them
images           images within sentences and tables
marks            a marked sheet
first_error      the first error of a sheet beside the right way
program          a student's program that was marked
told             sentences of other rooms, in the problem's symbols
own_check        a problem held against what its own file says
explanation      why a quantity or an entry has its value
jacobian         a table of derivatives
lint             what a problem's numbers hide
listed           what was read as what on a sheet or a write-up
listings         functions, and the problems that come with gradcalc
worksheet        a question, with places for the answers
optimizers       the update rules, or one of them
expansion        every entry of an equation as a sum of products
glossary         what the functions and signs of a solution mean
textbook         definitions entry by entry
parameter_count  how many parameters a network has
"""
