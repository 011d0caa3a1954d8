"""From a solution and a sheet of answers to verdicts: which is wrong, which carries an error on, and why."""
