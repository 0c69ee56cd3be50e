import csv
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from srcnn.decoding import to_eight_bits
from srcnn.degrade import luma_pair
from srcnn.device import Device, cpu_device
from srcnn.errors import DeviceError, DeviceTooSmall
from srcnn.geometry import Region
from srcnn.method import Method, MethodEnvironment
from srcnn.methods.srcnn import SrcnnMethod, build
from srcnn.metrics import psnr, to_bytes
from srcnn.network import Srcnn, arrays_of, network_from
from srcnn.picture import load_picture
from srcnn.resize import Border, imresize
from srcnn.spec import SrcnnSpec
from srcnn.weights import ModelCard, Weights, bundled_weights, load_weights_folder

CPU = Device("cpu", "the processor")
SMALL = SrcnnSpec(6, 4)


def weights_of(name: str, scale: int, spec: SrcnnSpec = SMALL, seed: int = 0) -> Weights:
    torch.manual_seed(seed + scale)
    return Weights(spec, scale, arrays_of(Srcnn(spec)), ModelCard(name))


def methods(*weights: Weights, border: Border = Border.CLAMP) -> list[Method]:
    return list(build(MethodEnvironment(CPU, weights, border)))


def noise(channels: int, height: int = 11, width: int = 14) -> np.ndarray:
    return np.random.default_rng(3).random((channels, height, width), dtype=np.float32)


def test_the_papers_family_is_srcnn_and_others_carry_their_name():
    found = methods(
        weights_of("my run", 3),
        weights_of("9-1-5", 2),
        weights_of("9-1-5", 4),
        weights_of("11-1-7", 3, SrcnnSpec(6, 4, 11, 1, 7)),
    )
    assert [(method.id, method.label, method.scales) for method in found] == [
        ("srcnn:my run", "SRCNN my run", {3}),
        ("srcnn", "SRCNN", {2, 4}),
        ("srcnn:11-1-7", "SRCNN 11-1-7", {3}),
    ]
    assert all(method.needs_torch for method in found)
    assert methods() == []


def test_the_same_scale_twice_in_one_family_is_refused():
    with pytest.raises(ValueError, match="two weights are called run"):
        methods(weights_of("run", 3), weights_of("run", 3, seed=1))


def test_luma_and_rgb_in_one_family_are_refused():
    with pytest.raises(ValueError, match="RGB at another"):
        methods(weights_of("run", 3), weights_of("run", 2, SrcnnSpec(6, 4, channels=3)))


@pytest.mark.parametrize("border", Border)
@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("spec", [SMALL, SrcnnSpec(6, 4, 3, 3, 5, channels=3)])
def test_it_is_bicubic_then_replication_then_the_network(
    spec: SrcnnSpec, scale: int, border: Border
):
    weights, low = weights_of("run", scale, spec), noise(spec.channels)
    (method,) = methods(weights, border=border)
    assert method.channels == spec.channels
    result = method.enlarge(low, scale)

    halo = spec.halo
    extended = torch.from_numpy(imresize(low, scale, border=border))[None]
    extended = torch.nn.functional.pad(extended, (halo, halo, halo, halo), mode="replicate")
    with torch.inference_mode():
        expected = network_from(weights.arrays).double()(extended.double())[0].numpy()
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, expected, atol=5e-6)


def test_the_papers_figures_come_out(shared: Path):
    """Table 1, x3, every image within 0.005 dB, plus the rounding of the table itself."""
    (method,) = methods(*load_weights_folder(shared / "weights" / "9-1-5"))
    with (shared / "paper" / "table1_set5.tsv").open(encoding="utf-8") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    paper = {
        row["image"]: float(row["psnr_db"])
        for row in rows
        if (row["scale"], row["method"]) == ("3", "srcnn")
    }
    images = sorted((shared / "data" / "Set5").glob("*.bmp"))
    assert len(images) == 5
    for image in images:
        truth, low = luma_pair(to_eight_bits(load_picture(image).pixels), 3)
        estimate = to_bytes(method.enlarge(low[None], 3)[0])
        name = image.stem.removesuffix("_GT")
        assert psnr(truth, estimate, shave=3) == pytest.approx(paper[name], abs=0.01)


@pytest.mark.parametrize(
    "region", [Region(0, 0, 5, 4), Region(9, 13, 30, 22), Region(0, 0, 42, 33)]
)
def test_a_region_equals_the_crop_of_the_whole(region: Region):
    method = SrcnnMethod({3: weights_of("run", 3)}, MethodEnvironment(CPU))
    low = noise(1)
    part = method.enlarge_region(low, 3, region)
    whole = method.enlarge(low, 3)[(slice(None), *region.slices)]
    np.testing.assert_allclose(part, whole, atol=5e-6)


@pytest.mark.parametrize("spec", [SMALL, SrcnnSpec(6, 4, 11, 1, 7), SrcnnSpec(6, 4, 9, 5, 5)])
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_context_is_enough_for_a_window(spec: SrcnnSpec, scale: int):
    (method,) = methods(weights_of("run", scale, spec))
    low = noise(1, 30, 30)
    begin, end, context = 12, 18, method.context
    window = low[:, begin - context : end + context, begin - context : end + context]
    whole = method.enlarge(low, scale)[:, begin * scale : end * scale, begin * scale : end * scale]
    first, last = context * scale, (context + end - begin) * scale
    inner = method.enlarge(window, scale)[:, first:last, first:last]
    np.testing.assert_allclose(inner, whole, atol=5e-6)


def test_the_context_follows_the_smallest_scale():
    (method,) = methods(weights_of("run", 4), weights_of("run", 2))
    assert method.context == 3 + 2  # 6 pixels are 3 at half the resolution; bicubic needs 2 more
    (method,) = methods(weights_of("run", 4))
    assert method.context == 2 + 2


def test_another_scale_or_number_of_planes_is_wrong_use():
    (method,) = methods(weights_of("run", 3))
    with pytest.raises(ValueError, match="cannot enlarge by 2"):
        method.enlarge(noise(1), 2)
    with pytest.raises(ValueError, match="takes 1 planes, not 3"):
        method.enlarge(noise(3), 3)


def test_threads_that_come_first_together_get_the_same_bits():
    (method,) = methods(weights_of("run", 3))
    low = noise(1, 40, 40)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: method.enlarge(low, 3), range(8)))
    for result in results:
        np.testing.assert_array_equal(result, results[0])


def test_the_fingerprint_changes_with_everything_that_changes_results():
    weights = weights_of("run", 3)
    (plain,) = methods(weights)
    (same,) = methods(replace(weights, card=replace(weights.card, notes="again")))
    (mirrored,) = methods(weights, border=Border.MIRROR)
    (trained,) = methods(weights_of("run", 3, seed=1))
    (renamed,) = methods(weights.renamed("other"))
    (elsewhere,) = build(MethodEnvironment(Device("cuda:0", "a card"), [weights]))
    (more,) = methods(weights, weights_of("run", 2))
    assert same.fingerprint == plain.fingerprint
    others = {m.fingerprint for m in (plain, mirrored, trained, renamed, elsewhere, more)}
    assert len(others) == 6


def test_a_device_that_fails_is_named(monkeypatch: pytest.MonkeyPatch):
    (method,) = methods(weights_of("run", 3))

    def broken(*_: object) -> None:
        raise RuntimeError("launch failure: unit 3\nmore lines for experts")

    monkeypatch.setattr("srcnn.folded_forward.FoldedForward.__call__", broken)
    with pytest.raises(DeviceError, match=r"the processor stopped .* unit 3$") as caught:
        method.enlarge(noise(1), 3)
    assert caught.value.hint
    assert not isinstance(caught.value, DeviceTooSmall)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("tried 3 GB\nmore lines for experts"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: tried 3 GB"),
    ],
)
def test_a_device_without_memory_is_told_apart(
    error: RuntimeError, monkeypatch: pytest.MonkeyPatch
):
    (method,) = methods(weights_of("run", 3))

    def out_of_memory(*_: object) -> None:
        raise error

    monkeypatch.setattr("srcnn.folded_forward.FoldedForward.__call__", out_of_memory)
    with pytest.raises(DeviceTooSmall, match=r"the processor has too .* tried 3 GB$") as caught:
        method.enlarge(noise(1), 3)
    assert caught.value.hint


def test_steps_down_end_with_small_tiles_on_the_processor():
    (method,) = build(MethodEnvironment(Device("cuda:0", "a card"), [weights_of("run", 3)]))
    steps = []
    while method is not None:
        steps.append((method.batch, method.tile, "a card" in method.effort))
        fingerprint, method = method.fingerprint, method.step_down()
        assert method is None or method.fingerprint != fingerprint or method.tile != steps[-1][1]
    assert steps == [
        (16, 240, True), (4, 240, True), (1, 240, True), (1, 48, True), (1, 240, False),
        (1, 48, False),
    ]  # fmt: skip


def test_a_batch_has_the_bits_of_one_by_one():
    """As on a card, where several tiles are computed in one call, and the last call is filled."""
    (method,) = methods(weights_of("run", 3))
    method.batch = 4
    planes = np.random.default_rng(1).random((1, 60, 60), dtype=np.float32)
    windows = [
        (planes[:, k : k + 20, 2 * k : 2 * k + 24], Region(12, 12, 48, 60)) for k in range(9)
    ]
    windows.insert(4, (planes[:, :9, :9], Region(0, 0, 27, 27)))  # of another size
    together = method.enlarge_regions(windows, 3)
    for (low, region), result in zip(windows, together, strict=True):
        np.testing.assert_array_equal(method.enlarge_region(low, 3, region), result)
        (alone,) = methods(weights_of("run", 3))
        np.testing.assert_allclose(alone.enlarge_region(low, 3, region), result, atol=5e-6)


needs_bfloat16 = pytest.mark.skipif(
    cpu_device().short_type is None, reason="this processor does not multiply bfloat16"
)


@needs_bfloat16
def test_fast_is_said_and_told_apart():
    weights = weights_of("run", 3)
    short = replace(CPU, short_type="bfloat16")
    (exact,) = build(MethodEnvironment(short, [weights]))
    (fast,) = build(MethodEnvironment(short, [weights], fast=True))
    (cannot,) = build(MethodEnvironment(CPU, [weights], fast=True))
    assert (exact.label, fast.label, cannot.label) == (
        "SRCNN run", "SRCNN run (fast)", "SRCNN run",
    )  # fmt: skip
    assert exact.fingerprint == cannot.fingerprint != fast.fingerprint
    low = noise(1, 40, 40)
    difference = np.abs(fast.enlarge(low, 3) - exact.enlarge(low, 3))
    assert 0 < difference.max() < 0.01


@needs_bfloat16
def test_fast_costs_at_most_a_hundredth_of_a_decibel(shared: Path):
    """On Set5, for every network that comes with the program."""
    short = replace(CPU, short_type="bfloat16")
    kinds = [
        list(build(MethodEnvironment(short, bundled_weights(), fast=fast)))
        for fast in (False, True)
    ]
    images = sorted((shared / "data" / "Set5").glob("*.bmp"))
    assert kinds[0]
    assert images
    for exact, fast in zip(*kinds, strict=True):
        for scale in exact.scales:
            lost = []
            for image in images:
                truth, low = luma_pair(to_eight_bits(load_picture(image).pixels), scale)
                results = (to_bytes(m.enlarge(low[None], scale)[0]) for m in (exact, fast))
                before, after = (psnr(truth, result, shave=scale) for result in results)
                lost.append(before - after)
            assert np.mean(lost) <= 0.0105, (exact.id, scale)


def test_building_does_not_import_torch():
    code = (
        "import sys; from srcnn.method import MethodEnvironment; from srcnn.device import Device;"
        "from srcnn.weights import bundled_weights; from srcnn.methods.srcnn import build;"
        "list(build(MethodEnvironment(Device('cpu', ''), bundled_weights())));"
        "sys.exit('torch' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
