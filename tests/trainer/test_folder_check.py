"""What a folder is good for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from srcnn.errors import Cancelled, DataError
from srcnn.geometry import Size
from trainer.config import Sampling, TrainConfig
from trainer.folder_check import check_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, size in {"a": (50, 40), "b": (35, 33), "c": (34, 100), "d": (60, 32)}.items():
        Image.new("RGB", size).save(tmp_path / f"{name}.png")
    (tmp_path / "bad.png").write_bytes(b"bad")
    return tmp_path


def test_a_folder_is_counted(folder: Path) -> None:
    """At x3: 48 x 39, 33 x 33, 33 x 99 remain, and 60 x 30 holds no 33."""
    told: list[tuple[int, int]] = []
    report = check_folder(
        [folder], TrainConfig(scale=3), report=lambda done, total: told.append((done, total))
    )
    assert report.usable == tuple(folder / f"{name}.png" for name in "abc")
    assert [skipped.name for skipped in report.skipped] == ["bad.png", "d.png"]
    assert (report.smallest, report.largest) == (Size(35, 33), Size(34, 100))
    assert report.megapixels == pytest.approx((2000 + 1155 + 3400) / 1e6)
    assert report.sub_images == 16 * 7 + 1 * 1 + 1 * 67
    assert told == [(done, 5) for done in range(1, 6)]


def test_on_the_grid_there_are_fewer(folder: Path) -> None:
    config = replace(TrainConfig(scale=3), sampling=Sampling.GRID)
    assert check_folder([folder], config).sub_images == 2 * 1 + 1 + 1 * 5


def test_a_folder_of_nothing_usable_has_no_size(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"bad")
    report = check_folder([tmp_path], TrainConfig())
    assert (report.usable, report.smallest, report.largest) == ((), None, None)
    assert (report.megapixels, report.sub_images) == (0, 0)
    assert len(report.skipped) == 1


def test_the_pictures_that_come_along_are_usable() -> None:
    report = check_folder((), TrainConfig())
    assert len(report.usable) >= 1
    assert report.skipped == ()


def test_it_can_be_stopped_between_pictures(folder: Path) -> None:
    answers = iter([False, False, True])
    read = []
    with pytest.raises(Cancelled):
        check_folder(
            [folder],
            TrainConfig(),
            should_stop=lambda: next(answers),
            report=lambda done, _total: read.append(done),
        )
    assert read == [1, 2]


def test_no_folder_and_no_picture_are_sentences(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no picture in"):
        check_folder([tmp_path], TrainConfig())
    with pytest.raises(DataError, match="There is no folder"):
        check_folder([tmp_path / "gone"], TrainConfig())
