"""Dictionaries: what is written can be read, and nothing else is."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from srcnn.dictionary import (
    KINDS,
    Dictionary,
    bundled_dictionaries,
    load_dictionary,
    save_dictionary,
)
from srcnn.errors import WeightsError


def small(kind: str = "ksvd", scale: int = 3) -> Dictionary:
    random = np.random.default_rng(0)
    features = 144 if kind == "sc" else 7
    projection = random.normal(size=(36 * scale * scale, features)) if kind == "ksvd" else None
    low, high = random.normal(size=(features, 20)), random.normal(size=(9 * scale * scale, 20))
    return Dictionary(kind, scale, low, high, projection, {"seed": 5})


@pytest.mark.parametrize("kind", ["ksvd", "sc"])
def test_what_is_saved_is_loaded(tmp_path: Path, kind: str):
    before = small(kind)
    path = tmp_path / "d.safetensors"
    save_dictionary(before, path)
    after = load_dictionary(path)
    assert (after.kind, after.scale, after.card) == (kind, 3, {"seed": 5})
    assert after.digest == before.digest
    for name, array in before.arrays.items():
        np.testing.assert_allclose(after.arrays[name], array, atol=1e-6)
        assert not after.arrays[name].flags.writeable


def test_transposed_arrays_are_saved_as_they_read(tmp_path: Path):
    one = small()
    turned = Dictionary("ksvd", 3, one.low.T.copy().T, one.high.T.copy().T, one.projection)
    save_dictionary(turned, tmp_path / "d.safetensors")
    np.testing.assert_allclose(load_dictionary(tmp_path / "d.safetensors").low, one.low, atol=1e-6)


def test_the_digest_tells_dictionaries_apart():
    one = small()
    other = Dictionary("ksvd", 3, one.low, one.high * 1.001, one.projection)
    assert one.digest != other.digest
    assert one.digest == small().digest


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "other"},
        {"scale": 5},
        {"scale": 2},  # the arrays are those of x3
        {"high": np.zeros((81, 19))},
        {"low": np.full((7, 20), np.nan)},
        {"projection": np.zeros((324, 8))},
    ],
)
def test_arrays_must_fit(change: dict[str, object]):
    one = small()
    given = {"kind": "ksvd", "scale": 3, **one.arrays, **change}
    with pytest.raises(ValueError, match=r"dictionaries|finite numbers"):
        Dictionary(**given)


def test_files_that_are_none_are_errors(tmp_path: Path):
    path = tmp_path / "d.safetensors"
    with pytest.raises(WeightsError, match="Cannot read"):
        load_dictionary(path)
    for content in (b"", b"no such thing", b"\xff" * 100):
        path.write_bytes(content)
        with pytest.raises(WeightsError, match="is no dictionary") as caught:
            load_dictionary(path)
        assert caught.value.hint
    save_file({"low": np.zeros((3, 4))}, path)  # no card
    with pytest.raises(WeightsError, match="is no dictionary"):
        load_dictionary(path)


def test_those_that_come_with_the_program_say_where_they_come_from():
    bundled = bundled_dictionaries()
    assert {(d.kind, d.scale) for d in bundled} == {(k, s) for k in KINDS for s in (2, 3, 4)}
    for found in bundled:
        assert found.card["trained_on"]
        np.testing.assert_allclose(np.linalg.norm(found.low, axis=0), 1, atol=1e-5)
