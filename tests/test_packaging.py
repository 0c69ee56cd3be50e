"""The wheel holds all that the program needs, and works where there is no checkout."""

from __future__ import annotations

import configparser
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RESOURCES = [path for path in (ROOT / "resources").rglob("*") if path.is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds what the wheel would put among the packages."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_installed(code: str, installed: Path, cwd: Path) -> list[str]:
    """Run ``code`` where only the wheel and the other packages can be imported."""
    others = sysconfig.get_path("purelib")
    start = f"import sys; sys.path[:0] = [{str(installed)!r}, {others!r}]\n"
    # -S reads no .pth file, so an editable installation leads back to no checkout
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start + code],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_resource_is_in_the_wheel(installed):
    assert RESOURCES
    for path in RESOURCES:
        inside = installed / "srcnn" / "_resources" / path.relative_to(ROOT / "resources")
        assert inside.read_bytes() == path.read_bytes()


def test_every_module_is_in_the_wheel_and_nothing_else(installed):
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in ("srcnn", "trainer", "srcnn_gui")
        for path in (ROOT / package).rglob("*.py")
    }
    assert {path.relative_to(installed).as_posix() for path in installed.rglob("*.py")} == expected


def test_every_command_leads_to_a_function_of_the_wheel(installed, tmp_path):
    (metadata,) = installed.glob("*.dist-info")
    commands = configparser.ConfigParser()
    commands.read(metadata / "entry_points.txt", encoding="utf-8")
    targets = {**commands["console_scripts"], **commands["gui_scripts"]}
    assert set(targets) == {"srcnn", "srcnn-train", "srcnn-gui"}
    for target in targets.values():
        module, function = target.split(":")
        code = f"import {module} as m; print(m.__file__); print(callable(m.{function}))"
        where, is_callable = run_installed(code, installed, tmp_path)
        assert Path(where).is_relative_to(installed)
        assert is_callable == "True"


def test_resources_and_weights_are_found_without_a_checkout(installed, tmp_path):
    code = """
from srcnn.resources import resource_path
from srcnn.weights import bundled_weights
print(resource_path("samples/chart.png"))
print(resource_path("samples/chart.png").is_file())
for weights in bundled_weights():
    print(weights.name, weights.scale)
"""
    sample, found, *weights = run_installed(code, installed, tmp_path)
    assert Path(sample).is_relative_to(installed / "srcnn" / "_resources")
    assert found == "True"
    assert {"9-1-5 2", "9-1-5 3", "9-1-5 4"} <= set(weights)


def test_the_licence_goes_along(installed):
    (metadata,) = installed.glob("*.dist-info")
    licence = metadata / "licenses" / "LICENSE"
    assert licence.read_text(encoding="utf-8") == (ROOT / "LICENSE").read_text(encoding="utf-8")
    fields = (metadata / "METADATA").read_text(encoding="utf-8").splitlines()
    assert "License-Expression: MIT" in fields
