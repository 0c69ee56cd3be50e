"""Sub-images: where they lie, how often, and how they are turned."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srcnn.errors import DataError
from srcnn.spec import SrcnnSpec
from trainer.config import Sampling, TrainConfig
from trainer.events import DataRead
from trainer.pictures import Pair, list_folders
from trainer.sub_images import SubImages, turned


def source_of(pairs: list[Pair], config: TrainConfig, monkeypatch: pytest.MonkeyPatch) -> SubImages:
    """Return sub-images of these pairs, as if they had been read from files."""
    source = SubImages(list_folders(config.data)[:1], config)
    monkeypatch.setattr("trainer.sub_images.read_versions", lambda *_: (pairs, True))
    list(source.load())
    return source


def pair(height: int, width: int, channels: int = 1, begin: int = 0) -> Pair:
    """Return a picture of which the network sees the truth exactly; pixels count up."""
    numbers = begin + np.arange(channels * height * width).reshape(channels, height, width)
    truth = (numbers % 251).astype(np.uint8)
    return Pair("a", truth, (truth / 255).astype(np.float32))


@pytest.mark.parametrize("spec", [SrcnnSpec(1, 1, 1, 1, 1), SrcnnSpec(1, 1, 3, 1, 5, 3)])
def test_the_truth_lies_under_the_centre_of_what_is_seen(
    spec: SrcnnSpec, tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(tiny, spec=spec, crop=13, batch=50)
    pairs = [pair(30, 40, spec.channels), pair(13, 17, spec.channels)]
    low, truth = source_of(pairs, config, monkeypatch).sample(0)
    assert low.shape == (50, spec.channels, 13, 13)
    assert low.dtype == truth.dtype == np.float32
    inner = slice(spec.halo, 13 - spec.halo)
    np.testing.assert_allclose(low[:, :, inner, inner], truth, atol=1e-6)


def test_every_position_is_drawn_alike(tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of 2 x 1 and 3 x 2 positions: 8 of them, each about one in eight."""
    config = replace(tiny, spec=SrcnnSpec(1, 1, 3, 1, 1), crop=4, batch=8000, turns=False)
    pairs = [pair(5, 4), pair(6, 5, begin=100)]
    source = source_of(pairs, config, monkeypatch)
    assert source.positions == 8
    low, _ = source.sample(0)
    corners, counts = np.unique(np.rint(low[:, 0, 0, 0] * 255), return_counts=True)
    assert corners.tolist() == [0, 4, 100, 101, 105, 106, 110, 111]
    assert counts.min() > 880
    assert counts.max() < 1120


def test_all_eight_turns_are_drawn_alike(
    tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(tiny, spec=SrcnnSpec(1, 1, 1, 1, 1), crop=4, batch=8000)
    low, truth = source_of([pair(4, 4)], config, monkeypatch).sample(0)
    np.testing.assert_allclose(low, truth, atol=1e-6)
    _, counts = np.unique(low.reshape(8000, -1), axis=0, return_counts=True)
    assert len(counts) == 8
    assert counts.min() > 880


def test_there_are_eight_turns() -> None:
    planes = np.arange(12, dtype=np.float32).reshape(1, 3, 4)
    versions = [turned(planes, turn) for turn in range(8)]
    by_rotation = [
        np.rot90(side, quarter, axes=(1, 2))
        for side in (planes, planes.transpose(0, 2, 1))
        for quarter in range(4)
    ]  # the group, made in another way
    key = {(version.shape, version.tobytes()) for version in versions}
    assert key == {(version.shape, version.tobytes()) for version in by_rotation}
    assert len(key) == 8
    np.testing.assert_array_equal(versions[0], planes)


def test_a_batch_depends_on_seed_and_step_alone(tiny: TrainConfig) -> None:
    def batches(config: TrainConfig, *steps: int) -> list[bytes]:
        source = SubImages(list_folders(config.data), config)
        list(source.load())
        return [source.sample(step)[0].tobytes() for step in steps]

    assert batches(tiny, 0, 1, 5) == batches(tiny, 5, 1, 0)[::-1]
    assert len(set(batches(tiny, 0, 1, 2, 3))) == 4
    assert batches(tiny, 0) != batches(replace(tiny, seed=1), 0)


def test_the_grid_goes_on_anywhere(tiny: TrainConfig) -> None:
    """Epochs of the grid cross the borders of batches, and a batch is found without the others."""
    config = replace(tiny, sampling=Sampling.GRID, stride=9, batch=7, rescales=(1.0,))
    source = SubImages(list_folders(config.data), config)
    list(source.load())
    in_order = [source.sample(step)[0].tobytes() for step in range(20)]
    for step in (13, 2, 19):
        assert source.sample(step)[0].tobytes() == in_order[step]


def test_files_that_are_no_use_are_listed_once(tiny: TrainConfig, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    shutil.copytree(tiny.data[0], folder)
    (folder / "broken.png").write_bytes(b"nothing")
    Image.new("RGB", (10, 10)).save(folder / "small.png")
    config = replace(tiny, data=(folder,))
    source = SubImages(list_folders(config.data), config)
    reports = list(source.load())
    assert sorted(skipped.name for skipped in source.skipped) == ["broken.png", "small.png"]
    assert (source.pictures, source.slots) == (6, 0)
    assert reports[-1] == DataRead(8, 8)
    assert source.sample(0)[0].shape == (4, 1, 17, 17)


def test_reading_is_reported_now_and_then(
    tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.sub_images._READ_REPORT", 2)
    source = SubImages(list_folders(tiny.data), tiny)
    assert list(source.load()) == [DataRead(2, 6), DataRead(4, 6), DataRead(6, 6), DataRead(6, 6)]


def test_nothing_usable_is_a_sentence(tiny: TrainConfig, tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"bad")
    config = replace(tiny, data=(tmp_path,))
    source = SubImages(list_folders(config.data), config)
    with pytest.raises(DataError, match="no usable picture to learn from") as caught:
        list(source.load())
    assert "bad.png" in caught.value.hint
