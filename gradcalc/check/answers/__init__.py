"""Answer sheets: from text to numbers and formulas, and how they are compared.

model        what a sheet is once it is read: answers, numbers with their last digits
read         a sheet from YAML, JSON or plain data
reader       a sheet as answers, section by section and step by step
entries      the answer to one quantity, or to a part of it
table        answers by columns, each row a step
blank        a sheet as YAML, empty or filled
names        which quantity is meant in a section, in a formula, or outside all sections
partial      answers in part: `null`, one entry, a row or a column
numerals     one number as it was written
plain        lists of numbers as nearly all answers are
layouts      numbers as they were laid out: a list, rows, text
build        arrays of such numbers
computed     arrays that a program gives, with the room that their precision leaves
pasted       arrays as programs and Markdown print them
condition    where a line is said to hold
shapes       shapes as people write them
free_letters  what letters may be that a problem doesn't have
second_slopes  second derivatives of functions of one number
stated       what a sheet says of claims
chains       a chain of formulas, line by line
formulas     a formula answer, or why it can't be worked out
interpreter  what formula a text means, in either way of reading
facts        what formulas take for granted of a problem
rectified    what is rectified in a problem, and the margins of its loss
own_names    names of the student's own
lettered     formulas with letters for indices, for every entry at once
typed        formulas as people type them
cursor       a place among its tokens
lexer        the tokens of such a formula
parts        the parts of such a formula, with their shapes
calls        functions as NumPy and PyTorch call them
odd_brackets  brackets that close without having been opened
tex          the tokens of formulas typed in LaTeX
scripted     names with scripts in them: which are the name's, which an index or a power
typesetting  such formulas as trees, without what only sets them
normal       trees of TeX in one form
patterns     names that are shown with letters in them
numbered_layers  a network's output and inputs by the numbers that hidden layers are shown with
trees        what stands in such trees, as names are typed
activations  activations by a letter for any of them
symbolic     formulas of LaTeX from their tokens: names and functions
identities   identity matrices in them, of the size that fits
labels       the class of a sample in them
primed       letters of indices with a prime
shaped       shapes that stand below names in them
summing      sums over an index in them
multiplying  products over an index in them, of matrices too
limits       from where to where they go
loss         the loss, with words below it and arguments behind it
extremes     maxima over a few values in them
grids        cases and matrices in them
dotted       matrices with dots in them
dots         where dots stand in trees of TeX
corners      the rule that the entries beside the dots follow
nodes        the parts of a node of TeX
deltas           δ with the scripts of a weighted sum, for the gradient on it
differentiating  derivatives in them
one_apart    lists with dots in which one entry is another
probabilities  probabilities of classes in them
points       where formulas are taken, at `x = 2`
second       second derivatives
families     members of families in them
definitions  names of the student's own in them
letters      letters of indices in them
meanings     what they may mean beside the names of the problem
circles      formulas that lead back to themselves
compare      written numbers against right ones, digit by digit
"""
