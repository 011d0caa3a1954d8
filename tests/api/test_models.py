"""Small PyTorch models as problems, against PyTorch's own loss and gradients."""

from __future__ import annotations

from typing import Any

import pytest

import gradcalc

torch = pytest.importorskip("torch")
nn = torch.nn

CLASSES, REAL = torch.tensor([0, 2, 1, 2]), torch.rand(4, 3, generator=torch.Generator().manual_seed(1))


def model(activation: Any, *last: Any) -> Any:
    torch.manual_seed(0)
    inner = nn.Sequential(nn.Linear(4, 4, bias=False), nn.Identity(), activation)
    return nn.Sequential(nn.Linear(5, 4), nn.Tanh(), inner, nn.Linear(4, 3), *last)


def agrees(module: Any, y: Any, loss: Any, samples: int = 4) -> bool:
    x = torch.randn(samples, 5, generator=torch.Generator().manual_seed(2))
    value = loss(module(x), y[:samples])
    value.backward()
    problem = gradcalc.from_torch(module, x, y[:samples], loss)
    weights = [each for each in module.modules() if isinstance(each, nn.Linear)]
    answers = {f"dW{i}": each.weight.grad for i, each in enumerate(weights, 1)}
    marks = gradcalc.check(problem, answers | {"db1": weights[0].bias.grad, "loss": value.detach()})
    return bool(marks) and len(marks.verdicts) == 5


@pytest.mark.parametrize("samples", [1, 4])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize(
    ("loss", "y"), [(nn.MSELoss, REAL), (nn.L1Loss, REAL), (nn.BCEWithLogitsLoss, REAL), (nn.CrossEntropyLoss, CLASSES)]
)
def test_losses(loss: Any, y: Any, reduction: str, samples: int) -> None:
    assert agrees(model(nn.ReLU()), y, loss(reduction=reduction), samples)


@pytest.mark.parametrize(
    "activation", [nn.Sigmoid(), nn.SiLU(), nn.LeakyReLU(0.2), nn.ELU(0.7), nn.GELU(), nn.Softplus(), nn.Softmax(dim=1)]
)
def test_activations(activation: Any) -> None:
    assert agrees(model(activation), REAL, nn.MSELoss())


def test_outputs_that_are_probabilities() -> None:
    assert agrees(model(nn.ReLU(), nn.Sigmoid()), REAL, nn.BCELoss())
    assert agrees(model(nn.ReLU(), nn.LogSoftmax(dim=-1)), REAL, nn.MSELoss())


@pytest.mark.parametrize(
    ("module", "loss", "said"),
    [
        (nn.Sequential(nn.Conv2d(1, 1, 3)), nn.MSELoss(), "Conv2d doesn't stand after a Linear layer"),
        (nn.Sequential(nn.Linear(5, 3), nn.Dropout()), nn.MSELoss(), "Dropout.* has no formula here"),
        (nn.Sequential(nn.Linear(5, 3), nn.GELU("tanh")), nn.MSELoss(), "GELU.* has no formula here"),
        (nn.Sequential(nn.Linear(5, 3), nn.ReLU()), nn.CrossEntropyLoss(), "takes the outputs of a Linear layer"),
        (nn.Linear(5, 3), nn.CrossEntropyLoss(label_smoothing=0.1), "label_smoothing"),
        (nn.Linear(5, 3), nn.MSELoss(reduction="none"), "reduction"),
        (nn.Linear(5, 3), nn.KLDivLoss(), "KLDivLoss.* has no formula here"),
        (nn.Sequential(), nn.MSELoss(), "0 Linear layers"),
    ],
)
def test_what_has_no_formula_is_refused(module: Any, loss: Any, said: str) -> None:
    with pytest.raises(gradcalc.GradcalcError, match=said):
        gradcalc.from_torch(module, torch.zeros(4, 5), CLASSES, loss)


def test_a_tensor_with_its_history_is_told_to_be_detached() -> None:
    module = nn.Linear(5, 3)
    problem = gradcalc.from_torch(module, torch.zeros(4, 5), CLASSES, "cross_entropy")
    (verdict,) = gradcalc.check(problem, {"dW1": module.weight}).verdicts
    assert "give x.detach()" in verdict.message


def test_bfloat16() -> None:
    problem = gradcalc.layers([1, 2], [([[3], [4]],)], [5], "half_squared_error")
    (verdict,) = gradcalc.check(problem, {"dW1": torch.tensor([[6.0], [12.0]], dtype=torch.bfloat16)}).verdicts
    assert verdict.verdict == "unreadable"  # NumPy can't take it


def test_jax_arrays_of_each_precision() -> None:
    jnp = pytest.importorskip("jax.numpy")
    problem = gradcalc.layers([1, 2], [([[3], [4]],)], [5], "half_squared_error")  # 3 + 8 - 5 = 6
    for dtype in (jnp.float32, jnp.float16, jnp.bfloat16):
        assert gradcalc.check(problem, {"dW1": jnp.array([[6.0], [12.0]], dtype)})
        assert not gradcalc.check(problem, {"dW1": jnp.array([[6.0], [15.0]], dtype)})
