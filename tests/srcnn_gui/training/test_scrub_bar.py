"""The slider over snapshots: what is chosen stays, and the right end follows the newest."""

from __future__ import annotations

from pathlib import Path

import pytest

from srcnn_gui.training.scrub_bar import ScrubBar, backprops_of
from trainer.events import Validated


def snapshots(*thousands):
    return [Path("snapshots", f"{1000 * number:012d}.safetensors") for number in thousands]


@pytest.fixture
def bar(qtbot):
    bar = ScrubBar()
    qtbot.addWidget(bar)
    bar.chosen, bar.followed = [], []
    bar.snapshot_chosen.connect(bar.chosen.append)
    bar.newest_chosen.connect(lambda: bar.followed.append(True))
    return bar


def test_without_snapshots_there_is_nothing_to_slide(bar):
    assert bar.text == "no snapshots yet"
    assert not bar._slider.isEnabled()


def test_the_right_end_follows_what_comes(bar):
    bar.show_snapshots(snapshots(1, 2, 3))
    bar.show_snapshots(snapshots(1, 2, 3, 4))
    assert bar.text == "after 4,000 backprops"
    assert bar.follows_newest
    assert bar.chosen == bar.followed == []


def test_a_chosen_snapshot_stays_while_others_come_and_are_thinned_out(bar):
    bar.show_snapshots(snapshots(1, 2, 3, 4))
    bar._slider.setValue(2)
    assert bar.chosen == snapshots(3)
    bar.show_snapshots(snapshots(1, 3, 4, 5))
    assert bar.text == "after 3,000 backprops"
    bar.show_snapshots(snapshots(1, 4, 5))
    assert bar.text == "after 4,000 backprops"
    assert not bar.follows_newest


def test_going_back_to_the_newest(bar):
    bar.show_snapshots(snapshots(1, 2))
    bar._slider.setValue(0)
    assert bar._newest.isEnabled()
    bar._newest.click()
    assert bar.followed == [True]
    assert bar.follows_newest


def test_the_nearest_validation_is_named(bar):
    bar.show_validations([Validated(900, 1.0, 30.5, True, 0), Validated(9000, 2.0, 33.0, True, 0)])
    bar.show_snapshots(snapshots(1))
    assert bar.text == "after 1,000 backprops \N{MIDDLE DOT} 30.50 dB"
    bar.clear()
    assert bar.text == "no snapshots yet"


def test_the_name_of_a_snapshot_tells_when_it_was():
    assert backprops_of(Path("x/000000012800.safetensors")) == 12_800
    assert backprops_of(Path("x/best.safetensors")) == 0
