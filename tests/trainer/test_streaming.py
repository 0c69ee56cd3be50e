"""More pictures than fit the memory: they come and go, and a resumed run sees the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from srcnn.errors import DataError
from trainer.config import Sampling, TrainConfig
from trainer.control import Command
from trainer.events import CheckpointSaved, RunFinished, RunStarted, TrainEvent
from trainer.loop import resume, train
from trainer.pictures import list_folders
from trainer.run_folder import RunFolder
from trainer.sub_images import SubImages

STEPS = 60


def opened(config: TrainConfig, step: int = 0, slots: int | None = None) -> SubImages:
    source = SubImages(list_folders(config.data), config)
    list(source.load(step, slots))
    return source


def names_in(source: SubImages) -> list[str]:
    """Return which pictures are in memory."""
    return [pair.name for block in source._blocks for pair in block[:1]]


def test_no_more_pictures_are_held_than_fit_and_every_one_is_met(streamed: TrainConfig) -> None:
    source = opened(streamed)
    assert source.slots == 3
    met = []
    for step in range(STEPS):
        source.sample(step)
        names = names_in(source)
        assert len(names) == 3
        assert sum(pair.nbytes for pair in source._pairs) < 1.5 * 2**20
        met += [name for name in names if name not in met[-3:]]
    source.close()
    assert set(met) == {f"{index}.png" for index in range(8)}
    # every picture once before any comes again
    assert len(set(met[:8])) == 8
    assert len(set(met[8:16])) == 8
    assert met[:8] != met[8:16]


def test_the_order_is_drawn_by_seed(streamed: TrainConfig) -> None:
    def order(config: TrainConfig) -> list[list[str]]:
        source = opened(config)
        found = []
        for step in range(0, STEPS, 2):
            source.sample(step)
            found.append(names_in(source))
        source.close()
        return found

    assert order(streamed) == order(streamed)
    assert order(streamed) != order(replace(streamed, seed=1))


@pytest.mark.parametrize("step", [1, 2, 17, 40])
def test_what_is_in_memory_depends_on_the_step_alone(streamed: TrainConfig, step: int) -> None:
    from_the_start = opened(streamed)
    batches = [from_the_start.sample(each)[0].tobytes() for each in range(step + 5)]
    later = opened(streamed, step, from_the_start.slots)
    for each in range(step, step + 5):
        assert later.sample(each)[0].tobytes() == batches[each]
    from_the_start.close()
    later.close()


def test_the_grid_is_drawn_at_random_then(streamed: TrainConfig) -> None:
    config = replace(streamed, sampling=Sampling.GRID, rescales=(1.0,), stride=14)
    source = opened(config)
    assert source.positions == 16 * 16 * source.slots
    assert source.sample(3)[0].shape == (4, 1, 17, 17)
    source.close()


def test_huge_pictures_are_seen_in_pieces_that_change(
    tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    draw_picture: Callable[..., None],
) -> None:  # fmt: skip
    """They fit the memory, but not whole: so they are read again, and other pieces come."""
    monkeypatch.setattr("trainer.pictures.LARGEST_SIDE", 32)
    monkeypatch.setattr("trainer.sub_images.DRAWN_PER_PICTURE", 4)
    for seed in range(2):
        draw_picture(tmp_path / f"{seed}.png", seed, (90, 70))
    source = opened(replace(tiny, data=(tmp_path,), rescales=(1.0,)))
    assert source.slots == 2
    pieces = set()
    for step in range(20):
        source.sample(step)
        for pair in source._pairs:
            assert pair.truth.shape == (1, 32, 32)
            pieces.add(pair.truth.tobytes())
    source.close()
    assert len(pieces) > 10


def test_a_bad_file_is_listed_once_and_leaves_its_place_empty(
    streamed: TrainConfig, tmp_path: Path
) -> None:
    folder = tmp_path / "mixed"
    shutil.copytree(streamed.data[0], folder)
    (folder / "bad.png").write_bytes(b"bad")
    config = replace(streamed, data=(folder,))
    source = opened(config)
    batches = [source.sample(step)[0].tobytes() for step in range(STEPS)]  # three times round
    source.close()
    assert [skipped.name for skipped in source.skipped] == ["bad.png"]
    assert source.pictures == 8
    later = opened(config, 30, source.slots)
    assert [later.sample(step)[0].tobytes() for step in range(30, STEPS)] == batches[30:]
    later.close()


def test_when_the_last_usable_picture_goes_it_is_said(
    tiny: TrainConfig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    draw_picture: Callable[..., None],
) -> None:  # fmt: skip
    monkeypatch.setattr("trainer.sub_images.DRAWN_PER_PICTURE", 4)
    for seed in range(3):
        draw_picture(tmp_path / f"{seed}.png", seed, (500, 500))
    source = opened(replace(tiny, data=(tmp_path,), memory_mb=1))
    for file in tmp_path.iterdir():
        file.write_bytes(b"no picture any more")
    with pytest.raises(DataError, match="no usable picture left to learn from"):
        list(map(source.sample, range(STEPS)))
    source.close()


# the whole way: train, end somehow, resume


@pytest.mark.parametrize("events_seen", [4, 9, 16])
def test_a_killed_run_ends_in_the_very_same_weights(
    streamed: TrainConfig,
    tmp_path: Path,
    events_seen: int,
    digest: Callable[[Path], str],
    curve_of: Callable[[Iterable[TrainEvent]], list[TrainEvent]],
) -> None:
    whole = list(train(streamed))
    killed = replace(streamed, out=tmp_path / "killed")
    list(islice(train(killed), events_seen))
    resumed = list(resume(killed.out))
    assert digest(killed.out) == digest(streamed.out)
    started = next(event for event in resumed if isinstance(event, RunStarted))
    assert curve_of([*started.curve, *resumed]) == curve_of(whole)


def test_a_vanished_folder_ends_the_run_in_a_sentence_and_nothing_is_lost(
    streamed: TrainConfig, tmp_path: Path, digest: Callable[[Path], str]
) -> None:
    list(train(streamed))
    folder = tmp_path / "drive"
    shutil.copytree(streamed.data[0], folder)
    config = replace(streamed, data=(folder,), out=tmp_path / "other")
    seen: list[TrainEvent] = []

    def unplugged_at_the_eleventh_step() -> Command:
        nonlocal asked
        asked += 1
        if asked == 11 and folder.is_dir():
            folder.rename(tmp_path / "pulled")
        return Command.GO_ON

    asked = 0
    with pytest.raises(DataError, match=r"drive has gone away$") as caught:
        seen.extend(train(config, unplugged_at_the_eleventh_step))
    assert "go on" in caught.value.hint
    with pytest.raises(DataError, match="There is no folder"):
        list(resume(config.out))

    (tmp_path / "pulled").rename(folder)
    saved = RunFolder(config.out).read_events()[-1]
    assert isinstance(saved, CheckpointSaved)
    assert saved.backprops > 32  # where the last regular one was
    rest = list(resume(config.out))
    assert isinstance(rest[-1], RunFinished)
    started = next(event for event in rest if isinstance(event, RunStarted))
    assert started.skipped == ()
    assert digest(config.out) == digest(streamed.out)
