"""The weights a run begins with."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import numpy as np

from srcnn.errors import WeightsError
from srcnn.weights import load_weights
from trainer.config import Start

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srcnn.spec import SrcnnSpec, WeightArrays
    from trainer.config import TrainConfig

_PAPER_DEVIATION = 0.001
_TIMES = "\N{MULTIPLICATION SIGN}"


def initial_arrays(config: TrainConfig, rng: np.random.Generator) -> WeightArrays:
    """Load or draw the first weights.

    Parameters
    ----------
    config : TrainConfig
        ``initial`` names a file; without one ``start`` says how weights are drawn.
    rng : Generator
        Drawn from only if there is no file.

    Raises
    ------
    WeightsError
        If the file cannot be used, or holds another network than ``config.spec``.
    """
    if config.initial is not None:
        weights = load_weights(config.initial)
        if weights.spec != config.spec:
            raise WeightsError(
                f"{config.initial.name} holds a network {weights.spec.name}, "
                f"not {config.spec.name}",
                hint="Choose weights of the network that is trained.",
            )
        return weights.arrays
    if config.start is Start.PAPER:
        return paper_arrays(config.spec, rng)
    arrays = he_arrays(config.spec, rng)
    return passing_on(arrays) if config.start is Start.BICUBIC else arrays


def initial_note(config: TrainConfig) -> str:
    """Return a sentence if the first weights are for another scale; empty if they are not."""
    scale = None if config.initial is None else load_weights(config.initial).scale
    if config.initial is None or scale in (None, config.scale):
        return ""
    return f"{config.initial.name} is for {_TIMES}{scale}, and {_TIMES}{config.scale} is learnt."


def paper_arrays(spec: SrcnnSpec, rng: np.random.Generator) -> WeightArrays:
    """Draw filters from N(0, 0.001), biases 0 (section 3.3 of the paper)."""
    arrays = [
        np.zeros(shape, np.float32)
        if len(shape) == 1
        else (_PAPER_DEVIATION * rng.standard_normal(shape)).astype(np.float32)
        for shape in spec.shapes
    ]
    return cast("WeightArrays", tuple(arrays))


def he_arrays(spec: SrcnnSpec, rng: np.random.Generator) -> WeightArrays:
    """Draw filters from N(0, 2 / inputs), biases 0 (He et al. 2015).

    The first layer sees positive numbers without a ReLU before, so its variance is 1 / inputs.
    """
    arrays: list[NDArray[np.float32]] = []
    for layer, shape in enumerate(spec.shapes[::2]):
        deviation = math.sqrt((2 if layer else 1) / math.prod(shape[1:]))
        arrays.append((deviation * rng.standard_normal(shape)).astype(np.float32))
        arrays.append(np.zeros(shape[0], np.float32))
    return cast("WeightArrays", tuple(arrays))


def passing_on(arrays: WeightArrays) -> WeightArrays:
    """Make the first filters of each layer hand their planes on, and silence the rest.

    The network then returns just what it is given, the bicubic picture. Its other filters have
    been drawn, but the last layer does not listen to them yet. With three planes, that takes
    three filters a layer.
    """
    w1, b1, w2, b2, w3, b3 = (array.copy() for array in arrays)
    w3[:] = 0
    for plane in range(min(len(w3), len(w2), len(w1))):
        for filters in (w1[plane], w2[plane], w3[plane]):  # each (inputs, rows, columns)
            centre = filters.shape[1] // 2
            filters[:] = 0
            filters[plane, centre, centre] = 1
    return w1, b1, w2, b2, w3, b3
