"""Pictures to try the program on.

The chart is our own. The others come with scikit-image, are in the public domain or CC0 as the
documentation of ``skimage.data`` says, and are read where they are installed: nothing is copied
or fetched, and what is not there is not offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from srcnn.errors import PictureError
from srcnn.picture import Picture, load_picture
from srcnn.resources import resource_path


@dataclass(frozen=True, slots=True)
class Sample:
    """A picture that comes with the program.

    Attributes
    ----------
    id : str
        Stable key, used on the command line.
    label, note : str
        Name, and what is in it and whose it is, for people.
    path : Path
        Where it is installed.
    """

    id: str
    label: str
    note: str
    path: Path


_FROM_SKIMAGE = (
    ("astronaut", "Astronaut", "astronaut.png", "Eileen Collins", "NASA, public domain"),
    ("coffee", "Coffee", "coffee.png", "Cup on a wooden table", "Rachel Michetti, CC0"),
    ("chelsea", "Cat", "chelsea.png", "Chelsea, with fine fur", "Stefan van der Walt, CC0"),
    ("rocket", "Rocket", "rocket.jpg", "Launch of DSCOVR", "SpaceX, public domain"),
    ("camera", "Photographer", "camera.png", "With camera and tripod, grey", "Lav Varshney, CC0"),
    ("brick", "Bricks", "brick.png", "Brick wall, grey", "CC0 Textures, CC0"),
    ("grass", "Grass", "grass.png", "Grass, grey", "LinolaFett, CC0"),
    ("hubble", "Deep field", "hubble_deep_field.jpg", "Galaxies", "NASA, public domain"),
    ("retina", "Retina", "retina.jpg", "Blood vessels", "Mikael Häggström, CC0"),
)


def _find_samples() -> tuple[Sample, ...]:
    """List the samples whose files are there; does not import scikit-image."""
    note = "Lines, edges, text and colours in decreasing size; made for this program, MIT"
    found = [Sample("chart", "Test chart", note, resource_path("samples/chart.png"))]
    spec = find_spec("skimage")
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "data"
        for sample_id, label, file, what, whose in _FROM_SKIMAGE:
            note = f"{what}. {whose}; comes with scikit-image"
            found.append(Sample(sample_id, label, note, folder / file))
    return tuple(sample for sample in found if sample.path.is_file())


SAMPLES = _find_samples()
"""The samples that are installed, the best to begin with first."""


def load_sample(sample_id: str) -> Picture:
    """Read the sample of that id.

    Raises
    ------
    PictureError
        If there is no such sample, or its file is damaged.
    """
    for sample in SAMPLES:
        if sample.id == sample_id:
            return load_picture(sample.path)
    raise PictureError(
        f"There is no sample {sample_id!r}",
        hint=f"Choose one of: {', '.join(sample.id for sample in SAMPLES)}.",
    )
