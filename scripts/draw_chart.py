"""Draw the test chart: ``python -m scripts.draw_chart [FILE]``.

Everything is drawn four times as large and averaged, so that edges are antialiased and the
chart holds no more detail than its pixels can carry. Three columns of 176 pixels, margins of 12.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

SIZE = 576
FINER = 4
PANEL = 176
GAP = 12
COLUMNS = (12, 200, 388)
ROWS = (48, 236, 424)
PAPER = (238, 237, 233)
INK = (24, 25, 28)
CHART = Path(__file__).resolve().parents[1] / "resources" / "samples" / "chart.png"

NATURAL = ["#f0c8a8", "#8a5a3c", "#6f9fd0", "#5b7f3a", "#a58fc4", "#c9b48a"]
HUES = [f"hsl({30 * step},72%,{42 + 12 * (step % 2)}%)" for step in range(12)]
COLOURS = NATURAL + HUES
"""Skin, sky, leaves, flowers and sand; then around the circle."""


def coordinates(width: float, height: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y of the samples of a panel, in pixels from its corner."""
    x = (np.arange(round(width * FINER)) + 0.5) / FINER
    y = (np.arange(round(height * FINER)) + 0.5) / FINER
    return np.meshgrid(x, y)


def put(chart: Image.Image, left: float, top: float, light: NDArray[np.float64]) -> None:
    """Place a panel that is paper where ``light`` (h, w) is 1 and ink where it is 0."""
    ink = np.array(INK, float)
    mixed = ink + light[..., np.newaxis] * (np.array(PAPER) - ink)
    panel = Image.fromarray(np.rint(mixed).astype(np.uint8))
    chart.paste(panel, (round(left * FINER), round(top * FINER)))


def zone_plate() -> NDArray[np.float64]:
    """Return rings that get finer outwards, up to half a cycle a pixel at the edge."""
    x, y = coordinates(PANEL, PANEL)
    middle = PANEL / 2
    squared = (x - middle) ** 2 + (y - middle) ** 2
    rings = 0.5 + 0.5 * np.cos(math.pi * squared / PANEL)
    return np.where(squared <= middle**2, rings, 1.0)


def siemens_star(spokes: int = 36) -> NDArray[np.float64]:
    """Return spokes that get finer inwards."""
    x, y = coordinates(PANEL, PANEL)
    middle = PANEL / 2
    angle = np.arctan2(y - middle, x - middle)
    radius = np.hypot(x - middle, y - middle)
    return np.where((np.sin(spokes * angle) > 0) & (radius <= middle), 0.0, 1.0)


def line_groups(chart: Image.Image, left: float, top: float) -> None:
    """Draw upright, level and slanted lines with periods from 12 down to 2 pixels."""
    periods, width, height = (12, 8, 6, 4, 3, 2), 26, 54
    for row, (dx, dy) in enumerate([(1.0, 0.0), (0.0, 1.0), (math.sqrt(0.5), math.sqrt(0.5))]):
        for column, period in enumerate(periods):
            x, y = coordinates(width, height)
            lines = ((x * dx + y * dy) / period) % 1.0 >= 0.5
            put(chart, left + column * 30, top + row * 61, lines.astype(float))


def wedge() -> NDArray[np.float64]:
    """Return upright lines that converge from 14 to 2 pixels a period."""
    x, y = coordinates(PANEL, PANEL)
    period = 14 - 12 * y / PANEL
    across = (x - PANEL / 2) / period
    return np.where((np.abs(across) < 6.25) & (np.cos(2 * math.pi * across) > 0), 0.0, 1.0)


def checkerboards(chart: Image.Image, left: float, top: float) -> None:
    """Draw checkerboards with squares of 12, 6 and 3 pixels; the fourth place stays free."""
    for index, square in enumerate((12, 6, 3)):
        x, y = coordinates(84, 84)
        light = (x // square + y // square) % 2
        put(chart, left + 92 * (index % 2), top + 92 * (index // 2), light)


def slanted_edge() -> NDArray[np.float64]:
    """Return a square turned by five degrees, in greys that leave room for overshoot."""
    x, y = coordinates(84, 84)
    turn = math.radians(5)
    u = (x - 42) * math.cos(turn) + (y - 42) * math.sin(turn)
    v = (y - 42) * math.cos(turn) - (x - 42) * math.sin(turn)
    return np.where(np.maximum(np.abs(u), np.abs(v)) < 27, 0.2, 0.8)


def leaves(width: int, height: int) -> Image.Image:
    """Return discs that hide one another, many small and few large, as things in nature do."""
    panel = Image.new("RGB", (width * FINER, height * FINER), INK)
    draw = ImageDraw.Draw(panel)
    random = np.random.default_rng(2014)
    for share in random.uniform(0.004, 1.0, 1800):
        radius = 1.5 / math.sqrt(share)
        x, y = random.uniform(0, width), random.uniform(0, height)
        box = (x - radius, y - radius, x + radius, y + radius)
        colour = COLOURS[random.integers(len(COLOURS))]
        draw.ellipse([FINER * value for value in box], fill=colour)
    return panel


def rectangle(
    draw: ImageDraw.ImageDraw, left: float, top: float, width: float, height: float, fill: str
) -> None:
    """Fill a rectangle given in pixels."""
    right, bottom = left + width, top + height
    corners = [round(FINER * value) for value in (left, top, right, bottom)]
    draw.rectangle([corners[0], corners[1], corners[2] - 1, corners[3] - 1], fill=fill)


def colours(draw: ImageDraw.ImageDraw, left: float, top: float) -> None:
    """Draw three rows of colours, and greys in eleven steps below."""
    for index, colour in enumerate(COLOURS):
        column, row = index % 6, index // 6
        rectangle(draw, left + 30 * column, top + 33 * row, 26, 29, colour)
    for step in range(11):
        grey = round(25.5 * step)
        rectangle(draw, left + 16 * step, top + 103, 16, 37, f"rgb({grey},{grey},{grey})")


def text_lines(draw: ImageDraw.ImageDraw, left: float, top: float) -> None:
    """Write a line smaller and smaller, as much of it as there is room for."""
    for size in (22, 18, 15, 13, 11, 9.5, 8, 7):
        font = ImageFont.load_default(size * FINER)
        words = "Sphinx of black quartz, judge my vow: 0123456789 boxing wizards jump quickly"
        while draw.textlength(words, font) > (2 * PANEL + GAP) * FINER:
            words = words.rpartition(" ")[0]
        draw.text((left * FINER, top * FINER), words, INK, font)
        top += size * 1.36


def title(draw: ImageDraw.ImageDraw) -> None:
    """Write what it is."""
    font = ImageFont.load_default(24 * FINER)
    draw.text((COLUMNS[0] * FINER, 24 * FINER), "SRCNN Studio", INK, font, anchor="lm")
    font = ImageFont.load_default(12 * FINER)
    right = (SIZE - GAP) * FINER
    said = f"test chart, {SIZE} by {SIZE} pixels"
    draw.text((right, 24 * FINER), said, INK, font, anchor="rm")


def draw_chart() -> Image.Image:
    """Return the chart, RGB, ``SIZE`` pixels a side; the same every time."""
    chart = Image.new("RGB", (SIZE * FINER, SIZE * FINER), PAPER)
    draw = ImageDraw.Draw(chart)
    title(draw)
    put(chart, COLUMNS[0], ROWS[0], zone_plate())
    put(chart, COLUMNS[1], ROWS[0], siemens_star())
    chart.paste(leaves(PANEL, PANEL), (COLUMNS[2] * FINER, ROWS[0] * FINER))
    line_groups(chart, COLUMNS[0], ROWS[1])
    put(chart, COLUMNS[1], ROWS[1], wedge())
    checkerboards(chart, COLUMNS[2], ROWS[1])
    put(chart, COLUMNS[2] + 92, ROWS[1] + 92, slanted_edge())
    text_lines(draw, COLUMNS[0], ROWS[2])
    colours(draw, COLUMNS[2], ROWS[2])
    return chart.reduce(FINER)


def main() -> None:
    """Write the chart to the file named, or to its place among the resources."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else CHART
    draw_chart().save(path, optimize=True)


if __name__ == "__main__":
    main()
