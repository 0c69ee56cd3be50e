"""What is known of a layer, and how it is said."""

from __future__ import annotations

import math

import numpy as np
import pytest

from srcnn.errors import UnknownMethod
from srcnn.geometry import Region
from srcnn.tiles import Enlargement
from srcnn_gui.viewer import figure_text
from srcnn_gui.viewer.choice import Look, PaneChoice, PaneView
from srcnn_gui.viewer.layer import Difference, DifferenceLayer, MethodLayer, TruthLayer
from srcnn_gui.viewer.layer_state import LayerState
from srcnn_gui.viewer.overview import Preview
from srcnn_gui.viewer.scene import Mode
from srcnn_gui.viewer.tile_cache import TileCache


@pytest.fixture
def state(scene, fake):
    """Return a function that makes the state of a result of 3 x 2 tiles."""

    def make(name="fake", *, torch=False, offset=0.02, **options):
        made = scene(100, 80, **options)
        method = fake(name, tile=48, torch=torch, offset=offset)
        enlargement = Enlargement(made.source, method, made.setup.scale)
        layer = MethodLayer(enlargement, made.truth, made.truth_key, made.protocol)
        return LayerState(layer, Preview(made.source, made.size))

    return make


def fill(state, *indices):
    for index in indices or range(len(state.layer.grid)):
        state.add(state.layer.draw(index))


def test_a_tile_goes_into_overview_and_figures(state):
    state = state()
    assert state.part == 0
    fill(state, 0, 3)
    assert state.part == 2 / 6
    assert state.whole.has(3)
    assert not state.is_missing(3)
    assert state.is_missing(4)


def test_zoomed_out_a_finished_tile_is_not_wanted_again(state):
    state, cache = state(), TileCache()
    assert state.is_wanted(0, 0.5, cache)
    fill(state, 0)
    assert not state.is_wanted(0, 0.5, cache)
    assert state.is_wanted(1, 0.5, cache)


def test_at_full_size_a_tile_is_wanted_unless_it_is_kept(state):
    state, cache = state(), TileCache()
    fill(state, 0)
    assert state.is_wanted(0, 1.0, cache)
    cache.add(state.layer, state.layer.draw(0))
    assert not state.is_wanted(0, 1.0, cache)


def test_luma_is_known_of_finished_tiles_only(state):
    state = state()
    region = state.layer.grid.region(1)
    assert state.luma_of_tile(1, region) is None
    fill(state, 1)
    np.testing.assert_array_equal(state.luma_of_tile(1, region), state.layer.draw(1).luma)


def test_without_a_truth_no_luma_is_kept(state):
    state = state(mode=Mode.UPSCALE)
    fill(state)
    assert state.luma_of_tile(0, state.layer.grid.region(0)) is None


def test_a_gain_is_known_when_both_are_complete(scene, fake, state):
    better, worse = state("better"), state("worse")
    worse.layer.enlargement.method.offset = 0.2
    fill(better)
    assert math.isnan(better.gain_db(worse))
    assert math.isnan(better.gain_db(None))
    fill(worse, 0, 1, 2, 3, 4)
    assert math.isnan(better.gain_db(worse))
    fill(worse, 5)
    gain = better.whole.figures.psnr_db - worse.whole.figures.psnr_db
    assert gain > 3
    assert better.gain_db(worse) == gain
    assert worse.gain_db(better) == -gain
    assert better.gain_db(better) == 0


def test_truth_and_differences_have_no_figures(scene, state):
    made = scene()
    preview = Preview(made.source, made.size)
    truth = LayerState(TruthLayer(made.truth, "key"), preview)
    base = state()
    layer = DifferenceLayer(
        base.layer, made.truth, Difference.SIGNED, 4, lambda index, region: None
    )
    difference = LayerState(layer, preview)
    for one in (truth, difference):
        assert one.whole is None
        assert math.isnan(one.gain_db(base))
        assert math.isnan(base.gain_db(one))
    assert difference.overview.preview is None  # the input's colours would say nothing


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (figure_text.decibels(32.584), "32.58 dB"),
        (figure_text.decibels(math.inf), "∞ (identical)"),
        (figure_text.decibels(math.nan), "\N{EN DASH}"),
        (figure_text.gain(0.126), "+0.13 dB"),
        (figure_text.gain(-1.5), "\N{MINUS SIGN}1.50 dB"),
        (figure_text.gain(math.nan), "\N{EN DASH}"),
        (figure_text.gain(math.inf), "\N{EN DASH}"),
        (figure_text.gain(-math.inf), "\N{EN DASH}"),
        (figure_text.similarity(0.91234), "0.9123"),
        (figure_text.similarity(math.nan), "\N{EN DASH}"),
        (figure_text.signed(7), "+7"),
        (figure_text.signed(-7), "\N{MINUS SIGN}7"),
        (figure_text.signed(0), "0"),
    ],
)
def test_figures_are_written_as_people_read_them(text, said):
    assert text == said


def said(state, *, ready=True, problem=None):
    view = PaneView(PaneChoice("fake"), state, state, problem)
    return figure_text.state_text(view, torch_is_ready=ready)


def test_the_state_of_a_pane_is_said(scene, state):
    made = scene()
    one = state()
    assert said(None) == ""
    assert said(None, problem=UnknownMethod("no such method")) == "not available"
    assert said(LayerState(TruthLayer(made.truth, "key"), Preview(made.source, made.size))) == (
        "reference"
    )
    assert said(one, ready=False) == "pending"  # it does not need PyTorch
    assert said(state(torch=True), ready=False) == "loading PyTorch"
    assert said(state(torch=True)) == "pending"
    fill(one, 0)
    assert said(one) == "28 %"  # 48 * 48 of 100 * 80 pixels
    fill(one)
    assert said(one) == "done"
    one.error = ValueError("boom")
    assert said(one) == "failed"


def test_a_little_is_not_said_to_be_nothing(scene, fake):
    made = scene(400, 400)
    enlargement = Enlargement(made.source, fake(tile=12), 2)
    layer = MethodLayer(enlargement, made.truth, made.truth_key, made.protocol)
    state = LayerState(layer, Preview(made.source, made.size))
    fill(state, 0)
    assert said(state) == "0 %"


@pytest.mark.parametrize("focus", [(5.0, 5.0), (72.0, 24.0), (99.0, 79.0), (50.0, 200.0)])
def test_tiles_in_sight_come_nearest_to_the_cursor_first(state, focus):
    look = Look(state(), Region(10, 10, 100, 70), focus)

    def distance(index):
        row, column = divmod(index, 3)
        return math.dist(focus, (column * 48 + 24, row * 48 + 24))

    order = list(look.nearest_first())
    assert sorted(order) == [0, 1, 2, 3, 4, 5]
    distances = [distance(index) for index in order]
    assert distances == sorted(distances)


def test_only_tiles_in_sight_are_wanted(state):
    look = Look(state(), Region(50, 50, 60, 60), focus=(0.0, 0.0))
    assert list(look.nearest_first()) == [4]


def test_a_new_result_stands_on_the_one_before(state):
    old, new, cache = state("old", offset=0.1), state("new", offset=0.2), TileCache()
    fill(old)
    cache.add(old.layer, old.layer.draw(0))
    new.continue_from(old)
    assert new.tile(0, cache).bgra[0, 0, 0] == old.layer.draw(0).bgra[0, 0, 0]
    assert new.tile(1, cache) is None
    assert (new.overview.levels[0] > 0).any()
    assert new.part == 0  # it has nothing of its own
    assert new.is_wanted(0, 1.0, cache)
    cache.add(new.layer, new.layer.draw(0))
    assert new.tile(0, cache).bgra[0, 0, 0] == new.layer.draw(0).bgra[0, 0, 0]


def test_a_result_of_another_size_is_no_ground_to_stand_on(state, scene, fake):
    old = state("old", scale=4)
    other = scene(50, 40)
    layer = MethodLayer(
        Enlargement(other.source, fake("new", tile=48), 2), other.truth, "", other.protocol
    )
    new = LayerState(layer, Preview(other.source, other.size))
    fill(old)
    new.continue_from(old)
    assert new.before is None
    assert not new.overview.levels[0].any()
