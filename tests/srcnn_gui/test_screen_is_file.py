"""What is on screen is what is saved, bit for bit, and its figures are those of the file."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageCms
from PySide6.QtGui import QImage
from skimage import data

from srcnn.cli import main
from srcnn.colour_profile import colour_transform
from srcnn.device import cpu_device
from srcnn.geometry import Size
from srcnn.method import MethodEnvironment
from srcnn.metrics import psnr
from srcnn.output import save_enlargement
from srcnn.picture import Picture
from srcnn.registry import load_methods
from srcnn.spec import SrcnnSpec
from srcnn.tiles import render_tiles
from srcnn.weights import Weights, bundled_weights
from srcnn_gui.theme import canvas_colour
from srcnn_gui.viewer.canvas import Canvas
from srcnn_gui.viewer.scene import Mode
from srcnn_gui.viewer.view import View
from srcnn_gui.viewer.viewport import Viewport
from tests.srcnn.colour_profiles import wide_profile

SCALES = (2, 3, 4)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def weights_of(scale):
    """Return a small network that changes bicubic a little, at random."""
    spec = SrcnnSpec(4, 3, 5, 1, 3)
    rng = np.random.default_rng(scale)
    w1, b1, w2, b2, w3, b3 = (rng.normal(0, 0.02, s).astype(np.float32) for s in spec.shapes)
    w1[0, 0, 2, 2] = w2[0, 0, 0, 0] = w3[0, 0, 1, 1] = 1
    b1[0], b3[0] = 1, -1
    return Weights(spec, scale, (w1, b1, w2, b2, w3, b3))


REGISTRY = load_methods(MethodEnvironment(cpu_device(), [weights_of(scale) for scale in SCALES]))
METHODS = pytest.mark.parametrize("method", REGISTRY.values(), ids=REGISTRY)


@pytest.fixture
def show(stage, qtbot):
    """Return a function that opens a scene and shows a method of it on a canvas."""

    def make(scene, method, size=(212, 164)):
        made = stage(method)
        made.session.set_torch_ready()
        made.open(scene)
        view = View()
        made.canvas = canvas = Canvas(made.session, view)
        qtbot.addWidget(canvas)
        canvas.resize(*size)
        canvas.show()
        canvas.show_panes(made.session.views)
        view.set_image(scene.size)
        view.set_pane(canvas.screen_size())
        made.view = view
        return made

    return make


def finish(stage, rng):
    """Compute what is wanted, in an order that chance decides."""
    while stage.tiles.waiting or stage.figures.waiting:
        executor = stage.tiles if stage.tiles.waiting else stage.figures
        executor.waiting.rotate(int(rng.integers(2)))
        executor.run(1)


def on_screen(canvas):
    """Return the pixels (h, w, 3) that a canvas shows."""
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def expected(saved, view, pane, ground):
    """Return what a pane must show of a saved picture, and around it."""
    left, top = view.viewport.origin(pane)
    zoom = int(view.viewport.zoom)
    y, x = np.mgrid[: pane.height, : pane.width]
    column, row = (x - left) // zoom, (y - top) // zoom
    height, width = saved.shape[:2]
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    shown = np.empty((pane.height, pane.width, 3), np.uint8)
    shown[:] = ground
    colours = saved if saved.ndim == 3 else saved[..., np.newaxis].repeat(3, axis=2)
    shown[inside] = colours[row[inside], column[inside]]
    return shown


def saved_pixels(layer, path):
    save_enlargement(layer.enlargement, path)
    with Image.open(path) as image:
        return np.asarray(image)


def check_views(made, saved, rng, zooms):
    canvas, view, size = made.canvas, made.view, made.session.scene.size
    ground = canvas_colour(canvas.palette()).getRgb()[:3]
    canvas.set_shows_grid(False)
    for zoom in zooms:
        for _ in range(2):
            view.move_to(Viewport(rng.uniform(0, size.width), rng.uniform(0, size.height), zoom))
            made.session.look_at(canvas.looks())
            finish(made, rng)
            pane = canvas.screen_size()
            np.testing.assert_array_equal(on_screen(canvas), expected(saved, view, pane, ground))


@METHODS
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("mode", Mode)
def test_the_screen_shows_the_file(show, scene, tmp_path, rng, method, scale, mode):
    size = (215, 157) if mode is Mode.COMPARE else (90, 70)
    made = show(scene(*size, mode=mode, scale=scale), method)
    saved = saved_pixels(made.result(0).layer, tmp_path / "saved.png")
    assert Size(saved.shape[1], saved.shape[0]) == made.session.scene.size
    check_views(made, saved, rng, (1, 2, 16))


def test_grey_and_16_bits_are_shown_as_saved(show, scene, tmp_path, rng, pixels):
    method = REGISTRY["bicubic"]
    grey = Picture(pixels(80, 60)[..., 1].copy())
    made = show(scene(picture=grey, mode=Mode.UPSCALE, scale=3), method)
    saved = saved_pixels(made.result(0).layer, tmp_path / "grey.png")
    assert saved.ndim == 2
    check_views(made, saved, rng, (1, 2))
    deep = Picture(rng.integers(0, 65536, (50, 60), dtype=np.uint16))
    made = show(scene(picture=deep, mode=Mode.UPSCALE), method)
    saved = saved_pixels(made.result(0).layer, tmp_path / "deep.png")
    assert saved.max() > 255
    check_views(made, np.rint(saved / 257).astype(np.uint8), rng, (1, 2))


@pytest.mark.parametrize("icc", [SRGB, wide_profile()], ids=["srgb", "wide"])
def test_through_a_profile_the_screen_shows_what_the_file_means(
    show, scene, tmp_path, rng, pixels, icc
):
    picture = Picture(pixels(90, 70), icc=icc)
    made = show(scene(picture=picture, mode=Mode.UPSCALE), REGISTRY["bicubic"])
    saved = saved_pixels(made.result(0).layer, tmp_path / "saved.png")
    transform = colour_transform(icc)
    assert (transform is None) == (icc is SRGB)
    check_views(made, saved if transform is None else transform(saved), rng, (1, 2, 16))


@METHODS
@pytest.mark.parametrize("scale", SCALES)
def test_figures_are_those_of_the_file(show, scene, tmp_path, rng, capsys, method, scale):
    made = show(scene(215, 157, scale=scale), method)
    made.session.look_at(made.canvas.looks())
    finish(made, rng)
    state, truth = made.result(0), made.session.scene.truth
    luma = np.zeros_like(truth.luma)
    for tile in render_tiles(state.layer.enlargement):
        luma[tile.region.slices] = tile.luma
    assert state.whole.figures.psnr_db == pytest.approx(psnr(truth.luma, luma, shave=scale))
    picture, saved, report = (tmp_path / name for name in ("truth.png", "saved.png", "report.json"))
    Image.fromarray(made.session.scene.picture.pixels).save(picture)
    save_enlargement(state.layer.enlargement, saved)
    with pytest.raises(SystemExit) as ended:
        main(["measure", str(saved), "--truth", str(picture), "--json", str(report)])
    assert not ended.value.code, capsys.readouterr().err
    (row,) = json.loads(report.read_text())["rows"]
    assert (row["method"], row["scale"]) == (method.id, scale)
    assert state.whole.figures.saved_psnr_db == pytest.approx(row["psnr_db"], abs=1e-9)


NATURAL = {"astronaut": data.astronaut()[40:280, 120:420], "coffee": data.coffee()[60:300, 60:360]}
BUNDLED = load_methods(MethodEnvironment(cpu_device(), bundled_weights()))
OFFERED = [
    pytest.param(method, scale, id=f"{method.id}-{scale}")
    for method in BUNDLED.values()
    for scale in sorted(method.scales)
    if method.id == "srcnn" or not method.needs_torch
]


@pytest.mark.parametrize("name", NATURAL)
@pytest.mark.parametrize(("method", "scale"), OFFERED)
def test_the_file_is_as_good_as_the_paper_says_within_a_little(
    show, scene, rng, method, scale, name
):
    made = show(scene(picture=Picture(NATURAL[name].copy()), scale=scale), method)
    finish(made, rng)
    figures = made.result(0).whole.figures
    assert 20 < figures.psnr_db < 45
    overshoots = method.id in {"sc", "ksvd", "ne-nnls", "ne-lle", "anr"}  # clipped in the file
    assert abs(figures.saved_psnr_db - figures.psnr_db) <= (0.04 if overshoots else 0.02)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ratio", "which"), [("2", "compare-3 or upscale-2 or grey"), ("1.5", "compare-3-bicubic")]
)
def test_so_it_is_on_a_screen_of_more_pixels(ratio, which):
    """The same, where a unit of the window is more than one pixel of the screen."""
    if os.environ.get("QT_SCALE_FACTOR"):
        return  # this is that run
    tested = f"({which}) and not figures and not paper"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", __file__, "-q", "-k", tested],
        env=os.environ | {"QT_SCALE_FACTOR": ratio},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
