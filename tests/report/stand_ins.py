"""PyTorch and JAX as far as templates use them, in NumPy: their documented meaning, for machines that have neither.

It says what a value is, not a gradient; where the frameworks are installed, whole programs are run with them.
"""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np

erf = np.vectorize(math.erf, otypes=[float])


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def softmax(a, axis):
    return np.exp(a) / np.exp(a).sum(axis=axis, keepdims=True)


def leaky_relu(a, negative_slope=0.01):
    return np.where(a > 0, a, negative_slope * a)


def elu(a, alpha=1.0):
    return np.where(a > 0, a, alpha * (np.exp(a) - 1))


def softplus(a):
    return np.log(1 + np.exp(a))


def silu(a):
    return a * sigmoid(a)


def gelu(a):
    return a * (1 + erf(a / math.sqrt(2))) / 2


def reduced(function):
    """A reduction with PyTorch's names for the axis."""
    return lambda a, dim=None, keepdim=False: function(a, axis=dim, keepdims=keepdim)


class Array(np.ndarray):
    """Numbers with the one method of PyTorch's that templates call."""

    def double(self):
        return self.astype(float)

    def detach(self):
        return self


def tensor(a):
    return np.asarray(a, dtype=float).view(Array)


TORCH = SimpleNamespace(
    **{
        name: getattr(np, name)
        for name in ("exp", "log", "sqrt", "sin", "cos", "abs", "sign", "floor", "tanh", "ones_like")
    },
    **{name: getattr(np, name) for name in ("where", "trace", "kron", "einsum", "reshape", "diagflat", "inf", "diag")},
    sum=reduced(np.sum),
    mean=reduced(np.mean),
    amax=reduced(np.max),
    min=lambda a, dim=None, keepdim=False: SimpleNamespace(values=np.min(a, axis=dim, keepdims=keepdim)),
    logsumexp=lambda a, dim, keepdim=False: np.log(np.sum(np.exp(a), axis=dim, keepdims=keepdim)),
    var=lambda a, dim=None, keepdim=False, correction=1: np.var(a, axis=dim, keepdims=keepdim, ddof=correction),
    std=lambda a, dim=None, keepdim=False, correction=1: np.std(a, axis=dim, keepdims=keepdim, ddof=correction),
    max=lambda a, dim=None, keepdim=False: SimpleNamespace(values=np.max(a, axis=dim, keepdims=keepdim)),
    argmax=lambda a, dim=None, keepdim=False: np.asarray(np.argmax(a, axis=dim, keepdims=keepdim)).view(Array),
    flip=np.flip,
    as_tensor=np.asarray,
    roll=lambda a, shifts, dims: np.roll(a, shifts, axis=dims),
    cumsum=lambda a, dim: np.cumsum(a, axis=dim),
    flatten=np.ravel,
    numel=np.size,
    ones=np.ones,
    eye=np.eye,
    erf=erf,
    sigmoid=sigmoid,
    relu=lambda a: np.where(a > 0, a, 0.0),
    softmax=lambda a, dim: softmax(a, dim),
    log_softmax=lambda a, dim: np.log(softmax(a, dim)),
    nn=SimpleNamespace(
        functional=SimpleNamespace(
            leaky_relu=leaky_relu,
            elu=elu,
            softplus=lambda a, threshold=20: softplus(a),
            silu=silu,
            gelu=gelu,
            logsigmoid=lambda a: np.log(sigmoid(a)),
        )
    ),
)

JAX = SimpleNamespace(
    lax=SimpleNamespace(erf=erf, stop_gradient=lambda a: a),
    nn=SimpleNamespace(
        sigmoid=sigmoid,
        relu=lambda a: np.where(a > 0, a, 0.0),
        elu=elu,
        softplus=softplus,
        silu=silu,
        log_sigmoid=lambda a: np.log(sigmoid(a)),
        logsumexp=lambda a, axis=None, keepdims=False: np.log(np.sum(np.exp(a), axis=axis, keepdims=keepdims)),
        gelu=lambda a, approximate=True: gelu(a) if not approximate else math.nan,
        softmax=softmax,
        log_softmax=lambda a, axis: np.log(softmax(a, axis)),
    ),
)

NAMESPACES = {
    "numpy": {"np": np, "math": math},
    "torch": {"torch": TORCH},
    "jax": {"jnp": np, "jax": JAX},
}
MODULES = {"numpy": "np", "torch": "torch", "jax": "jnp"}
REDUCTIONS = {
    "numpy": ", axis={axis}, keepdims=True",
    "torch": ", dim={axis}, keepdim=True",
    "jax": ", axis={axis}, keepdims=True",
}
