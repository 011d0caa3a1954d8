"""An LSTM in PyTorch: its own layer, and the same equations in a loop over the steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import torch

Array = npt.NDArray[np.float64]


def layer(data: Mapping[str, Array], steps: int) -> Callable[[], dict[str, Array]]:
    """`torch.nn.LSTM` and a squared error."""
    x, y, parameters = _tensors(data, steps)
    module = torch.nn.LSTM(x.shape[2], y.shape[2]).double()
    with torch.no_grad():
        module.weight_ih_l0.copy_(parameters["Wx1"])
        module.weight_hh_l0.copy_(parameters["Wh1"])
        module.bias_ih_l0.copy_(parameters["b1"].reshape(-1))
        module.bias_hh_l0.zero_()
    wanted = (module.weight_ih_l0, module.weight_hh_l0, module.bias_ih_l0)

    def run() -> dict[str, Array]:
        out, _ = module(x)
        loss = ((out - y) ** 2).sum() / 2
        return _named(loss, torch.autograd.grad(loss, wanted))

    return run


def by_step(data: Mapping[str, Array], steps: int) -> Callable[[], dict[str, Array]]:
    """The equations of an LSTM, step by step, as a course has them written."""
    x, y, parameters = _tensors(data, steps)
    weights, recurrent, bias = (value.requires_grad_() for value in parameters.values())
    units = y.shape[2]

    def run() -> dict[str, Array]:
        h = c = torch.zeros(x.shape[1], units, dtype=torch.float64)
        loss = torch.zeros((), dtype=torch.float64)
        for t in range(steps):
            i, f, g, o = (x[t] @ weights.T + h @ recurrent.T + bias).chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            loss = loss + ((h - y[t]) ** 2).sum() / 2
        return _named(loss, torch.autograd.grad(loss, (weights, recurrent, bias)))

    return run


def _tensors(data: Mapping[str, Array], steps: int) -> tuple[torch.Tensor, torch.Tensor, dict[str, torch.Tensor]]:
    x, y = (torch.tensor(np.stack([data[f"{name}[{t}]"] for t in range(1, steps + 1)])) for name in "xy")
    return x, y, {name: torch.tensor(data[name]) for name in ("Wx1", "Wh1", "b1")}


def _named(loss: torch.Tensor, gradients: tuple[torch.Tensor, ...]) -> dict[str, Array]:
    names = ("dWx1", "dWh1", "db1")
    return {"loss": loss.detach().numpy()} | {n: g.numpy() for n, g in zip(names, gradients, strict=True)}
