"""K-SVD, ANR and the neighbour embeddings: figures of their authors' package, and the maths."""

from pathlib import Path
from statistics import mean

import numpy as np
import pytest

from srcnn.benchmark import Choice, run_benchmark
from srcnn.device import cpu_device
from srcnn.dictionary import Dictionary
from srcnn.geometry import Region, Size
from srcnn.method import MethodEnvironment
from srcnn.registry import load_methods

REFERENCE = {"ksvd": 31.90, "ne-nnls": 31.62, "ne-lle": 31.82, "anr": 31.88}
"""PSNR on Set5 x3 with the reference dictionary; the paper prints 31.90, 31.60, 31.84, 31.92."""


def random_dictionary(scale: int) -> Dictionary:
    random = np.random.default_rng(scale)
    low = random.normal(size=(30, 60))
    projection, _ = np.linalg.qr(random.normal(size=(36 * scale * scale, 30)))
    high = random.normal(0, 0.02, (9 * scale * scale, 60))
    return Dictionary("ksvd", scale, low / np.linalg.norm(low, axis=0), high, projection)


METHODS = load_methods(
    MethodEnvironment(cpu_device(), dictionaries=[random_dictionary(s) for s in (2, 3, 4)])
)


def test_figures_with_the_reference_dictionary(shared: Path):
    arrays = np.load(shared / "dictionaries" / "ksvd1024_x3.npz")
    reference = Dictionary("ksvd", 3, arrays["dict_lores"], arrays["dict_hires"], arrays["V_pca"])
    methods = load_methods(MethodEnvironment(cpu_device(), dictionaries=[reference]))
    choice = Choice([methods[name] for name in REFERENCE], [3])
    rows = list(run_benchmark(shared / "data" / "Set5", choice))
    for name, expected in REFERENCE.items():
        figures = [row.psnr_db for row in rows if row.method == name]
        assert len(figures) == 5
        assert mean(figures) == pytest.approx(expected, abs=0.006)


def test_without_dictionaries_there_are_no_such_methods():
    assert not set(REFERENCE) & set(load_methods(MethodEnvironment(cpu_device(), dictionaries=[])))


@pytest.mark.parametrize("name", REFERENCE)
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_region_is_a_part_of_the_whole(name: str, scale: int):
    method = METHODS[name]
    planes = np.random.default_rng(0).random((1, 31, 37), dtype=np.float32)
    whole = method.enlarge(planes, scale)
    size = Size(37, 31).scaled(scale)
    bicubic = METHODS["bicubic"].enlarge(planes, scale)
    assert np.abs(whole - bicubic).max() > 0.01
    for left in range(0, size.width, 37):
        region = Region(left, 11, left + 37, 60).intersected(size.region)
        part = method.enlarge_region(planes, scale, region)
        np.testing.assert_allclose(part, whole[:, *region.slices], atol=2e-7)


@pytest.mark.parametrize("name", REFERENCE)
def test_the_rim_is_bicubic(name: str):
    planes = np.random.default_rng(0).random((1, 12, 14), dtype=np.float32)
    differs = METHODS[name].enlarge(planes, 3) != METHODS["bicubic"].enlarge(planes, 3)
    assert differs[:, 3:-3, 3:-3].mean() > 0.99
    differs[:, 3:-3, 3:-3] = False
    assert not differs.any()


def test_anr_is_ridge_regression_on_the_neighbours_of_the_nearest_atom():
    dictionary = random_dictionary(3)
    low, high = dictionary.low, dictionary.high
    method = METHODS["anr"]
    features = np.random.default_rng(1).normal(size=(25, 30))
    details = method.detail(method.prepare(dictionary), features)
    for f, detail in zip(features, details, strict=True):
        nearest = np.abs(low.T @ f).argmax()
        near = np.argsort(-np.abs(low.T @ low[:, nearest]))[:40]
        weights = np.linalg.solve(
            low[:, near].T @ low[:, near] + 0.01 * np.eye(40), low[:, near].T @ f
        )
        np.testing.assert_allclose(detail, 1.01 * high[:, near] @ weights, atol=1e-10)


def test_weights_of_locally_linear_embedding_sum_to_one_and_come_close():
    random = np.random.default_rng(2)
    atoms = random.normal(size=(9, 24, 12))
    features = atoms.mean(axis=1) + random.normal(0, 0.01, (9, 12))
    weights = METHODS["ne-lle"].weigh(atoms, features)
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    rebuilt = (weights[:, np.newaxis] @ atoms)[:, 0]
    np.testing.assert_allclose(rebuilt, features, atol=0.02)
