"""Verdicts: each answer by the key, then by what the student has written before."""
