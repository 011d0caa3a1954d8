"""What could have been done instead: mistaken equations, and which of them explains an answer."""
