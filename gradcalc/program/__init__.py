"""Equations by section: forward, backward, update, after; and their solution.

problem       what is given and what follows from it: Problem, and its Equations
structure     the layers, units and edges of a network, as a problem keeps them
naming        the names of gradients, of new values, of the parts of a vertex
build         all equations of a problem, in order: Program
solution      a problem worked out, with every value by name: Solution, and its later steps
solve         from a problem to its solution
limits        refuse values that would fill the memory, before there are any
dependence    which quantities depend on which
derive        the chain rule: from forward equations to those of the backward pass
derivatives   `grad(L, w)`, `jacobian(a, w)`, `hessian(L, w)` in formulas, as equations of their own
blocks        Jacobians by name, whole or in blocks: `yhat[k]/W2[:,i]`
inlined       the same written out within one formula
stationary    where a gradient is 0, and what the Hessian tells there
vjp           what one application passes on to one argument, by the rule of the table
broadcasting  sum a gradient over the axes along which its quantity was broadcast
shortcuts     two functions differentiated in one step: softmax and cross-entropy
sums          the sum of what reaches a name from all its uses
families      the equations of all vertices of a graph as one line each
letters       sizes that are letters, and shapes and counts in them
kinds         what a letter may stand for: kinds of values, round ones and random ones
taken         which function is taken where a problem doesn't say one
large         names for gradients that would be written out too often
alike         equations that differ in names alone, derived once
update        one step of an update rule, and the pass after it, as equations
in_turn       updates one after the other: on the way back, or a step of its own for each
state         what an update rule keeps from step to step: shapes, and zeros to start from
trajectory    single steps of many, each by itself
unrolled      several steps as one solution
walk          from one step to the next, whatever the rule is
batches       which samples each step uses
until         a condition that ends the steps
asked         quantities beside a solution, over what each step computes
looking       what is looked at on the way: conditions, and quantities that are written down
course        how far the steps go, and which of them are kept
descent       several steps of an update rule
chart         the curve of a descent with matplotlib
jolted        what limited precision may do to a solution's values
differences   a solution's gradients against differences, where they are taken
surface       the loss over two entries of its parameters
verify        every gradient against central differences; values on kinks
customs       what people call quantities: `z1`, `A1`, `δ2`, `dL/dW2`, `W^{(2)}`, `Loss`
further       what can be asked for beside a solution: changes, deltas, losses one by one, abbreviations
beside        a solution with the equations of these
separate      a loss taken apart, by samples or by outputs
sections      what a solution has that can be asked for, by sections: Quantity
told          the order in which the gradients of a graph are told
quantities    find a quantity in any spelling that a report shows, or that is customary
designation   find a quantity, or one entry of it
explain       why an entry has its value, down to what is given
derivation    the chain rule written out, line by line
jacobian      the derivative of one quantity with respect to another
instances     other numbers in the shapes of a problem, at random
sides         other numbers on both sides of what formulas switch at
graph         which value is computed from which, by what operation
shown         how the names of a problem are shown
"""
