"""The formula language: parse, simplify, infer shapes, write, compile."""
