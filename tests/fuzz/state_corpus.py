"""Tiny sound files of weights, dictionaries, runs and settings."""

from __future__ import annotations

import io
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from srcnn.dictionary import Dictionary, save_dictionary
from srcnn.report import BenchmarkRow
from srcnn.spec import SrcnnSpec
from srcnn.weights import ModelCard, Weights, save_weights

SPEC = SrcnnSpec(6, 4, 9, 3, 5)


def arrays(spec: SrcnnSpec = SPEC) -> list[np.ndarray]:
    """Return random weights."""
    rng = np.random.default_rng(4)
    return [rng.standard_normal(shape, dtype=np.float32) for shape in spec.shapes]


def matlab_variables(spec: SrcnnSpec = SPEC) -> dict[str, np.ndarray]:
    """Return variables of the shapes of the authors' release."""
    shapes = {
        "weights_conv1": (spec.f1**2, spec.n1),
        "weights_conv2": (spec.n1, spec.f2**2, spec.n2),
        "weights_conv3": (spec.n2, spec.f3**2),
        **{f"biases_conv{n + 1}": (m, 1) for n, m in enumerate((spec.n1, spec.n2, 1))},
    }
    rng = np.random.default_rng(4)
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


def mat_file(variables: dict[str, Any], **options: Any) -> bytes:
    """Return a MATLAB file."""
    from scipy.io import savemat

    file = io.BytesIO()
    savemat(file, variables, **options)
    return file.getvalue()


def pth_file(content: object, **options: Any) -> bytes:
    """Return a file of PyTorch."""
    import torch

    file = io.BytesIO()
    torch.save(content, file, **options)
    return file.getvalue()


def state_dict() -> dict[str, Any]:
    """Return weights as PyTorch programs keep them."""
    import torch

    names = [f"conv{layer}.{kind}" for layer in (1, 2, 3) for kind in ("weight", "bias")]
    return dict(zip(names, map(torch.from_numpy, arrays()), strict=True))


@cache
def weights() -> dict[str, bytes]:
    """Return weights of every kind."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x3.safetensors"
        six: Any = tuple(arrays())
        card = ModelCard("mine", "T91", seed=3, minutes=2.0, psnr={"Set5": 32.5})
        save_weights(Weights(SPEC, 3, six, card), path)
        ours = path.read_bytes()
    halves = {f"{n}": array.astype(np.float16) for n, array in enumerate(arrays())}
    variables = matlab_variables()
    tensors = state_dict()
    return {
        "x3.safetensors": ours,
        "half_x3.safetensors": save(halves),
        "x3.mat": mat_file(variables),
        "packed_x3.mat": mat_file(variables, do_compression=True),
        "old_x3.pth": pth_file(tensors, _use_new_zipfile_serialization=False),
        "x3.pth": pth_file(tensors),
        "nested_x3.pt": pth_file({"epoch": 3, "state_dict": tensors, "optimizer": {"lr": (1, 2)}}),
    }


@cache
def dictionaries() -> dict[str, bytes]:
    """Return a dictionary of each kind."""
    rng = np.random.default_rng(5)
    made = {
        "sc": Dictionary("sc", 2, rng.random((144, 8)), rng.random((36, 8)), None, {"seed": 1}),
        "ksvd": Dictionary(
            "ksvd", 2, rng.random((30, 8)), rng.random((36, 8)), rng.random((144, 30))
        ),
    }
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind, dictionary in made.items():
            path = Path(folder) / f"{kind}.safetensors"
            save_dictionary(dictionary, path)
            found[path.name] = path.read_bytes()
    return found


def run_config() -> Any:
    """Return the settings of a tiny run."""
    from trainer.config import TrainConfig

    return TrainConfig(spec=SPEC, backprops=64, crop=33, threads=1)


@cache
def checkpoints() -> dict[str, bytes]:
    """Return the checkpoint of a tiny run, before and after a step of each optimiser."""
    from dataclasses import replace

    import torch

    from trainer.checkpoint import fresh_state, save_checkpoint
    from trainer.run_folder import RunFolder

    with tempfile.TemporaryDirectory() as place:
        folder = RunFolder(Path(place))
        config = replace(run_config(), out=folder.path)
        state = fresh_state(config, "digest", "cpu")
        with torch.random.fork_rng():
            torch.manual_seed(0)
            state.network(torch.rand(1, 1, 33, 33)).square().mean().backward()
        state.optimiser.step()
        state.step = 1
        save_checkpoint(state, folder)
        return {"checkpoint.safetensors": folder.checkpoint.read_bytes()}


@cache
def dictionary_states() -> dict[str, bytes]:
    """Return the state of a dictionary's training."""
    from trainer.dictionary_state import DictionaryConfig, DictionaryState, state_file

    rng = np.random.default_rng(5)
    with tempfile.TemporaryDirectory() as place:
        config = DictionaryConfig((), Path(place), scale=2, atoms=8, threads=1)
        state = DictionaryState(
            "digest", rng.random((144, 30)), rng.random((8, 30)), 2, 0.5, 1.0, (0.75, 0.5)
        )
        state.save(config)
        path = state_file(config.out)
        return {path.name: path.read_bytes()}


@cache
def run_files() -> dict[str, bytes]:
    """Return settings and events of a run."""
    from trainer.events import (
        CheckpointSaved,
        RunFinished,
        RunStarted,
        Skipped,
        StepDone,
        StopReason,
        Validated,
        WeightsSnapshot,
    )
    from trainer.report import to_json

    folder = Path("run")
    events = (
        RunStarted(folder, 3, "9-3-5", "cpu", 1, 9, 1, "T91", (Skipped("a", "no"),), 30.0, 31.5),
        StepDone(32, 0.5, 1.0, 0.01, 4e-3, 32.0, 1.0, 300.0),
        Validated(32, 1.0, float("inf"), is_best=True, waited=0),
        WeightsSnapshot(32, 1.0, folder / "a.safetensors"),
        CheckpointSaved(64, folder / "checkpoint.safetensors"),
        RunFinished(64, 2.0, StopReason.COMPLETED, folder / "weights.safetensors", 32.5, 32),
    )
    return {
        "config.json": json.dumps(run_config().as_dict(), indent=2).encode(),
        "events.jsonl": "".join(to_json(event) + "\n" for event in events).encode(),
    }


@cache
def settings() -> dict[str, bytes]:
    """Return the settings of the window as Qt writes them."""
    from PySide6.QtCore import QSettings

    from srcnn_gui.settings import Settings, SettingsStore

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "settings.ini"
        chosen = Settings(
            panes=("bicubic", "sc"), recent_files=("/a/ü.png", "b"), measure='{"scales": [2]}'
        )
        SettingsStore(QSettings(str(path), QSettings.Format.IniFormat)).save(chosen)
        return {path.name: path.read_bytes()}


@cache
def remembered() -> dict[str, bytes]:
    """Return remembered rows of the Measure panel."""
    from srcnn_gui.benchmark import memory

    row = BenchmarkRow("a.png", 3, "srcnn", 32.5, 0.9, 0.1)
    return {"measured.jsonl": "".join(memory._line(key, row) for key in ("a1", "b2")).encode()}
