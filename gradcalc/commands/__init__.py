"""What each command does, from what was typed to what is written.

options     the arguments and options of all commands
misuse      what is said of a command line that is wrong
request     the problem that a command is about, and what is changed in it
solve       `solve` and `graph`
letters     a problem in letters: its derivation, and sheets of formulas
steps       `step`, and `solve` with several steps
save        the problem after some steps, as a file
vary        a variant for each student
progress    a bar while something takes long
check       `check` and `sheet`
grade       `grade` and `merge`
hand_back   results where a course wants them
gradescope  `gradescope`
lint        `lint`
explain     `explain`
derive      `solve --derive` and `explain --derive`: the chain rule written out
styles      the styles in which it derives
listings    `functions`, `optimizers`, `problems` and `schema`
show        a report in its format, where it is asked for
output      text on standard output, or into a file
completion  what a shell completes
browser     a report in the web browser
notebook    results in notebooks
"""
