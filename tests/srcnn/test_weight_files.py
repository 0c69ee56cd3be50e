"""Files of other programs, and files that lie."""

import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import save_file
from scipy.io import savemat
from torch import nn

from srcnn.errors import WeightsError
from srcnn.spec import SrcnnSpec, WeightArrays
from srcnn.weight_files import read_weight_file

SPEC = SrcnnSpec(6, 4, 9, 3, 5)


def random_arrays(spec: SrcnnSpec = SPEC) -> WeightArrays:
    random = np.random.default_rng(4)
    w1, b1, w2, b2, w3, b3 = (
        random.standard_normal(shape, dtype=np.float32) for shape in spec.shapes
    )
    return w1, b1, w2, b2, w3, b3


def assert_reads(path: Path, arrays: WeightArrays) -> None:
    """Check that the file holds these arrays."""
    for found, wanted in zip(read_weight_file(path).arrays, arrays, strict=True):
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, wanted)


def assert_refused(path: Path, match: str | None = None) -> None:
    """Check that the file is refused with a sentence that names it, and a hint."""
    with pytest.raises(WeightsError, match=match) as caught:
        read_weight_file(path)
    assert path.name in str(caught.value)
    assert caught.value.hint


# --- the authors' layout -----------------------------------------------------------------------


def matlab_variables(arrays: WeightArrays) -> dict[str, np.ndarray]:
    """Lay arrays out as the authors' SRCNN.m expects them, one kernel after the other.

    There, kernels are ``reshape(column, f, f)``: filled column by column.
    """
    w1, b1, w2, b2, w3, b3 = arrays

    def column(kernel: np.ndarray) -> np.ndarray:
        return np.concatenate([kernel[:, c] for c in range(kernel.shape[1])])

    conv1 = np.stack([column(kernel[0]) for kernel in w1], axis=1)  # (f1 * f1, n1)
    conv2 = np.array([[column(kernels[j]) for kernels in w2] for j in range(w2.shape[1])])
    conv3 = np.stack([column(kernel) for kernel in w3[0]])  # (n2, f3 * f3)
    return {
        "weights_conv1": conv1.astype(np.float64),
        "weights_conv2": conv2.transpose(0, 2, 1).astype(np.float64),  # (n1, f2 * f2, n2)
        "weights_conv3": conv3.astype(np.float64),
        "biases_conv1": b1[:, None].astype(np.float64),
        "biases_conv2": b2[:, None].astype(np.float64),
        "biases_conv3": b3[:, None].astype(np.float64),
    }


@pytest.mark.parametrize(
    "spec", [SrcnnSpec(6, 4), SPEC, SrcnnSpec(6, 4, 9, 5, 5), SrcnnSpec(6, 1, 9, 3, 5)]
)
def test_the_authors_layout_is_read_for_every_second_layer(spec: SrcnnSpec, tmp_path: Path):
    arrays = random_arrays(spec)
    savemat(tmp_path / "x3.mat", matlab_variables(arrays))
    assert_reads(tmp_path / "x3.mat", arrays)


@pytest.mark.parametrize("spec", [SrcnnSpec(6, 4), SrcnnSpec(6, 1, 9, 3, 5)])
def test_a_second_layer_without_its_singleton_axis_is_read(spec: SrcnnSpec, tmp_path: Path):
    arrays = random_arrays(spec)
    variables = matlab_variables(arrays)
    variables["weights_conv2"] = variables["weights_conv2"].squeeze()
    savemat(tmp_path / "x3.mat", variables, do_compression=True)
    assert_reads(tmp_path / "x3.mat", arrays)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_authors_own_files_are_9_1_5(shared: Path, scale: int):
    arrays = read_weight_file(shared / "weights" / "9-1-5" / f"x{scale}.mat").arrays
    assert SrcnnSpec.of([array.shape for array in arrays]) == SrcnnSpec()


def test_matlab_files_of_something_else_are_refused(tmp_path: Path):
    variables = matlab_variables(random_arrays())
    path = tmp_path / "x3.mat"

    savemat(path, {"conv1_w": variables["weights_conv1"]})
    assert_refused(path, "weights_conv1")

    savemat(path, variables | {"biases_conv3": "text"})
    assert_refused(path, "biases_conv3")

    savemat(path, variables | {"weights_conv1": np.zeros((80, 6))})  # not square
    assert_refused(path)

    savemat(path, variables | {"weights_conv3": np.full((4, 25), np.inf)})
    assert_refused(path, "finite")

    savemat(path, variables | {"weights_conv3": np.full((4, 25), 1e300)})  # too large for float32
    assert_refused(path, "finite")

    savemat(path, variables | {"weights_conv1": np.zeros((2001, 2000))}, do_compression=True)
    assert_refused(path, "weights_conv1")


def test_matlabs_newest_format_is_named(tmp_path: Path):
    header = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM"
    (tmp_path / "x3.mat").write_bytes(header + b"\x89HDF\r\n\x1a\n" * 100)
    assert_refused(tmp_path / "x3.mat", r"version 7\.3")


# --- PyTorch files -----------------------------------------------------------------------------


def state_dict(arrays: WeightArrays, names: str = "conv{}.{}") -> dict[str, torch.Tensor]:
    keys = [names.format(layer, kind) for layer in (1, 2, 3) for kind in ("weight", "bias")]
    tensors = (torch.from_numpy(array) for array in arrays)
    return OrderedDict(zip(keys, tensors, strict=True))


@pytest.mark.parametrize(
    "names", ["conv{}.{}", "module.conv{}.{}", "features.{}.{}", "layers.{}.0.{}", "net/{}/{}"]
)
@pytest.mark.parametrize("suffix", ["pth", "pt"])
def test_a_state_dict_is_recognised_whatever_its_names(names: str, suffix: str, tmp_path: Path):
    arrays = random_arrays()
    torch.save(state_dict(arrays, names), tmp_path / f"a.{suffix}")
    assert_reads(tmp_path / f"a.{suffix}", arrays)


def test_the_old_format_of_pytorch_is_read(tmp_path: Path):
    arrays = random_arrays()
    torch.save(state_dict(arrays), tmp_path / "a.pth", _use_new_zipfile_serialization=False)
    assert_reads(tmp_path / "a.pth", arrays)


def test_layers_nested_one_by_one_are_read(tmp_path: Path):
    arrays = random_arrays()
    tensors = [torch.from_numpy(array) for array in arrays]
    layers = {f"layer{i}": {"w": tensors[2 * i], "b": tensors[2 * i + 1]} for i in range(3)}
    torch.save({"epoch": 3, "weights": layers, "history": [1.0, 2.0]}, tmp_path / "a.pth")
    assert_reads(tmp_path / "a.pth", arrays)


def test_layers_out_of_order_are_put_in_order(tmp_path: Path):
    arrays = random_arrays()
    w1, b1, w2, b2, w3, b3 = (torch.from_numpy(array) for array in arrays)
    shuffled = {"map.b": b2, "map.w": w2, "out.b": b3, "out.w": w3, "see.b": b1, "see.w": w1}
    torch.save(shuffled, tmp_path / "a.pth")
    assert_reads(tmp_path / "a.pth", arrays)


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
@pytest.mark.parametrize("key", ["state_dict", "model", "params", "generator"])
def test_a_checkpoint_gives_the_network_not_the_optimiser(optimiser: str, key: str, tmp_path: Path):
    """The momenta come first in the file, six tensors of just the shapes of the weights."""
    arrays = random_arrays()
    network = nn.Sequential(nn.Conv2d(1, 6, 9), nn.Conv2d(6, 4, 3), nn.Conv2d(4, 1, 5))
    make = {
        "sgd": lambda parameters: torch.optim.SGD(parameters, 0.1, momentum=0.9),
        "adam": torch.optim.Adam,
    }[optimiser]
    steps = make(network.parameters())
    network(torch.ones(1, 1, 20, 20)).sum().backward()
    steps.step()
    names = state_dict(arrays, "{}.{}")
    network.load_state_dict(dict(zip(network.state_dict(), names.values(), strict=True)))
    torch.save({"optimizer": steps.state_dict(), key: network.state_dict()}, tmp_path / "a.pth")
    assert_reads(tmp_path / "a.pth", arrays)


def test_averaged_weights_come_before_the_last_ones(tmp_path: Path):
    averaged = random_arrays()
    last = {key: tensor + 1 for key, tensor in state_dict(averaged).items()}
    torch.save({"params": last, "params_ema": state_dict(averaged)}, tmp_path / "a.pth")
    assert_reads(tmp_path / "a.pth", averaged)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bfloat16])
def test_other_precisions_are_converted(dtype: torch.dtype, tmp_path: Path):
    tensors = {key: tensor.to(dtype) for key, tensor in state_dict(random_arrays()).items()}
    torch.save(tensors, tmp_path / "a.pth")
    w1, b1, w2, b2, w3, b3 = (tensor.float().numpy() for tensor in tensors.values())
    assert_reads(tmp_path / "a.pth", (w1, b1, w2, b2, w3, b3))


class Trap:
    """Unpickling this writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.write_text, (self.path, "sprung"))


@pytest.mark.parametrize("way", ["zip", "old", "pickle", "protocol 2"])
def test_a_file_that_would_run_code_is_refused_and_does_not_run(way: str, tmp_path: Path):
    path, sprung = tmp_path / "x3.pth", tmp_path / "sprung"
    content = {**state_dict(random_arrays()), "extra": Trap(sprung)}
    if way in ("zip", "old"):
        torch.save(content, path, _use_new_zipfile_serialization=way == "zip")
    else:
        path.write_bytes(pickle.dumps(content, 2 if way == "protocol 2" else None))
    assert_refused(path, "refused.*run a program")
    assert not sprung.exists()


def test_a_whole_pickled_model_is_refused(tmp_path: Path):
    torch.save(nn.Sequential(nn.Conv2d(1, 6, 9)), tmp_path / "x3.pth")
    assert_refused(tmp_path / "x3.pth", "refused")


def test_torchscript_is_refused(tmp_path: Path):
    """An archive of this kind holds source code; built by hand, as making one is deprecated."""
    import zipfile

    torch.save(state_dict(random_arrays()), tmp_path / "x3.pth")
    with zipfile.ZipFile(tmp_path / "x3.pth", "a") as archive:
        folder = archive.namelist()[0].split("/")[0]
        archive.writestr(f"{folder}/constants.pkl", b"\x80\x02).")
    assert_refused(tmp_path / "x3.pth", "refused")


@pytest.mark.parametrize(
    "change",
    [
        lambda tensors: tensors.pop("conv2.bias"),
        lambda tensors: tensors.update({"conv4.weight": torch.zeros(1, 1, 3, 3)}),
        lambda tensors: tensors.update({"conv1.weight": torch.zeros(6, 1, 8, 8)}),
        lambda tensors: tensors.update({"conv2.weight": torch.zeros(4, 5, 3, 3)}),
        lambda tensors: tensors.update({"conv1.weight": torch.zeros(6, 1, 9, 9, dtype=torch.int8)}),
        lambda tensors: tensors.clear(),
        lambda tensors: tensors.update({f"more{i}": torch.zeros(3) for i in range(9)}),
    ],
    ids=["bias", "fourth", "even", "unconnected", "integer", "empty", "more"],
)
def test_other_networks_are_refused(change, tmp_path: Path):
    tensors = state_dict(random_arrays())
    change(tensors)
    torch.save(tensors, tmp_path / "x3.pth")
    assert_refused(tmp_path / "x3.pth", "holds no SRCNN")


def test_a_diverged_network_is_refused(tmp_path: Path):
    tensors = state_dict(random_arrays())
    tensors["conv3.bias"][0] = float("nan")
    torch.save(tensors, tmp_path / "x3.pth")
    assert_refused(tmp_path / "x3.pth", "finite")


def test_a_giant_that_takes_no_room_on_disk_is_refused(tmp_path: Path):
    """A tensor expanded from one number; made real it would take gigabytes."""
    giant = torch.zeros(1).expand(6, 1, 20001, 20001)
    torch.save(state_dict(random_arrays()) | {"conv1.weight": giant}, tmp_path / "x3.pth")
    assert_refused(tmp_path / "x3.pth", "holds no SRCNN")


def test_dicts_that_hold_each_other_end(tmp_path: Path):
    """Forty dicts, each twice in the next: 2**40 ways down, if one walked them all."""
    nested: dict[str, object] = {}
    for _ in range(40):
        nested = {"a": nested, "b": nested}
    torch.save(nested, tmp_path / "x3.pth")
    assert_refused(tmp_path / "x3.pth", "no array")


def test_too_many_tensors_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("srcnn.weight_files._MAX_TENSORS", 50)
    torch.save({str(i): torch.zeros(0) for i in range(51)}, tmp_path / "x3.pth")
    assert_refused(tmp_path / "x3.pth", "too many")


# --- files that are no weights -----------------------------------------------------------------


def valid_file(path: Path) -> bytes:
    """Write a good file of the kind its suffix says and return its bytes."""
    arrays = random_arrays()
    if path.suffix == ".mat":
        savemat(path, matlab_variables(arrays))
    elif path.suffix == ".pth":
        torch.save(state_dict(arrays), path)
    else:
        save_file({key: t.numpy() for key, t in state_dict(arrays).items()}, path)
    return path.read_bytes()


SUFFIXES = pytest.mark.parametrize("suffix", [".safetensors", ".mat", ".pth"])


@SUFFIXES
@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"Dear diary,\n" * 100, b"\x89PNG\r\n\x1a\n" + bytes(500), b"\x80\x02]q\x00."],
    ids=["empty", "zero", "text", "picture", "pickled list"],
)
def test_files_of_another_kind_are_refused(suffix: str, content: bytes, tmp_path: Path):
    path = tmp_path / f"x3{suffix}"
    path.write_bytes(content)
    assert_refused(path)


@SUFFIXES
@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_truncated_files_are_refused(suffix: str, share: float, tmp_path: Path):
    path = tmp_path / f"x3{suffix}"
    data = valid_file(path)
    path.write_bytes(data[: int(len(data) * share)])
    assert_refused(path)


@SUFFIXES
def test_damaged_files_are_refused_or_still_whole(suffix: str, tmp_path: Path):
    """Flip bytes in the first 2,000, where the structure is: never anything but WeightsError."""
    path = tmp_path / f"x3{suffix}"
    data = valid_file(path)
    random = np.random.default_rng(5)
    refused = 0
    for _ in range(60):
        damaged = bytearray(data)
        for position in random.integers(0, min(2000, len(data)), 8):
            damaged[position] = random.integers(256)
        path.write_bytes(damaged)
        try:
            read_weight_file(path)
        except WeightsError:
            refused += 1
    assert refused > 10


def test_safetensors_of_another_network_are_refused(tmp_path: Path):
    path = tmp_path / "x3.safetensors"
    save_file({"w": np.zeros((3, 3), np.float32)}, path)
    assert_refused(path, "holds no SRCNN: its arrays are 3.3")
    integers = {key: t.numpy().astype(int) for key, t in state_dict(random_arrays()).items()}
    save_file(integers, path)
    assert_refused(path, "no array")


def test_a_missing_file_a_folder_and_another_ending_are_named(tmp_path: Path):
    assert_refused(tmp_path / "x3.pth", "cannot be read")
    (tmp_path / "x2.pth").mkdir()
    assert_refused(tmp_path / "x2.pth", "cannot be read")
    (tmp_path / "x3.png").touch()
    assert_refused(tmp_path / "x3.png", "is no weights file")


def test_a_file_far_too_large_is_not_even_read(tmp_path: Path):
    with (tmp_path / "x3.pth").open("wb") as file:
        file.truncate(65 * 2**20)  # sparse: takes no room
    assert_refused(tmp_path / "x3.pth", "far too large")


def test_endings_may_be_upper_case(tmp_path: Path):
    arrays = random_arrays()
    torch.save(state_dict(arrays), tmp_path / "X3.PTH")
    assert_reads(tmp_path / "X3.PTH", arrays)
