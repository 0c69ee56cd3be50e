"""Pictures: which are found, which are held out, and how a network meets them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.color import rgb2ycbcr

from srcnn.errors import DataError, PictureError
from srcnn.metrics import psnr, to_bytes
from srcnn.samples import SAMPLES
from srcnn.spec import SrcnnSpec
from trainer import pictures as module
from trainer.config import TrainConfig
from trainer.learning_data import find_learning_data
from trainer.pictures import PictureFile, list_folders, read_validation, read_versions, split

RNG = np.random.default_rng


def test_a_folder_is_read_with_its_sub_folders_in_the_order_of_names(tiny: TrainConfig) -> None:
    names = ["0.png", "1.png", "2.png", "3.png", "more/4.bmp", "more/5.bmp"]
    files = list_folders(tiny.data)
    assert [file.name for file in files] == names
    assert [file.path for file in files] == [tiny.data[0] / name for name in names]
    pairs, skipped = read_validation(files, tiny)
    assert [pair.name for pair in pairs] == names
    assert skipped == []
    for pair in pairs:
        assert pair.truth.shape == pair.enlarged.shape == (1, 40, 48)
        assert (pair.truth.dtype, pair.enlarged.dtype) == (np.uint8, np.float32)
        assert pair.nbytes == 40 * 48 * 5


def test_of_several_folders_the_names_tell_which(pictures: Path) -> None:
    names = [file.name for file in list_folders((pictures / "more", pictures))]
    assert names[:3] == ["more/4.bmp", "more/5.bmp", f"{pictures.name}/0.png"]


def test_no_folder_stands_for_the_pictures_that_come_along(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [file.path for file in list_folders(())] == [sample.path for sample in SAMPLES]
    monkeypatch.setattr(module, "SAMPLES", ())
    with pytest.raises(DataError, match="pictures that come with the program are not there"):
        list_folders(())


def test_bicubic_on_set5_is_that_of_the_paper(shared: Path) -> None:
    pairs, _ = read_validation(list_folders([shared / "data" / "Set5"]), TrainConfig(scale=3))
    paper = {"baby": 33.91, "bird": 32.58, "butterfly": 24.04, "head": 32.88, "woman": 28.56}
    for pair, (name, value) in zip(pairs, paper.items(), strict=True):
        assert pair.name.startswith(name)
        found = psnr(pair.truth[0], to_bytes(pair.enlarged[0]), shave=3)
        assert found == pytest.approx(value, abs=0.006)


def test_files_that_are_no_use_are_listed_and_skipped(tiny: TrainConfig, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    shutil.copytree(tiny.data[0], folder)
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "notes.txt").write_text("no picture, and not said to be one")
    Image.new("RGB", (16, 40)).save(folder / "narrow.png")
    pairs, skipped = read_validation(list_folders([folder]), tiny)
    assert len(pairs) == 6
    reasons = {skip.name: skip.reason for skip in skipped}
    assert set(reasons) == {"broken.png", "empty.jpg", "narrow.png"}
    assert (
        "16 \N{MULTIPLICATION SIGN} 40 pixels, less than a sub-image of 17"
        in (reasons["narrow.png"])
    )
    assert "empty" in reasons["empty.jpg"]


def test_sixteen_bits_and_grey_are_read(tiny: TrainConfig, tmp_path: Path) -> None:
    deep = np.arange(40 * 40, dtype=np.uint16).reshape(40, 40) * 40
    Image.fromarray(deep).save(tmp_path / "deep.png")
    for channels in (1, 3):
        config = replace(tiny, spec=SrcnnSpec(channels=channels))
        ((pair,), _) = read_validation(list_folders([tmp_path]), config)
        assert pair.truth.shape == (channels, 40, 40)
        np.testing.assert_allclose(pair.truth, [deep / 257] * channels, atol=0.51)


def test_planes_are_luma_or_red_green_and_blue(tiny: TrainConfig) -> None:
    file = list_folders(tiny.data)[0]
    pixels = np.asarray(Image.open(file.path))
    luma = module.read_planes(file, tiny)
    assert luma.shape == (1, 40, 48)
    np.testing.assert_allclose(luma[0], rgb2ycbcr(pixels)[:, :, 0], atol=0.501)
    rgb = module.read_planes(file, replace(tiny, spec=SrcnnSpec(channels=3)))
    np.testing.assert_array_equal(rgb.transpose(1, 2, 0), pixels)


@pytest.mark.parametrize("content", ["missing", "empty", "only bad"])
def test_nothing_usable_is_one_sentence_and_a_hint(
    tiny: TrainConfig, tmp_path: Path, content: str
) -> None:
    folder = tmp_path / "pictures"
    if content != "missing":
        folder.mkdir()
    if content == "only bad":
        (folder / "bad.png").write_bytes(b"bad")
    with pytest.raises(DataError, match="There is no") as caught:
        read_validation(list_folders([folder]), tiny)
    assert caught.value.hint
    assert ("bad.png" in caught.value.hint) == (content == "only bad")


def test_without_a_file_the_hint_names_what_is_wanted(tiny: TrainConfig) -> None:
    with pytest.raises(DataError, match="no usable picture to validate on") as caught:
        read_validation([], tiny)
    assert "of 17 pixels up" in caught.value.hint


def files(count: int) -> list[PictureFile]:
    return [PictureFile(f"{index:04d}", Path(f"{index:04d}")) for index in range(count)]


@pytest.mark.parametrize(
    ("count", "share", "held_out"),
    [(20, 0.25, 5), (2, 0.1, 1), (3, 0.99, 2), (3, 0.0, 1), (8, 0.1, 2), (9, 0.1, 3), (91, 0.1, 9),
     (30, 0.0, 3), (5000, 0.1, 100)],
)  # fmt: skip
def test_a_split_holds_out_whole_pictures(count: int, share: float, held_out: int) -> None:
    training, others = split(files(count), share, seed=0)
    assert (len(training), len(others)) == (count - held_out, held_out)
    assert sorted(training + others) == files(count)
    assert (training, others) == (sorted(training), sorted(others))


def test_a_split_is_drawn_by_seed() -> None:
    assert split(files(20), 0.25, seed=0) == split(files(20), 0.25, seed=0)
    assert split(files(20), 0.25, seed=0) != split(files(20), 0.25, seed=1)


def test_one_picture_cannot_be_split() -> None:
    with pytest.raises(DataError, match="One picture is not enough"):
        split(files(1), 0.1, seed=0)


def test_smaller_versions_are_smaller_pictures_degraded_alike(tiny: TrainConfig) -> None:
    config = replace(tiny, rescales=(1.0, 0.5, 0.2))
    versions, is_whole = read_versions(list_folders(tiny.data)[0], config, RNG(0))
    assert is_whole
    assert [pair.truth.shape for pair in versions] == [(1, 40, 48), (1, 20, 24)]  # no 17 at 0.2
    assert 4 < np.abs(versions[1].enlarged * 255 - versions[1].truth).mean() < 60
    bright = [pair.truth.mean() for pair in versions]
    assert bright[0] == pytest.approx(bright[1], abs=6)


def test_a_picture_too_small_at_every_size_is_no_use(tiny: TrainConfig) -> None:
    with pytest.raises(PictureError, match=r"0\.png is too small at the sizes"):
        read_versions(list_folders(tiny.data)[0], replace(tiny, rescales=(0.3,)), RNG(0))


def test_of_a_huge_picture_a_piece_is_taken_where_the_dice_say(
    tiny: TrainConfig, tmp_path: Path
) -> None:
    y, x = np.mgrid[:30, :3000]
    Image.fromarray((x // 12 + 0 * y).astype(np.uint8)).save(tmp_path / "wide.png")
    (file,) = list_folders([tmp_path])
    config = replace(tiny, rescales=(1.0,))
    places = []
    for seed in range(4):
        (pair,), is_whole = read_versions(file, config, RNG(seed))
        assert not is_whole
        assert pair.truth.shape == (1, 30, module.LARGEST_SIDE)
        places.append(int(pair.truth[0, 0, 0]))
        (again,), _ = read_versions(file, config, RNG(seed))
        np.testing.assert_array_equal(again.truth, pair.truth)
    assert len(set(places)) > 1


def test_validation_takes_the_middle_and_not_too_much(
    tiny: TrainConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    draw_picture: Callable[..., None],
) -> None:  # fmt: skip
    monkeypatch.setattr(module, "LARGEST_SIDE", 32)
    monkeypatch.setattr(module, "_HELD_OUT_ROOM", 32 * 32 * 5 // 2)
    for seed in range(4):
        draw_picture(tmp_path / f"{seed}.png", seed, (48, 40))
    pairs, _ = read_validation(list_folders([tmp_path]), tiny)
    assert [pair.name for pair in pairs] == ["0.png", "1.png"]
    whole = module.read_planes(PictureFile("0.png", tmp_path / "0.png"), tiny)
    np.testing.assert_array_equal(pairs[0].truth, whole[:, 4:36, 8:40])
    monkeypatch.setattr(module, "_HELD_OUT_ROOM", 1)  # the first one is taken all the same
    assert len(read_validation(list_folders([tmp_path]), tiny)[0]) == 1
    monkeypatch.setattr(module, "_HELD_OUT_ROOM", 10**9)
    monkeypatch.setattr(module, "_MOST_HELD_OUT", 3)
    assert len(read_validation(list_folders([tmp_path]), tiny)[0]) == 3


@pytest.mark.parametrize("seed", range(6))
def test_files_that_are_no_use_are_never_fatal_wherever_the_split_puts_them(
    tiny: TrainConfig, pictures: Path, tmp_path: Path, seed: int
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    for name in ("0.png", "1.png"):
        shutil.copy(pictures / name, folder)
    (folder / "broken.png").write_bytes(b"no picture")
    (folder / "text.png").write_text("no picture either")
    data = find_learning_data(replace(tiny, data=(folder,), seed=seed))
    assert len(data.held_out) == 1
    assert data.held_out[0].name in ("0.png", "1.png")
    learnt = {file.name for file in data.files}
    assert learnt & {"0.png", "1.png"}
    assert data.held_out[0].name not in learnt


def test_no_picture_is_learnt_from_and_validated_on_whatever_it_is_called(
    tiny: TrainConfig, tmp_path: Path
) -> None:
    other = tmp_path / "validation"
    other.mkdir()
    shutil.copy(tiny.data[0] / "2.png", other / "another name.png")
    found = find_learning_data(replace(tiny, validation=other))
    assert "2.png" not in [file.name for file in found.files]
    assert [(one.name, one.reason) for one in found.skipped] == [("2.png", "it is validated on")]
    with pytest.raises(DataError, match="are those to validate on"):
        find_learning_data(replace(tiny, validation=tiny.data[0]))
