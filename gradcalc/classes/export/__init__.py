"""Results as the programs of a course take them: each module makes text or bytes, and writes nothing itself.

cells       text of strangers in a cell of a CSV file
table       a row a student, a column a quantity
spans       where the cells of a CSV file stand, so that one can be replaced and the rest stays
gradebook   one column of a file that Canvas or Moodle gave out, filled
people      which row of it is which student's
gradescope  `results.json`, as Gradescope reads it
container   what Gradescope is given once: the program, the problem, and how they are run
junit       a test for each answer, as servers that run tests show them
feedback    a web page for each student
filenames   file names from names that strangers chose
"""
