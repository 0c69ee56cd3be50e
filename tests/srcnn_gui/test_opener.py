"""Pictures are opened beside the window, and the newest request wins."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PIL import Image

from srcnn.errors import PictureError, PictureTooLarge, PictureTooSmall
from srcnn.geometry import Size
from srcnn.picture import Picture
from srcnn_gui import opener as opener_module
from srcnn_gui.jobs import JobService
from srcnn_gui.opener import Opener
from srcnn_gui.viewer.scene import Mode, SceneSetup

WAIT_MS = 5000
UPSCALE = SceneSetup(mode=Mode.UPSCALE, scale=2)


@pytest.fixture
def opener(qtbot, no_threads_left):
    jobs = JobService()
    opener = Opener(jobs)
    opener.heard = []
    opener.opened.connect(lambda opened: opener.heard.append(opened))
    opener.failed.connect(lambda error: opener.heard.append(error))
    yield opener
    jobs.shutdown()


def finish(opener, qtbot):
    """Wait until everything that was asked for is opened; return what came of it last."""
    qtbot.waitUntil(lambda: not opener.is_busy, timeout=WAIT_MS)
    return opener.heard[-1]


@pytest.fixture
def gate(monkeypatch):
    """Keep files named ``slow.png`` from being read until the gate is opened."""
    gate, load = threading.Event(), opener_module.load_picture

    def read(path, **options):
        if path.name == "slow.png":
            assert gate.wait(WAIT_MS / 1000)
        return load(path, **options)

    monkeypatch.setattr(opener_module, "load_picture", read)
    yield gate
    gate.set()


@pytest.fixture
def slow(photo):
    path = photo.with_name("slow.png")
    path.write_bytes(photo.read_bytes())
    return path


def test_a_file_becomes_a_scene_with_a_preview(opener, photo, qtbot):
    opener.open_file(photo)
    assert opener.is_busy
    opened = finish(opener, qtbot)
    assert opened.path == photo
    assert opened.scene.name == "photo.png"
    assert opened.scene.setup == opener.setup
    assert opened.scene.picture.size == Size(215, 157)
    assert opened.preview.levels[0].shape == (78, 107, 4)


def test_it_knows_the_open_file_by_any_name(opener, photo, qtbot, tmp_path):
    assert not opener.has_open(photo)
    opener.open_file(photo)
    finish(opener, qtbot)
    (tmp_path / "link.png").hardlink_to(photo)
    assert opener.has_open(photo)
    assert opener.has_open(tmp_path / "link.png")
    assert not opener.has_open(tmp_path / "new.png")


def test_it_says_when_it_is_busy(opener, photo, qtbot):
    said = []
    opener.busy_changed.connect(said.append)
    opener.open_file(photo)
    finish(opener, qtbot)
    assert said == [True, False]


def test_a_sample_and_a_picture_in_memory_have_no_file(opener, qtbot, pixels):
    opener.open_sample("chart")
    opened = finish(opener, qtbot)
    assert opened.path is None
    assert opened.scene.name == "Test chart"
    opener.open_picture("clipboard", Picture(pixels(30, 20)))
    opened = finish(opener, qtbot)
    assert opened.path is None
    assert opened.scene.name == "clipboard"


def test_an_unknown_sample_is_an_error(opener, qtbot):
    opener.open_sample("lenna")
    assert isinstance(finish(opener, qtbot), PictureError)


def test_another_setup_prepares_the_open_picture_without_reading_it_again(opener, photo, qtbot):
    opener.open_file(photo)
    first = finish(opener, qtbot)
    photo.unlink()
    opener.set_setup(UPSCALE)
    second = finish(opener, qtbot)
    assert second.scene.setup == UPSCALE
    assert second.scene.picture is first.scene.picture
    assert second.path == photo
    opener.set_setup(SceneSetup(scale=4))
    assert finish(opener, qtbot).scene.picture is first.scene.picture


def test_without_a_picture_a_setup_is_for_the_next_one(opener, photo, qtbot):
    opener.set_setup(UPSCALE)
    assert not opener.is_busy
    opener.open_file(photo)
    assert finish(opener, qtbot).scene.setup == UPSCALE


def test_a_picture_is_hashed_beside_the_window_too(opener, photo, qtbot):
    opener.set_setup(UPSCALE)
    opener.open_file(photo)
    assert "key" in vars(finish(opener, qtbot).scene.source)


def test_the_newest_request_wins(opener, photo, slow, gate, qtbot):
    opener.open_file(slow)
    opener.open_file(photo)
    gate.set()
    assert finish(opener, qtbot).path == photo
    assert len(opener.heard) == 1


def test_a_setup_chosen_while_a_picture_opens_is_that_picture_s(opener, slow, gate, qtbot):
    opener.open_file(slow)
    opener.set_setup(UPSCALE)
    gate.set()
    opened = finish(opener, qtbot)
    assert opened.path == slow
    assert opened.scene.setup == UPSCALE
    assert len(opener.heard) == 1


def test_a_setup_does_not_bring_the_old_picture_back(opener, photo, slow, gate, qtbot):
    opener.open_file(photo)
    finish(opener, qtbot)
    opener.open_file(slow)
    opener.set_setup(UPSCALE)
    gate.set()
    opened = finish(opener, qtbot)
    assert opened.path == slow
    assert opened.scene.setup == UPSCALE


def test_a_file_that_cannot_be_opened_leaves_the_open_picture(opener, photo, tmp_path, qtbot):
    opener.open_file(photo)
    finish(opener, qtbot)
    opener.open_file(tmp_path / "nowhere.png")
    assert isinstance(finish(opener, qtbot), PictureError)
    opener.set_setup(UPSCALE)
    assert finish(opener, qtbot).path == photo


def test_what_failed_is_not_tried_again_by_another_setup(opener, tmp_path, qtbot):
    opener.open_file(tmp_path / "nowhere.png")
    assert isinstance(finish(opener, qtbot), PictureError)
    opener.set_setup(UPSCALE)
    assert not opener.is_busy


def test_what_is_too_small_to_compare_opens_when_the_mode_changes(opener, tmp_path, qtbot):
    path = tmp_path / "dot.png"
    Image.fromarray(np.zeros((1, 1), np.uint8)).save(path)
    opener.open_file(path)
    assert isinstance(finish(opener, qtbot), PictureTooSmall)
    opener.set_setup(UPSCALE)
    opened = finish(opener, qtbot)
    assert opened.path == path
    assert opened.scene.size == Size(2, 2)


def test_larger_than_allowed_is_refused_unless_this_one_may(opener, photo, qtbot):
    opener.max_megapixels = 0.03
    opener.open_file(photo)
    assert isinstance(finish(opener, qtbot), PictureTooLarge)
    opener.open_file(photo, max_megapixels=1)
    assert finish(opener, qtbot).path == photo


def test_a_reference_is_attached_to_the_open_picture(opener, photo, tmp_path, pixels, qtbot):
    reference = tmp_path / "reference.png"
    Image.fromarray(pixels(430, 314)).save(reference)
    opener.attach_reference(reference)
    assert not opener.is_busy
    opener.setup = UPSCALE
    opener.open_file(photo)
    plain = finish(opener, qtbot)
    opener.attach_reference(reference)
    opened = finish(opener, qtbot)
    np.testing.assert_array_equal(opened.scene.truth.pixels, pixels(430, 314))
    assert opened.scene.source is plain.scene.source
    assert opened.preview is plain.preview
    opener.attach_reference(photo)
    assert "The reference has" in str(finish(opener, qtbot))
    opener.set_setup(SceneSetup(mode=Mode.UPSCALE, scale=4))
    assert finish(opener, qtbot).path == photo


def test_closing_while_a_picture_opens_ends_the_thread(qtbot, photo, no_threads_left):
    jobs = JobService()
    opener = Opener(jobs)
    opener.open_file(photo)
    with qtbot.assertNotEmitted(opener.opened, wait=30):
        jobs.shutdown()
