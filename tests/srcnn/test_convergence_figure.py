"""Curves of training with levels: what stands in the figure, and that it can be written."""

from pathlib import Path

import pytest

from srcnn.convergence_figure import (
    ConvergenceContent,
    Curve,
    Level,
    draw_convergence,
    save_convergence,
)

CONTENT = ConvergenceContent(
    [Curve("first $run", [(0, 30.0), (5000, 32.0)], end=33.0), Curve("second", [(0, 29.0)])],
    [Level("bicubic", 30.4), Level("SRCNN", 32.4)],
    "title",
    "PSNR in dB",
    "on Set5",
)


def test_curves_levels_and_ends_are_drawn_where_they_are():
    (axes,) = draw_convergence(CONTENT).axes
    drawn = {str(line.get_label()): line for line in axes.lines}
    assert list(drawn["first $run"].get_ydata()) == [30.0, 32.0]
    assert set(drawn["bicubic"].get_ydata()) == {30.4}
    assert set(drawn["SRCNN"].get_ydata()) == {32.4}
    (diamond,) = (line for line in axes.lines if list(line.get_ydata()) == [33.0])
    assert list(diamond.get_xdata()) == [5000]
    assert "on Set5" in drawn
    assert axes.get_ylabel() == "PSNR in dB"


@pytest.mark.parametrize(("name", "magic"), [("f.png", b"\x89PNG"), ("f.pdf", b"%PDF")])
def test_it_is_written_as_pixels_or_for_print(tmp_path: Path, name: str, magic: bytes):
    save_convergence(CONTENT, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(magic)
