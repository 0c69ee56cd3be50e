"""Weights as an ONNX file that any runtime can execute, drawn node by node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcnn.errors import OutputError, SrcnnError
from srcnn.safe_file import write_safely
from srcnn.weight_files import CARD_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from onnx import ModelProto, NodeProto

    from srcnn.weights import Weights

_OPSET, _IR_VERSION = 17, 8  # of 2022: read by every runtime of today


def save_onnx(weights: Weights, path: Path) -> None:
    """Save the network so that a plane goes in and a plane of the same size comes out.

    The file's input ``plane`` and output ``sharpened`` are float32 (N, C, H, W), any N, H and W:
    the bicubic interpolation in [0, 1] and the result, not clipped. The extension by
    replication is part of the file. Its metadata hold the model card.

    Raises
    ------
    OutputError
        If the file cannot be written, or is not to end in ``.onnx``.
    SrcnnError
        If the package ``onnx`` is missing.
    """
    if path.suffix.lower() != ".onnx":
        raise OutputError(f"{path.name} is no name for an ONNX file", hint="Let it end in .onnx.")
    try:
        import onnx
    except ImportError as error:
        raise SrcnnError(
            "Saving as ONNX needs the package onnx",
            hint='Install it with: pip install "srcnn-studio[onnx]".',
        ) from error
    model = _model(weights)
    onnx.checker.check_model(model, full_check=True)
    write_safely(path, model.SerializeToString(deterministic=True))


def _model(weights: Weights) -> ModelProto:
    """Draw the graph: one Pad, then Conv, Relu, Conv, Relu, Conv."""
    from onnx import TensorProto, helper, numpy_helper

    halo = weights.spec.halo
    shape: list[str | int | None] = ["N", weights.spec.channels, "H", "W"]
    sides = helper.make_tensor("pads", TensorProto.INT64, [8], [0, 0, halo, halo] * 2)
    names = ("w1", "b1", "w2", "b2", "w3", "b3")
    arrays = zip(names, weights.arrays, strict=True)
    graph = helper.make_graph(
        _nodes(),
        f"SRCNN {weights.spec.name} x{weights.scale}",
        [helper.make_tensor_value_info("plane", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("sharpened", TensorProto.FLOAT, shape)],
        [sides, *(numpy_helper.from_array(array, name) for name, array in arrays)],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
        producer_name="srcnn-studio",
        doc_string="SRCNN (Dong et al., ECCV 2014) on an interpolated plane in [0, 1].",
    )
    helper.set_model_props(model, {CARD_KEY: weights.card_text})
    return model


def _nodes() -> list[NodeProto]:
    from onnx import helper

    return [
        helper.make_node("Pad", ["plane", "pads"], ["extended"], mode="edge"),
        helper.make_node("Conv", ["extended", "w1", "b1"], ["conv1"]),
        helper.make_node("Relu", ["conv1"], ["patches"]),
        helper.make_node("Conv", ["patches", "w2", "b2"], ["conv2"]),
        helper.make_node("Relu", ["conv2"], ["mapped"]),
        helper.make_node("Conv", ["mapped", "w3", "b3"], ["sharpened"]),
    ]
