"""Samples are there, are what they say, and nothing was copied or fetched for them."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import socket

import numpy as np
import pytest
from PIL import Image

from scripts import draw_chart
from srcnn import samples
from srcnn.errors import PictureError
from srcnn.resources import resource_path
from srcnn.samples import SAMPLES, load_sample

BY_ID = {sample.id: sample for sample in SAMPLES}
OTHERS = [sample_id for sample_id in BY_ID if sample_id != "chart"]


def test_the_chart_comes_first_and_ids_are_unique():
    assert SAMPLES[0].id == "chart"
    assert len(BY_ID) == len(SAMPLES)
    assert {"astronaut", "coffee", "chelsea", "camera"} <= set(BY_ID)


@pytest.mark.parametrize("sample_id", BY_ID)
def test_every_sample_loads_without_a_network(sample_id, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("no network")

    monkeypatch.setattr(socket, "socket", refuse)
    picture = load_sample(sample_id)
    assert picture.depth == 8
    assert min(picture.size.width, picture.size.height) >= 300
    assert picture.is_grey == ("grey" in BY_ID[sample_id].note)


@pytest.mark.parametrize("sample_id", OTHERS)
def test_a_sample_of_skimage_is_what_skimage_gives_and_free(sample_id):
    data = importlib.import_module("skimage.data")
    function = {"hubble": "hubble_deep_field"}.get(sample_id, sample_id)
    made = getattr(data, function)
    np.testing.assert_array_equal(load_sample(sample_id).pixels, made())
    text = " ".join(inspect.getdoc(made).split())
    assert "CC0" in text or "public domain" in text
    assert ("CC0" in text) == ("CC0" in BY_ID[sample_id].note)


def test_no_sample_of_skimage_is_among_our_files():
    def digest(path):
        return hashlib.sha256(path.read_bytes()).digest()

    theirs = {digest(BY_ID[sample_id].path) for sample_id in OTHERS}
    ours = {digest(path) for path in resource_path("").rglob("*") if path.is_file()}
    assert not theirs & ours


def test_an_unknown_sample_is_an_error_that_names_the_known():
    with pytest.raises(PictureError, match="no sample 'lenna'") as caught:
        load_sample("lenna")
    assert "chart, astronaut" in caught.value.hint


def test_what_is_not_installed_is_not_offered(monkeypatch):
    monkeypatch.setattr(samples, "find_spec", lambda name: None)
    assert [sample.id for sample in samples._find_samples()] == ["chart"]


def test_the_script_draws_the_chart_that_is_bundled():
    drawn = np.asarray(draw_chart.draw_chart(), float)
    with Image.open(resource_path("samples/chart.png")) as image:
        bundled = np.asarray(image, float)
    assert drawn.shape == bundled.shape == (576, 576, 3)
    assert np.abs(drawn - bundled).mean() < 1  # text depends on the version of FreeType


def test_the_script_writes_where_it_is_told(tmp_path, monkeypatch):
    path = tmp_path / "chart.png"
    monkeypatch.setattr("sys.argv", ["draw_chart", str(path)])
    draw_chart.main()
    with Image.open(path) as image:
        assert (image.mode, image.size) == ("RGB", (576, 576))


def test_the_chart_has_detail_of_every_size():
    """The zone plate runs through all frequencies: rings get finer outwards."""
    plate = load_sample("chart").pixels[48 + 88, 12 + 88 : 12 + 176, 0].astype(float)
    crossings = np.flatnonzero(np.diff(np.sign(plate - 131)) != 0)
    rings = np.diff(crossings)
    assert rings[0] >= 5
    assert rings[-10:].max() <= 2
    # r^2 / 176 half-turns from the middle to the edge
    assert abs(len(crossings) - 88**2 / 176) <= 2
