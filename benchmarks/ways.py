"""The ways of running SRCNN that are compared, each a call that does all of it once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from srcnn.device import cpu_device
from srcnn.extension import imresize_extended
from srcnn.geometry import Region, Size
from srcnn.method import MethodEnvironment
from srcnn.methods.srcnn import method_id
from srcnn.network import network_from
from srcnn.onnx_export import save_onnx
from srcnn.registry import load_methods
from srcnn.resize import imresize
from srcnn.source import DegradedSource
from srcnn.tiles import Enlargement, render_tiles
from srcnn.weights import bundled_weights
from srcnn.workers import compute_alone, in_order, usable_cores

if TYPE_CHECKING:
    from srcnn.method import Method
    from srcnn.types import Planes
    from srcnn.weights import Weights

PLAIN_TILE = 192
CEILING_TILE = 144
CEILING_REPEATS = 48
PRODUCT_SIDE = 2048


@dataclass(frozen=True)
class Task:
    """What is to be computed: a network on a low-resolution picture of noise.

    Attributes
    ----------
    weights : Weights
        The network; its scale is that of the task.
    side : int
        About how many pixels a side the result shall have.
    """

    weights: Weights
    side: int

    @property
    def low(self) -> Planes:
        """The low-resolution plane, (1, h, w)."""
        side = self.side // self.weights.scale
        return np.random.default_rng(0).random((1, side, side), dtype=np.float32)

    @property
    def size(self) -> Size:
        """Pixels of the result."""
        side = self.side // self.weights.scale * self.weights.scale
        return Size(side, side)

    @property
    def gflop(self) -> float:
        """Work of the network as the paper writes it, without any interpolation."""
        weights = sum(layer.size for layer in self.weights.arrays[::2])
        return 2e-9 * weights * self.size.pixels


@dataclass(frozen=True)
class Way:
    """A way of doing a task, or another piece of work that takes about ``gflop``.

    ``side`` is that of the task: about how many pixels a side the result has.
    """

    name: str
    megapixels: float
    gflop: float
    run: Callable[[], object]
    network: str = ""
    scale: int = 0
    side: int = 0


def task(name: str, scale: int, side: int) -> Task:
    """Return the task for a network that comes with the program."""
    (found,) = (w for w in bundled_weights() if (w.name, w.scale) == (name, scale))
    return Task(found, side)


def own_method(task: Task, *, fast: bool) -> Method:
    """Return the method as the window and the command line get it."""
    methods = load_methods(MethodEnvironment(cpu_device(), bundled_weights(), fast=fast))
    return methods[method_id(task.weights.name)]


def own(task: Task, *, fast: bool = False) -> Way:
    """Compute all tiles, from the low-resolution picture to rounded pixels."""
    source = DegradedSource(task.low, "noise")
    enlargement = Enlargement(source, own_method(task, fast=fast), task.weights.scale)

    def run() -> None:
        for _ in render_tiles(enlargement):
            pass

    return _way("own, fast" if fast else "own", task, run)


def plain(task: Task) -> Way:
    """Apply the network to the whole interpolated plane: Conv2d, ReLU and so on, on all cores."""
    network, plane = network_from(task.weights.arrays), _extended(task)

    def run() -> None:
        with torch.inference_mode():
            network(plane)

    return _way("plain PyTorch", task, run)


def plain_tiles(task: Task) -> Way:
    """Do the same tile by tile."""
    network, plane = network_from(task.weights.arrays), _extended(task)
    halo, size = task.weights.spec.halo, task.size

    def run() -> None:
        with torch.inference_mode():
            for top in range(0, size.height, PLAIN_TILE):
                for left in range(0, size.width, PLAIN_TILE):
                    bottom = min(top + PLAIN_TILE, size.height) + 2 * halo
                    right = min(left + PLAIN_TILE, size.width) + 2 * halo
                    network(plane[:, :, top:bottom, left:right])

    return _way("plain PyTorch, tiles", task, run)


def onnx_runtime(task: Task) -> Way:
    """Use ONNX Runtime on all cores, on the whole interpolated plane.

    Raises
    ------
    ImportError
        If onnxruntime is not installed.
    SrcnnError
        If onnx is not.
    """
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = usable_cores()
    session = onnxruntime.InferenceSession(_onnx(task), options, providers=["CPUExecutionProvider"])
    plane = imresize(task.low, task.weights.scale)[np.newaxis]
    return _way("ONNX Runtime", task, lambda: session.run(None, {"plane": plane}))


def openvino(task: Task) -> Way:
    """Use OpenVINO in float32 on all cores, on the whole interpolated plane.

    Raises
    ------
    ImportError
        If openvino is not installed.
    SrcnnError
        If onnx is not.
    """
    import openvino  # type: ignore[import-not-found]

    core = openvino.Core()
    settings = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": usable_cores()}
    compiled = core.compile_model(core.read_model(_onnx(task)), "CPU", settings)
    plane = imresize(task.low, task.weights.scale)[np.newaxis]
    request = compiled.create_infer_request()
    return _way("OpenVINO", task, lambda: request.infer({"plane": plane}))


def first_layer_alone() -> Way:
    """Apply the 9 x 9 layer to tiles that fit the cache, all cores on one: what there is to get."""
    layer, tile = _first_layer()

    def run() -> None:
        with torch.inference_mode():
            for _ in range(CEILING_REPEATS):
                layer(tile)

    return _ceiling("9 x 9 layer alone", layer, run)


def first_layer_side_by_side() -> Way:
    """Do the same with a tile a core, which a core that is taken by others slows down less."""
    layer, tile = _first_layer()

    def compute(_number: int) -> None:
        compute_alone()
        with torch.inference_mode():
            layer(tile)

    def run() -> None:
        for _ in in_order(compute, range(CEILING_REPEATS), usable_cores()):
            pass

    return _ceiling("9 x 9 layer alone, a tile a core", layer, run)


def matrix_product() -> Way:
    """Multiply two square matrices of float32."""
    left, right = torch.rand(2, PRODUCT_SIDE, PRODUCT_SIDE)
    name = f"matrix product, {PRODUCT_SIDE}\N{SUPERSCRIPT THREE}"
    return Way(name, 0, 2e-9 * PRODUCT_SIDE**3, lambda: left @ right)


def largest_error(task: Task) -> float:
    """Return by how much our float32 differs from the network as the paper writes it."""
    with torch.inference_mode():
        expected = network_from(task.weights.arrays)(_extended(task))[0].numpy()
    result = own_method(task, fast=False).enlarge(task.low, task.weights.scale)
    return float(np.abs(result - expected).max())


def _first_layer() -> tuple[torch.nn.Conv2d, torch.Tensor]:
    return torch.nn.Conv2d(1, 64, 9), torch.rand(1, 1, CEILING_TILE + 8, CEILING_TILE + 8)


def _ceiling(name: str, layer: torch.nn.Conv2d, run: Callable[[], object]) -> Way:
    pixels = CEILING_REPEATS * CEILING_TILE**2
    return Way(name, pixels / 1e6, 2e-9 * layer.weight.numel() * pixels, run)


def _way(name: str, task: Task, run: Callable[[], object]) -> Way:
    weights = task.weights
    megapixels = task.size.megapixels
    return Way(name, megapixels, task.gflop, run, weights.name, weights.scale, task.side)


def _extended(task: Task) -> torch.Tensor:
    """Return the interpolated plane, its edge repeated as far as the network sees."""
    region: Region = task.size.region.grown(task.weights.spec.halo)
    return torch.from_numpy(imresize_extended(task.low, task.weights.scale, region))[None]


def _onnx(task: Task) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "network.onnx")
        save_onnx(task.weights, path)
        return path.read_bytes()
