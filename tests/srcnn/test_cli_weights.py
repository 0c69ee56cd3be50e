"""Weights and devices on the command line; ``srcnn info`` and ``srcnn convert``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest

from srcnn.resources import resource_path
from srcnn.weights import load_weights, load_weights_folder

Srcnn: TypeAlias = Callable[..., Any]


def test_given_weights_are_the_method_srcnn(
    srcnn: Srcnn, photo: Path, tmp_path: Path, unchanging: Path
):
    for weights in (unchanging, unchanging / "any_x3.safetensors"):
        file = tmp_path / f"{weights.name}.json"
        printed = srcnn(
            *("compare", photo, "--weights", weights, "--json", file, "--threads", 1),
        )
        bicubic, own = json.loads(file.read_text())["rows"]
        assert own["method"] == "srcnn"
        assert own["psnr_db"] == pytest.approx(bicubic["psnr_db"], abs=0.002)
        assert "device: " in printed.err


@pytest.mark.parametrize("command", ["compare", "benchmark", "upscale"])
def test_as_many_tiles_at_a_time_as_wanted(
    srcnn: Srcnn, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
):
    told = set()

    def spy(compute, items, threads, should_stop):
        told.add(threads)
        return map(compute, items)

    monkeypatch.setattr("srcnn.tiles.in_order", spy)
    args = {
        "compare": ("compare", photo, "--methods", "bicubic", "--save", tmp_path / "saved"),
        "benchmark": ("benchmark", photo.parent, "--methods", "bicubic"),
        "upscale": ("upscale", photo, "--output", tmp_path / "b.png", "--method", "bicubic"),
    }[command]
    srcnn(*args, "--threads", 7)
    assert told == {7}


@pytest.mark.parametrize("command", ["compare", "benchmark"])
def test_figures_say_how_they_were_computed(
    srcnn: Srcnn, photo: Path, tmp_path: Path, command: str
):
    target = tmp_path / "figures.json"
    place = photo if command == "compare" else photo.parent
    args = ("--methods", "bicubic", "--device", "cpu", "--threads", 2, "--fast")
    srcnn(command, place, *args, "--json", target)
    computed = json.loads(target.read_text(encoding="utf-8"))["computed"]
    assert set(computed["versions"]) == {"srcnn", "numpy", "torch"}
    del computed["versions"]
    fingerprints = {"bicubic": "bicubic clamp"}
    told = {"device": "cpu", "threads": 2, "fast": True, "fingerprints": fingerprints}
    assert computed == told


@pytest.mark.parametrize("command", ["compare", "benchmark"])
def test_the_weights_are_named_by_their_hash(
    srcnn: Srcnn, photo: Path, tmp_path: Path, unchanging: Path, command: str
):
    place = photo if command == "compare" else photo.parent
    target = tmp_path / "a.json"
    args = ("--methods", "bicubic,srcnn", "--weights", unchanging, "--json", target)
    scale = ("--scale", 3) if command == "compare" else ("--scales", 3)
    printed = srcnn(command, place, *args, *scale).out
    (weights,) = (one for one in load_weights_folder(unchanging) if one.scale == 3)
    assert f"srcnn \u00d73: weights {weights.digest[:12]}" in printed
    assert "bicubic \u00d73" not in printed
    computed = json.loads(target.read_text(encoding="utf-8"))["computed"]
    assert weights.digest in computed["fingerprints"]["srcnn"]
    assert computed["device"] == "cpu"


def test_fast_is_an_option_where_the_device_can(
    srcnn: Srcnn, photo: Path, unchanging: Path, monkeypatch: pytest.MonkeyPatch
):
    args = ("compare", photo, "--weights", unchanging, "--device", "cpu", "--fast")
    monkeypatch.setattr("srcnn.device._processor_field", lambda _name: "")
    printed = srcnn(*args)
    assert "--fast changes nothing" in printed.err
    assert "(fast)" not in printed.out
    monkeypatch.setattr("srcnn.device._processor_field", lambda _name: "sse avx512_bf16")
    monkeypatch.setattr("srcnn.fast_forward._has_fused_relu", lambda: False)  # on every processor
    printed = srcnn(*args)
    assert printed.err == ""
    assert "SRCNN (fast)" in printed.out


@pytest.mark.parametrize("command", ["compare", "benchmark", "upscale"])
def test_a_scale_without_weights_is_1(
    srcnn: Srcnn, photo: Path, tmp_path: Path, unchanging: Path, command: str
):
    (unchanging / "any_x4.safetensors").unlink()
    args = {
        "compare": ("compare", photo, "--scale", 4),
        "benchmark": ("benchmark", photo.parent, "--scales", "2,4"),
        "upscale": ("upscale", photo, "--output", tmp_path / "b.png", "--scale", 4),
    }[command]
    printed = srcnn(*args, "--weights", unchanging, code=1)
    assert "\N{MULTIPLICATION SIGN}4" in printed.err
    assert "hint: " in printed.err
    assert not (tmp_path / "b.png").exists()


def test_info_tells_the_card_and_the_numbers(srcnn: Srcnn, unchanging: Path):
    path = unchanging / "any_x2.safetensors"
    facts = json.loads(srcnn("info", path, "--json").out)
    assert facts["scale"] == 2
    assert facts["network"] == "3-1-3-2-2"
    assert facts["parameters"] == (2 * 9 + 2) + (2 * 2 + 2) + (2 * 9 + 1)
    assert facts["receptive_field"] == 5
    assert facts["sha256"] == load_weights(path).digest
    assert facts["card"]["trained_on"] == ""
    told = srcnn("info", path).out
    assert "5 \N{MULTIPLICATION SIGN} 5 pixels" in told
    assert facts["sha256"] in told
    assert "trained on" not in told


def test_info_tells_what_the_card_of_a_trained_network_holds(
    srcnn: Srcnn, tmp_path: Path, unchanging: Path
):
    from dataclasses import replace

    from srcnn.weights import ModelCard, save_weights

    card = ModelCard("my run", "91 images", backprops=370000, psnr={"Set5": 32.39})
    weights = replace(load_weights(unchanging / "any_x2.safetensors"), card=card)
    save_weights(weights, tmp_path / "a.safetensors")
    told = srcnn("info", tmp_path / "a.safetensors").out
    assert "trained on       91 images" in told
    assert "370,000" in told
    assert "Set5 32.39" in told


@pytest.mark.parametrize("name", ["plain.pth", "named_x2.pth"])
def test_weights_are_converted_and_back(srcnn: Srcnn, tmp_path: Path, unchanging: Path, name: str):
    import torch

    weights = load_weights(unchanging / "any_x2.safetensors")
    names = [f"conv{layer}.{kind}" for layer in (1, 2, 3) for kind in ("weight", "bias")]
    arrays = (torch.from_numpy(array.copy()) for array in weights.arrays)
    torch.save(dict(zip(names, arrays, strict=True)), tmp_path / name)
    target = tmp_path / "converted_x2.safetensors"
    srcnn("convert", tmp_path / name, target)
    assert load_weights(target).digest == weights.digest
    assert load_weights(target).scale == 2


def test_weights_are_converted_to_onnx(srcnn: Srcnn, tmp_path: Path, unchanging: Path):
    runtime = pytest.importorskip("onnxruntime")
    srcnn("convert", unchanging / "any_x3.safetensors", tmp_path / "net.onnx")
    session = runtime.InferenceSession(tmp_path / "net.onnx", providers=["CPUExecutionProvider"])
    plane = np.random.default_rng(0).random((1, 1, 17, 23), dtype=np.float32)
    (result,) = session.run(None, {session.get_inputs()[0].name: plane})
    np.testing.assert_allclose(result, plane, atol=1e-6)


@pytest.mark.parametrize(("name", "magic"), [("f.png", b"\x89PNG"), ("f.pdf", b"%PDF")])
def test_info_draws_the_filters(srcnn: Srcnn, tmp_path: Path, name: str, magic: bytes):
    (weights, *_) = sorted(resource_path("weights").glob("*.safetensors"))
    printed = srcnn("info", weights, "--figure", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(magic)
    assert "dead filters" in printed.out
    srcnn("info", weights, "--figure", tmp_path / "f.jpg", code=2)
