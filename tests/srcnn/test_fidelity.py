"""Whatever is enlarged and saved: what comes out keeps all that the format can keep.

Files are written by other libraries, and what was saved is read by other libraries.
"""

import itertools
import random
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from srcnn.device import cpu_device
from srcnn.formats import FORMATS, Format
from srcnn.method import MethodEnvironment
from srcnn.output import recorded_origin, save_enlargement
from srcnn.picture import load_picture
from srcnn.registry import MethodRegistry, load_methods
from srcnn.save_options import SaveOptions
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement
from srcnn.weights import bundled_weights
from tests.srcnn.colour_profiles import grey_profile, wide_profile
from tests.srcnn.other_readers import (
    EXIFTOOL,
    MAGICK,
    belongings_in,
    check_with_magick,
    exiftool,
    pixels_in,
)

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
PROFILES = {"none": None, "srgb": SRGB, "wide": wide_profile(), "grey": grey_profile()}
METHODS = ("nearest", "bicubic", "srcnn", "anr")
KINDS = ("grey", "grey+alpha", "rgb", "rgba")
OUTPUTS = [
    (".png", False),
    (".tif", False),
    (".webp", False),
    (".webp", True),
    (".jpg", False),
    *([(".avif", False)] if ".avif" in FORMATS else []),
]
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="kept"/></rdf:RDF></x:xmpmeta>'  # noqa: E501

SIDE = 16
PATCHES = np.array(
    [
        [(65535, 0, 1234), (257, 40000, 65000)],
        [(30000, 30001, 29999), (0, 0, 0)],
        [(12345, 54321, 33333), (65535, 65535, 65535)],
    ],
    np.uint16,
)
OPACITIES = np.array([[65535, 40000], [20000, 65535], [9000, 65535]], np.uint16)

NETWORK_LEVELS = 1
"""A flat patch comes out of networks within so many levels of 255 (measured: 0.1, rounded)."""

LOSSY_LEVELS = 4
"""What lossy formats of quality 95 add to that."""


@dataclass(frozen=True)
class Case:
    """One picture, one way of enlarging it, and one file."""

    depth: int
    kind: str
    suffix: str
    lossless: bool
    profile: str
    orientation: int
    method: str

    @property
    def kept(self) -> Format:
        return FORMATS[self.suffix]

    @property
    def has_alpha(self) -> bool:
        return "a" in self.kind.removeprefix("grey").removeprefix("rgb")

    @property
    def is_grey(self) -> bool:
        return self.kind.startswith("grey")

    @property
    def icc(self) -> bytes | None:
        """A grey profile is for grey pictures only, and the others are for colours."""
        chosen = PROFILES[self.profile]
        if chosen is None or (self.profile == "grey") == self.is_grey:
            return chosen
        return PROFILES["grey" if self.is_grey else "wide"]


def cases() -> list[Case]:
    """Return every depth, kind and output, each with every method; the rest by pairs."""
    shuffled = random.Random(4)
    found = []
    for suffix, lossless in OUTPUTS:
        rest = [(icc, turn) for icc in PROFILES for turn in range(1, 9)]
        shuffled.shuffle(rest)
        for depth in (8, 16):
            for kind in KINDS:
                for method in METHODS:
                    icc, turn = rest[len(found) % len(rest)]
                    found.append(Case(depth, kind, suffix, lossless, icc, turn, method))
    return found


def stored(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Return upright pixels as a camera stores them that is held in that way."""
    return {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a),
        7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
        8: lambda a: np.rot90(a, -1),
    }[orientation](pixels).copy()


def patches(case: Case) -> np.ndarray:
    """Return the colours of the patches, (3, 2, channels), in full range."""
    colours = PATCHES[..., :1] if case.is_grey else PATCHES
    found = np.concatenate([colours, OPACITIES[..., np.newaxis]], axis=-1)
    found = found if case.has_alpha else found[..., :-1]
    return found if case.depth == 16 else np.rint(found / 257).astype(np.uint8)


def write_source(case: Case, path: Path) -> None:
    """Write the picture: a TIFF of 16 bits by tifffile, a PNG of 8 by Pillow."""
    upright = patches(case).repeat(SIDE, axis=0).repeat(SIDE, axis=1)
    pixels = stored(upright, case.orientation)
    if case.depth == 16:
        tags: list[Any] = [(274, "H", 1, case.orientation, False), (271, "s", 0, "Maker", False)]
        tags.append((700, "B", len(XMP), XMP, False))
        tifffile.imwrite(
            path,
            np.squeeze(pixels),
            photometric="minisblack" if case.is_grey else "rgb",
            planarconfig="contig",
            extrasamples=["unassalpha"] if case.has_alpha else None,
            compression="lzw",
            resolution=(300, 150),
            resolutionunit="inch",
            iccprofile=case.icc,
            extratags=tags,
            metadata=None,
        )
        return
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Maker", case.orientation
    exif.get_ifd(0x8769)[0x9003] = "2020:02:20 20:20:20"
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    image = Image.fromarray(np.squeeze(pixels))
    image.save(path, "PNG", exif=exif, icc_profile=case.icc, dpi=(300, 150), pnginfo=info)


def expected_patches(case: Case) -> np.ndarray:
    """Return what the file should hold of the patches, as integers."""
    found = patches(case).astype(int)
    top = 2**case.depth - 1
    if case.has_alpha and not case.kept.alpha:
        opacity = found[..., -1:] / top
        found = np.rint(found[..., :-1] * opacity + top * (1 - opacity)).astype(int)
    if case.is_grey and not case.kept.grey:
        alpha = found[..., 1:]
        found = np.concatenate([found[..., :1].repeat(3, axis=-1), alpha], axis=-1)
    return np.rint(found / 257).astype(int) if case.depth == 16 and not case.kept.deep else found


@cache
def methods() -> MethodRegistry:
    return load_methods(MethodEnvironment(cpu_device(), bundled_weights()))


def method_of(case: Case) -> Any:
    known = methods()
    return known[next(name for name in known if name.split(":")[0] == case.method)]


def check_pixels(case: Case, pixels: np.ndarray) -> None:
    expected = expected_patches(case)
    bits = 16 if case.depth == 16 and case.kept.deep else 8
    assert pixels.dtype == (np.uint16 if bits == 16 else np.uint8)
    assert pixels.shape == (*(side * SIDE * 2 for side in (3, 2)), expected.shape[-1])
    inner = pixels.reshape(3, SIDE * 2, 2, SIDE * 2, -1)[:, 12:-12, :, 12:-12]
    off = np.abs(inner - expected[:, np.newaxis, :, np.newaxis]).max(axis=(1, 3))
    worst = 0 if case.method in ("nearest", "bicubic", "anr") else NETWORK_LEVELS
    if not SaveOptions(lossless=case.lossless).is_lossless(case.kept):
        worst += LOSSY_LEVELS
    unit = 257 if bits == 16 else 1
    bound = np.full(off.shape, worst * unit)
    if case.has_alpha and case.kept.alpha:
        visible = expected[..., -1:] / (2**bits - 1)
        bound[..., :-1] = np.ceil(bound[..., :-1] / visible)  # of what is seen through
        bound[..., -1:] = 0 if case.kept is not FORMATS.get(".avif") else 1
    assert (off <= bound).all(), (off.squeeze(), bound.squeeze())


def check_belongings(case: Case, path: Path) -> None:
    found = belongings_in(path)
    is_dropped = case.is_grey and not case.kept.grey
    assert found["icc"] == (None if is_dropped else case.icc)
    assert 0x0112 not in found["exif"]
    assert found["exif"][0x010F].rstrip("\0") == "Maker"
    if case.depth == 8:
        assert found["taken"] == "2020:02:20 20:20:20"
    assert b'dc:format="kept"' in found["xmp"]
    if case.kept.dpi:
        assert found["dpi"] == pytest.approx((300, 150), rel=1e-3)


def check_with_exiftool(folder: Path, cases_by_name: dict[str, Case]) -> None:
    found = exiftool(folder)
    assert set(found) == set(cases_by_name)
    for name, case in cases_by_name.items():
        said = found[name]
        assert "Warning" not in " ".join(said), (case, said)
        assert [key for key in said if key.endswith(":Orientation")] == [], case
        assert said["IFD0:Make"] == "Maker"
        assert said["XMP-dc:Format"] == "kept"
        assert str(said["IFD0:Software"]).startswith("SRCNN Studio")
        if case.depth == 8:
            assert said["ExifIFD:DateTimeOriginal"] == "2020:02:20 20:20:20"
        if case.icc and not (case.is_grey and not case.kept.grey):
            assert said["ICC-header:ProfileVersion"] in (0x0210, 0x0240, 0x0440)
        if case.suffix == ".png":
            assert said["PNG:BitDepth"] == case.depth
        if case.suffix == ".tif":
            assert int(str(said["IFD0:BitsPerSample"]).split()[0]) == case.depth


def test_every_pair_of_choices_is_tried():
    assert cases()
    for first, second in itertools.combinations(fields(Case), 2):
        values = [{getattr(case, axis.name) for case in cases()} for axis in (first, second)]
        tried = {(getattr(case, first.name), getattr(case, second.name)) for case in cases()}
        if {first.name, second.name} != {"suffix", "lossless"}:
            assert tried == set(itertools.product(*values)), (first.name, second.name)


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: f"{output[0][1:]}{output[1]:d}")
def test_what_comes_out_keeps_what_the_format_can_keep(tmp_path: Path, output: tuple[str, bool]):
    results = {}
    (tmp_path / "out").mkdir()
    for index, case in enumerate(cases()):
        if (case.suffix, case.lossless) != output:
            continue
        source, path = tmp_path / f"{index}.source", tmp_path / "out" / f"{index}{case.suffix}"
        write_source(case, source)
        picture = load_picture(source)
        method = method_of(case)
        enlargement = Enlargement(PictureSource(picture), method, 2)
        options = SaveOptions(lossless=case.lossless)
        save_enlargement(enlargement, path, metadata=picture, options=options)
        results[path.name] = case
        try:
            check_pixels(case, pixels_in(path))
            check_belongings(case, path)
        except AssertionError as error:
            raise AssertionError(case) from error
        assert recorded_origin(path) == (method.id, 2)
    assert len(results) == 2 * len(KINDS) * len(METHODS)
    if EXIFTOOL:
        check_with_exiftool(tmp_path / "out", results)
    if MAGICK:
        for name in [name for name, case in results.items() if case.method == "nearest"]:
            check_with_magick(tmp_path / "out" / name)
