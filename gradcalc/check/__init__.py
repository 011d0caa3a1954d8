"""From a solution and a sheet of answers to verdicts: which is wrong, which carries an error on, and why.

answers   sheets: read, written, and compared with right numbers
ledger    the student's own values, by which later answers are judged
rounding  what rounding on the way may have made of a value
mistakes  mistaken equations, and which of them explains an answer
marking   a verdict on each answer, and the marks of a sheet
claims    identities, tried at many instances
author    a problem held against what its own file says
wording   how quantities are called in messages
"""
