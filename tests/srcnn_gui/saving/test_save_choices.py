"""Sizes, names and endings of what is saved."""

from __future__ import annotations

from pathlib import Path

import pytest

from srcnn.errors import OutputError
from srcnn.formats import FORMATS
from srcnn.geometry import Size
from srcnn.tiles import Enlargement
from srcnn_gui.saving.choices import (
    FILTERS,
    SizeChoice,
    SizeMode,
    described,
    suggested_name,
    through,
    with_suffix,
)
from srcnn_gui.viewer.scene import Mode


@pytest.fixture
def enlargement(scene, fake):
    """Return one that makes 270 by 180 pixels of 90 by 60."""
    return Enlargement(scene(90, 60, mode=Mode.UPSCALE).source, fake("srcnn:my"), 3)


@pytest.mark.parametrize(
    ("choice", "scale", "size", "is_resized"),
    [
        (SizeChoice(), 3, Size(270, 180), False),
        (SizeChoice(SizeMode.FACTOR, factor=3.0), 3, Size(270, 180), False),
        (SizeChoice(SizeMode.FACTOR, factor=2.0), 2, Size(180, 120), False),
        (SizeChoice(SizeMode.FACTOR, factor=2.5), 3, Size(225, 150), True),
        (SizeChoice(SizeMode.FACTOR, factor=8.0), 4, Size(720, 480), True),
        (SizeChoice(SizeMode.WIDTH, width=360), 4, Size(360, 240), False),
        (SizeChoice(SizeMode.WIDTH, width=300), 4, Size(300, 200), True),
        (SizeChoice(SizeMode.WIDTH, width=150, height=101), 2, Size(150, 101), True),
        (SizeChoice(SizeMode.LONGEST, longest=100), 2, Size(100, 67), True),
    ],
)
def test_a_size_is_reached_through_the_nearest_scale(enlargement, choice, scale, size, is_resized):
    chain = choice.chain(enlargement)
    assert (chain.scale, chain.size, chain.needs_bicubic) == (scale, size, is_resized)
    made, final = through(enlargement, chain)
    assert made.scale == scale
    assert made.source is enlargement.source
    assert (final or made.size) == size
    assert (final is None) is not is_resized


def test_a_method_with_one_scale_makes_every_size(enlargement):
    enlargement.method.scales = frozenset({3})
    assert SizeChoice(SizeMode.FACTOR, factor=2.0).chain(enlargement).scale == 3


@pytest.mark.parametrize(
    "choice", [SizeChoice(SizeMode.WIDTH, width=89), SizeChoice(SizeMode.FACTOR, 17)]
)
def test_a_size_that_cannot_be_made_is_an_error(enlargement, choice):
    with pytest.raises(OutputError):
        choice.chain(enlargement)


def test_names_and_words_say_what_is_done(enlargement):
    plain = SizeChoice().chain(enlargement)
    other = SizeChoice(SizeMode.FACTOR, factor=2.5).chain(enlargement)
    assert suggested_name("my.photo.jpg", enlargement, plain, ".png") == "my.photo_x3_srcnn-my.png"
    assert suggested_name("a.jpg", enlargement, other, ".tif") == "a_225x150_srcnn-my.tif"
    assert described(plain, enlargement) == "Srcnn:my \N{MULTIPLICATION SIGN}3"
    assert described(other, enlargement).endswith("\N{RIGHTWARDS ARROW} bicubic to 225 × 150")  # noqa: RUF001


@pytest.mark.parametrize(
    ("name", "added"),
    [
        ("a", "a.png"),
        ("a.v2", "a.v2.png"),
        ("a.PNG", "a.PNG"),
        ("a.jpeg", "a.jpeg"),
        ("a.tar.webp", "a.tar.webp"),
    ],
)
def test_an_ending_is_added_where_there_is_none(name, added):
    assert with_suffix(Path("/x") / name, ".png") == Path("/x") / added


def test_every_format_is_offered_once():
    assert set(FILTERS) <= set(FORMATS)
    endings = [
        end for text in FILTERS.values() for end in FORMATS if f"*{end}" in text.split("(")[1]
    ]
    assert set(endings) == set(FORMATS)
