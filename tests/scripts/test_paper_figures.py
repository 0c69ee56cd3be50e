"""The figures of docs/paper.md: what is drawn is what was measured, and sparse coding is exact."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scripts import paper_figures
from srcnn.dictionary import bundled_dictionaries
from srcnn.methods.ksvd import KsvdMethod
from srcnn.resize import Border


def test_runs_are_drawn_as_gains_beside_what_the_paper_prints(tmp_path: Path):
    run = {
        "trained_on": "T91: 82 pictures",
        "psnr_db": {"Set5": 32.5},
        "validation": [[0, 27.5], [1000, 28.0], [2000, 29.25]],
    }
    (tmp_path / "a.json").write_text(json.dumps(run))
    content = paper_figures.convergence(tmp_path)
    (curve,) = content.curves
    assert list(curve.points) == [(0, 0), (1000, 0.5), (2000, 1.75)]
    assert curve.end == pytest.approx(32.5 - 30.39, abs=0.01)
    gains = {level.label.split(":")[0]: level.db for level in content.levels}
    assert gains["bicubic"] == 0
    assert gains["SC"] == pytest.approx(31.42 - 30.39, abs=0.01)
    assert gains["SRCNN, 91 images"] == pytest.approx(32.39 - 30.39, abs=0.01)


def test_sparse_coding_by_convolutions_is_the_method_patch_by_patch():
    (dictionary,) = (d for d in bundled_dictionaries() if (d.kind, d.scale) == ("ksvd", 3))
    low = np.random.default_rng(0).random((1, 16, 20), dtype=np.float32)
    stages, result = paper_figures.sparse_coding(dictionary, low)
    expected = KsvdMethod({3: dictionary}, Border.CLAMP).enlarge(low, 3)
    np.testing.assert_allclose(result, expected, atol=1e-6)
    assert [stage.pixels.ndim for stage in stages] == [2] * 4


def test_every_figure_is_drawn_and_named_in_the_document(tmp_path: Path):
    paper_figures.write_all(tmp_path)
    document = (paper_figures.DOCS / "paper.md").read_text(encoding="utf-8")
    drawn = sorted(path.name for path in tmp_path.iterdir())
    assert drawn == sorted(path.name for path in (paper_figures.DOCS / "figures").iterdir())
    for name in drawn:
        assert f"(figures/{name})" in document
        with Image.open(tmp_path / name) as image:
            assert image.width > 600
