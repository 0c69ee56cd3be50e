"""Reading weights out of files of many origins, none of them trusted.

Nothing in a file is ever executed, no file can ask for more than a fixed amount of memory, and
whatever is wrong with it becomes one ``WeightsError``.
"""

from __future__ import annotations

import io
import logging
import math
import pickle
import re
import warnings
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain, permutations
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from srcnn.errors import WeightsError
from srcnn.spec import SrcnnSpec, WeightArrays
from srcnn.untrusted import plain_mat, plain_pth, read_bounded, safetensors_metadata

if TYPE_CHECKING:
    from pathlib import Path

    import torch

log = logging.getLogger(__name__)

WEIGHT_SUFFIXES = (".safetensors", ".mat", ".pth", ".pt")
"""Endings of the files that can be read, our own first."""

CARD_KEY = "card"
"""Entry of a safetensors file's metadata that holds the model card as JSON."""

_MAX_FILE_BYTES = 64 * 2**20
_MAX_PARAMETERS = 4_000_000  # 9-5-5 of the paper has 57,000
_MAX_TENSORS = 10_000  # a checkpoint of a small network has some dozens
_MAT_NAMES = tuple(f"{kind}_conv{layer}" for layer in (1, 2, 3) for kind in ("weights", "biases"))
_MODEL_KEYS = ("params_ema", "state_dict", "model_state_dict", "model", "params", "network", "net")
_OPTIMISER_KEYS = ("optim", "scheduler")  # a momentum has the shape of the weights it belongs to
_SCALE_IN_NAME = re.compile(
    r"(?<![a-z0-9])[x\N{MULTIPLICATION SIGN}]([234])(?![0-9])", re.IGNORECASE
)
_OF_DICTIONARY = re.compile(r'"kind": *"(ksvd|sc)"')
_FORMATS_HINT = "Choose a .safetensors, .mat or .pth file that holds an SRCNN."


class WeightFile(NamedTuple):
    """What a file held: six arrays, and the model card's JSON text (empty if there is none)."""

    arrays: WeightArrays
    card: str = ""


def read_weight_file(path: Path) -> WeightFile:
    """Read the weights of an SRCNN.

    Parameters
    ----------
    path : Path
        ``.safetensors``; ``.mat`` in the layout of the authors' release; ``.pth`` or ``.pt``: a
        state dict, possibly nested, recognised by the shapes of its tensors.

    Raises
    ------
    WeightsError
        If the file cannot be read, is damaged, is of another kind or could run code.
    """
    readers = (_read_safetensors, _read_mat, _read_pth, _read_pth)
    reader = dict(zip(WEIGHT_SUFFIXES, readers, strict=True)).get(path.suffix.lower())
    if reader is None:
        is_onnx = path.suffix.lower() == ".onnx"
        hint = "ONNX is written for other programs, not read." if is_onnx else _FORMATS_HINT
        raise WeightsError(f"{path.name} is no weights file", hint=hint)
    try:
        data = read_bounded(path, _MAX_FILE_BYTES)
    except ValueError as error:
        raise WeightsError(
            f"{path.name} is far too large for an SRCNN", hint=_FORMATS_HINT
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise WeightsError(f"{path} cannot be read: {reason}", hint=_FORMATS_HINT) from error
    try:
        return reader(path.name, data)
    except WeightsError:
        raise
    except Exception as error:  # whatever a parser makes of bytes that were never meant for it
        log.info("%s: %r", path, error)
        raise WeightsError(
            f"{path.name} is damaged, or no weights of an SRCNN at all", hint=_FORMATS_HINT
        ) from error


def scale_in_name(stem: str) -> int | None:
    """Return the scale a file name tells, such as ``mine_x3``; none if it tells two."""
    scales = {int(digit) for digit in _SCALE_IN_NAME.findall(stem)}
    return scales.pop() if len(scales) == 1 else None


def _read_safetensors(name: str, data: bytes) -> WeightFile:
    from safetensors.numpy import load

    card = safetensors_metadata(data).get(CARD_KEY, "")
    if _OF_DICTIONARY.search(card):
        raise WeightsError(
            f"{name} is a dictionary for the classical methods",
            hint="The list of runs has it used in the window, --dictionary on the command line.",
        )
    tensors = {key: array for key, array in sorted(load(data).items()) if array.dtype.kind == "f"}
    return WeightFile(_arrays(name, tensors), card)


def _read_mat(name: str, data: bytes) -> WeightFile:
    from scipy.io import loadmat, whosmat

    data = plain_mat(data, _MAX_FILE_BYTES)

    def stream() -> Any:  # an open file is allowed, but scipy's type stubs know paths only
        return io.BytesIO(data)

    try:
        found = whosmat(stream())
    except NotImplementedError as error:
        raise WeightsError(
            f"{name} was saved by MATLAB as version 7.3, which cannot be read here",
            hint="Save it again in MATLAB with save(..., '-v7').",
        ) from error
    variables = {variable: (shape, kind) for variable, shape, kind in found}
    if len(variables) < len(found):
        raise ValueError("two variables of one name")
    for variable in _MAT_NAMES:
        shape, kind = variables.get(variable, ((), "missing"))
        if kind not in ("double", "single") or math.prod(shape) > _MAX_PARAMETERS:
            raise WeightsError(
                f"{name} has no usable {variable}: it is not laid out as the authors' release",
                hint=f"Expected are the variables {', '.join(_MAT_NAMES)}.",
            )
    file: dict[str, NDArray[np.floating]] = loadmat(stream(), variable_names=_MAT_NAMES)
    if any(np.iscomplexobj(file[variable]) for variable in _MAT_NAMES):
        raise ValueError("complex numbers")
    b1, b2, b3 = (file[f"biases_conv{layer}"].ravel() for layer in (1, 2, 3))
    w1 = _kernels(file["weights_conv1"].T)[:, None]  # (n1, 1, f1, f1)
    w2 = file["weights_conv2"].reshape(b1.size, -1, b2.size)  # MATLAB drops a last axis of 1
    w2 = _kernels(w2.transpose(2, 0, 1))  # (n2, n1, f2, f2)
    w3 = _kernels(file["weights_conv3"])[None]  # (1, n2, f3, f3)
    return WeightFile(_arrays(name, dict(enumerate((w1, b1, w2, b2, w3, b3)))))


def _kernels(columns: NDArray[np.floating]) -> NDArray[np.floating]:
    """Turn (..., f * f), each kernel column by column, into (..., f, f)."""
    side = math.isqrt(columns.shape[-1])
    return columns.reshape(*columns.shape[:-1], side, side).swapaxes(-1, -2)


def _read_pth(name: str, data: bytes) -> WeightFile:
    import torch

    try:
        with warnings.catch_warnings():  # about pickle versions: nothing a user could act on
            warnings.simplefilter("ignore")
            plain = io.BytesIO(plain_pth(data))
            content = torch.load(plain, map_location="cpu", weights_only=True)
    except Exception as error:
        is_pickle = data.startswith((b"PK", b"\x80"))
        runs_code = isinstance(error, pickle.UnpicklingError) or "TorchScript" in str(error)
        if is_pickle and runs_code:
            raise WeightsError(
                f"{name} was refused: it holds more than plain numbers, and reading it could "
                "run a program hidden in it",
                hint="Ask for its state_dict (torch.save(model.state_dict(), ...)) or for a "
                ".safetensors file.",
            ) from error
        raise
    everything = _flattened(content, set())
    if len(everything) > _MAX_TENSORS:
        raise WeightsError(f"{name} holds far too many arrays for an SRCNN", hint=_FORMATS_HINT)
    found = next((tensors for tensors in _candidates(content) if _six_of(tensors)), everything)
    return WeightFile(_arrays(name, found))


def _candidates(content: object) -> Iterator[dict[object, torch.Tensor]]:
    """Yield the tensors of each dict in ``content``, outer ones and usual names first."""
    queue, seen = deque([content]), set[int]()
    while queue:
        node = queue.popleft()
        if isinstance(node, Mapping) and id(node) not in seen:
            seen.add(id(node))
            yield _flattened(node, set())
            queue += [node[key] for key in _MODEL_KEYS if key in node]
            queue += [
                value
                for key, value in node.items()
                if key not in _MODEL_KEYS and not str(key).lower().startswith(_OPTIMISER_KEYS)
            ]


def _flattened(content: object, seen: set[int]) -> dict[object, torch.Tensor]:
    """Return every floating tensor below ``content`` in order, each dict entered only once."""
    import torch

    if isinstance(content, torch.Tensor) and content.is_floating_point():
        return {id(content): content.detach()}
    tensors: dict[object, torch.Tensor] = {}
    if isinstance(content, Mapping) and id(content) not in seen:
        seen.add(id(content))
        for value in content.values():
            tensors.update(_flattened(value, seen))
    return tensors


def _six_of(tensors: Mapping[Any, Any]) -> list[Any]:
    """Return w1, b1, w2, b2, w3, b3 (arrays or tensors) in an order that fits, or nothing."""
    shaped = [tensor for tensor in tensors.values() if tensor.ndim]
    weights = [tensor for tensor in shaped if tensor.ndim == 4]
    biases = [tensor for tensor in shaped if tensor.ndim == 1]
    if (len(shaped), len(weights), len(biases)) != (6, 3, 3):
        return []
    fitting: dict[int, list[Any]] = {}
    for layers in permutations(zip(weights, biases, strict=True)):
        six = list(chain.from_iterable(layers))
        with suppress(ValueError):
            spec = SrcnnSpec.of([tuple(tensor.shape) for tensor in six])
            if spec.parameters <= _MAX_PARAMETERS:
                fitting.setdefault(spec.channels, six)
    return fitting[min(fitting)] if fitting else []  # rotated layers fit too, with more channels


def _arrays(name: str, tensors: Mapping[Any, Any]) -> WeightArrays:
    """Turn the six arrays or tensors of a file called ``name`` into finite float32 arrays."""
    six = _six_of(tensors)
    if not six:
        raise WeightsError(
            f"{name} holds no SRCNN: {_shapes_in_words(tensors)}",
            hint="An SRCNN has exactly three convolutions with square, odd filters and biases.",
        )
    with np.errstate(over="ignore"):  # becomes infinite, which is refused below
        arrays = tuple(
            np.ascontiguousarray(
                tensor if isinstance(tensor, np.ndarray) else tensor.float().numpy(),
                dtype=np.float32,
            )
            for tensor in six
        )
    if not all(np.isfinite(array).all() for array in arrays):
        raise WeightsError(
            f"{name} holds weights that are no finite numbers",
            hint="The training that made it has diverged: choose an earlier checkpoint.",
        )
    return cast("WeightArrays", arrays)


def _shapes_in_words(tensors: Mapping[Any, Any]) -> str:
    if not tensors:
        return "there is no array in it"
    shapes = ["\N{MULTIPLICATION SIGN}".join(map(str, t.shape)) for t in tensors.values() if t.ndim]
    more = "" if len(shapes) <= 8 else f" and {len(shapes) - 8} more"
    return f"its arrays are {', '.join(shapes[:8])}{more}"
