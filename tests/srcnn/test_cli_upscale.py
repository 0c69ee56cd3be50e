"""``srcnn upscale``: one picture, and folders of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pytest
from PIL import Image

from srcnn.device import cpu_device
from srcnn.method import MethodEnvironment
from srcnn.picture import load_picture
from srcnn.registry import load_methods
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement
from tests.srcnn.command_work import METHODS, assembled, interrupt_at, pixels_of

Srcnn: TypeAlias = Callable[..., Any]


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_upscale_saves_the_tiles(srcnn: Srcnn, photo: Path, tmp_path: Path, scale: int):
    output = tmp_path / "large.png"
    printed = srcnn("upscale", photo, "--output", output, "--scale", scale, "--method", "bicubic")
    assert f"{output}  {215 * scale} \N{MULTIPLICATION SIGN} {157 * scale}" in printed.out
    method = load_methods(MethodEnvironment(cpu_device()))["bicubic"]
    expected = assembled(Enlargement(PictureSource(load_picture(photo)), method, scale))
    np.testing.assert_array_equal(pixels_of(output), expected)


def test_one_pixel_becomes_a_square(srcnn: Srcnn, tmp_path: Path, unchanging: Path):
    Image.new("RGB", (1, 1), (10, 200, 30)).save(tmp_path / "dot.png")
    for method in METHODS:
        weights = ("--weights", unchanging) if method == "srcnn" else ()
        srcnn(
            *("upscale", tmp_path / "dot.png", "--output", tmp_path / f"{method}.png"),
            *("--scale", 4, "--method", method, *weights),
        )
        expected = np.full((4, 4, 3), (10, 200, 30))
        np.testing.assert_allclose(pixels_of(tmp_path / f"{method}.png"), expected, atol=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of small pictures of several kinds."""
    folder = tmp_path / "pictures"
    (folder / "below").mkdir(parents=True)
    image = Image.new("RGB", (8, 6), (200, 100, 50))
    for name in ("a.bmp", "b.jpg", "c.PNG", "below/a.webp", "below/d.gif"):
        image.save(folder / name)
    return folder


def names_below(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


RESULTS = ["a.png", "b.jpg", "below/a.webp", "below/d.png", "c.PNG"]


def test_a_folder_keeps_its_structure(srcnn: Srcnn, folder: Path, tmp_path: Path):
    output = tmp_path / "large"
    srcnn("upscale", folder, "--output", output, "--method", "nearest", "--scale", 2)
    assert names_below(output) == RESULTS
    assert all(pixels_of(output / name).shape == (12, 16, 3) for name in RESULTS)


def test_pictures_that_are_not_read_are_counted(srcnn: Srcnn, folder: Path, tmp_path: Path):
    args = ("upscale", folder, "--method", "nearest", "--output")
    assert "left out" not in srcnn(*args, tmp_path / "one").err
    for name in ("raw.NEF", "below/d.tga", "notes.txt", ".hidden.tga"):
        (folder / name).touch()
    said = srcnn(*args, tmp_path / "two").err
    assert "2 pictures of kinds that are not read were left out (.nef, .tga)." in said
    assert "1 picture of a kind" in srcnn(*args, tmp_path / "three", "--flat").err


def test_results_below_the_folder_are_not_enlarged_again(srcnn: Srcnn, folder: Path):
    args = ("upscale", folder, "--output", folder / "out", "--method", "nearest", "--overwrite")
    srcnn(*args)
    srcnn(*args)
    assert names_below(folder / "out") == RESULTS


@pytest.mark.parametrize("count", [2, 4])
def test_shards_share_the_work(srcnn: Srcnn, folder: Path, tmp_path: Path, count: int):
    done = []
    for number in range(1, count + 1):
        output = tmp_path / f"part{number}"
        args = ("--method", "nearest", "--shard", f"{number}/{count}")
        srcnn("upscale", folder, "--output", output, *args)
        done += names_below(output)
    assert sorted(done) == RESULTS


def test_several_files_go_into_a_folder(srcnn: Srcnn, folder: Path, tmp_path: Path):
    output = tmp_path / "large"
    srcnn(
        *("upscale", folder / "a.bmp", folder / "below" / "a.webp"),
        *("--output", output, "--method", "nearest"),
    )
    assert names_below(output) == ["a.png", "a.webp"]


def test_two_pictures_do_not_become_one_file(srcnn: Srcnn, folder: Path, tmp_path: Path):
    Image.new("L", (5, 5)).save(folder / "a.png")
    output = tmp_path / "large"
    printed = srcnn("upscale", folder, "--output", output, "--method", "nearest", code=1)
    assert "would both become" in printed.err
    assert not output.exists()


def test_a_failed_picture_does_not_stop_the_rest(srcnn: Srcnn, folder: Path, tmp_path: Path):
    (folder / "b.jpg").write_bytes((folder / "b.jpg").read_bytes()[:200])
    output = tmp_path / "large"
    printed = srcnn("upscale", folder, "--output", output, "--method", "nearest", code=1)
    assert names_below(output) == [name for name in RESULTS if name != "b.jpg"]
    assert "error: b.jpg is damaged" in printed.err
    assert printed.err.splitlines()[-2:] == [
        "1 of 5 pictures failed:",
        f"  {folder / 'b.jpg'}",
    ]


def test_what_a_picture_loses_is_told(srcnn: Srcnn, tmp_path: Path):
    frames = [Image.new("L", (5, 5), level) for level in (10, 200)]
    frames[0].save(tmp_path / "two.gif", save_all=True, append_images=frames[1:])
    args = ("--output", tmp_path / "a.png", "--method", "nearest")
    assert "only the first" in srcnn("upscale", tmp_path / "two.gif", *args).err
    assert (
        "only the first"
        in srcnn("compare", tmp_path / "two.gif", "--methods", "nearest", code=1).err
    )


def test_an_interrupted_upscale_is_130_and_leaves_nothing(
    srcnn: Srcnn, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    interrupt_at(5, monkeypatch)
    before = sorted(tmp_path.rglob("*"))
    args = ("--output", tmp_path / "large.png", "--method", "bicubic")
    srcnn("upscale", photo, *args, code=130)
    assert sorted(tmp_path.rglob("*")) == before


def test_no_memory_is_a_sentence(
    srcnn: Srcnn, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def no_memory(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("srcnn.tiles.render_batch", no_memory)
    args = ("--output", tmp_path / "large.png", "--method", "bicubic")
    assert "not enough memory" in srcnn("upscale", photo, *args, code=1).err
    assert not (tmp_path / "large.png").exists()
