"""What the layers of a network see beyond the edges of the picture."""

from __future__ import annotations

from enum import StrEnum


class Padding(StrEnum):
    """What a network's filters see outside the picture.

    ``REPLICATE`` repeats the edge pixels of the interpolated plane as far as all layers see: the
    rule of this program. With ``ZEROS`` every layer sees zeros outside. ``NORMALISED`` is that
    rule with each sum of products divided by the share of the filter that lies on the picture,
    before the bias is added: what section 4 of the SRCNN paper says of borders.
    """

    REPLICATE = "replicate"
    ZEROS = "zeros"
    NORMALISED = "normalised"

    @property
    def sentence_part(self) -> str:
        """The rule in words, to stand in a list; empty for the usual one."""
        return {
            Padding.REPLICATE: "",
            Padding.ZEROS: "zero padding",
            Padding.NORMALISED: "normalised zero padding",
        }[self]
