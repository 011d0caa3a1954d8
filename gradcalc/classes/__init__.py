"""Many sheets of one problem: where they come from, and what became of each.

model      a sheet that was handed in, and its result
sources    everything that was handed in, wherever it lies
contents   how the text of a sheet is got
trees      sheets in folders
zips       sheets in zips
nested     zips among other files
programs   which files are a student's program
platforms  whose a file is, by its path
rows       sheets as rows of CSV, or as JSON lines
tables     tables as spreadsheets save them
columns    which columns are quantities
marking    submissions marked one after the other
watch      what takes too long, ended
bench      programs run and marked
workers    batches marked in other processes
cluster    the same on a Dask cluster
journal    results as they come, written down
settle     which of several sheets of a student counts
merge      the results of shards, put together
summary    what is said at the end
insight    what the class got wrong
export     results as the programs of a course take them
variants   other numbers for each student
"""
