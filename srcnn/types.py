"""Array aliases: shape, dtype and range, said once."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Plane: TypeAlias = NDArray[np.float32]
"""(H, W), float32, nominally in [0, 1]; a method's result may leave that range."""

Planes: TypeAlias = NDArray[np.float32]
"""(C, H, W), float32: one plane a channel, each nominally in [0, 1]."""

BytePlane: TypeAlias = NDArray[np.uint8]
"""(H, W), uint8, in 0..255; luma is studio swing, 16..235, unless the picture was grey."""

Pixels: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16]
"""(H, W) grey or (H, W, 3) RGB, full range of its dtype."""
