"""What the columns of the table are: the ticked methods, networks on each ticked device."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn_gui.benchmark.plan import Column
from srcnn_gui.viewer.method_library import AUTO, IN_TRAINING

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from srcnn.device import Device
    from srcnn.resize import Border
    from srcnn_gui.viewer.method_library import MethodLibrary

_CPU = "cpu"


def short_names(devices: Sequence[Device]) -> Mapping[str, str]:
    """Return what devices are called where there is little room, by id."""
    others = [device.id for device in devices if device.id != _CPU]
    names = {id_: f"GPU {id_.rpartition(':')[2]}" if len(others) > 1 else "GPU" for id_ in others}
    return {device.id: names.get(device.id, "CPU") for device in devices}


def devices_of(library: MethodLibrary, wanted: Container[str]) -> Sequence[Device]:
    """Return the wanted devices, or the window's if none of them is here."""
    chosen = [device for device in library.devices if device.id in wanted]
    return chosen or [library.choose(AUTO).device]


def columns_of(
    library: MethodLibrary, methods: Container[str], wanted: Container[str], border: Border
) -> tuple[Column, ...]:
    """Return the columns of a table, in the order of the methods and then of the devices.

    Methods that are no networks run on the processor alone, so they stand there once.

    Parameters
    ----------
    library : MethodLibrary
        All there are.
    methods : Container of str
        Ids of the ticked ones.
    wanted : Container of str
        Ids of the ticked devices, as ``devices_of`` takes them.
    border : Border
        Border rule.
    """
    devices = devices_of(library, wanted)
    registries = {device: library.registry(device.id, border) for device in devices}
    offered = registries[devices[0]].items()
    ticked = [method for id_, method in offered if id_ in methods and id_ != IN_TRAINING]
    are_told = len(devices) > 1 and any(method.needs_torch for method in ticked)
    names = short_names(library.devices)
    processor = next((d for d in library.devices if d.id == _CPU), devices[-1])
    columns = []
    for first in ticked:
        for device in devices if first.needs_torch else [processor]:
            method = registries[device][first.id] if first.needs_torch else first
            is_labelled = are_told and first.needs_torch
            name = f" \N{MIDDLE DOT} {names[device.id]}" if is_labelled else ""
            id_ = device.id if are_told else ""
            columns.append(Column(method, f"{method.label}{name}", device.label, id_))
    return tuple(columns)
