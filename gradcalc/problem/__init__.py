"""From a YAML file to a Problem.

load         a file, standard input, a text, or a bundled problem
bundled      the problems that come with gradcalc
reading      the text of a file or of standard input, or why there is none
mend         quotes around what people paste into a sheet
source       YAML or JSON text, as a Document
usual        sheets laid out as blank sheets are, without the events of YAML
builder      from YAML's events to a Document, refusing what could mislead
scalars      what a plain scalar is: number, truth value, nothing or text
nesting      which brackets are open, and which are too deep
yaml_errors  what is wrong where a text isn't YAML
offsets      where a character of a text value stands in the file
document     data as plain dicts and lists, with the place of every value
keys         what a form is made of
forms        the keys that a problem file may have
fit          a document's data as a form, and all that doesn't fit it
validate     what doesn't fit, in plain words
schema       the forms as JSON Schema
stored       numbers that stand in a file beside the problem
numpy_files  those of .npy and .npz files
csv_files    those of .csv files
folder       which files these may be
beside       where the problem names them
over         names with an index, written out member by member
once         layers and vertices written once for several
draft        a problem in the making, with what is wrong so far
layers       a layered network, as equations
networks     the kinds of its layers
sequences    its inputs and targets by step
indices      given numbers of a table's samples
notation     how a layer combines weights and inputs, in four notations
vertices     a graph of vertices, as equations
equations    equations of one's own, in any order
derivatives  what equations and abbreviations ask to be differentiated
order        what depends on each other, in an order in which it can be computed
calls        functions that a file names
constants    values as constant formulas: 1/3, cos(1), linspace(-1, 1, 5)
matrices     numbers, lists and constant formulas, as arrays
classes      letters for classes: one_hot(K, at=k)
kinds        what a name stands for: vector(n), one_hot(K), Dx×H
other_forms  shapes and kinds in other words: row(D), R^{n×m}
whole_sums   such sums in letters, of whole arrays
given_functions  functions among what a file gives: `phi(z)` for `phi: function`
graphs       graphs of any shape, drawn at random
letters      numbers for values that are shapes in letters
lettered     a problem in letters, at sizes that say their letters
sizes        such a problem at several sizes, and checked there
gaps         lists with entries left out
targets      targets, as numbers or as classes
optimizing   how it is updated: rule, learning rate, start
going        how far its steps go, and which samples each uses
rules        the update rule: an optimizer with its parameters, or lines of one's own
gradients    given gradients of parameters
start        where the steps start
rates        the learning rate: a number, a list, a formula over k
let          abbreviations and further quantities; the signs of sections
expected     the problem's own answer sheet, its names and numbers
saved        a file as the problem stands after some steps
objective    what is differentiated
claims       identities to be tried at random instances
claim_indices  the letters of indices in them
letter_ranges  how far such a letter counts
sum_ranges   how far letters of sums count in the file's own formulas
symbols      the LaTeX of names
unused       what is named and not used
varying      how variants differ
finish       the keys that all forms share, and the finished Problem
"""
