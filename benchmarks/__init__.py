"""Measure gradcalc beside other programs: the same problem, the same run, gradients compared before time is."""
