"""From a Solution to something that a person or a program reads."""
