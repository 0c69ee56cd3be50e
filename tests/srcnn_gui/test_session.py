"""What panes show, in which order it is computed, and what is kept and dropped."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest

from srcnn.errors import DeviceError, DeviceTooSmall, MissingWeights, UnknownMethod
from srcnn.geometry import Region
from srcnn.metrics import psnr, ssim
from srcnn.picture import Picture
from srcnn.registry import MethodRegistry
from srcnn_gui.viewer import method_library
from srcnn_gui.viewer.choice import DifferenceChoice, PaneChoice
from srcnn_gui.viewer.layer import Difference, DifferenceLayer, MethodLayer, TruthLayer
from srcnn_gui.viewer.method_library import IN_TRAINING
from srcnn_gui.viewer.overview import Preview
from srcnn_gui.viewer.scene import TRUTH, Mode
from srcnn_gui.viewer.session import _KEPT_STATES, MAX_PANES, Session

WAIT_MS = 5000


@pytest.fixture
def methods(fake):
    """Return three methods, of which one is the baseline, with small tiles."""
    return (
        fake("bicubic", tile=48, offset=0.1),
        fake("better", rank=1, tile=48, offset=0.01),
        fake("network", rank=2, tile=48, torch=True),
    )


@pytest.fixture
def compared(stage, scene, methods):
    """Return a stage with a picture open in Compare, in panes of bicubic, better and truth."""
    made = stage(*methods, panes=("bicubic", "better", TRUTH))
    made.open(scene(160, 120))
    return made


def whole_luma(stage, position):
    return stage.result(position).whole.luma


def test_panes_show_results_and_the_truth(compared):
    bicubic, better, truth = compared.session.views
    assert isinstance(bicubic.result.layer, MethodLayer)
    assert better.result.layer.label == "Better"
    assert isinstance(truth.result.layer, TruthLayer)
    assert all(view.shown is view.result for view in compared.session.views)
    assert compared.session.baseline is bicubic.result


def test_nothing_is_shown_before_a_picture_is_open(stage, methods):
    made = stage(*methods)
    assert [view.choice.method for view in made.session.views] == ["bicubic", "better", "network"]
    assert all(view.result is None and view.problem is None for view in made.session.views)
    assert made.session.baseline is None
    made.session.set_difference(DifferenceChoice(Difference.SIGNED))
    made.session.set_computes_whole(True)
    made.session.look_at([])
    made.finish()
    assert made.session.is_finished


def order_of_tiles(stage, layer_label):
    """Return a list that will hold the tiles of a layer in the order in which they come."""
    order = []

    def note(layer, drawn):
        if layer.label == layer_label:
            order.extend(tile.index for tile in drawn)

    stage.session._renders.drawn.connect(note)
    return order


def test_the_whole_is_computed_after_what_is_in_sight(stage, scene, methods):
    made = stage(*methods, panes=("better",))
    order = order_of_tiles(made, "Better")
    made.session.set_computes_whole(False)
    made.open(scene(240, 240))  # 5 x 5 tiles
    seen = Region(100, 100, 235, 180)
    made.look(seen, focus=(200.0, 120.0))
    made.session.set_computes_whole(True)
    made.finish()
    grid = made.result(0).layer.grid
    visible = set(grid.covering(seen))
    assert set(order[: len(visible)]) == visible
    assert order[0] == 2 * 5 + 4
    assert sorted(order) == list(range(25))
    assert made.session.is_finished


def test_without_the_whole_only_what_is_in_sight_is_computed(stage, scene, methods):
    made = stage(*methods, panes=("better",))
    order = order_of_tiles(made, "Better")
    made.session.set_computes_whole(False)
    made.open(scene(240, 240))
    made.look(Region(0, 0, 50, 50))
    made.finish()
    assert sorted(order) == [0, 1, 5, 6]
    assert made.session.is_finished


def test_in_upscale_only_what_is_in_sight_is_computed(stage, scene, methods):
    made = stage(*methods, panes=("better",))
    order = order_of_tiles(made, "Better")
    made.open(scene(120, 120, mode=Mode.UPSCALE))
    made.look(Region(0, 0, 50, 50))
    made.finish()
    assert sorted(order) == [0, 1, 5, 6]


def test_figures_of_the_whole_are_those_of_the_metrics(compared):
    compared.look()
    compared.finish()
    truth = compared.session.scene.truth.luma
    for position in (0, 1):
        state = compared.result(position)
        luma = whole_luma(compared, position)
        assert state.whole.is_measured
        figures = state.whole.figures
        assert figures.psnr_db == pytest.approx(psnr(truth, luma, shave=2), abs=1e-9)
        assert figures.ssim == pytest.approx(ssim(truth, luma, shave=2), abs=1e-9)
    gain = compared.result(1).gain_db(compared.session.baseline)
    assert gain == (
        compared.result(1).whole.figures.psnr_db - compared.result(0).whole.figures.psnr_db
    )
    assert gain > 0


@pytest.mark.parametrize(
    "region", [Region(0, 0, 160, 120), Region(30, 20, 111, 97), Region(140, 100, 160, 120)]
)
def test_figures_of_the_crop_are_those_of_its_pixels_inside_the_shave(compared, region):
    compared.look(region)
    compared.finish()
    inside = region.intersected(Region(2, 2, 158, 118)).slices
    truth = compared.session.scene.truth.luma[inside]
    for position in (0, 1):
        luma = whole_luma(compared, position)[inside]
        crop = compared.result(position).crop
        assert crop.psnr_db == pytest.approx(psnr(truth, luma, shave=0), abs=1e-9)
        assert crop.ssim == pytest.approx(ssim(truth, luma, shave=0), abs=1e-9)


def test_the_crop_is_measured_anew_when_the_view_moves_and_not_otherwise(compared):
    compared.look(Region(0, 0, 60, 60))
    compared.finish()
    first = compared.result(1).crop
    compared.look(Region(0, 0, 60, 60))
    assert not compared.figures.waiting
    compared.look(Region(40, 40, 100, 100))
    compared.finish()
    assert compared.result(1).crop != first


def test_a_crop_is_not_measured_before_all_of_it_is_there(compared):
    compared.look()
    compared.tiles.run(1)
    compared.figures.run()
    assert math.isnan(compared.result(0).crop.psnr_db)


def test_a_crop_is_measured_while_its_difference_is_shown(compared):
    compared.session.set_difference(DifferenceChoice(Difference.ABSOLUTE))
    compared.look()
    compared.finish()
    crop, whole = compared.result(1).crop, compared.result(1).whole.figures
    assert crop.psnr_db == pytest.approx(whole.psnr_db)


@pytest.mark.parametrize("kind", [Difference.ABSOLUTE, Difference.SIGNED])
def test_differences_are_shown_in_all_panes_but_that_of_the_truth(compared, kind):
    compared.session.set_difference(DifferenceChoice(kind, 8))
    bicubic, better, truth = compared.session.views
    for view in (bicubic, better):
        assert isinstance(view.shown.layer, DifferenceLayer)
        assert view.shown.layer.base.key == view.result.layer.key
        assert isinstance(view.result.layer, MethodLayer)
    assert truth.shown is truth.result
    compared.look()
    compared.finish()
    assert bicubic.shown.part == bicubic.result.part == 1
    compared.session.set_difference(DifferenceChoice())
    assert all(view.shown is view.result for view in compared.session.views)


def test_differences_use_what_was_computed_before(compared, methods):
    compared.look()
    compared.finish()
    before = methods[1].calls
    compared.session.set_difference(DifferenceChoice(Difference.SIGNED, 2))
    compared.look()
    compared.finish()
    assert compared.session.views[1].shown.part == 1
    assert methods[1].calls == before


def test_without_a_truth_there_is_no_difference(stage, scene, methods):
    made = stage(*methods, panes=("better",))
    made.open(scene(mode=Mode.UPSCALE))
    made.session.set_difference(DifferenceChoice(Difference.SIGNED))
    assert made.session.views[0].shown is made.session.views[0].result


def test_going_back_to_a_method_is_immediate(compared, methods):
    compared.look()
    compared.finish()
    kept, calls = compared.result(1), methods[1].calls
    compared.session.set_pane(1, PaneChoice("bicubic"))
    compared.session.set_pane(1, PaneChoice("better"))
    assert compared.result(1) is kept
    compared.look()
    compared.finish()
    assert methods[1].calls == calls


def test_two_panes_may_show_the_same(compared):
    compared.show("better", "better")
    assert compared.result(0) is compared.result(1)
    compared.look()
    compared.finish()
    assert compared.session.is_finished


def test_another_scene_drops_what_was_computed(compared, scene):
    compared.look()
    compared.finish()
    old = [view.result for view in compared.session.views]
    assert compared.session.cache.used_bytes > 0
    heard = []
    compared.session.scene_changed.connect(lambda: heard.append("scene"))
    compared.session.views_changed.connect(lambda: heard.append("views"))
    compared.open(scene(90, 60))
    assert heard == ["scene", "views"]
    assert compared.session.cache.used_bytes == 0
    assert not any(view.result in old for view in compared.session.views)
    assert all(view.result.part == 0 for view in compared.session.views)
    assert compared.session.preview.levels[0].shape[:2] == (30, 45)


def test_what_comes_late_of_a_closed_scene_is_dropped(compared, scene):
    compared.look()
    late = len(compared.tiles.waiting)
    arrived = []
    compared.session.tiles_arrived.connect(arrived.append)
    compared.open(scene(90, 60, scale=3))
    compared.session.look_at([])
    compared.session.set_computes_whole(False)
    compared.tiles.run(late)
    assert arrived == []
    assert all(view.result.part == 0 for view in compared.session.views)


def test_tiles_of_one_reference_do_not_count_for_the_next(stage, scene, methods, pixels):
    made = stage(*methods, panes=("better",))
    low = scene(60, 40, mode=Mode.UPSCALE)
    made.open(low.with_reference(Picture(pixels(120, 80, seed=1))))
    made.look()
    assert made.tiles.waiting  # measured against the first
    second = Picture(np.zeros((80, 120, 3), np.uint8))
    made.open(low.with_reference(second))
    made.look()
    made.finish()
    luma = whole_luma(made, 0)
    truth = made.session.scene.truth.luma
    assert made.result(0).whole.figures.psnr_db == pytest.approx(psnr(truth, luma, shave=2))


def test_the_layers_that_are_remembered_are_bounded(stage, scene, fake):
    methods = [fake(f"m{k}", tile=144) for k in range(3 * _KEPT_STATES)]
    made = stage(*methods, panes=("m0",))
    made.open(scene(60, 40))
    for method in methods:
        made.show(method.id, "m0")
        for amplification in (1, 2, 4):
            choice = DifferenceChoice(Difference.ABSOLUTE, amplification)
            made.session.set_difference(choice)
            made.look()
            made.finish()
        assert len(made.session._states) <= _KEPT_STATES + 2
    kinds = [type(state.layer) for state in made.session._states.values()]
    assert kinds.count(DifferenceLayer) == 2  # those that are shown


def test_there_are_at_most_four_panes(stage, methods):
    made = stage(*methods)
    made.show(*["better"] * 6)
    assert len(made.session.panes) == MAX_PANES


def test_a_method_that_is_not_there_is_a_problem_of_its_pane(compared):
    compared.show("better", "betterr", TRUTH)
    view = compared.session.views[1]
    assert isinstance(view.problem, UnknownMethod)
    assert "Did you mean 'better'?" in view.problem.hint
    assert view.result is None
    assert view.shown is None
    compared.look()
    compared.finish()
    assert compared.result(0).part == 1
    assert compared.failed == []


def test_missing_weights_are_a_problem_of_the_pane(compared, methods, scene):
    methods[1].scales = frozenset({2, 4})
    assert compared.session.views[1].problem is None
    compared.open(scene(90, 60, scale=3))
    assert isinstance(compared.session.views[1].problem, MissingWeights)
    assert str(compared.session.views[1].problem).startswith("Better has no weights")
    compared.open(scene(90, 60, scale=4))
    assert compared.session.views[1].problem is None


def test_a_reference_that_is_not_there_is_a_problem_of_the_pane(stage, scene, methods, pixels):
    made = stage(*methods, panes=("better", TRUTH))
    low = scene(60, 40, mode=Mode.UPSCALE)
    made.open(low)
    assert str(made.session.views[1].problem) == "There is no reference to show"
    made.open(low.with_reference(Picture(pixels(120, 80))))
    assert made.session.views[1].problem is None
    assert isinstance(made.result(1).layer, TruthLayer)


def test_a_method_that_fails_is_reported_once_and_the_others_go_on(compared, methods):
    methods[1].error = ValueError("boom")
    compared.look()
    compared.finish()
    assert [str(error) for error in compared.failed] == ["boom"]
    assert compared.result(1).error is compared.failed[0]
    assert compared.result(0).part == compared.result(2).part == 1
    compared.look(Region(0, 0, 50, 50))
    compared.finish()
    assert len(compared.failed) == 1
    assert compared.session.is_finished


def test_a_result_and_its_difference_fail_as_one(compared, methods):
    methods[1].error = ValueError("boom")
    compared.session.set_difference(DifferenceChoice(Difference.SIGNED))
    compared.look()
    compared.finish()
    view = compared.session.views[1]
    assert len(compared.failed) == 1
    assert view.result.error is not None
    assert view.shown.error is not None


def test_a_method_that_failed_is_tried_again_when_it_is_chosen_again(compared, methods):
    methods[1].error = MemoryError()
    compared.look()
    compared.finish()
    methods[1].error = None
    compared.session.set_pane(1, PaneChoice("bicubic"))
    compared.session.set_pane(1, PaneChoice("better"))
    compared.look()
    compared.finish()
    assert compared.result(1).error is None
    assert compared.result(1).part == 1


def test_only_what_needs_pytorch_waits_for_it(stage, scene, methods):
    made = stage(*methods, panes=("bicubic", "network"))
    made.open(scene(160, 120))
    made.look()
    made.finish()
    assert made.result(0).whole.is_measured
    assert made.result(1).part == 0
    assert not made.session.is_finished
    assert not made.session.torch_is_ready
    made.session.set_torch_ready()
    made.look()
    made.finish()
    assert made.result(1).whole.is_measured
    assert made.session.is_finished


def test_without_pytorch_its_panes_say_so_and_nothing_waits(stage, scene, methods):
    made = stage(*methods, panes=("bicubic", "network"))
    made.open(scene(160, 120))
    made.look()
    problem = DeviceError("PyTorch cannot be loaded", hint="Install it.")
    made.session.set_torch_missing(problem)
    made.look()
    made.finish()
    assert made.session.views[1].problem is problem
    assert made.result(0).whole.is_measured
    assert made.session.is_finished
    made.show("network", "bicubic")
    assert made.session.views[0].problem is problem


def test_a_pane_may_have_a_device_of_its_own(compared, monkeypatch):
    library = compared.session.library
    asked = []
    registry = library.registry
    monkeypatch.setattr(
        library, "registry", lambda device, border: asked.append(device) or registry(device, border)
    )
    compared.session.set_pane(0, PaneChoice("bicubic", "cuda:0"))
    assert asked == ["cuda:0", "auto"]


@pytest.mark.usefixtures("no_threads_left")
def test_shutdown_ends_the_threads_while_they_work(qtbot, library, scene, methods):
    session = Session(library(*methods))
    session.set_panes([PaneChoice("bicubic"), PaneChoice("better")])
    made = scene(400, 400)
    with qtbot.waitSignal(session.tiles_arrived, timeout=WAIT_MS):
        session.open_scene(made, Preview(made.source, made.size))
    session.shutdown()
    with qtbot.assertNotEmitted(session.tiles_arrived, wait=30):
        pass


@pytest.mark.usefixtures("no_threads_left")
def test_with_threads_everything_comes_to_the_same(qtbot, library, scene, methods, compared):
    compared.look()
    compared.finish()
    session = Session(library(*methods))
    session.set_panes([PaneChoice("bicubic"), PaneChoice("better")])
    made = scene(160, 120)
    session.open_scene(made, Preview(made.source, made.size))
    qtbot.waitUntil(lambda: session.is_finished, timeout=WAIT_MS)
    for position, view in enumerate(session.views):
        held = compared.result(position).whole
        np.testing.assert_array_equal(view.result.whole.luma, held.luma)
        assert view.result.whole.figures.psnr_db == held.figures.psnr_db
        assert view.result.whole.figures.ssim == pytest.approx(held.figures.ssim, abs=1e-12)
    session.shutdown()


def in_training(fake, offset):
    return fake(IN_TRAINING, rank=9, tile=48, offset=offset)


def train(made, monkeypatch, fake, methods, offset):
    """Let the run in progress have other weights."""
    registry = MethodRegistry([*methods, in_training(fake, offset)])
    monkeypatch.setattr(made.session.library, "registry", lambda device, border: registry)
    made.session.rebuild()


@pytest.fixture
def training(stage, scene, methods, monkeypatch, fake):
    made = stage(*methods, panes=("bicubic", IN_TRAINING))
    made.train = partial(train, made, monkeypatch, fake, methods)
    made.train(0.1)
    made.open(scene())
    return made


def test_of_a_run_in_progress_only_what_is_seen_is_computed(training):
    training.look(Region(0, 0, 10, 10))
    training.finish()
    assert training.result(0).part == 1
    assert training.result(1).overview.done.sum() == 1


def test_other_weights_leave_other_panes_alone_and_do_not_flicker(training):
    training.look()
    training.finish()
    bicubic, old = training.result(0), training.result(1)
    training.train(0.2)
    new = training.result(1)
    assert training.result(0) is bicubic
    assert new is not old
    assert new.part == 0
    assert new.tile(0, training.session.cache) is old.tile(0, training.session.cache)
    training.look()
    training.finish()
    assert new.tile(0, training.session.cache) is not old.tile(0, training.session.cache)
    assert old not in training.session._states.values()


def test_differences_of_a_run_in_progress_do_not_flicker_either(training):
    training.session.set_difference(DifferenceChoice(Difference.ABSOLUTE))
    training.look()
    training.finish()
    training.train(0.2)
    view = training.session.views[1]
    assert view.shown is not view.result
    assert view.shown.tile(0, training.session.cache) is not None
    training.session.set_difference(DifferenceChoice(Difference.SIGNED))
    assert training.session.views[1].shown.tile(0, training.session.cache) is None


def test_another_picture_does_not_stand_on_the_one_before(training, scene, pixels):
    training.look()
    training.finish()
    training.open(scene(picture=Picture(pixels(100, 80, seed=5))))
    assert training.result(1).before is None


def heavy(fake, tile):
    """Return a method that does not fit into memory until its tiles are small."""
    method = fake("heavy", tile=tile)
    if tile > 48:
        method.error = DeviceTooSmall("The card has too little memory left")
        method.step_down = lambda: heavy(fake, 48)
    method.effort = f"{tile} pixels at a time"
    return method


def test_a_device_without_memory_is_given_less_and_that_is_said(stage, scene, fake, monkeypatch):
    made = stage(heavy(fake, 144))
    built = iter([heavy(fake, 144), heavy(fake, 48)])
    monkeypatch.setattr(method_library, "load_methods", lambda env: MethodRegistry([next(built)]))
    said = []
    made.session.stepped_down.connect(said.append)
    made.open(scene(120, 100))
    made.look()
    made.tiles.run()
    made.look()
    made.finish()
    assert made.failed == []
    assert said == ["The card has too little memory left. Going on with 48 pixels at a time."]
    assert made.result(0).layer.grid.tile == 48
    assert made.result(0).part == 1


def test_a_device_whose_memory_never_suffices_is_an_error(stage, scene, fake):
    method = heavy(fake, 144)
    method.step_down = lambda: None
    made = stage(method)
    made.open(scene(60, 50))
    made.look()
    made.finish()
    assert [str(error) for error in made.failed] == ["The card has too little memory left"]
