"""Lines over two axes, drawn without anybody's help: the course of a loss, the way of two parameters.

scale     numbers as places along an axis, and the round numbers that stand at it
raster    a terminal's drawing, in dots of braille or in ASCII
svg       an image, light or dark as the reader's screen is
style     the style sheet of such an image
contours  lines along which a quantity on a grid has one value
room      where on a line there is room for its label
thinned   a long line in fewer points, its peaks among them
"""
