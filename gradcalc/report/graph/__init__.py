"""Computation graphs: their layout, and ways to draw and write them.

labels   what is said at vertices and edges
layers   vertices on layers, ordered so that few edges cross
layout   a place for every vertex, a way for every edge
style    the colours of a drawn graph, light and dark
svg      a graph as a drawing
rails    lines from each value to its uses, in the terminal
text     a graph in the terminal
dot      a graph for Graphviz
mermaid  a graph for Mermaid
"""
