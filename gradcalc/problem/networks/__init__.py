"""The kinds of layers that a file in the layers form may have, each an entry of one table.

table   which kinds there are, and how one is added
stage   one layer in the making: what goes into it, and where its values and equations are put
dense   weights, biases and an activation
simple  layers without parameters: dropout, residual connections
"""
