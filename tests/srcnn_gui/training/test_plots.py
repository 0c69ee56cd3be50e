"""The curves draw themselves, not too often, and can be read, zoomed and saved."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFileDialog

from srcnn.errors import OutputError
from srcnn_gui.theme import is_dark, theme_palette
from srcnn_gui.training.curve import RunCurve
from srcnn_gui.training.plots import CurvesView
from srcnn_gui.training.run_colours import COLOURS, legend, run_colour
from trainer.events import StepDone, Validated

WAIT_MS = 5000


def step(backprops: int, loss: float = 0.001) -> StepDone:
    return StepDone(backprops, 0.1, backprops / 1000, loss, 0.003, 1000.0, 60.0, 500.0)


def validated(backprops: int, psnr_db: float) -> Validated:
    return Validated(backprops, backprops / 1000, psnr_db, True, 0)


def run(name: str = "run", *, count: int = 10, start: float = 30.39, paper=32.39) -> RunCurve:
    curve = RunCurve(name, 3, 30.39, paper, "Set5 (validation)")
    curve.add(validated(0, start))
    for number in range(1, count + 1):
        curve.add(step(1000 * number, 0.002 / number))
    if count:
        curve.add(validated(1000 * count, 31.5))
    return curve


@pytest.fixture
def view(qtbot):
    view = CurvesView()
    qtbot.addWidget(view)
    view.setPalette(theme_palette(dark=False))
    view.resize(700, 300)
    with qtbot.waitExposed(view):
        view.show()
    return view


def show(view, active, others=()):
    view.set_runs(active, others)
    view.draw_now()
    return view.charts


def points(line):
    x, y = line.getOriginalDataset()
    return list(x), list(y)


def test_the_window_starts_without_pyqtgraph():
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; app = QApplication([]);"
        "from srcnn_gui.training import plots, run_list, filter_view;"
        "view = plots.CurvesView(); view.show(); sys.exit('pyqtgraph' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_without_a_run_it_says_what_it_is_for(view):
    assert view._pages.currentWidget().text() == "Curves appear here when a run starts"
    view.draw_now()
    assert view.charts is None


def test_a_thousand_events_are_one_drawing(view, qtbot):
    show(view, run(count=0))
    drawn = []
    view.drawn.connect(lambda: drawn.append(view.charts._main.smooth.xData.size))
    with qtbot.waitSignal(view.drawn, timeout=WAIT_MS):
        for number in range(1, 1001):
            view.add(step(100 * number))
    assert drawn == [1000]


def test_nothing_is_drawn_out_of_sight(view, qtbot):
    show(view, run())
    view.hide()
    drawn = []
    view.drawn.connect(lambda: drawn.append(1))
    view.add(step(20_000))
    assert not view._redrawing.isActive()
    with qtbot.waitSignal(view.drawn, timeout=WAIT_MS):
        view.show()
    assert drawn == [1]
    assert view.charts._main.smooth.xData[-1] == 20_000


def test_an_event_without_a_run_is_no_error(view):
    view.add(step(100))
    assert view.runs == ()


def test_the_curves_are_the_numbers_that_were_reported(view):
    curve = run()
    main = show(view, curve)._main
    x, y = points(main.raw)
    assert x == curve.loss_points.backprops.tolist()
    np.testing.assert_allclose(y, np.log10(curve.loss_points.loss))
    np.testing.assert_allclose(points(main.smooth)[1], np.log10(curve.loss_points.smooth))
    assert points(main.psnr) == ([0, 10_000], [30.39, 31.5])
    marker, text = main.star
    assert (marker.data["x"][0], marker.data["y"][0]) == (10_000, 31.5)
    assert text.toPlainText() == "31.50"


def test_losses_that_are_no_numbers_are_left_out(view):
    curve = run(count=0)
    for backprops, loss in ((100, 0.1), (200, math.inf), (300, 0.0), (400, 0.2)):
        curve.add(step(backprops, loss))
    main = show(view, curve)._main
    assert points(main.raw)[0] == [100, 400]


@pytest.mark.parametrize(
    ("curve", "texts"),
    [
        (run(), ["bicubic 30.39", "paper 32.39"]),
        (run(paper=None), ["bicubic 30.39"]),
        (run(start=30.393), ["bicubic 30.39", "paper 32.39"]),
        (run(start=30.9, paper=None), ["bicubic 30.39", "start 30.90"]),
        (run(start=12.0, paper=None), ["bicubic 30.39", "\u2193 start 12.00"]),
    ],
)
def test_the_references_are_named(view, curve, texts):
    charts = show(view, curve)
    assert charts.psnr._levels.texts == texts


def test_a_reference_appears_with_the_first_validation(view):
    curve = RunCurve("run", 3, 30.39)
    charts = show(view, curve)
    assert charts.psnr._levels.texts == ["bicubic 30.39"]
    view.add(validated(0, 31.2))
    view.draw_now()
    assert charts.psnr._levels.texts == ["\u2193 bicubic 30.39", "start 31.20"]


def test_time_stands_above_backprops(view):
    charts = show(view, run(count=100))
    ticks = charts.loss.plot.getAxis("top")._tickLevels[0]
    assert ticks[0] == (0.0, "0:00")
    assert len(ticks) > 2
    for place, text in ticks:
        minutes, seconds = map(int, text.split(":"))
        assert place == pytest.approx(1000 * (60 * minutes + seconds))


def test_other_runs_lie_behind_in_colours_of_their_own(view):
    others = [run("second", count=20), run("third", count=30)]
    others[1].colour = 4
    charts = show(view, run("first"), others)
    palette = view.palette()
    bold = [item for item in charts.psnr.plot.listDataItems() if "pen" in item.opts]
    bold = [item for item in bold if hasattr(item, "getOriginalDataset")]
    assert {item.opts["pen"].color().name() for item in bold} == {
        run_colour(number, palette).name() for number in (0, 1, 4)
    }
    assert bold[-1] is charts._main.psnr
    text = view._legend.text()
    assert text.index("first") < text.index("second") < text.index("third")
    (low, high), _ = charts.loss.ranges
    assert low <= 0
    assert high >= 30_000


def test_without_an_active_run_the_first_other_is_read(view):
    charts = show(view, None, [run("second", count=20)])
    assert charts._main.run.name == "second"
    assert run_colour(1, view.palette()).name() in view._legend.text()


def test_a_name_is_no_markup(view):
    assert "<b>" not in legend([run("<b>bold</b>")], 0, view.palette())
    assert "…" in legend([run("x" * 100)], 0, view.palette())


def hover(view, share):
    charts = view.charts
    rect = charts.loss.plot.getViewBox().sceneBoundingRect()
    place = QPointF(rect.left() + share * rect.width(), rect.center().y())
    charts.widget.scene().sigMouseMoved.emit(place)


def test_the_place_under_the_mouse_is_read_out(view):
    charts = show(view, run(count=100))
    hover(view, 0.5)
    backprops = float(view.readout.splitlines()[0].removesuffix(" backprops").replace(",", ""))
    (low, high), _ = charts.loss.ranges
    assert backprops == pytest.approx((low + high) / 2, rel=0.03)
    assert [line.split()[0] for line in view.readout.splitlines()[1:4]] == ["time", "loss", "rate"]
    assert "31.500 dB" in view.readout or "30.390 dB" in view.readout
    assert charts.loss._cursor.isVisible()
    assert view.rect().contains(view._readout.geometry())
    hover(view, -5.0)
    assert view.readout == ""
    assert not charts.loss._cursor.isVisible()


def test_the_readout_goes_when_the_mouse_leaves(view, qapp):
    show(view, run())
    hover(view, 0.5)
    assert view.readout
    qapp.sendEvent(view.charts.widget.viewport(), QEvent(QEvent.Type.Leave))
    assert view.readout == ""


def test_a_view_that_was_zoomed_stays_until_it_is_fitted(view):
    charts = show(view, run())
    box = charts.loss.plot.getViewBox()
    assert not view._fit.isEnabled()
    box.setXRange(2000, 4000, padding=0)
    box.sigRangeChangedManually.emit([True, True])
    assert view._fit.isEnabled()
    assert charts.psnr.ranges[0] == pytest.approx((2000, 4000))  # the x axes are one
    view.add(step(500_000))
    view.draw_now()
    assert charts.loss.ranges[0] == pytest.approx((2000, 4000))
    view._fit.click()
    assert charts.loss.ranges[0][1] > 500_000
    assert charts.psnr.ranges[0] == pytest.approx(charts.loss.ranges[0])
    assert not view._fit.isEnabled()


def test_a_double_click_fits_too(view):
    class Click:
        def double(self):
            return True

    charts = show(view, run())
    charts.psnr.plot.getViewBox().setXRange(2000, 4000, padding=0)
    charts.psnr.plot.getViewBox().sigRangeChangedManually.emit([True, True])
    charts.widget.scene().sigMouseClicked.emit(Click())
    assert charts.psnr.ranges[0][1] > 10_000


def test_a_narrow_and_high_view_is_stacked(view, qtbot):
    charts = show(view, run())
    assert charts._is_stacked is False
    view.resize(400, 560)
    assert charts._is_stacked is True
    view.resize(700, 300)
    assert charts._is_stacked is False


def test_many_points_are_not_marked(view):
    curve = run()
    for number in range(200):
        curve.add(validated(20_000 + number, 31.0))
    main = show(view, curve)._main
    assert main.psnr.opts["symbol"] is None


def test_it_wears_the_theme(view, qtbot):
    charts = show(view, run())
    for dark in (True, False):
        palette = theme_palette(dark=dark)
        with qtbot.waitSignal(view.drawn, timeout=WAIT_MS):
            view.setPalette(palette)
        base = palette.color(QPalette.ColorRole.Base).name()
        assert charts.widget.backgroundBrush().color().name() == base
        axis = charts.loss.plot.getAxis("left")
        assert axis.textPen().color().name() == palette.color(QPalette.ColorRole.Text).name()
        assert charts._main.psnr.opts["pen"].color().name() == run_colour(0, palette).name()


def contrast(one, two):
    def luminance(colour):
        parts = np.array([colour.redF(), colour.greenF(), colour.blueF()])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_every_colour_is_seen_on_the_base(dark):
    palette = theme_palette(dark=dark)
    assert is_dark(palette) is dark
    base = palette.color(QPalette.ColorRole.Base)
    colours = [run_colour(number, palette) for number in range(COLOURS)]
    assert len({colour.name() for colour in colours}) == COLOURS
    assert min(contrast(colour, base) for colour in colours) >= 3


def test_the_plots_are_saved_as_a_picture(view, tmp_path):
    show(view, run())
    path = tmp_path / "curves.png"
    view.export_png(path)
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"))
    height = view._legend.height() + view.charts.widget.height()
    assert pixels.shape == (2 * height, 2 * view.charts.widget.width(), 3)
    blue = run_colour(0, view.palette())
    distance = np.abs(pixels.astype(int) - [blue.red(), blue.green(), blue.blue()]).max(axis=2)
    assert (distance < 8).sum() > 500
    assert list(tmp_path.iterdir()) == [path]


def test_the_points_are_saved_as_a_table(view, tmp_path):
    view.set_runs(run(), [run("other")])
    view.export_csv(tmp_path / "both.csv")
    assert (tmp_path / "both.csv").read_text().startswith("run,backprops,")
    view.set_runs(run())
    view.export_csv(tmp_path / "one.csv")
    lines = (tmp_path / "one.csv").read_text().splitlines()
    assert lines[0] == "backprops,seconds,loss,rate,psnr_db"
    assert len(lines) == 12


def test_there_must_be_curves_to_save(view, tmp_path):
    for export in (view.export_png, view.export_csv):
        with pytest.raises(OutputError, match="no curves"):
            export(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("button", "suffix"), [("_png", ".png"), ("_csv", ".csv")])
def test_the_buttons_ask_for_a_name_and_save(view, tmp_path, qtbot, monkeypatch, button, suffix):
    show(view, run())
    chosen = iter(["", str(tmp_path / "mine"), str(tmp_path / "no folder" / "mine")])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *options: (next(chosen), ""))
    getattr(view, button).click()
    assert list(tmp_path.iterdir()) == []
    with qtbot.waitSignal(view.exported, timeout=WAIT_MS) as saved:
        getattr(view, button).click()
    assert saved.args == [tmp_path / f"mine{suffix}"]
    assert Path(saved.args[0]).stat().st_size > 100
    with qtbot.waitSignal(view.failed, timeout=WAIT_MS) as failed:
        getattr(view, button).click()
    assert isinstance(failed.args[0], OutputError)


def test_clear_takes_everything_away(view):
    show(view, run())
    view.clear()
    assert view.runs == ()
    assert view._pages.currentIndex() == 0
