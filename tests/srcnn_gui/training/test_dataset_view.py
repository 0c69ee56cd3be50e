"""A chosen folder is looked through in the background, and what is wrong with it is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from srcnn.geometry import Size
from srcnn_gui.jobs import JobService
from srcnn_gui.training.dataset_check import DOT, summary, thumbnail, why_useless
from srcnn_gui.training.dataset_view import DatasetView
from trainer.config import TrainConfig
from trainer.events import Skipped
from trainer.folder_check import FolderReport

WAIT_MS = 10_000


@pytest.fixture
def jobs(qapp, no_threads_left):
    jobs = JobService()
    yield jobs
    jobs.shutdown()


@pytest.fixture
def view(qtbot, jobs):
    view = DatasetView(jobs)
    qtbot.addWidget(view)
    view.resize(360, 500)
    view.show()
    return view


@pytest.fixture
def folder(tmp_path, pixels):
    """Return a folder with two good pictures, a small one and a text that is called a picture."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, size in {"a": (60, 40), "b": (80, 50), "small": (20, 20)}.items():
        Image.fromarray(pixels(*size)).save(folder / f"{name}.png")
    (folder / "text.png").write_text("no picture")
    return folder


def check(qtbot, view, jobs, config):
    view.check(config)
    qtbot.waitUntil(lambda: not view._waiting.isActive() and not jobs.jobs, timeout=WAIT_MS)


def plain(text):
    """Put the signs in that are hard to type."""
    parts = (part.replace(" ", "\N{NO-BREAK SPACE}") for part in text.split(" | "))
    return DOT.join(parts).replace("x", "\N{MULTIPLICATION SIGN}")


def config_for(*folders):
    return TrainConfig(data=folders, scale=2)


def test_what_is_in_a_folder_is_counted(view, jobs, qtbot, folder):
    check(qtbot, view, jobs, config_for(folder))
    sub_images = (60 - 32) * (40 - 32) + (80 - 32) * (50 - 32)
    sizes = plain("60 x 40 to 80 x 50")
    assert view.text == plain(f"2 pictures | 0.0 MP | {sizes} | {sub_images:,} sub-images")
    assert view.brief == plain("2 pictures | 0.0 MP")
    assert view.problem == ""
    assert view._thumbnails.count() == 2
    assert view._thumbnails.item(0).toolTip() == "a.png"


def test_files_that_are_left_out_are_listed_with_the_reason(view, jobs, qtbot, folder):
    check(qtbot, view, jobs, config_for(folder))
    assert view._skipped_toggle.text() == "2 files are left out"
    assert not view._skipped.isVisible()
    view._skipped_toggle.click()
    assert view._skipped.isVisible()
    listed = [view._skipped.item(row).text() for row in range(view._skipped.count())]
    assert listed[0].startswith("small.png: small.png has 20")
    assert listed[1].startswith("text.png: ")


def test_a_folder_with_nothing_useful_is_a_problem_until_another_is_chosen(
    view, jobs, qtbot, folder
):
    (folder / "a.png").unlink()
    (folder / "b.png").unlink()
    check(qtbot, view, jobs, config_for(folder))
    assert "No picture in pictures can be learnt from" in view.problem
    assert "33 pixels" in view.problem
    assert view._thumbnails.isHidden()
    check(qtbot, view, jobs, config_for())
    assert view.problem == ""
    assert view._place.text() == "Samples that come with the program"


def test_a_folder_that_is_gone_is_a_sentence_with_a_hint(view, jobs, qtbot, tmp_path, caplog):
    check(qtbot, view, jobs, config_for(tmp_path / "gone"))
    assert "gone" in view.problem
    assert view.problem.count(". ") >= 1


def test_it_is_looked_at_again_only_if_the_answer_may_be_another(view, jobs, qtbot, folder):
    started = []
    jobs.started.connect(started.append)
    config = config_for(folder)
    check(qtbot, view, jobs, config)
    check(qtbot, view, jobs, replace(config, rate=0.1))
    assert len(started) == 1
    check(qtbot, view, jobs, replace(config, crop=40))
    assert len(started) == 2
    view._again.click()
    qtbot.waitUntil(lambda: not jobs.jobs, timeout=WAIT_MS)
    assert len(started) == 3


def test_looking_can_be_cancelled(view, jobs, qtbot, folder):
    view.check(config_for(folder))
    with qtbot.waitSignal(jobs.started, timeout=WAIT_MS):
        pass
    view._cancel.click()
    qtbot.waitUntil(lambda: not jobs.jobs, timeout=WAIT_MS)
    assert view.text == "It was not looked through to the end."
    assert not view._cancel.isVisible()


def report(*usable, skipped=()):
    size = Size(50, 40)
    return FolderReport(tuple(usable), skipped, size, size, 8.1, 21_884)


def test_one_size_is_said_once(tmp_path):
    said = DOT.join(summary(report(tmp_path)))
    assert said == plain("1 picture | 8.1 MP | 50 x 40 | 21,884 sub-images")


def test_one_picture_needs_others_to_validate_on(tmp_path):
    config = TrainConfig(data=(tmp_path,))
    assert "One picture is not enough" in why_useless(report(tmp_path / "a"), config)
    assert why_useless(report(tmp_path / "a"), replace(config, validation=tmp_path)) == ""
    assert why_useless(report(skipped=(Skipped("a", "no"),)), config)


def test_a_thumbnail_keeps_the_shape_of_its_picture(tmp_path, pixels, qapp):
    path = tmp_path / "wide.png"
    Image.fromarray(pixels(600, 300)).save(path)
    image = thumbnail(path)
    assert (image.width(), image.height()) == (128, 64)
