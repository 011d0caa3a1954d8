"""Documents on a screen, and one line for each thing."""
