import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from srcnn.errors import OutputError, SrcnnError
from srcnn.network import Srcnn, arrays_of, network_from
from srcnn.onnx_export import save_onnx
from srcnn.spec import SrcnnSpec
from srcnn.weights import ModelCard, Weights, load_weights

onnx = pytest.importorskip("onnx", reason="the extra 'onnx' is not installed")
runtime = pytest.importorskip("onnxruntime", reason="the extra 'onnx' is not installed")

SPECS = [SrcnnSpec(), SrcnnSpec(6, 4, 11, 3, 7), SrcnnSpec(6, 4, channels=3)]


def random_weights(spec: SrcnnSpec) -> Weights:
    torch.manual_seed(0)
    return Weights(spec, 3, arrays_of(Srcnn(spec)), ModelCard("my run", notes="ü"))


def assert_onnxruntime_agrees(weights: Weights, path: Path) -> None:
    """Run planes of several sizes through the file and compare with the network."""
    session = runtime.InferenceSession(path, providers=["CPUExecutionProvider"])
    halo = weights.spec.halo
    for count, height, width in [(1, 40, 33), (2, 25, 60), (1, 1, 3)]:
        shape = (count, weights.spec.channels, height, width)
        plane = np.random.default_rng(0).random(shape, dtype=np.float32)
        (result,) = session.run(None, {"plane": plane})
        extended = np.pad(plane, ((0, 0), (0, 0), (halo, halo), (halo, halo)), mode="edge")
        with torch.inference_mode():
            expected = network_from(weights.arrays)(torch.from_numpy(extended)).numpy()
        assert result.shape == shape
        np.testing.assert_allclose(result, expected, atol=5e-6)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_another_runtime_computes_the_same(spec: SrcnnSpec, tmp_path: Path):
    weights = random_weights(spec)
    save_onnx(weights, tmp_path / "a.onnx")
    assert_onnxruntime_agrees(weights, tmp_path / "a.onnx")


def test_the_authors_weights_can_be_exported(shared: Path, tmp_path: Path):
    weights = load_weights(shared / "weights" / "9-1-5" / "x3.mat")
    save_onnx(weights, tmp_path / "a.onnx")
    assert_onnxruntime_agrees(weights, tmp_path / "a.onnx")


def test_the_file_is_valid_small_and_carries_the_card(tmp_path: Path):
    weights = random_weights(SrcnnSpec())
    save_onnx(weights, tmp_path / "a.onnx")
    model = onnx.load(tmp_path / "a.onnx")
    onnx.checker.check_model(model, full_check=True)
    card = json.loads({entry.key: entry.value for entry in model.metadata_props}["card"])
    assert (card["name"], card["notes"], card["scale"]) == ("my run", "ü", 3)
    assert (tmp_path / "a.onnx").stat().st_size < 4 * weights.spec.parameters + 2000


def test_the_same_weights_give_the_same_file(tmp_path: Path):
    for name in ("a.onnx", "b.onnx"):
        save_onnx(random_weights(SrcnnSpec()), tmp_path / name)
    assert (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()


def test_without_the_package_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(SrcnnError, match="needs the package onnx") as caught:
        save_onnx(random_weights(SrcnnSpec()), tmp_path / "a.onnx")
    assert "pip install" in caught.value.hint
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.pb", "missing/a.onnx"])
def test_a_place_that_cannot_be_written_is_an_error(name: str, tmp_path: Path):
    with pytest.raises(OutputError, match=r"a\.") as caught:
        save_onnx(random_weights(SrcnnSpec(6, 4)), tmp_path / name)
    assert caught.value.hint
