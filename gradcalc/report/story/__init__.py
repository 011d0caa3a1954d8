"""What is said: from a solution, marks or an explanation to a document."""
