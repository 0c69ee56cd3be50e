"""Where networks run: devices by name and memory, and the best of them, with the reason."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

from srcnn.errors import DeviceError

_BFLOAT16_FLAGS = frozenset(("avx512_bf16", "amx_bf16"))
"""What Linux calls instructions that multiply bfloat16."""


@dataclass(frozen=True, slots=True)
class Device:
    """A place to run a network.

    Attributes
    ----------
    id : str
        ``cpu``, ``cuda:N`` or ``mps``: as PyTorch and the command line call it.
    name : str
        What its maker calls it.
    memory_bytes : int or None
        Its memory; None where it cannot be told.
    short_type : str or None
        The 16-bit type that it computes with faster than with float32: ``bfloat16`` or
        ``float16``; None if it has none, or that cannot be told.
    """

    id: str
    name: str
    memory_bytes: int | None = None
    short_type: str | None = None

    @property
    def label(self) -> str:
        """Name and memory, for people."""
        if self.memory_bytes is None:
            return self.name
        return f"{self.name} ({self.memory_bytes / 2**30:.0f} GB)"


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """A device and, in words, why it was taken."""

    device: Device
    reason: str


def cpu_device() -> Device:
    """Describe the processor; needs no PyTorch."""
    has_bfloat16 = not _BFLOAT16_FLAGS.isdisjoint(_processor_field("flags").split())
    return Device(
        "cpu",
        f"CPU \N{MIDDLE DOT} {_processor_name()}",
        _main_memory(),
        "bfloat16" if has_bfloat16 else None,
    )


def available_devices() -> tuple[Device, ...]:
    """List the devices PyTorch can use here, fastest first; imports PyTorch."""
    import torch

    devices = []
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        name, memory = properties.name, properties.total_memory
        devices.append(Device(f"cuda:{index}", name, memory, "float16"))
    if torch.backends.mps.is_available():
        devices.append(Device("mps", "Apple GPU (Metal)", _main_memory(), "float16"))
    return (*devices, cpu_device())


def resolve_device(wanted: str) -> DeviceChoice:
    """Find the device of that id.

    Parameters
    ----------
    wanted : str
        ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.

    Returns
    -------
    DeviceChoice
        For ``auto`` the fastest device, with the reason.

    Raises
    ------
    DeviceError
        If there is no such device here.
    """
    if wanted == "cpu":
        return DeviceChoice(cpu_device(), "as chosen")
    devices = available_devices()
    if wanted == "auto":
        best = devices[0]
        reason = "the fastest here" if best.id != "cpu" else "no GPU was found"
        return DeviceChoice(best, reason)
    full_id = "cuda:0" if wanted == "cuda" else wanted
    for device in devices:
        if device.id == full_id:
            return DeviceChoice(device, "as chosen")
    raise DeviceError(
        f"There is no device {wanted!r} here",
        hint=f"Choose one of: auto, {', '.join(device.id for device in devices)}.",
    )


def _processor_name() -> str:
    name = " ".join(_processor_field("model name").replace("(R)", "").split())
    return name or platform.processor() or platform.machine()


def _processor_field(name: str) -> str:
    """Return what Linux says of the first core; empty elsewhere, or if it says nothing."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        with info.open(encoding="utf-8", errors="replace") as lines:  # thousands on a large machine
            for line in lines:
                field, _, value = line.partition(":")
                if field.strip() == name:
                    return value
    return ""


def _main_memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on Windows
        return None
