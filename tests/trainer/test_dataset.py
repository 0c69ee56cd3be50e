"""Pictures, what is skipped, and sub-images."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srcnn.errors import DataError
from srcnn.metrics import psnr, to_bytes
from trainer.config import TrainConfig
from trainer.dataset import Crops, Pair, load_folder, load_training_data, rescaled, split, turned


def test_a_folder_is_read_with_its_sub_folders_in_the_order_of_names(tiny: TrainConfig) -> None:
    pairs, skipped = load_folder(tiny.data, tiny)
    assert [pair.name for pair in pairs] == [
        "0.png", "1.png", "2.png", "3.png", "more/4.bmp", "more/5.bmp"
    ]  # fmt: skip
    assert skipped == []
    for pair in pairs:
        assert pair.truth.shape == pair.enlarged.shape == (40, 48)
        assert (pair.truth.dtype, pair.enlarged.dtype) == (np.uint8, np.float32)


def test_bicubic_on_set5_is_that_of_the_paper(shared: Path) -> None:
    pairs, _ = load_folder(shared / "data" / "Set5", TrainConfig(scale=3))
    values = {
        Path(pair.name).stem: psnr(pair.truth, to_bytes(pair.enlarged), shave=3) for pair in pairs
    }
    paper = {"baby": 33.91, "bird": 32.58, "butterfly": 24.04, "head": 32.88, "woman": 28.56}
    for name, value in paper.items():
        (found,) = [values[key] for key in values if key.startswith(name)]
        assert found == pytest.approx(value, abs=0.006)


def test_files_that_are_no_use_are_listed_and_skipped(tiny: TrainConfig, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    shutil.copytree(tiny.data, folder)
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "notes.txt").write_text("no picture, and not said to be one")
    Image.new("RGB", (16, 40)).save(folder / "narrow.png")
    pairs, skipped = load_folder(folder, tiny)
    assert len(pairs) == 6
    reasons = {skip.name: skip.reason for skip in skipped}
    assert set(reasons) == {"broken.png", "empty.jpg", "narrow.png"}
    assert "16 \N{MULTIPLICATION SIGN} 40 pixels" in reasons["narrow.png"]
    assert "empty" in reasons["empty.jpg"]


def test_sixteen_bits_and_grey_are_read(tiny: TrainConfig, tmp_path: Path) -> None:
    deep = np.arange(40 * 40, dtype=np.uint16).reshape(40, 40) * 40
    Image.fromarray(deep).save(tmp_path / "deep.png")
    ((pair,), _) = load_folder(tmp_path, tiny)
    np.testing.assert_allclose(pair.truth, deep / 257, atol=0.51)


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
        load_folder(folder, tiny)
    assert caught.value.hint
    assert ("bad.png" in caught.value.hint) == (content == "only bad")


def pair(name: str, height: int, width: int) -> Pair:
    """Return a picture of which the network sees exactly the truth; no pixel is like another."""
    truth = np.arange(height * width).reshape(height, width) % 251
    return Pair(name, truth.astype(np.uint8), (truth / 255).astype(np.float32))


def test_a_split_holds_out_whole_pictures_by_seed() -> None:
    pairs = [pair(str(index), 20, 20) for index in range(20)]
    training, held_out = split(pairs, 0.25, seed=0)
    assert (len(training), len(held_out)) == (15, 5)
    names = {one.name for one in training}, {one.name for one in held_out}
    assert names[0] | names[1] == {str(index) for index in range(20)}
    assert split(pairs, 0.25, seed=0) == (training, held_out)
    assert split(pairs, 0.25, seed=1) != (training, held_out)


@pytest.mark.parametrize("share", [0.0, 0.99])
def test_both_parts_of_a_split_have_a_picture(share: float) -> None:
    training, held_out = split([pair(name, 20, 20) for name in "abc"], share, seed=0)
    assert training
    assert held_out


def test_one_picture_cannot_be_split() -> None:
    with pytest.raises(DataError, match="One picture is not enough"):
        split([pair("a", 20, 20)], 0.1, seed=0)


def test_a_validation_folder_leaves_all_of_data_for_learning(tiny: TrainConfig) -> None:
    data = load_training_data(replace(tiny, validation=tiny.data / "more"))
    assert (len(data.training), len(data.validation)) == (6, 2)
    assert len(load_training_data(tiny).training) == 5


def test_the_digest_tells_other_pictures(tiny: TrainConfig) -> None:
    digest = load_training_data(tiny).digest
    assert digest == load_training_data(tiny).digest
    assert digest != load_training_data(replace(tiny, seed=2)).digest
    assert digest != load_training_data(replace(tiny, validation=tiny.data / "more")).digest


def test_smaller_versions_are_smaller_pictures_degraded_alike(tiny: TrainConfig) -> None:
    pairs, _ = load_folder(tiny.data, tiny)
    versions = rescaled(pairs, replace(tiny, rescales=(1.0, 0.5, 0.2)))
    shapes = [version.truth.shape for version in versions[:3]]
    assert shapes == [(40, 48), (20, 24), (40, 48)]  # at 0.2 no sub-image fits
    assert versions[0] is pairs[0]
    assert 4 < np.abs(versions[1].enlarged * 255 - versions[1].truth).mean() < 60
    bright = [version.truth.mean() for version in versions[:2]]
    assert bright[0] == pytest.approx(bright[1], abs=6)


@pytest.mark.parametrize("halo", [0, 3])
def test_sub_images_lie_over_each_other(halo: int) -> None:
    crops = Crops([pair("a", 30, 40), pair("b", 13, 17)], crop=13, halo=halo)
    low, truth = crops.sample(np.random.default_rng(0), 50)
    assert low.shape == (50, 1, 13, 13)
    inner = slice(halo, 13 - halo)
    np.testing.assert_allclose(low[:, :, inner, inner], truth, atol=1e-6)


def test_every_position_is_drawn_alike() -> None:
    """Pictures of 2 x 1 and 3 x 2 positions: 8 of them, each about one in eight."""
    first = Pair("a", np.zeros((5, 4), np.uint8), np.arange(20, dtype=np.float32).reshape(5, 4))
    second = Pair(
        "b", np.zeros((6, 5), np.uint8), 100 + np.arange(30, dtype=np.float32).reshape(6, 5)
    )
    low, _ = Crops([first, second], crop=4, halo=1).sample(np.random.default_rng(0), 8000)
    corners, counts = np.unique(low.min(axis=(1, 2, 3)), return_counts=True)
    assert corners.tolist() == [0, 4, 100, 101, 105, 106, 110, 111]
    assert counts.min() > 880
    assert counts.max() < 1120


def test_there_are_eight_turns() -> None:
    plane = np.arange(12, dtype=np.float32).reshape(3, 4)
    versions = [turned(plane, turn) for turn in range(8)]
    by_rotation = [
        np.rot90(side, quarter) for side in (plane, plane.T) for quarter in range(4)
    ]  # the group, made in another way
    key = {(version.shape, version.tobytes()) for version in versions}
    assert key == {(version.shape, version.tobytes()) for version in by_rotation}
