"""A solution drawn in SVG, across the page and, where there is no room for that, from top to bottom.

draw         which diagram a solution has
network      a solution as a network of units
units        a network drawn: its units and the edges between them
plan         where each unit stands, and how its numbers fit into its box
printed      places for the weights on the edges
layers       large layers drawn as blocks
computation  the computation graph drawn
rows         the computation graph from top to bottom, a row for each value
figure       what all of these are made of: the frame, texts and their widths
"""
