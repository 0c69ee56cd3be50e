"""What is looked at: an opened picture, prepared for a mode and a scale. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from srcnn.colour import luma_bytes
from srcnn.degrade import Degradation
from srcnn.errors import PictureError
from srcnn.metrics import Protocol
from srcnn.padding import Padding
from srcnn.resize import Border
from srcnn.source import NOT_TRANSPARENT, PictureSource, Source, Truth, degraded_source, make_truth
from srcnn_gui.viewer.screen_colours import (
    AS_THEY_ARE,
    SRGB_DISPLAY,
    Display,
    ScreenColours,
    colours_on,
)

if TYPE_CHECKING:
    from srcnn.geometry import Size
    from srcnn.picture import Picture


TRUTH = "truth"
"""Stands for the ground truth where a method's id is expected."""


class Mode(StrEnum):
    """What the opened picture is taken for.

    ``COMPARE``: the ground truth, from which the low-resolution input is made.
    ``UPSCALE``: the low-resolution input itself.
    """

    COMPARE = "compare"
    UPSCALE = "upscale"


@dataclass(frozen=True, slots=True)
class SceneSetup:
    """How an opened picture is prepared.

    Attributes
    ----------
    mode : Mode
        Compare or Upscale.
    scale : int
        Enlargement factor.
    degradation, border
        How the low-resolution input is made (Compare); border rule of interpolation.
    padding : Padding
        What networks see outside the picture, for the protocol: the library's methods do it.
    """

    mode: Mode = Mode.COMPARE
    scale: int = 3
    degradation: Degradation = Degradation.BICUBIC
    border: Border = Border.CLAMP
    padding: Padding = Padding.REPLICATE


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture ready to be enlarged and compared; immutable, safe in every thread.

    Attributes
    ----------
    name : str
        Of the file or sample.
    picture : Picture
        As it was opened.
    setup : SceneSetup
        What was made of it.
    source : Source
        The low-resolution input.
    truth : Truth or None
        What results are measured against: in Compare the picture, in Upscale an attached
        reference, if any.
    truth_key : str
        Hash that tells the truth from others; empty if there is none.
    truth_icc : bytes or None
        Colour profile of the truth.
    display : Display
        The screen it is shown on.
    colours : ScreenColours
        What that makes of its colours.
    """

    name: str
    picture: Picture
    setup: SceneSetup
    source: Source
    truth: Truth | None = None
    truth_key: str = ""
    truth_icc: bytes | None = None
    display: Display = SRGB_DISPLAY
    colours: ScreenColours = AS_THEY_ARE

    @property
    def size(self) -> Size:
        """Pixels of every result."""
        return self.source.size.scaled(self.setup.scale)

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what is not kept of the picture, or not seen of it."""
        loses_alpha = self.setup.mode is Mode.COMPARE and self.picture.alpha is not None
        return (
            *self.picture.notes,
            *([NOT_TRANSPARENT] if loses_alpha else ()),
            *([self.colours.problem] if self.colours.problem else ()),
        )

    @property
    def protocol(self) -> Protocol:
        """What its figures mean, before the choice between paper and saved file."""
        setup = self.setup
        made = setup.degradation.value if setup.mode is Mode.COMPARE else ""
        return Protocol(
            shave=setup.scale, border=setup.border, degradation=made, padding=setup.padding
        )

    def with_reference(self, reference: Picture) -> Scene:
        """Return the scene measured against a reference (Upscale).

        Raises
        ------
        PictureError
            If the reference has not the size of the result.
        """
        if reference.size.modcropped(self.setup.scale) != self.size:
            raise PictureError(
                f"The reference has {reference.size} pixels, the result {self.size}",
                hint="A reference must be the same picture at the size of the result.",
            )
        pixels = reference.to_uint8()[: self.size.height, : self.size.width]
        key = PictureSource(reference).key
        truth = Truth(pixels, luma_bytes(pixels))
        found = replace(self, truth=truth, truth_key=key, truth_icc=reference.icc)
        return found.shown_on(self.display)

    def shown_on(self, display: Display) -> Scene:
        """Return the scene for another screen; takes some milliseconds."""
        picture = self.picture.icc, self.picture.is_grey
        truth = (self.truth_icc, self.truth.pixels.ndim == 2) if self.truth else picture
        return replace(self, display=display, colours=colours_on(display, picture, truth))


def make_scene(
    name: str, picture: Picture, setup: SceneSetup, display: Display = SRGB_DISPLAY
) -> Scene:
    """Prepare a picture; takes a second for tens of megapixels.

    Raises
    ------
    PictureTooSmall
        If modcrop leaves nothing to compare.
    """
    if setup.mode is Mode.UPSCALE:
        return Scene(name, picture, setup, PictureSource(picture)).shown_on(display)
    truth = make_truth(picture, setup.scale)
    source = degraded_source(truth, setup.scale, setup.degradation, setup.border)
    scene = Scene(name, picture, setup, source, truth, source.key, picture.icc)
    return scene.shown_on(display)
