"""The kinds of layers that a file in the layers form may have, each an entry of one table.

table      which kinds there are, and how one is added
stage      one layer in the making: what goes into it, and where its values and equations are put
weights    how weights and biases are read
dense      weights, biases and an activation
recurrent  plain recurrent layers, LSTM and GRU
normal     batch and layer normalisation
attention  attention, in one head or several
embedding  tables of which the inputs choose samples
images     convolution, pooling, flattening
simple     layers without parameters: dropout, residual connections
"""
