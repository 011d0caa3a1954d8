"""HW 3, problem 2: a 2-2-2 network, one step of gradient descent

Source: HW 3 Solution, problem 2, case 1, equations (12)-(32)

Every equation that gradcalc works with, in NumPy.
"""

import numpy as np


def sigmoid(a):
    """The logistic function."""
    return np.exp(-np.logaddexp(0, -a))


def softmax(a):
    """Each sample's exponentials, divided by their sum."""
    e = np.exp(a - np.max(a, axis=0, keepdims=True))
    return e / np.sum(e, axis=0, keepdims=True)


def half_squared_error(yhat, y):
    """Half the sum of the squared errors."""
    return np.sum((yhat - y) ** 2) / 2


# Given
x = np.array([[1.0], [0.0]])
y = np.array([[0.0], [1.0]])
W1 = np.array([[3.0, 6.0], [4.0, 5.0]])
b1 = np.array([[1.0], [-6.0]])
W2 = np.array([[2.0, 3.0], [4.0, 3.0]])
b2 = np.array([[-1.0], [-2.0]])
lr = 0.5

# Forward pass
a1 = W1.T @ x + b1
h1 = sigmoid(a1)
a2 = W2.T @ h1 + b2
yhat = softmax(a2)
loss = half_squared_error(yhat, y)

# Backward pass
dyhat = yhat - y
da2 = yhat * (dyhat - np.sum(dyhat * yhat))
dW2 = h1 @ da2.T
db2 = da2
dh1 = W2 @ da2
da1 = dh1 * h1 * (1 - h1)
dW1 = x @ da1.T
db1 = da1
dx = W1 @ da1

# Update
W1_new = W1 - lr * dW1
b1_new = b1 - lr * db1
W2_new = W2 - lr * dW2
b2_new = b2 - lr * db2

# After the update
a1_new = W1_new.T @ x + b1_new
h1_new = sigmoid(a1_new)
a2_new = W2_new.T @ h1_new + b2_new
yhat_new = softmax(a2_new)
loss_new = half_squared_error(yhat_new, y)

# What came out
print("a1 =", a1.tolist())
print("h1 =", h1.tolist())
print("a2 =", a2.tolist())
print("yhat =", yhat.tolist())
print("loss =", loss.tolist())
print("dyhat =", dyhat.tolist())
print("da2 =", da2.tolist())
print("dW2 =", dW2.tolist())
print("db2 =", db2.tolist())
print("dh1 =", dh1.tolist())
print("da1 =", da1.tolist())
print("dW1 =", dW1.tolist())
print("db1 =", db1.tolist())
print("dx =", dx.tolist())
print("W1_new =", W1_new.tolist())
print("b1_new =", b1_new.tolist())
print("W2_new =", W2_new.tolist())
print("b2_new =", b2_new.tolist())
print("a1_new =", a1_new.tolist())
print("h1_new =", h1_new.tolist())
print("a2_new =", a2_new.tolist())
print("yhat_new =", yhat_new.tolist())
print("loss_new =", loss_new.tolist())
