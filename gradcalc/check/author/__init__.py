"""For a problem's author: what the file says of itself, and what its numbers hide."""
