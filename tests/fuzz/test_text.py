"""Texts and bytes of strangers, in whatever form: parsed or refused, and soon."""

from __future__ import annotations

import contextlib
import json
import math
import re
import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from srcnn.batch.plan import Naming
from srcnn.commands.options import parse_crop, parse_shard
from srcnn.geometry import Size
from srcnn.metadata import made_by, parse_made_by, read_dpi, read_xmp, resized_xmp
from srcnn_gui.settings import Settings, _read
from trainer.config import TrainConfig
from trainer.report import describe, from_json, to_json
from trainer.setting import parsed_setting

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
EVENTS = (
    '{"event": "StepDone", "backprops": 3, "progress": 0.5, "seconds": 1, "loss": 0.1, "rate": '
    '0.1, "per_second": 3.0, "eta_seconds": null, "memory_mb": 0.0}',
    '{"event": "Validated", "backprops": 3, "seconds": 1.0, "psnr_db": "inf", "is_best": true, '
    '"waited": 0}',
)


@given(st.sampled_from(fields(Settings)), JSON.map(json.dumps) | st.text() | st.none())
def test_a_setting_is_of_its_type_or_refused(field, text):
    try:
        value = _read(field.name, text, field.default)
    except (ValueError, RecursionError, OverflowError):
        return
    assert type(value) is type(field.default)


@given(st.text() | st.from_regex(r"SRCNN Studio \S+: .* x\d( -> .*)?( \(.*\))?", fullmatch=True))
def test_what_is_said_of_a_file_is_parsed_or_not(text):
    origin = parse_made_by(text)
    assert origin is None or (origin[0] in text and 0 <= origin[1] <= 9)


@given(
    st.sampled_from(["srcnn", "srcnn:my x3"]),
    st.integers(2, 4),
    st.sampled_from(["", "bicubic to 9x8"]),
)
def test_what_is_written_of_a_file_is_read_again(method, scale, chain):
    assert parse_made_by(made_by(method, scale, chain, "weights 1a2b")) == (method, scale)


@given(st.binary(max_size=300) | st.text(max_size=300) | st.none())
def test_xmp_is_bytes_or_nothing(packet):
    try:
        cleaned = read_xmp(packet)
    except UnicodeEncodeError:  # of a picture: it is damaged
        return
    assert cleaned is None or len(cleaned) <= len(
        packet.encode() if isinstance(packet, str) else packet
    )


@given(JSON | st.tuples(st.floats(), st.floats()))
def test_a_resolution_is_two_sound_numbers_or_none(found):
    dpi = read_dpi(found)
    assert dpi is None or all(math.isfinite(value) and value > 0 for value in dpi)


@given(st.text() | st.from_regex(r"\d+(,\d+){3}", fullmatch=True))
def test_a_crop_is_a_region_or_refused(text):
    try:
        region = parse_crop(text)
    except typer.BadParameter:
        return
    assert region.width > 0
    assert region.height > 0


@given(st.text() | st.from_regex(r"\d+/\d+", fullmatch=True))
def test_a_shard_is_a_slice_or_refused(text):
    try:
        part = parse_shard(text)
    except typer.BadParameter:
        return
    assert 0 <= part.start < part.step


@given(
    st.text()
    | st.from_regex(r"[a-z]{0,3}\{(stem|number|method)(:0?\d)?\}[^{}]{0,6}", fullmatch=True),
    st.text(min_size=1).filter(lambda name: "/" not in name and "\0" not in name),
)
def test_a_pattern_makes_names_that_stay_in_their_folder_or_is_refused(pattern, picture):
    try:
        name = Naming(pattern).name(Path("folder") / picture, 7)
    except ValueError:
        return
    assert not re.search(r"[/\\]", name.replace(Path(picture).stem, ""))


@given(st.sampled_from([field.name for field in fields(TrainConfig)]) | st.text(), st.text())
def test_a_setting_of_a_run_is_parsed_or_refused(name, text):
    with contextlib.suppress(ValueError):
        hash(parsed_setting(name, text))


@given(JSON.map(json.dumps) | st.text())
def test_a_line_is_an_event_or_no_event(line):
    try:
        event = from_json(line)
    except ValueError:
        return
    assert describe(event)


@given(st.sampled_from(EVENTS), st.data())
def test_an_event_with_a_wrong_value_is_no_event(line, data):
    values = json.loads(line)
    values[data.draw(st.sampled_from(sorted(values)))] = data.draw(JSON)
    try:
        event = from_json(json.dumps(values))
    except ValueError:
        return
    assert describe(event)
    assert from_json(to_json(event)) == event


@pytest.mark.parametrize(
    "packet",
    [
        b"<xmp:Thumbnails>" * 65_000,
        b"<xmp:Thumbnails>" + b"<" * 1_000_000,
        b"<xmp:Thumbnails>" * 30_000 + b"</xmp:Thumbnails>" * 30_000,
        b"tiff:Orientation=" + b" " * 1_000_000,
        b"tiff:Orientation= " * 55_000,
        b"exif:PixelXDimension=" + b"'" + b"1" * 1_000_000,
        b"tiff:ImageWidth>" * 60_000,
    ],
    ids=lambda packet: packet[:20].decode(),
)
def test_a_megabyte_of_hostile_xmp_takes_no_time(packet):
    def clean() -> None:
        cleaned = read_xmp(packet)
        assert cleaned is not None
        resized_xmp(cleaned, Size(10, 10))

    assert _seconds(clean) < 0.2


@pytest.mark.parametrize(
    "text", ["SRCNN Studio 1: a" + " x3 -> b" * 130_000, "SRCNN Studio " * 80_000]
)
def test_a_megabyte_about_a_file_takes_no_time(text):
    assert _seconds(lambda: parse_made_by(text)) < 0.2


def _seconds(work: Callable[[], object]) -> float:
    """Return the least of three times: others may compute too."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)
