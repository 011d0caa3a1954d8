"""A problem with other numbers for each student.

numbers    round numbers in the problem's own shapes
compared   right and wrong values, pair by pair
judge      what numbers show: which mistakes differ, and whether values can be read
search     numbers for a student that tell the usual mistakes apart
certify    what is said of a variant, as data
written    a variant as a problem file
roster     the students of a class
own        each sheet marked by its student's variant
quiz       variants as questions for Moodle and Canvas
pages      the question and the key of each student, to print and read
summary    what is said at the end
"""
