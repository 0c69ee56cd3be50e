"""The setting for all pictures: what it means, and that it survives a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from srcnn.final_size import Target
from srcnn.geometry import Size
from srcnn.save_options import Compression, SaveOptions
from srcnn_gui.batch.choices import Choices, SizeWay, choices_of

OTHERS = Choices(
    method="bicubic",
    device="cpu",
    way=SizeWay.EXACT,
    scale=4,
    factor=1.5,
    longest=1000,
    width=640,
    height=480,
    output=Path("/results"),
    keeps_folders=False,
    with_folders=False,
    pattern="{number:04}",
    suffix=".webp",
    overwrites=True,
    options=SaveOptions(70, True, False, Compression.SMALL, True),
)


@pytest.mark.parametrize("choices", [Choices(), OTHERS])
def test_choices_survive_json(choices):
    assert choices_of(json.loads(json.dumps(choices.as_values()))) == choices


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scale", 7),
        ("scale", True),
        ("factor", 0.0),
        ("factor", "2"),
        ("longest", 0),
        ("way", "enormous"),
        ("suffix", ".exe"),
        ("pattern", "x" * 300),
        ("overwrites", 1),
        ("output", 3),
        ("options", {"quality": 1000}),
        ("options", "best"),
    ],
)
def test_what_is_no_use_has_its_default(name, value):
    assert choices_of({name: value}) == Choices()


@pytest.mark.parametrize("values", [None, [], "text", 3])
def test_what_is_no_setting_is_the_default(values):
    assert choices_of(values) == Choices()


@pytest.mark.parametrize(
    ("way", "target", "name"),
    [
        (SizeWay.SCALE, None, "a_x3.png"),
        (SizeWay.FACTOR, Target(factor=2.5), "a_x2.5.png"),
        (SizeWay.LONGEST, Target(longest=3840), "a_x3840.png"),
        (SizeWay.EXACT, Target(size=Size(1920, 1080)), "a_x1920x1080.png"),
    ],
)
def test_a_size_says_what_it_is_and_what_files_are_called(way, target, name):
    choices = Choices(way=way, pattern="{stem}_x{scale}")
    assert choices.target == target
    assert choices.naming().name(Path("a.png"), 1) == name


@pytest.mark.parametrize("pattern", ["", "photo", "{stem}/{number}", "{name}", "{stem}.png"])
def test_a_pattern_that_is_no_use_is_said(pattern):
    assert Choices(pattern=pattern).naming_problem.endswith(".")


def test_the_usual_pattern_is_fine():
    assert Choices().naming_problem == ""
