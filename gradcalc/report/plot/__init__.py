"""Lines over two axes, drawn without anybody's help: the course of a loss, the way of two parameters.

scale   numbers as places along an axis, and the round numbers that stand at it
raster  a terminal's drawing, in dots of braille or in ASCII
"""
