"""What the world can do to the command line: one sentence, exit code 1, nothing left behind."""

from __future__ import annotations

import errno
import json
import os
import pickle
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import numpy as np
import pytest
from PIL import Image

from srcnn.spec import SrcnnSpec
from srcnn.weights import Weights, load_weights, save_weights

Srcnn: TypeAlias = Callable[..., Any]


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that announces a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0" * 9)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def truncated_jpeg(path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:-2000])


BAD_PICTURES: dict[str, tuple[Callable[[Path], object], str]] = {
    "text.png": (lambda path: path.write_text("I am no picture."), "not a picture"),
    "truncated.jpg": (truncated_jpeg, "damaged or incomplete"),
    "empty.png": (lambda path: path.touch(), "0 bytes"),
    "bomb.png": (
        lambda path: path.write_bytes(png_header(60_000, 60_000)),
        "60000 \N{MULTIPLICATION SIGN} 60000",
    ),
    "folder.png": (lambda path: path.mkdir(), "no picture in"),
    "missing.png": (lambda path: None, "There is no file"),
}


@pytest.mark.parametrize("name", BAD_PICTURES)
@pytest.mark.parametrize("command", ["upscale", "compare", "measure", "truth"])
def test_a_bad_picture(srcnn: Srcnn, photo: Path, tmp_path: Path, command: str, name: str):
    make, sentence = BAD_PICTURES[name]
    bad, output = tmp_path / name, tmp_path / "output.png"
    make(bad)
    before = sorted(tmp_path.rglob("*"))
    printed = srcnn(
        *{
            "upscale": ("upscale", bad, "--output", output, "--method", "bicubic"),
            "compare": ("compare", bad, "--methods", "bicubic", "--json", output),
            "measure": ("measure", bad, "--truth", photo),
            "truth": ("measure", photo, "--truth", bad, "--json", output),
        }[command],
        code=1,
    )
    if name == "folder.png" and command != "upscale":
        sentence = "is a folder"
    assert sentence in printed.err
    assert "hint: " in printed.err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["text.png", "truncated.jpg", "empty.png", "bomb.png"])
def test_a_bad_picture_in_a_folder(srcnn: Srcnn, photo: Path, tmp_path: Path, name: str):
    make, sentence = BAD_PICTURES[name]
    folder = tmp_path / "set"
    folder.mkdir()
    make(folder / name)
    photo.rename(folder / "good.png")
    printed = srcnn("benchmark", folder, "--methods", "bicubic", code=1)
    assert f"skipped: {name}: " in printed.err
    assert sentence in printed.err
    assert "good.png" in printed.out


def test_a_huge_picture_is_refused_before_it_is_decoded(
    srcnn: Srcnn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def decode(*_: object) -> NoReturn:
        raise AssertionError("the picture was decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", decode)
    (tmp_path / "bomb.png").write_bytes(png_header(60_000, 60_000))
    args = ("upscale", tmp_path / "bomb.png", "--output", tmp_path / "a.png", "--method", "nearest")
    printed = srcnn(*args, code=1)
    assert "3,600 megapixels" in printed.err
    assert "--max-megapixels" in printed.err


@pytest.mark.parametrize("command", ["upscale", "compare", "measure", "benchmark"])
def test_the_limit_can_be_set(srcnn: Srcnn, photo: Path, tmp_path: Path, command: str):
    args = {
        "upscale": ("upscale", photo, "--output", tmp_path / "a.png", "--method", "nearest"),
        "compare": ("compare", photo, "--methods", "nearest"),
        "measure": ("measure", photo, "--truth", photo),
        "benchmark": ("benchmark", photo.parent, "--methods", "nearest"),
    }[command]
    assert "megapixels" in srcnn(*args, "--max-megapixels", 0.03, code=1).err
    srcnn(*args, "--max-megapixels", 0.04)


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (16, 16)])
def test_a_picture_too_small_to_compare(srcnn: Srcnn, tmp_path: Path, size: tuple[int, int]):
    Image.new("RGB", size).save(tmp_path / "small.png")
    args = ("--scale", 4, "--methods", "bicubic", "--json", tmp_path / "a.json")
    assert "error: " in srcnn("compare", tmp_path / "small.png", *args, code=1).err
    assert not (tmp_path / "a.json").exists()


@pytest.mark.parametrize("option", ["--json", "--figure", "--save"])
def test_a_name_that_is_too_long(srcnn: Srcnn, photo: Path, tmp_path: Path, option: str):
    long = tmp_path / f"{'x' * 300}.png"
    assert "too long" in srcnn("compare", photo, option, long, "--methods", "bicubic", code=1).err
    assert "too long" in srcnn("compare", long, code=1).err
    assert "too long" in srcnn("upscale", long, "--output", tmp_path / "a.png", code=1).err
    args = ("--output", long, "--method", "bicubic")
    assert "too long" in srcnn("upscale", photo, *args, code=1).err


def test_a_crop_outside_of_the_picture(srcnn: Srcnn, photo: Path, tmp_path: Path):
    args = ("--methods", "bicubic", "--figure", tmp_path / "f.png", "--crop", "200,0,40,40")
    assert "is not inside" in srcnn("compare", photo, *args, code=1).err
    assert not (tmp_path / "f.png").exists()


@pytest.mark.parametrize("method", ["bicubix", "srcnn:nothing"])
def test_an_unknown_method(srcnn: Srcnn, photo: Path, method: str):
    printed = srcnn("compare", photo, "--methods", method, code=1)
    assert f"There is no method '{method}'" in printed.err
    assert "bicubic" in printed.err


# --- weights ----------------------------------------------------------------------------------


class RunsCode:
    """Makes a folder when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.target),)


def foreign_weights(path: Path, kind: str) -> None:
    """Write a file that holds no usable weights."""
    import torch

    if kind == "text":
        path.write_text("no weights")
    elif kind == "empty":
        path.touch()
    elif kind == "other network":
        torch.save({"layer.weight": torch.zeros(4, 4)}, path)
    elif kind == "pickled code":
        path.write_bytes(pickle.dumps({"conv1.weight": RunsCode(path.parent / "executed")}))
    else:
        torch.save({"conv1.weight": RunsCode(path.parent / "executed")}, path)


@pytest.mark.parametrize("kind", ["text", "empty", "other network", "pickled code", "zipped code"])
@pytest.mark.parametrize("suffix", [".pth", ".safetensors", ".mat"])
@pytest.mark.parametrize("command", ["compare", "info", "convert"])
def test_a_file_that_holds_no_weights(
    srcnn: Srcnn, photo: Path, tmp_path: Path, command: str, suffix: str, kind: str
):
    path, target = tmp_path / f"bad_x3{suffix}", tmp_path / "converted.safetensors"
    foreign_weights(path, kind)
    before = sorted(tmp_path.rglob("*"))
    args = {
        "compare": ("compare", photo, "--weights", path),
        "info": ("info", path),
        "convert": ("convert", path, target),
    }[command]
    assert "hint: " in srcnn(*args, code=1).err
    assert sorted(tmp_path.rglob("*")) == before  # no file was made, and no code was run


def test_the_pickle_of_these_tests_would_run_code(tmp_path: Path):
    foreign_weights(tmp_path / "bad.pth", "pickled code")
    pickle.loads((tmp_path / "bad.pth").read_bytes())
    assert (tmp_path / "executed").is_dir()


def test_truncated_weights(srcnn: Srcnn, unchanging: Path):
    path = unchanging / "any_x3.safetensors"
    path.write_bytes(path.read_bytes()[:-10])
    assert "damaged" in srcnn("info", path, code=1).err


def test_weights_for_another_scale(srcnn: Srcnn, photo: Path, unchanging: Path):
    args = ("--scale", 3, "--weights", unchanging / "any_x2.safetensors")
    printed = srcnn("compare", photo, *args, code=1)
    assert "\N{MULTIPLICATION SIGN}2" in printed.err
    assert "\N{MULTIPLICATION SIGN}3" in printed.err


def test_weights_that_do_not_say_their_scale(srcnn: Srcnn, tmp_path: Path, unchanging: Path):
    import torch

    weights = load_weights(unchanging / "any_x3.safetensors")
    torch.save([torch.from_numpy(array.copy()) for array in weights.arrays], tmp_path / "a.pth")
    state = {
        f"{layer}.{kind}": torch.from_numpy(weights.arrays[2 * layer + (kind == "bias")].copy())
        for layer in range(3)
        for kind in ("weight", "bias")
    }
    torch.save(state, tmp_path / "b.pth")
    assert "scale" in srcnn("info", tmp_path / "b.pth", code=1).err
    srcnn("convert", tmp_path / "b.pth", tmp_path / "c.safetensors", code=1)
    assert not (tmp_path / "c.safetensors").exists()


def test_a_folder_that_is_no_folder_of_weights(srcnn: Srcnn, photo: Path, tmp_path: Path):
    (tmp_path / "nothing").mkdir()
    for path in (tmp_path / "nothing", tmp_path / "missing"):
        srcnn("compare", photo, "--weights", path, code=1)


def test_a_collection_without_a_default(
    srcnn: Srcnn, photo: Path, tmp_path: Path, unchanging: Path
):
    weights = load_weights(unchanging / "any_x3.safetensors")
    save_weights(weights.renamed("mine"), unchanging / "mine.safetensors")
    printed = srcnn("compare", photo, "--weights", unchanging, code=1)
    assert "srcnn:mine" in printed.err


def test_weights_of_two_kinds(srcnn: Srcnn, photo: Path, unchanging: Path):
    spec = SrcnnSpec(4, 5, 3, 1, 3, channels=3)
    w1, b1, w2, b2, w3, b3 = (np.ones(shape, np.float32) for shape in spec.shapes)
    weights = Weights(spec, 2, (w1, b1, w2, b2, w3, b3))
    save_weights(weights, unchanging / "any_x2.safetensors")
    assert "no family" in srcnn("compare", photo, "--weights", unchanging, code=1).err


# --- devices ----------------------------------------------------------------------------------


@pytest.mark.parametrize("device", ["cuda:7", "gpu", "mps:3"])
@pytest.mark.parametrize("method", ["bicubic", "srcnn"])
def test_a_device_that_is_not_there(
    srcnn: Srcnn, photo: Path, tmp_path: Path, device: str, method: str
):
    args = ("upscale", photo, "--output", tmp_path / "a.png", "--method", method)
    printed = srcnn(*args, "--device", device, code=1)
    assert f"There is no device '{device}'" in printed.err
    assert "cpu" in printed.err
    assert not (tmp_path / "a.png").exists()


# --- places that cannot be written ------------------------------------------------------------


def writing_commands(photo: Path, weights: Path, target: Path) -> dict[str, tuple[object, ...]]:
    """Return a command of every kind that writes; ``target`` has no ending."""
    compare = ("compare", photo, "--methods", "bicubic")
    benchmark = ("benchmark", photo.parent, "--methods", "bicubic", "--scales", "3")
    single = ("upscale", photo, "--method", "bicubic", "--output", target.with_suffix(".png"))
    return {
        "upscale": single,
        "upscale tiff": (*single[:-1], target.with_suffix(".tif")),
        "upscale jpeg": (*single[:-1], target.with_suffix(".jpg")),
        "upscale webp": (*single[:-1], target.with_suffix(".webp")),
        "compare json": (*compare, "--json", target.with_suffix(".json")),
        "compare figure": (*compare, "--figure", target.with_suffix(".pdf")),
        "measure json": ("measure", photo, "--truth", photo, "--json", target),
        "benchmark json": (*benchmark, "--json", target),
        "benchmark csv": (*benchmark, "--csv", target),
        "benchmark markdown": (*benchmark, "--markdown", target),
        "benchmark latex": (*benchmark, "--latex", target),
        "convert": ("convert", weights, target.with_suffix(".safetensors")),
        "convert onnx": ("convert", weights, target.with_suffix(".onnx")),
    }


COMMANDS = list(writing_commands(Path("a"), Path("b"), Path("c")))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("place", ["file", "missing"])
def test_a_place_that_cannot_be(
    srcnn: Srcnn, photo: Path, tmp_path: Path, unchanging: Path, command: str, place: str
):
    (tmp_path / "file").touch()
    before = sorted(tmp_path.rglob("*"))
    target = tmp_path / place / "below"
    weights = unchanging / "any_x3.safetensors"
    srcnn(*writing_commands(photo, weights, target)[command], code=1)
    assert sorted(tmp_path.rglob("*")) == before


FAILURES = {
    errno.ENOSPC: "No space left on device",
    errno.EROFS: "Read-only file system",
    errno.EACCES: "Permission denied",
    errno.EIO: "Input/output error",
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("number", FAILURES, ids=errno.errorcode.get)
def test_a_disk_that_refuses(
    srcnn: Srcnn,
    photo: Path,
    tmp_path: Path,
    unchanging: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    number: int,
):
    def refuse(_descriptor: int) -> NoReturn:
        raise OSError(number, FAILURES[number])

    target = tmp_path / "target"
    args = writing_commands(photo, unchanging / "any_x3.safetensors", target)[command]
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr("os.fsync", refuse)
    printed = srcnn(*args, code=1)
    if number == errno.ENOSPC:
        assert "disk is full" in printed.err
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("command", ["upscale", "compare"])
def test_a_folder_below_a_file_cannot_be_made(
    srcnn: Srcnn, photo: Path, tmp_path: Path, command: str
):
    (tmp_path / "file").touch()
    target = tmp_path / "file" / "folder"
    args = {
        "upscale": ("upscale", photo.parent, "--output", target, "--method", "bicubic"),
        "compare": ("compare", photo, "--methods", "bicubic", "--save", target),
    }[command]
    assert "cannot be made" in srcnn(*args, code=1).err


def test_a_kind_of_picture_that_cannot_be_written(srcnn: Srcnn, photo: Path, tmp_path: Path):
    args = ("upscale", photo, "--output", tmp_path / "a.docx", "--method", "nearest")
    assert ".docx" in srcnn(*args, code=1).err


def test_weights_that_overflow_give_no_figure_and_no_picture(
    srcnn: Srcnn, photo: Path, unchanging: Path, tmp_path: Path
):
    weights = load_weights(unchanging / "any_x3.safetensors")
    w1, b1, w2, b2, w3, b3 = (array * np.float32(1e30) for array in weights.arrays)
    huge = Weights(weights.spec, 3, (w1, b1, w2, b2, w3, b3))
    save_weights(huge, tmp_path / "huge_x3.safetensors")
    words = ("--weights", tmp_path / "huge_x3.safetensors")
    for command in (
        ("compare", photo, "--methods", "srcnn", *words),
        ("upscale", photo, "--output", tmp_path / "a.png", *words),
    ):
        printed = srcnn(*command, code=1)
        assert "gives no finite numbers" in printed.err
        assert "dB" not in printed.out
    assert not (tmp_path / "a.png").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
def test_names_that_are_no_letters_go_into_every_file(srcnn: Srcnn, photo: Path, tmp_path: Path):
    odd = tmp_path / "in" / os.fsdecode(b"\xffx.png")
    odd.parent.mkdir()
    photo.rename(odd)
    files = {kind: tmp_path / f"a.{kind}" for kind in ("json", "csv", "markdown", "latex")}
    words = [word for kind, path in files.items() for word in (f"--{kind}", path)]
    srcnn("benchmark", odd.parent, "--methods", "bicubic", "--scales", "2", *words)
    assert json.loads(files["json"].read_text(encoding="utf-8"))["rows"][0]["image"] == odd.name
    for path in files.values():
        assert "udcffx.png" in path.read_text(encoding="utf-8")
    figure, report = tmp_path / "f.png", tmp_path / "c.json"
    srcnn("compare", odd, "--methods", "bicubic", "--figure", figure, "--json", report)
    assert figure.exists()
    srcnn("measure", odd, "--truth", odd, "--json", report, "--overwrite")


def test_a_folder_of_results_that_is_a_file_is_said_before_the_work(
    srcnn: Srcnn, photo: Path, tmp_path: Path
):
    words = ("--save", photo, "--json", tmp_path / "a.json", "--methods", "bicubic")
    assert "is a file" in srcnn("compare", photo, *words, code=1).err
    assert not (tmp_path / "a.json").exists()
