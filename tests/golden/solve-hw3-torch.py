"""HW 3, problem 2: a 2-2-2 network, one step of gradient descent

Source: HW 3 Solution, problem 2, case 1, equations (12)-(32)

The forward pass in PyTorch, which differentiates it by itself.
"""

import torch

torch.set_default_dtype(torch.float64)


def half_squared_error(yhat, y):
    """Half the sum of the squared errors."""
    return torch.sum((yhat - y) ** 2) / 2


# Given
x = torch.tensor([[1.0], [0.0]], requires_grad=True)
y = torch.tensor([[0.0], [1.0]])
W1 = torch.tensor([[3.0, 6.0], [4.0, 5.0]], requires_grad=True)
b1 = torch.tensor([[1.0], [-6.0]], requires_grad=True)
W2 = torch.tensor([[2.0, 3.0], [4.0, 3.0]], requires_grad=True)
b2 = torch.tensor([[-1.0], [-2.0]], requires_grad=True)
lr = 0.5

# Forward pass
a1 = W1.T @ x + b1
h1 = torch.sigmoid(a1)
a2 = W2.T @ h1 + b2
yhat = torch.softmax(a2, dim=0)
loss = half_squared_error(yhat, y)
for quantity in (yhat, a2, h1, a1):
    quantity.retain_grad()

# Backward pass
loss.backward()
dyhat = yhat.grad
da2 = a2.grad
dW2 = W2.grad
db2 = b2.grad
dh1 = h1.grad
da1 = a1.grad
dW1 = W1.grad
db1 = b1.grad
dx = x.grad

# Update
with torch.no_grad():
    W1_new = W1 - lr * dW1
    b1_new = b1 - lr * db1
    W2_new = W2 - lr * dW2
    b2_new = b2 - lr * db2

    # After the update
    a1_new = W1_new.T @ x + b1_new
    h1_new = torch.sigmoid(a1_new)
    a2_new = W2_new.T @ h1_new + b2_new
    yhat_new = torch.softmax(a2_new, dim=0)
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
