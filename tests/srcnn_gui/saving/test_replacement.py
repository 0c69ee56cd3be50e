"""Two windows that save under one name: none replaces what its user has not seen."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from srcnn.errors import OutputError
from srcnn.picture import Picture, load_picture
from srcnn.save_options import SaveOptions
from srcnn.tiles import Enlargement
from srcnn_gui.jobs import JobService
from srcnn_gui.saving.choices import SaveRequest
from srcnn_gui.saving.replacement import Replacement
from srcnn_gui.saving.saver import Saver

WAIT_MS = 5000


@pytest.fixture
def two(qtbot, no_threads_left):
    """Return the savers of two windows."""
    services = [JobService(), JobService()]
    yield [Saver(service) for service in services]
    for service in services:
        service.shutdown()


@pytest.fixture
def asked(scene, fake, tmp_path):
    """Return a function that makes a request, whose work waits for the gate it gives too."""

    def make(offset):
        method = fake(f"method {offset}", offset=offset)
        method.gate = threading.Event()
        enlargement = Enlargement(scene(100, 80).source, method, 2)
        picture = Picture(np.zeros((4, 4, 3), np.uint8))
        path = tmp_path / "a.png"
        return SaveRequest(enlargement, picture, path, SaveOptions(), overwrite=True), method.gate

    return make


@pytest.mark.parametrize("is_there", [False, True])
def test_the_second_save_does_not_replace_the_first(two, asked, tmp_path, qtbot, is_there):
    path = tmp_path / "a.png"
    if is_there:
        path.write_bytes(b"both agreed to replace this")
    (one, first_gate), (other, second_gate) = asked(0.0), asked(0.3)
    first, second = two
    with qtbot.waitSignal(first.saved, timeout=WAIT_MS):
        first.save(one)
        second.save(other)
        first_gate.set()
    kept = path.read_bytes()
    with qtbot.waitSignal(second.failed, timeout=WAIT_MS) as failed:
        second_gate.set()
    (error,) = failed.args
    assert str(error) == "a.png was written by another window or program meanwhile"
    assert "Save again to replace it" in error.hint
    assert path.read_bytes() == kept
    assert [file.name for file in tmp_path.iterdir()] == ["a.png"]

    with qtbot.waitSignal(second.saved, timeout=WAIT_MS):  # its user has seen it now
        second.save(other)
    assert path.read_bytes() != kept
    assert load_picture(path).size == other.enlargement.size


def test_a_file_that_is_the_same_or_gone_may_be_replaced(tmp_path):
    path = tmp_path / "a.png"
    Replacement.of(path).check()
    path.write_bytes(b"1")
    seen = Replacement.of(path)
    seen.check()
    path.unlink()
    seen.check()


def test_a_file_that_changed_may_not(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"1")
    seen = Replacement.of(path)
    path.write_bytes(b"more")
    with pytest.raises(OutputError, match="meanwhile"):
        seen.check()
