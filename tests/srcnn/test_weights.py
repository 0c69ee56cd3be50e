import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from srcnn.errors import MissingWeights, OutputError, WeightsError
from srcnn.spec import SrcnnSpec, WeightArrays
from srcnn.weights import (
    ModelCard,
    Weights,
    bundled_weights,
    load_weights,
    load_weights_folder,
    load_weights_path,
    save_weights,
)

SPEC = SrcnnSpec(6, 4)
CARD = ModelCard(
    name="my run",
    trained_on="91 images",
    preset="fast",
    seed=7,
    backprops=370_000,
    minutes=4.5,
    psnr={"Set5": 32.39},
    licence="MIT",
    notes="öß",
)


def random_arrays(spec: SrcnnSpec = SPEC, seed: int = 0) -> WeightArrays:
    random = np.random.default_rng(seed)
    w1, b1, w2, b2, w3, b3 = (
        random.standard_normal(shape, dtype=np.float32) for shape in spec.shapes
    )
    return w1, b1, w2, b2, w3, b3


def random_weights(spec: SrcnnSpec = SPEC, scale: int = 3, name: str = "my run") -> Weights:
    return Weights(spec, scale, random_arrays(spec), replace(CARD, name=name))


@pytest.mark.parametrize("spec", [SPEC, SrcnnSpec(5, 5, 3, 5, 7, channels=3)])
def test_saved_weights_come_back_bit_for_bit_with_their_card(spec: SrcnnSpec, tmp_path: Path):
    weights = random_weights(spec)
    save_weights(weights, tmp_path / "a.safetensors")
    again = load_weights(tmp_path / "a.safetensors")
    assert (again.spec, again.scale, again.card) == (spec, 3, CARD)
    assert again.digest == weights.digest
    for mine, theirs in zip(weights.arrays, again.arrays, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_saved_file_is_readable_without_this_program(tmp_path: Path):
    weights = random_weights()
    save_weights(weights, tmp_path / "a.safetensors")
    tensors = load_file(tmp_path / "a.safetensors")
    assert sorted(tensors) == sorted(f"conv{i}.{k}" for i in (1, 2, 3) for k in ("weight", "bias"))
    np.testing.assert_array_equal(tensors["conv2.weight"], weights.arrays[2])


def test_the_same_weights_give_the_same_file(tmp_path: Path):
    for name in ("a.safetensors", "b.safetensors"):
        save_weights(random_weights(), tmp_path / name)
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()


def test_the_digest_tells_networks_apart_and_leaves_the_card_out():
    weights = random_weights()
    changed = random_arrays()
    changed[2][0, 0] += 1e-3
    assert weights.digest == weights.renamed("other").digest
    assert weights.digest != replace(weights, arrays=changed).digest
    assert len(weights.digest) == 64


def test_a_family_is_named_by_its_card_or_its_network():
    assert random_weights().name == "my run"
    assert random_weights(name="").name == "9-1-5-6-4"
    assert random_weights().renamed("9-1-5").name == "9-1-5"


def test_weights_cannot_be_changed_afterwards():
    arrays = random_arrays()
    weights = Weights(SPEC, 2, arrays)
    digest = weights.digest
    arrays[0][:] = 0
    with pytest.raises(ValueError, match="read-only"):
        weights.arrays[0][:] = 0
    assert replace(weights).digest == digest


@pytest.mark.parametrize("scale", [0, 1, 5, -3])
def test_other_scales_are_refused(scale: int):
    with pytest.raises(ValueError, match="2, 3 or 4"):
        Weights(SPEC, scale, random_arrays())


def test_arrays_of_another_network_are_refused():
    with pytest.raises(ValueError, match="do not belong"):
        Weights(SrcnnSpec(6, 5), 3, random_arrays())


def test_weights_that_are_no_numbers_are_refused():
    arrays = random_arrays()
    arrays[4][0, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="finite"):
        Weights(SPEC, 3, arrays)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "a,b"},
        {"name": "a\nb"},
        {"name": "a" * 81},
        {"name": 3},
        {"notes": None},
        {"seed": True},
        {"minutes": float("nan")},
        {"backprops": "many"},
        {"psnr": {"Set5": float("inf")}},
        {"psnr": {5: 32.0}},
    ],
)
def test_a_card_holds_texts_and_finite_numbers(wrong: dict[str, object]):
    with pytest.raises(ValueError, match=r"card|name"):
        ModelCard(**wrong)


# --- which scale -------------------------------------------------------------------------------


def foreign_file(path: Path, card: object = None) -> Path:
    """A safetensors file that was not saved by this program, or carries a card of its own."""
    names = [f"layer{i}.{kind}" for i in (1, 2, 3) for kind in ("a_weight", "bias")]
    metadata = None if card is None else {"card": card if type(card) is str else json.dumps(card)}
    save_file(dict(zip(names, random_arrays(), strict=True)), path, metadata)
    return path


@pytest.mark.parametrize(
    ("stem", "scale"),
    [
        ("x2", 2),
        ("mine_x3", 3),
        ("X4", 4),
        ("srcnn-x3-best", 3),
        ("9-1-5 x2", 2),
        ("a_\N{MULTIPLICATION SIGN}3", 3),
    ],
)
def test_the_file_name_tells_the_scale(stem: str, scale: int, tmp_path: Path):
    assert load_weights(foreign_file(tmp_path / f"{stem}.safetensors")).scale == scale


@pytest.mark.parametrize("stem", ["final", "max3", "x33", "x5", "x2_x3", "x"])
def test_a_name_that_tells_nothing_needs_a_scale(stem: str, tmp_path: Path):
    path = foreign_file(tmp_path / f"{stem}.safetensors")
    with pytest.raises(MissingWeights, match="which scale") as caught:
        load_weights(path)
    assert caught.value.hint
    assert load_weights(path, scale=4).scale == 4
    with pytest.raises(WeightsError, match="2, 3 or 4"):
        load_weights(path, scale=5)


def test_the_card_knows_better_than_the_file_name(tmp_path: Path):
    path = foreign_file(tmp_path / "x3.safetensors", {"scale": 2, "name": "run", "of": "tomorrow"})
    weights = load_weights(path)
    assert (weights.scale, weights.name) == (2, "run")


@pytest.mark.parametrize("card", [{"scale": 3}, None])
def test_weights_for_another_scale_are_refused(card: object, tmp_path: Path):
    path = foreign_file(tmp_path / "x3.safetensors", card)
    with pytest.raises(WeightsError, match=r"another scale: .3, not .2"):
        load_weights(path, scale=2)
    assert load_weights(path, scale=3).scale == 3


@pytest.mark.parametrize(
    "card",
    [
        "{",
        "[]",
        "3",
        "[" * 100_000,
        {"scale": 8},
        {"scale": 3.0},
        {"scale": True},
        {"scale": [3]},
        {"name": 5},
        {"name": "a,b"},
        {"psnr": [1]},
        {"psnr": 1},
        {"minutes": float("inf")},
    ],
    ids=lambda card: str(card)[:20],
)
def test_a_bad_card_is_refused(card: object, tmp_path: Path):
    with pytest.raises(WeightsError, match=r"x3\.safetensors") as caught:
        load_weights(foreign_file(tmp_path / "x3.safetensors", card))
    assert caught.value.hint


# --- folders -----------------------------------------------------------------------------------


def test_a_folder_is_loaded_by_name_and_other_files_are_left_alone(tmp_path: Path):
    for scale in (4, 2, 3):
        save_weights(random_weights(scale=scale), tmp_path / f"x{scale}.safetensors")
    (tmp_path / "README.md").write_text("not weights")
    (tmp_path / "._x2.mat").write_text("left behind by a file system")
    assert [weights.scale for weights in load_weights_folder(tmp_path)] == [2, 3, 4]
    assert len(load_weights_path(tmp_path)) == 3
    assert [weights.scale for weights in load_weights_path(tmp_path / "x4.safetensors")] == [4]


def test_the_authors_folder_is_one_family(shared: Path):
    weights = load_weights_folder(shared / "weights" / "9-1-5")
    assert [(one.name, one.scale) for one in weights] == [("9-1-5", s) for s in (2, 3, 4)]


def test_two_files_for_one_scale_are_refused(tmp_path: Path):
    for name in ("a", "b"):
        save_weights(random_weights(), tmp_path / f"{name}.safetensors")
    with pytest.raises(WeightsError, match=r"a.safetensors and b.safetensors are both my run"):
        load_weights_folder(tmp_path)


@pytest.mark.parametrize("name", ["", "missing"])
def test_a_folder_without_weights_is_an_error(name: str, tmp_path: Path):
    with pytest.raises(WeightsError, match=r"no weights|cannot be read"):
        load_weights_folder(tmp_path / name)


def test_bundled_weights_are_for_known_scales_and_may_be_shipped():
    for weights in bundled_weights():
        assert weights.card.licence
        assert weights.card.name


def test_bundled_weights_are_read_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("srcnn.weights.resource_path", lambda name: tmp_path / name)
    assert bundled_weights() == ()
    (tmp_path / "weights").mkdir()
    for scale in (3, 2):
        path = tmp_path / "weights" / f"9-1-5-x{scale}.safetensors"
        save_weights(random_weights(scale=scale, name="9-1-5"), path)
    assert [weights.scale for weights in bundled_weights()] == [2, 3]


# --- writing -----------------------------------------------------------------------------------


def test_only_safetensors_are_written(tmp_path: Path):
    with pytest.raises(OutputError, match=r"x3\.pth"):
        save_weights(random_weights(), tmp_path / "x3.pth")


def test_a_missing_folder_is_an_error(tmp_path: Path):
    with pytest.raises(OutputError, match="cannot be written"):
        save_weights(random_weights(), tmp_path / "missing" / "a.safetensors")
