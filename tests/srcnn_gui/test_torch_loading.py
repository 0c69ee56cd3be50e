"""PyTorch is linked before it is imported, where that is known to work."""

from __future__ import annotations

import gc
import subprocess
import sys
from importlib.machinery import ModuleSpec

import pytest
from PySide6 import QtWidgets

from srcnn_gui import torch_loading
from srcnn_gui.jobs import JobControl
from srcnn_gui.torch_loading import _largest_library, importing, load_torch


def test_devices_are_found():
    assert load_torch(JobControl(print))[-1].id == "cpu"


def test_without_its_library_the_import_alone_says_what_is_wrong(monkeypatch):
    monkeypatch.setattr(torch_loading, "_largest_library", lambda: None)
    assert load_torch(JobControl(print))[-1].id == "cpu"


@pytest.mark.parametrize("spec", [None, ModuleSpec("torch", None), "elsewhere"])
def test_what_is_not_there_is_not_linked(monkeypatch, tmp_path, spec):
    if spec == "elsewhere":
        spec = ModuleSpec("torch", None, origin=str(tmp_path / "torch" / "__init__.py"))
    monkeypatch.setattr(torch_loading, "find_spec", lambda name: spec)
    assert _largest_library() is None


def test_only_where_it_is_known_to_work(monkeypatch):
    monkeypatch.setattr(torch_loading.sys, "platform", "win32")
    assert _largest_library() is None


def test_panels_are_imported_beside_the_window():
    code = (
        "import sys; from srcnn_gui.torch_loading import load_torch; "
        "wanted = {'pyqtgraph', 'srcnn_gui.training.panel', 'srcnn_gui.batch.panel', 'torch'}; "
        "assert not wanted & set(sys.modules); load_torch(None); "
        "assert wanted < set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_no_thread_makes_a_type_of_qt(monkeypatch):
    assert "QFontDialog" in vars(QtWidgets)  # which nobody uses
    monkeypatch.delenv("PYSIDE6_OPTION_LAZY")
    code = (
        "import srcnn_gui.app; from PySide6 import QtWidgets; "
        "assert 'QFontDialog' in vars(QtWidgets)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_what_was_imported_is_not_looked_at_for_garbage():
    before = gc.get_freeze_count()
    with importing("torch"):  # it is there
        assert not gc.isenabled()
    assert gc.get_freeze_count() == before
    try:
        with importing("no.such.module"):
            pass
        assert gc.get_freeze_count() > before
        assert gc.isenabled()
    finally:
        gc.unfreeze()


def test_garbage_is_collected_again_after_an_import_that_failed():
    try:
        with pytest.raises(ImportError), importing("no.such.module"):
            raise ImportError
        assert gc.isenabled()
    finally:
        gc.unfreeze()
