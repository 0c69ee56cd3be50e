"""What is free is read from the kernel."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from srcnn import free_memory as module
from srcnn.free_memory import free_memory

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's tables are Linux's")
MEMINFO = "MemTotal:  2000 kB\nMemFree:  100 kB\nMemAvailable:   1000 kB\n"


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Return a folder in the place of the control groups; 1000 kB are available."""
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(MEMINFO)
    monkeypatch.setattr(module, "_MEMINFO", meminfo)
    monkeypatch.setattr(module, "_CGROUPS", tmp_path)
    return tmp_path


@LINUX
def test_this_machine_has_some():
    free = free_memory()
    assert free is not None
    assert 1e6 < free < 1e15


@LINUX
def test_what_the_kernel_calls_available_is_free(kernel):
    assert free_memory() == 1000 * 1024


@LINUX
@pytest.mark.parametrize(
    ("names", "cache"),
    [
        (("memory.max", "memory.current", "memory.stat"), "inactive_file"),
        (
            (
                "memory/memory.limit_in_bytes",
                "memory/memory.usage_in_bytes",
                "memory/memory.stat",
            ),
            "total_inactive_file",
        ),
    ],
)
def test_a_container_may_leave_less(kernel, names, cache):
    for name, text in zip(names, ("500000", "300000", f"anon 1\n{cache} 50000\n"), strict=True):
        path = kernel / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert free_memory() == 250_000
    (kernel / names[0]).write_text("max")
    assert free_memory() == 1000 * 1024


@LINUX
@pytest.mark.parametrize("text", ["", "MemAvailable: much kB\n", None])
def test_a_kernel_that_does_not_tell(kernel, text):
    if text is None:
        (kernel / "meminfo").unlink()
    else:
        (kernel / "meminfo").write_text(text)
    assert free_memory() is None


def test_elsewhere_it_is_not_known(monkeypatch):
    monkeypatch.setattr(module, "sys", SimpleNamespace(platform="darwin"))
    assert free_memory() is None
