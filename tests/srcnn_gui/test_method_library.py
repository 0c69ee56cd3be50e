"""Methods are built once, for the device that was chosen."""

from __future__ import annotations

import pytest

from srcnn.device import Device
from srcnn.resize import Border
from srcnn_gui.viewer import method_library


@pytest.fixture
def methods(fake):
    return (fake("bicubic"), fake("network", torch=True))


CPU, GPU = Device("cpu", "Processor", 8 * 2**30), Device("cuda:0", "Card", 24 * 2**30)


def test_until_pytorch_is_there_only_the_processor_is_known(library, methods):
    made = library(*methods)
    assert [device.id for device in made.devices] == ["cpu"]
    assert made.choose("auto").reason == "no GPU was found"
    made.set_devices([GPU, CPU])
    assert made.best is GPU
    assert made.choose("auto") == made.choose("auto")
    assert made.choose("auto").device is GPU
    assert made.choose("auto").reason == "the fastest here"


def test_a_device_is_the_pane_s_then_the_preferred_then_the_fastest(library, methods):
    made = library(*methods)
    made.set_devices([GPU, CPU])
    assert made.choose("cpu").device is CPU
    made.preferred = "cpu"
    assert made.choose("auto").device is CPU
    assert made.choose("cuda:0").device is GPU


def test_a_device_that_is_gone_is_replaced_and_the_reason_says_so(library, methods):
    made = library(*methods)
    made.set_devices([GPU, CPU])
    made.preferred = "cuda:7"
    choice = made.choose("auto")
    assert choice.device is GPU
    assert choice.reason == "cuda:7 is not available"


def test_methods_are_built_once_a_device_and_border(library, monkeypatch):
    made = library()
    environments = []
    load = method_library.load_methods
    monkeypatch.setattr(
        method_library, "load_methods", lambda env: environments.append(env) or load(env)
    )
    made.set_devices([GPU, CPU])
    for device in ("auto", "cuda:0", "cpu", "cpu"):
        for border in Border:
            made.registry(device, border)
    assert [(env.device.id, env.border) for env in environments] == [
        ("cuda:0", Border.CLAMP),
        ("cuda:0", Border.MIRROR),
        ("cpu", Border.CLAMP),
        ("cpu", Border.MIRROR),
    ]


def test_methods_that_cannot_enlarge_by_the_scale_are_not_offered(library, fake):
    some, all_scales = fake("some"), fake("all", rank=1)
    some.scales = frozenset({2})
    made = library(some, all_scales)
    assert [method.id for method in made.methods(2, Border.CLAMP)] == ["some", "all"]
    assert [method.id for method in made.methods(3, Border.CLAMP)] == ["all"]
