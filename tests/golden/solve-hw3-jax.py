"""HW 3, problem 2: a 2-2-2 network, one step of gradient descent

Source: HW 3 Solution, problem 2, case 1, equations (12)-(32)

The forward pass in JAX, which differentiates it by itself.
"""

import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def half_squared_error(yhat, y):
    """Half the sum of the squared errors."""
    return jnp.sum((yhat - y) ** 2) / 2


# Given
leaves = {
    "x": jnp.array([[1.0], [0.0]]),
    "W1": jnp.array([[3.0, 6.0], [4.0, 5.0]]),
    "b1": jnp.array([[1.0], [-6.0]]),
    "W2": jnp.array([[2.0, 3.0], [4.0, 3.0]]),
    "b2": jnp.array([[-1.0], [-2.0]]),
}
y = jnp.array([[0.0], [1.0]])
lr = 0.5


# Forward pass
def forward(leaves, shifts):
    """Every quantity of the forward pass, each with its shift added."""
    x = leaves["x"]
    W1 = leaves["W1"]
    b1 = leaves["b1"]
    W2 = leaves["W2"]
    b2 = leaves["b2"]
    a1 = W1.T @ x + b1 + shifts["a1"]
    h1 = jax.nn.sigmoid(a1) + shifts["h1"]
    a2 = W2.T @ h1 + b2 + shifts["a2"]
    yhat = jax.nn.softmax(a2, axis=0) + shifts["yhat"]
    loss = half_squared_error(yhat, y)
    return {"a1": a1, "h1": h1, "a2": a2, "yhat": yhat, "loss": loss}


def objective(leaves, shifts):
    """The number that is differentiated."""
    return forward(leaves, shifts)["loss"]


# Zeros, added to each quantity: the gradient on what is added is that on the quantity.
shifts = {
    "a1": jnp.zeros((2, 1)),
    "h1": jnp.zeros((2, 1)),
    "a2": jnp.zeros((2, 1)),
    "yhat": jnp.zeros((2, 1)),
}
quantities = forward(leaves, shifts)

# Backward pass
of_leaves, of_shifts = jax.grad(objective, argnums=(0, 1))(leaves, shifts)
gradients = of_leaves | of_shifts

# Update
updated = dict(leaves)
for name in ("W1", "b1", "W2", "b2"):
    updated[name] = leaves[name] - lr * gradients[name]

# After the update
after = forward(updated, shifts)

# What came out
for name, value in quantities.items():
    print(name, "=", value.tolist())
for name in ("yhat", "a2", "W2", "b2", "h1", "a1", "W1", "b1", "x"):
    print(f"d{name} =", gradients[name].tolist())
for name in ("W1", "b1", "W2", "b2"):
    print(f"{name}_new =", updated[name].tolist())
for name, value in after.items():
    print(f"{name}_new =", value.tolist())
