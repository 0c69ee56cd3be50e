"""Methods are built once, for the device that was chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from srcnn.device import Device
from srcnn.dictionary import Dictionary
from srcnn.resize import Border
from srcnn.spec import SrcnnSpec
from srcnn.weights import ModelCard, Weights
from srcnn_gui.viewer import method_library
from srcnn_gui.viewer.method_library import IN_TRAINING


@pytest.fixture
def methods(fake):
    return (fake("bicubic"), fake("network", torch=True))


def weights(name: str, scale: int, seed: int = 0) -> Weights:
    spec = SrcnnSpec(4, 3, 5, 1, 3)
    random = np.random.default_rng(seed)
    arrays = tuple(random.normal(0, 0.1, shape).astype(np.float32) for shape in spec.shapes)
    return Weights(spec, scale, arrays, ModelCard(name=name))


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


def test_a_run_in_progress_is_a_method_and_leaves_the_others_alone(library, methods):
    made = library(*methods)
    before = dict(made.registry("auto", Border.CLAMP))
    for seed in (1, 2):
        made.set_training(weights("whatever", 3, seed))
        registry = made.registry("auto", Border.CLAMP)
        assert registry[IN_TRAINING].label == "SRCNN in training"
        assert registry[IN_TRAINING].scales == {3}
        assert registry is made.registry("auto", Border.CLAMP)
        assert all(registry[name] is method for name, method in before.items())
        assert IN_TRAINING in {method.id for method in made.methods(3, Border.CLAMP)}
        assert IN_TRAINING not in {method.id for method in made.methods(2, Border.CLAMP)}
    made.set_training(None)
    assert dict(made.registry("auto", Border.CLAMP)) == before


def test_each_snapshot_is_another_method(library):
    made = library()
    prints = set()
    for seed, label in ((1, "a"), (2, "a"), (2, "b")):
        made.set_training(weights("", 3, seed), label)
        prints.add(made.registry("auto", Border.CLAMP)[IN_TRAINING].fingerprint)
    assert len(prints) == 3


def test_opened_weights_do_not_pass_for_a_run_in_progress(library):
    made = library()
    assert made.add_weights(weights("in training", 3)) == "srcnn:in training (opened)"
    made.set_training(weights("", 3))
    assert len(made.registry("auto", Border.CLAMP)) > 2


def test_a_dictionary_takes_the_place_of_the_program_s_until_it_is_removed(library):
    made = library()
    before = dict(made.registry("auto", Border.CLAMP))
    random = np.random.default_rng(0)
    low, high = random.normal(size=(5, 8)), random.normal(size=(36, 8))
    own = Dictionary("ksvd", 2, low, high, random.normal(size=(144, 5)))
    made.add_dictionary(own)
    registry = made.registry("auto", Border.CLAMP)
    for name in ("ksvd", "anr", "ne-nnls", "ne-lle"):
        assert registry[name].uses(own)
        assert registry[name].label == f"{before[name].label} (own \N{MULTIPLICATION SIGN}2)"
        assert registry[name].fingerprint != before[name].fingerprint
        assert registry[name].scales == {2, 3, 4}
    assert registry["sc"].label == before["sc"].label
    made.remove_dictionary("ksvd", 2)
    again = made.registry("auto", Border.CLAMP)
    assert again["ksvd"].fingerprint == before["ksvd"].fingerprint
    assert again["ksvd"].label == before["ksvd"].label


def test_fast_is_another_method_where_the_device_can(library):
    made = library()
    made.add_weights(weights("run", 2))
    short = replace(CPU, short_type="bfloat16")
    for device, label in ((CPU, "SRCNN run"), (short, "SRCNN run (fast)")):
        made.set_devices([device])
        made.set_fast(True)
        assert made.registry("cpu", Border.CLAMP)["srcnn:run"].label == label
        made.set_fast(False)
        assert made.registry("cpu", Border.CLAMP)["srcnn:run"].label == "SRCNN run"


def test_a_device_whose_memory_does_not_suffice_is_given_less(library):
    made = library()
    made.add_weights(weights("run", 2))
    made.set_devices([GPU, CPU])
    first = made.registry("auto", Border.CLAMP)["srcnn:run"]
    efforts, method = [], first
    while (effort := made.step_down(method)) is not None:
        efforts.append(effort)
        newer = made.registry("auto", Border.CLAMP)["srcnn:run"]
        assert (newer.batch, newer.tile) != (method.batch, method.tile)
        method = newer
    assert [effort.partition(" pixels")[0] for effort in efforts] == [
        "4 x 240 x 240", "1 x 240 x 240", "1 x 48 x 48", "1 x 240 x 240", "1 x 48 x 48"
    ]  # fmt: skip
    assert "Card" in efforts[2]
    assert "Card" not in efforts[3]
    assert made.registry("cpu", Border.CLAMP)["srcnn:run"].tile == 240  # another device
    assert made.step_down(first) is None  # not in use any more
