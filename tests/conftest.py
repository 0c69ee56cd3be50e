"""Fixtures for every test: where the shared data is, and which tests need Qt."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import srcnn_gui  # noqa: F401  it says how PySide6 is to be imported, which comes after it

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SHARED = Path(__file__).resolve().parents[2] / "shared"
GUI_FIXTURES = {"qapp", "qtbot"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that ask for a QApplication."""
    for item in items:
        if GUI_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.gui)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip GPU tests where there is none."""
    if item.get_closest_marker("gpu"):
        import torch

        if not torch.cuda.is_available():
            pytest.skip("no CUDA device")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared data and reference weights, or skip."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the shared data (Set5, official weights, ...) is not beside the project")
    return SHARED
