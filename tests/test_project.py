"""What the project says of itself holds: version, licence, pins, README, privacy."""

from __future__ import annotations

import ast
import os
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement

import srcnn
from srcnn.device import cpu_device
from srcnn.method import Method, MethodEnvironment
from srcnn.weights import bundled_weights

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = ("srcnn", "trainer", "srcnn_gui")
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def section(title: str) -> str:
    """Return the text of one section of the README."""
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def block(title: str) -> str:
    """Return the first code block of a section of the README."""
    return re.split(r"```\w*\n", section(title))[1]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_changelog_begins_with_this_version():
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0] == srcnn.__version__


def test_the_licence_is_the_same_everywhere():
    assert (ROOT / "LICENSE").read_text("utf-8").startswith(f"{PROJECT['license']} License")
    assert f"[{PROJECT['license']} licence](LICENSE)" in README


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    found = dict(line.split("==") for line in lines if not line.startswith("#"))
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found.items()}


def test_every_dependency_is_pinned_to_a_version_it_may_have():
    extras = PROJECT["optional-dependencies"]
    for line in PROJECT["dependencies"] + extras["test"] + extras["onnx"] + extras["formats"]:
        wanted = Requirement(line)
        pinned = pins()[re.sub(r"[-_.]+", "-", wanted.name).lower()]
        assert pinned in wanted.specifier, line


@pytest.mark.parametrize("name", ["Makefile", "constraints.txt", ".ci/run", "pyproject.toml"])
def test_no_package_index_is_named(name):
    assert "://" not in (ROOT / name).read_text("utf-8")


def test_the_links_of_the_readme_lead_somewhere():
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_layout_of_the_readme_is_that_of_the_project():
    shown = {line.split("/")[0] for line in block("Layout").splitlines() if "/ " in line}
    tracked = {path.name for path in ROOT.iterdir() if path.is_dir()}
    assert set(PACKAGES) <= shown <= tracked


@pytest.mark.parametrize("line", block("Command line").splitlines(), ids=lambda line: line[:20])
def test_the_options_in_the_readme_exist(line):
    program, *words = shlex.split(line)
    path = [program, words[0]] if program == "srcnn" else [program]
    told = subprocess.run(
        [Path(sys.executable).with_name(path[0]), *path[1:], "--help"],
        env=os.environ | {"COLUMNS": "200", "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout
    options = [word for word in words if word.startswith("--")]
    assert [option for option in options if not re.search(rf"{option}\b", told)] == []


def test_the_method_in_the_readme_is_one(tmp_path):
    file = tmp_path / "double.py"
    file.write_text(block("Add a method in one file"), encoding="utf-8")
    (method,) = runpy.run_path(str(file))["build"](MethodEnvironment(cpu_device()))
    assert isinstance(method, Method)
    planes = np.random.default_rng(0).random((1, 5, 4), dtype=np.float32)
    for scale in method.scales:
        assert method.enlarge(planes, scale).shape == (1, 5 * scale, 4 * scale)


def test_the_numbers_of_the_readme_are_those_of_the_bundled_weights():
    (row,) = (line for line in section("Numbers").splitlines() if "bundled weights" in line)
    shown = re.findall(r"\d+\.\d+", row)
    cards = {w.scale: w.card.psnr for w in bundled_weights() if w.name == "9-1-5"}
    assert shown == [f"{cards[scale]['Set5']:.2f}" for scale in (2, 3, 4)]


NETWORK = {"http", "socket", "ssl", "ftplib", "smtplib", "urllib.request", "requests", "httpx"}
NETWORK |= {"PySide6.QtNetwork", "torch.hub", "huggingface_hub"}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_talks_to_the_network(path):
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported |= {str(node.module), *(f"{node.module}.{a.name}" for a in node.names)}
    assert not {m for m in imported if any(f"{m}.".startswith(f"{n}.") for n in NETWORK)}
