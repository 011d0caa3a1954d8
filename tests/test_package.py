"""The wheel: everything is in it, and it works where there is nothing but it and what it declares to need."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement

import gradcalc

ROOT = Path(__file__).parents[1]

# What the course's solution prints, here with the digits to which the calculation was repeated by hand.
HW3 = {
    "forward": {"h1": [0.98201, 0.5], "yhat": [0.62668, 0.37332]},
    "loss": 0.39272,
    "gradients": {
        "yhat": [0.62668, -0.62668],
        "W2": [[0.28795, -0.28795], [0.14661, -0.14661]],
        "b2": [0.29323, -0.29323],
        "h1": [-0.29323, 0.29323],
        "W1": [[-0.00518, 0.07331], [0, 0]],
    },
    "updated": {"W2": [[1.85602, 3.14398], [3.92669, 3.07331]], "W1": [[3.00259, 5.96335], [4, 5]]},
}
HW3_AFTER = {"yhat": [0.4633, 0.5367], "loss": 0.2146}


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel, its declared dependencies, and nothing else."""
    home = tmp_path_factory.mktemp("clean")
    venv.create(home, symlinks=True)
    python = next(home.glob("*/python"))
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip())
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        wheel,
        cwd=home,
    )
    for dependency in declared(wheel):
        link(dependency, site)
    return python.parent


def declared(wheel: Path) -> list[Distribution]:
    """Every distribution that the wheel's metadata asks for, and what these ask for."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        todo = re.findall(r"^Requires-Dist: (.*)$", archive.read(name).decode(), re.MULTILINE)
    found: dict[str, Distribution] = {}
    while todo:
        requirement = Requirement(todo.pop())
        if requirement.name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found[requirement.name] = distribution(requirement.name)
        todo += found[requirement.name].requires or []
    return list(found.values())


def link(dependency: Distribution, site: Path) -> None:
    """Make an installed distribution visible in another environment, without going online for it."""
    for top in {file.parts[0] for file in dependency.files or []} - {"..", "__pycache__"}:
        if not (site / top).exists():
            (site / top).symlink_to(Path(str(dependency.locate_file(top))))


def test_a_clean_environment_solves_the_course_example(clean: Path, tmp_path: Path) -> None:
    values = json.loads(run(clean / "gradcalc", "solve", "hw3", "--format", "json", cwd=tmp_path))["values"]
    np.testing.assert_allclose(values["loss"], HW3["loss"], atol=5e-6)
    for section in ("forward", "gradients", "updated"):
        for name, value in HW3[section].items():  # type: ignore[attr-defined]
            np.testing.assert_allclose(values[section][name], value, atol=5e-6, err_msg=f"{section}.{name}")
    for name, value in HW3_AFTER.items():
        np.testing.assert_allclose(values["after"][name], value, atol=5e-5, err_msg=f"after.{name}")


def test_a_clean_environment_has_nothing_undeclared(clean: Path, tmp_path: Path) -> None:
    code = "import importlib.util as u; print([n for n in ('pytest', 'hypothesis', 'torch', 'pip') if u.find_spec(n)])"
    assert run(clean / "python", "-c", code, cwd=tmp_path) == "[]\n"


def test_the_module_runs_and_lists_every_problem(clean: Path, tmp_path: Path) -> None:
    listing = run(clean / "python", "-m", "gradcalc", "problems", cwd=tmp_path)
    names = sorted(file.stem for file in (ROOT / "problems").glob("*.yaml"))
    assert [name for name in names if not re.search(rf"(?<![\w-]){name}(?![\w-])", listing)] == []


def test_the_version_is_the_package_version(clean: Path, tmp_path: Path) -> None:
    assert gradcalc.__version__ in run(clean / "gradcalc", "--version", cwd=tmp_path)


def test_the_imported_package_is_the_installed_one(clean: Path, tmp_path: Path) -> None:
    code = "import gradcalc; print(gradcalc.__file__, gradcalc.solve(gradcalc.load('hw3')).loss)"
    file, loss = run(clean / "python", "-c", code, cwd=tmp_path).split()
    assert Path(file).is_relative_to(clean.parent)
    assert abs(float(loss) - 0.39272) < 5e-6


def test_the_wheel_holds_types_licence_and_problems(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert "gradcalc/py.typed" in names
    assert any(name.endswith("/licenses/LICENSE") for name in names)
    problems = {file.relative_to(ROOT / "problems").as_posix() for file in (ROOT / "problems").rglob("*.yaml")}
    assert problems
    assert {f"gradcalc/bundled/{file}" for file in problems} <= names


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {re.sub(r"-.*\.dist-info", ".dist-info", top) for top in tops} == {"gradcalc", "gradcalc.dist-info"}


def test_the_source_tree_finds_the_problems_too(tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import gradcalc; print(gradcalc.load('hw3').lr)"
    assert run(sys.executable, "-c", code, cwd=tmp_path) == "0.5\n"
