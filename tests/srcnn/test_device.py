import builtins
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from srcnn import device
from srcnn.device import Device, available_devices, cpu_device, resolve_device
from srcnn.errors import DeviceError

GPUS = [("NVIDIA H200", 141 * 2**30), ("NVIDIA T4", 16 * 2**30)]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """Return a function that makes PyTorch see these GPUs, and Metal or not."""
    import torch

    def equip(gpus: list[tuple[str, int]], *, metal: bool = False) -> None:
        properties = [SimpleNamespace(name=name, total_memory=size) for name, size in gpus]
        monkeypatch.setattr(torch.cuda, "device_count", lambda: len(gpus))
        monkeypatch.setattr(torch.cuda, "get_device_properties", properties.__getitem__)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: metal)

    return equip


def test_the_processor_needs_no_pytorch(monkeypatch: pytest.MonkeyPatch):
    real_import = builtins.__import__

    def forbid_torch(name: str, *args: object, **kwargs: object):
        assert name.partition(".")[0] != "torch"
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", forbid_torch)
    choice = resolve_device("cpu")
    assert choice.device == cpu_device()
    assert choice.device.id == "cpu"
    assert choice.reason == "as chosen"


def test_the_processor_has_a_name_and_memory():
    cpu = cpu_device()
    assert cpu.name.startswith("CPU")
    assert len(cpu.name) > 6
    if sys.platform.startswith("linux"):
        assert cpu.memory_bytes is not None
        assert cpu.memory_bytes > 2**28
        assert cpu.label.endswith(" GB)")


def test_unknown_memory_is_not_invented(monkeypatch: pytest.MonkeyPatch):
    def not_on_windows(name: str) -> int:
        raise AttributeError(name)

    monkeypatch.setattr(device.os, "sysconf", not_on_windows, raising=False)
    cpu = cpu_device()
    assert cpu.memory_bytes is None
    assert cpu.label == cpu.name


def test_a_processor_without_proc_still_has_a_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Path, "is_file", lambda self: False)
    monkeypatch.setattr(device.platform, "processor", lambda: "")
    monkeypatch.setattr(device.platform, "machine", lambda: "arm64")
    assert cpu_device().name.endswith("arm64")


def test_a_label_is_for_people():
    assert Device("cuda:0", "NVIDIA T4", 16 * 2**30).label == "NVIDIA T4 (16 GB)"
    assert Device("mps", "Apple GPU").label == "Apple GPU"


def test_every_gpu_is_listed_before_the_processor(machine):
    machine(GPUS)
    devices = available_devices()
    assert [each.id for each in devices] == ["cuda:0", "cuda:1", "cpu"]
    assert [each.name for each in devices[:2]] == ["NVIDIA H200", "NVIDIA T4"]
    assert devices[1].memory_bytes == 16 * 2**30


def test_metal_is_listed(machine):
    machine([], metal=True)
    assert [each.id for each in available_devices()] == ["mps", "cpu"]
    assert resolve_device("auto").device.id == "mps"
    assert resolve_device("mps").device.id == "mps"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("auto", "cuda:0"),
        ("cuda", "cuda:0"),
        ("cuda:0", "cuda:0"),
        ("cuda:1", "cuda:1"),
        ("cpu", "cpu"),
    ],
)
def test_with_two_gpus(machine, wanted: str, found: str):
    machine(GPUS)
    choice = resolve_device(wanted)
    assert choice.device.id == found
    assert choice.reason == ("the fastest here" if wanted == "auto" else "as chosen")


def test_without_a_gpu_auto_says_why_it_took_the_processor(machine):
    machine([])
    choice = resolve_device("auto")
    assert choice.device.id == "cpu"
    assert choice.reason == "no GPU was found"


@pytest.mark.parametrize("wanted", ["cuda:2", "cuda:-1", "mps", "tpu", "", "CUDA:0x"])
def test_a_device_that_is_not_there_is_a_sentence_with_a_choice(machine, wanted: str):
    machine(GPUS)
    with pytest.raises(DeviceError) as missing:
        resolve_device(wanted)
    assert str(missing.value) == f"There is no device {wanted!r} here"
    assert missing.value.hint == "Choose one of: auto, cuda:0, cuda:1, cpu."


@pytest.mark.parametrize("wanted", ["cuda", "cuda:0"])
def test_cuda_without_a_gpu_is_refused(machine, wanted: str):
    machine([])
    with pytest.raises(DeviceError) as missing:
        resolve_device(wanted)
    assert missing.value.hint == "Choose one of: auto, cpu."
