"""The page of the curves of dictionaries."""

from __future__ import annotations

from srcnn_gui.theme import theme_palette
from srcnn_gui.training.rmse_curve import RmseCurve
from srcnn_gui.training.rmse_view import RmseView


def test_the_chart_wears_the_theme_once_it_is_seen(qtbot):
    view = RmseView()
    qtbot.addWidget(view)
    view.set_curves([RmseCurve("mine", (0.5, 0.4), 2, 3)])
    light, dark = (theme_palette(dark=dark) for dark in (False, True))
    view.setPalette(dark)
    assert view.chart.widget.backgroundBrush().color() != dark.base().color()
    view.show()
    for palette in (light, dark):
        view.setPalette(palette)
        assert view.chart.widget.backgroundBrush().color() == palette.base().color()
    view.hide()
    view.setPalette(light)
    assert view.chart.widget.backgroundBrush().color() == dark.base().color()


def test_without_points_it_says_what_will_be_here(qtbot):
    view = RmseView()
    qtbot.addWidget(view)
    view.set_curves([RmseCurve("mine", (), 0, 3)])
    view.show()
    assert view.chart is None
    assert view._empty.isVisible()
