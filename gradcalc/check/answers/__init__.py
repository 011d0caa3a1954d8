"""Answer sheets: from text to numbers and formulas, and how they are compared."""
