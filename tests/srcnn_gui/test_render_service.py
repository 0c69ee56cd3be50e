"""What is computed, in which order, and what becomes of it."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from srcnn.geometry import Region, Size
from srcnn.tiles import TileGrid
from srcnn_gui.viewer import render_service
from srcnn_gui.viewer.layer import Drawn, Layer
from srcnn_gui.viewer.render_service import RenderRequest, RenderService, Stream

WAIT_MS = 5000
TILES = 40


class FakeLayer(Layer):
    """Writes down which tiles were drawn; may fail."""

    def __init__(self, key: str = "layer", *, torch: bool = False) -> None:
        self.key = self.label = key
        self.grid = TileGrid(Size(TILES, 1), 1)
        self.needs_torch = torch
        self.drawn: list[int] = []
        self.threads: set[str] = set()
        self.error: Exception | None = None

    def draw(self, index: int) -> Drawn:
        self.drawn.append(index)
        self.threads.add(threading.current_thread().name)
        if self.error is not None:
            raise self.error
        luma = np.zeros((1, 1), np.uint8)
        return Drawn(index, Region(index, 0, index + 1, 1), np.zeros((1, 1, 4)), luma, luma)


@pytest.fixture
def executor(held):
    return held()


@pytest.fixture
def service(qapp, executor):
    return RenderService(executor)


@pytest.fixture
def shown(service):
    """Return what was emitted: (layer, index) as it came."""
    shown = []

    def note(layer, drawn):
        shown.extend((layer.key, one.index) for one in drawn)

    service.drawn.connect(note)
    yield shown
    service.shutdown()


def stream(layer, indices=range(TILES), is_missing=lambda index: True):
    """Return a stream of tiles that are not drawn yet."""

    def missing(index):
        return index not in layer.drawn and is_missing(index)

    return Stream(layer, iter(indices), missing)


def test_every_tile_is_drawn_once(service, executor, shown):
    layer = FakeLayer()
    service.set_plan([stream(layer)], [stream(layer)])
    executor.run()
    assert layer.drawn == list(range(TILES))
    assert shown == [("layer", index) for index in range(TILES)]
    assert service.is_idle


def test_the_order_is_that_of_the_plan(service, executor, shown):
    layer = FakeLayer()
    service.set_plan([stream(layer, [7, 3, 9, 1])], [stream(layer, range(10))])
    executor.run()
    assert layer.drawn == [7, 3, 9, 1, 0, 2, 4, 5, 6, 8]


def test_what_is_in_sight_comes_before_everything_else(service, executor, shown):
    seen, unseen = FakeLayer("seen"), FakeLayer("unseen")
    service.set_plan([stream(seen)], [stream(unseen)])
    executor.run()
    first_unseen = shown.index(("unseen", 0))
    assert first_unseen == TILES
    assert set(shown[:first_unseen]) == {("seen", index) for index in range(TILES)}


def test_panes_take_turns(service, executor, shown):
    left, right = FakeLayer("left"), FakeLayer("right")
    service.set_plan([stream(left), stream(right)], [])
    executor.run(4)
    assert len(left.drawn) == len(right.drawn) == 4


def test_only_the_newest_plan_is_computed(service, executor, shown):
    old, new = FakeLayer("old"), FakeLayer("new")
    service.set_plan([stream(old)], [])
    for _ in range(20):  # plans that nothing was begun of
        service.set_plan([stream(old, range(10, 20))], [])
    service.set_plan([stream(new)], [])
    under_way = len(executor.waiting)
    executor.run()
    assert under_way == 2  # one computing, one waiting: no more of the old
    assert len(old.drawn) <= 4
    assert new.drawn == list(range(TILES))
    assert service.is_idle


def test_an_empty_plan_ends_everything(service, executor, shown):
    layer = FakeLayer()
    service.set_plan([stream(layer)], [stream(layer)])
    service.set_plan([], [])
    executor.run()
    assert len(layer.drawn) == 4
    assert service.is_idle


def test_what_is_under_way_is_not_computed_twice(service, executor, shown):
    layer = FakeLayer()
    service.set_plan([stream(layer)], [])
    service.set_plan([stream(layer)], [stream(layer)])
    executor.run()
    assert sorted(layer.drawn) == list(range(TILES))


def test_what_came_in_the_meantime_is_not_computed(service, executor, shown):
    layer = FakeLayer()
    came = set(range(20, 40))
    service.set_plan([stream(layer, is_missing=lambda index: index not in came)], [])
    executor.run()
    assert layer.drawn == list(range(20))


def test_after_its_time_a_request_returns_what_it_has(monkeypatch):
    layer = FakeLayer()
    clock = iter(range(100))
    monkeypatch.setattr(render_service.time, "perf_counter", lambda: next(clock) / 100)
    drawn = RenderRequest(layer, tuple(range(8)))()
    assert [one.index for one in drawn] == [0, 1, 2, 3]


def test_a_request_computes_one_tile_however_long_it_takes(monkeypatch):
    layer = FakeLayer()
    clock = iter(range(100))
    monkeypatch.setattr(render_service.time, "perf_counter", lambda: next(clock) * 60)
    assert len(RenderRequest(layer, (5, 6, 7))()) == 1


def test_the_rest_is_given_back_and_comes_first(service, executor, shown, monkeypatch):
    monkeypatch.setattr(render_service, "BUDGET_S", -1.0)  # one tile a request
    layer = FakeLayer()
    service.set_plan([stream(layer)], [])
    executor.run()
    assert sorted(layer.drawn) == list(range(TILES))
    assert set(layer.drawn[:16]) == set(range(16))
    assert shown == [("layer", index) for index in layer.drawn]


def test_the_rest_is_given_to_the_newest_plan(service, executor, shown, monkeypatch):
    monkeypatch.setattr(render_service, "BUDGET_S", -1.0)
    layer, other = FakeLayer(), FakeLayer("other")
    service.set_plan([stream(layer)], [])
    service.set_plan([stream(layer)], [])
    executor.run()
    assert sorted(layer.drawn) == list(range(TILES))
    service.set_plan([stream(other)], [])
    service.set_plan([], [])  # where nobody wants the rest it is dropped
    executor.run()
    assert len(other.drawn) == 2


def test_only_layers_that_need_pytorch_wait_for_it(service, executor, shown):
    torch, numpy = FakeLayer("torch", torch=True), FakeLayer("numpy")
    service.set_plan([stream(torch), stream(numpy)], [stream(torch)])
    executor.run()
    assert torch.drawn == []
    assert numpy.drawn == list(range(TILES))
    assert not service.is_idle
    service.set_torch_ready()
    executor.run()
    assert torch.drawn == list(range(TILES))
    assert service.is_idle


def test_a_layer_that_fails_leaves_the_others_going(service, executor, shown, caplog):
    failed = []
    service.failed.connect(lambda layer, error: failed.append((layer, error)))
    broken, sound = FakeLayer("broken"), FakeLayer("sound")
    broken.error = ValueError("boom")
    service.set_plan([stream(broken), stream(sound)], [stream(broken), stream(sound)])
    executor.run()
    assert sound.drawn == list(range(TILES))
    assert len(broken.drawn) <= 2  # what was under way
    assert {(layer.key, str(error)) for layer, error in failed} == {("broken", "boom")}
    assert "Traceback" in caplog.text
    assert service.is_idle


def test_after_shutdown_nothing_is_emitted_or_begun(service, executor, shown):
    layer = FakeLayer()
    service.set_plan([stream(layer)], [])
    waiting = list(executor.waiting)
    service.shutdown()
    assert all(future.cancelled() for future, _ in waiting)
    service.set_plan([stream(layer)], [])
    service.set_torch_ready()
    assert not executor.waiting
    assert layer.drawn == []
    assert shown == []


class Gated(FakeLayer):
    """Waits, once it began, to be let through."""

    def __init__(self) -> None:
        super().__init__()
        self.began, self.gate = threading.Event(), threading.Event()

    def draw(self, index: int) -> Drawn:
        self.began.set()
        assert self.gate.wait(WAIT_MS / 1000)
        return super().draw(index)


@pytest.mark.usefixtures("no_threads_left")
def test_it_computes_in_one_thread_of_its_own(qtbot):
    service, layer = RenderService(), FakeLayer()
    threads = []
    service.drawn.connect(lambda: threads.append(threading.current_thread()))
    service.set_plan([stream(layer)], [])
    qtbot.waitUntil(lambda: service.is_idle, timeout=WAIT_MS)
    assert layer.drawn == list(range(TILES))
    (name,) = layer.threads
    assert name.startswith("tiles")
    assert set(threads) == {threading.main_thread()}
    service.shutdown()


@pytest.mark.usefixtures("no_threads_left")
def test_shutdown_waits_for_the_tile_under_way_and_emits_nothing(qtbot):
    service, layer, shown = RenderService(), Gated(), []
    service.drawn.connect(lambda layer, drawn: shown.append(drawn))
    service.set_plan([stream(layer)], [])
    assert layer.began.wait(WAIT_MS / 1000)
    threading.Timer(0.02, layer.gate.set).start()
    service.shutdown()
    assert 1 <= len(layer.drawn) <= 8
    with qtbot.assertNotEmitted(service.drawn, wait=50):
        pass
    assert shown == []


def test_it_is_quiet_unless_somebody_waits_for_tiles(service, executor):
    layer, said = FakeLayer(), []
    service.quietened.connect(lambda: said.append(service.quiet.is_set()))
    assert service.quiet.is_set()
    service.set_plan([], [stream(layer, range(3))])
    assert service.quiet.is_set()  # nobody looks at these
    service.set_plan([stream(layer, range(3, 6))], [])
    executor.run(1)
    assert not service.quiet.is_set()
    assert said == []
    executor.run()
    assert service.quiet.is_set()
    assert said == [True]


def test_when_it_ends_nobody_waits_for_it(service, executor):
    service.set_plan([stream(FakeLayer(), range(3))], [])
    assert not service.quiet.is_set()
    service.shutdown()
    assert service.quiet.is_set()
