"""Claims: statements tried at many instances."""
