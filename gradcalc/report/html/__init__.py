"""Reports as one self-contained web page: MathML, a diagram in SVG, and a little script that traces quantities."""
