"""Equations by section: forward, backward, update, after; and their solution."""
