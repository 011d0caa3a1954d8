"""The script that one would write with PyTorch to check one's homework; run as a process of its own."""

import json

import torch

x = torch.tensor([1.0, 0.0], dtype=torch.float64)
y = torch.tensor([0.0, 1.0], dtype=torch.float64)
W1 = torch.tensor([[3.0, 6.0], [4.0, 5.0]], dtype=torch.float64, requires_grad=True)
b1 = torch.tensor([1.0, -6.0], dtype=torch.float64, requires_grad=True)
W2 = torch.tensor([[2.0, 3.0], [4.0, 3.0]], dtype=torch.float64, requires_grad=True)
b2 = torch.tensor([-1.0, -2.0], dtype=torch.float64, requires_grad=True)

h1 = torch.sigmoid(W1.T @ x + b1)
yhat = torch.softmax(W2.T @ h1 + b2, dim=0)
loss = ((yhat - y) ** 2).sum() / 2
loss.backward()
print(json.dumps({name: value.grad.tolist() for name, value in {"W1": W1, "b1": b1, "W2": W2, "b2": b2}.items()}))
