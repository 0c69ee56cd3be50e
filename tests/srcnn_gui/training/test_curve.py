"""A run's curves are what it reported, in order, smoothed without bias; and so are its ticks."""

from __future__ import annotations

import csv as csv_module
import io
import math
from pathlib import Path

import numpy as np
import pytest

from srcnn_gui.training.curve import SMOOTHING, RunCurve, smoothed
from srcnn_gui.training.curve_text import csv, csv_of_runs, said
from srcnn_gui.training.ticks import (
    backprop_ticks,
    clock,
    linear_ticks,
    log_ticks,
    loss_range,
    psnr_range,
    short_number,
    time_steps,
    with_room,
)
from trainer.config import TrainConfig
from trainer.events import (
    CheckpointSaved,
    DataRead,
    RunFinished,
    RunStarted,
    StepDone,
    StopReason,
    Validated,
    WeightsSnapshot,
)
from trainer.run_folder import RunFolder


def step(backprops: int, loss: float = 0.001, seconds: float | None = None) -> StepDone:
    seconds = backprops / 1000 if seconds is None else seconds
    return StepDone(backprops, 0.1, seconds, loss, 0.003, 1000.0, 60.0, 500.0)


def validated(backprops: int, psnr_db: float, seconds: float | None = None) -> Validated:
    seconds = backprops / 1000 if seconds is None else seconds
    return Validated(backprops, seconds, psnr_db, True, 0)


def started(**options) -> RunStarted:
    values = {"paper_db": 32.39} | options
    return RunStarted(
        Path("run"), 3, "9-1-5", "cpu", 2, 82, 9, "Set5 (validation)", (), 30.39, **values
    )


def curve_of(*events) -> RunCurve:
    curve = RunCurve("run", 3, 30.39, 32.39, "Set5 (validation)")
    for event in events:
        curve.add(event)
    return curve


def test_it_keeps_the_points_in_order():
    snapshot = WeightsSnapshot(150, 0.15, Path("150.safetensors"))
    curve = curve_of(validated(0, 30.4), step(100, 0.002), snapshot, step(200, 0.001))
    assert curve.loss_points.backprops.tolist() == [100, 200]
    assert curve.loss_points.loss.tolist() == [0.002, 0.001]
    assert curve.loss_points.rate.tolist() == [0.003, 0.003]
    assert curve.validation_points.psnr_db.tolist() == [30.4]
    assert curve.snapshots == (snapshot,)
    assert curve.last_backprops == 200
    assert not curve.is_empty


def test_it_knows_its_best_and_its_start():
    curve = curve_of(validated(0, 30.4), validated(100, 31.5), validated(200, 31.5))
    assert curve.best == (100, 31.5)
    assert curve.start_db == 30.4
    assert curve_of(validated(100, 31.0)).start_db is None
    assert curve_of(step(100)).best is None
    assert curve_of(validated(0, math.nan)).best is None


def test_an_empty_one_has_no_figures():
    curve = curve_of()
    assert curve.is_empty
    assert curve.best is None
    assert curve.reading(5.0) is None
    assert curve.seconds_at(100) == 0


def test_events_make_a_curve():
    events = [
        DataRead(1, 2), started(), validated(0, 30.4), step(100),
        CheckpointSaved(100, Path("checkpoint")),
        started(), step(200), RunFinished(200, 0.2, StopReason.COMPLETED, None, 30.4),
    ]  # fmt: skip
    curve = RunCurve.from_events("mine", events)
    assert (curve.name, curve.scale, curve.bicubic_db, curve.paper_db) == ("mine", 3, 30.39, 32.39)
    assert curve.validation_name == "Set5 (validation)"
    assert curve.loss_points.backprops.tolist() == [100, 200]


def test_events_without_a_start_still_make_one():
    assert math.isnan(RunCurve.from_events("mine", []).bicubic_db)
    assert RunCurve.from_events("mine", [step(100)]).last_backprops == 100


def test_a_resumed_run_brings_what_it_had_reported():
    curve = RunCurve.started("mine", started(curve=(validated(0, 30.4), step(100))))
    assert curve.last_backprops == 100
    assert curve.start_db == 30.4


def test_a_run_that_goes_back_drops_what_came_after():
    losses = [0.004, 0.002, 0.003, 0.001]
    there = curve_of(*(step(100 * n, loss) for n, loss in enumerate(losses, start=1)))
    there.add(step(300, 0.005))
    straight = curve_of(step(100, 0.004), step(200, 0.002), step(300, 0.005))
    assert there.loss_points.backprops.tolist() == [100, 200, 300]
    np.testing.assert_allclose(there.loss_points.smooth, straight.loss_points.smooth)
    assert there.last_backprops == 300


def test_events_from_a_folder_make_the_same_curve(tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.create(TrainConfig(out=folder.path))
    reported = [started(), validated(0, 30.4), step(100, 0.002), step(200, math.inf)]
    for event in reported:
        folder.append(event)
    curve = RunCurve.from_events("mine", folder.read_events())
    assert curve.loss_points.loss.tolist() == [0.002, math.inf]
    assert np.isfinite(curve.loss_points.smooth).all()


def test_smoothing_a_constant_changes_nothing():
    np.testing.assert_allclose(smoothed([0.5] * 20), 0.5)


def test_smoothing_is_a_weighted_mean_of_the_past(rng):
    values = rng.random(12)
    weights = SMOOTHING ** np.arange(12)[::-1]
    assert smoothed(values)[-1] == pytest.approx(np.average(values, weights=weights))


def test_smoothing_passes_over_what_is_no_number():
    result = smoothed([math.nan, 1.0, math.inf, 1.0])
    assert math.isnan(result[0])
    np.testing.assert_allclose(result[1:], 1.0)


def test_points_are_smoothed_as_they_come(rng):
    losses = rng.random(50)
    curve = curve_of(*(step(100 * (n + 1), loss) for n, loss in enumerate(losses)))
    np.testing.assert_allclose(curve.loss_points.smooth, smoothed(losses))


def test_time_and_backprops_turn_into_one_another():
    curve = curve_of(step(100, seconds=10.0), step(200, seconds=30.0))
    assert curve.seconds_at(50) == 5
    assert curve.seconds_at(150) == 20
    assert curve.backprops_at(20) == 150
    assert curve.seconds_at(999) == 30


def test_a_reading_is_of_the_nearest_reports():
    curve = curve_of(validated(0, 30.4), step(100, 0.002), step(200, 0.001), validated(200, 31.0))
    reading = curve.reading(140)
    assert reading.backprops == 100
    assert reading.loss == pytest.approx(0.002)
    assert (reading.psnr_backprops, reading.psnr_db) == (200, 31.0)
    assert curve.reading(-50).backprops == 100
    assert curve.reading(5000).backprops == 200


def test_a_reading_is_said_line_by_line():
    curve = curve_of(step(100_000, 0.00123, seconds=83.0), validated(90_000, 32.411))
    assert said(curve.reading(1e5)).splitlines() == [
        "100,000 backprops", "time 1:23", "loss 0.00123", "rate 0.003", "32.411 dB at 90,000",
    ]  # fmt: skip
    assert "at" not in said(curve_of(validated(0, 30.4)).reading(0))
    assert "dB" not in said(curve_of(step(100)).reading(0))


def test_csv_has_a_row_for_each_number_of_backprops():
    curve = curve_of(validated(0, 30.4), step(100, 0.002), step(200, 0.001), validated(200, 31.0))
    rows = list(csv_module.DictReader(io.StringIO(csv(curve))))
    assert list(rows[0]) == ["backprops", "seconds", "loss", "rate", "psnr_db"]
    assert [row["backprops"] for row in rows] == ["0", "100", "200"]
    assert [row["psnr_db"] for row in rows] == ["30.4", "", "31"]
    assert [row["loss"] for row in rows] == ["", "0.002", "0.001"]


def test_csv_of_several_runs_names_them():
    one, two = curve_of(step(100)), curve_of(step(200))
    two.name = 'a "good", one'
    rows = list(csv_module.DictReader(io.StringIO(csv_of_runs([one, two]))))
    assert [(row["run"], row["backprops"]) for row in rows] == [("run", "100"), (two.name, "200")]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (950, "950"), (1500, "1.5k"), (120_000, "120k"), (2.5e6, "2.5M"), (8e8, "800M")],
)
def test_backprops_are_written_short(value, text):
    assert short_number(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (725, "12:05"), (5400, "1:30 h"), (194_400, "2 d 6 h")]
)
def test_times_are_written_for_an_axis(seconds, text):
    assert clock(seconds) == text


@pytest.mark.parametrize("length", [3e-3, 0.7, 1.0, 12.0, 950.0, 1e6])
@pytest.mark.parametrize("low", [0.0, -0.3, 31.7])
@pytest.mark.parametrize("ticks", [linear_ticks, backprop_ticks])
def test_ticks_lie_on_the_axis_and_are_told_apart(ticks, low, length):
    found = ticks(low, low + length, 6)
    places = [place for place, _ in found]
    assert all(low - 1e-9 <= place <= low + length * (1 + 1e-9) for place in places)
    assert len(set(places)) == len({text for _, text in found}) == len(found) <= 8
    if ticks is linear_ticks:
        assert len(found) >= 2
        assert all(float(text) == pytest.approx(place) for place, text in found)


@pytest.mark.parametrize(("low", "high"), [(-3.4, -2.2), (-5, -1), (-3.28, -3.21), (-9, 3)])
def test_ticks_of_powers_name_their_place(low, high):
    found = log_ticks(low, high, 6)
    assert 2 <= len(found) <= 14
    for place, text in found:
        assert low <= place <= high + 1e-9
        assert math.log10(float(text)) == pytest.approx(place, abs=1e-3)


def test_ticks_of_an_axis_without_length_are_none():
    assert linear_ticks(1.0, 1.0, 5) == []
    assert log_ticks(1.0, 1.0, 5) == []
    assert time_steps(1.0, 1.0, 5) == []


@pytest.mark.parametrize(
    ("high", "steps"),
    [(9, [0, 2, 4, 6, 8]), (125, [0, 30, 60, 90, 120]), (7000, [0, 1800, 3600, 5400])],
)
def test_times_are_round(high, steps):
    assert time_steps(0, high, 5) == steps


def test_times_of_a_long_run_are_whole_days():
    assert time_steps(0, 86400 * 11, 5) == [86400 * n for n in (0, 3, 6, 9)]


def test_everything_that_matters_is_in_the_range():
    assert psnr_range(np.array([30.4, 31.0, 32.0]), [30.39, 32.39]) == (30.39, 32.39)
    assert psnr_range(np.array([]), [30.39, 32.39]) == (30.39, 32.39)
    assert psnr_range(np.array([31.0, 32.0]), [math.nan]) == (31.0, 32.0)
    assert psnr_range(np.array([math.nan]), []) == (0.0, 1.0)


def test_a_run_from_chance_is_shown_whole_until_it_beats_bicubic():
    assert psnr_range(np.array([7.0, 20.0]), [30.39]) == (7.0, 30.39)
    low, high = psnr_range(np.array([7.0, 20.0, 31.0]), [30.39, 32.39])
    assert 29 < low < 30.39
    assert high == 32.39


def test_a_run_that_refines_is_not_flattened_by_bicubic():
    low, high = psnr_range(np.array([32.30, 32.36]), [30.39, math.nan])
    assert (low, high) == (32.30, 32.36)
    assert psnr_range(np.array([32.30, 32.36]), [30.39, 32.39]) == (32.30, 32.39)


def test_losses_of_all_runs_are_in_the_range():
    assert loss_range([np.array([0.1, math.inf, 0.0]), np.array([0.001])]) == pytest.approx(
        (-3, -1)
    )
    assert loss_range([]) == (-4.0, -2.0)


def test_room_is_left_at_both_ends():
    low, high = with_room(0.0, 8.0, 0.05, 0.15)
    assert (low, high) == pytest.approx((-0.5, 9.5))
    low, high = with_room(5.0, 5.0, 0.1, 0.1)
    assert low < 5.0 < high
