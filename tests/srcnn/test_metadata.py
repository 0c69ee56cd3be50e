"""What belongs to a picture is passed on, brought up to date, and says how it was made."""

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from srcnn.formats import FORMATS
from srcnn.geometry import Size
from srcnn.interpolation import Interpolation
from srcnn.metadata import (
    MAX_XMP_BYTES,
    made_by,
    parse_made_by,
    read_dpi,
    read_xmp,
    resized_xmp,
    software_of,
    tiff_dpi,
    written_exif,
)
from srcnn.output import recorded_origin, save_enlargement
from srcnn.picture import Picture, load_picture
from srcnn.png_file import text_chunk
from srcnn.resize import BICUBIC, Border
from srcnn.save_options import Compression, SaveOptions, losses
from srcnn.source import PictureSource
from srcnn.tiles import Enlargement
from tests.srcnn.colour_profiles import grey_profile
from tests.srcnn.other_readers import EXIFTOOL, exiftool

EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x8769, 0x8825, 0xA005
MAKER_NOTE, WIDTH, HEIGHT = 0x927C, 0xA002, 0xA003
DESCRIPTION, ARTIST, OWNER = 0x010E, 0x013B, 0xA430
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
SUFFIXES = [".png", ".tif", ".webp", ".jpg", *([".avif"] if ".avif" in FORMATS else [])]
XMP = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 tiff:Orientation="6" tiff:ImageWidth="20" dc:format="kept">
<exif:PixelXDimension>20</exif:PixelXDimension><tiff:ImageLength>30</tiff:ImageLength>
<exif:PixelYDimension>30</exif:PixelYDimension>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def camera_jpeg(path: Path, order: str = "<") -> None:
    """Write what a camera does: turned, with a thumbnail, a maker note and a place."""
    exif = Image.Exif()
    exif.endian = order
    exif[0x0112], exif[0x010F], exif[0x0131] = 6, "Maker", "Firmware 1.0"
    exif[0x0132], exif[0x8298] = "2020:02:20 20:20:20", "Someone"
    details = exif.get_ifd(EXIF_IFD)
    details[WIDTH], details[HEIGHT], details[MAKER_NOTE] = 30, 20, b"secret\0of the maker"
    details[0x829A] = 1 / 250
    details[INTEROP_IFD] = {1: "R98"}
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (48.0, 12.0, 30.5)})
    data = exif.tobytes()
    thumbnail = b"\xff\xd8 a small picture \xff\xd9"
    Image.fromarray(np.full((20, 30, 3), 90, np.uint8)).save(
        path, exif=with_thumbnail(data, order, thumbnail), xmp=XMP, icc_profile=SRGB, dpi=(300, 300)
    )


def with_thumbnail(exif: bytes, order: str, thumbnail: bytes) -> bytes:
    """Add a second directory, of a thumbnail, at the end of EXIF data."""
    tiff = exif[6:]
    (first,) = struct.unpack_from(f"{order}I", tiff, 4)
    (entries,) = struct.unpack_from(f"{order}H", tiff, first)
    link, place = first + 2 + 12 * entries, len(tiff) + len(tiff) % 2
    fields = [(0x0103, 3, 6), (0x0112, 3, 6), (0x0201, 4, place + 54), (0x0202, 4, len(thumbnail))]
    directory = struct.pack(f"{order}H", len(fields))
    for tag, kind, value in fields:
        packed = struct.pack(f"{order}H2x" if kind == 3 else f"{order}I", value)
        directory += struct.pack(f"{order}HHI", tag, kind, 1) + packed
    directory += struct.pack(f"{order}I", 0)
    linked = tiff[:link] + struct.pack(f"{order}I", place) + tiff[link + 4 :]
    return exif[:6] + linked.ljust(place, b"\0") + directory + thumbnail


def enlargement_of(picture: Picture, scale: int = 2, method_id: str = "bicubic") -> Enlargement:
    method = Interpolation(method_id, "Bicubic", 10, BICUBIC, Border.CLAMP)
    return Enlargement(PictureSource(picture), method, scale)


def saved(picture: Picture, path: Path, **options: Any) -> Path:
    save_enlargement(enlargement_of(picture), path, metadata=picture, **options)
    return path


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_a_camera_notes_is_kept_and_put_right(tmp_path: Path, suffix: str, order: str):
    camera_jpeg(tmp_path / "camera.jpg", order)
    picture = load_picture(tmp_path / "camera.jpg")
    assert picture.size == Size(20, 30)
    assert picture.notes == ()
    again = load_picture(saved(picture, tmp_path / f"out{suffix}"))
    assert again.size == Size(40, 60)
    exif = Image.Exif()
    assert again.exif is not None
    exif.load(again.exif)
    assert 0x0112 not in exif
    assert (exif[0x010F], exif[0x8298]) == ("Maker", "Someone")
    assert exif[0x0132] == "2020:02:20 20:20:20"
    details, place = exif.get_ifd(EXIF_IFD), exif.get_ifd(GPS_IFD)
    assert (details[WIDTH], details[HEIGHT]) == (40, 60)
    assert details[MAKER_NOTE] == b"secret\0of the maker"
    assert float(details[0x829A]) == pytest.approx(1 / 250)
    assert exif.get_ifd(INTEROP_IFD)[1] == "R98"
    assert place[1] == "N"
    assert [float(part) for part in place[2]] == [48, 12, 30.5]
    assert b"a small picture" not in (tmp_path / f"out{suffix}").read_bytes()
    assert exif.get_ifd(1) == {}
    assert exif[0x0131].startswith("SRCNN Studio")
    assert exif[0x010E].startswith("Enlarged by SRCNN Studio")
    assert again.xmp is not None
    attributes = b'tiff:Orientation="1"', b'tiff:ImageWidth="40"', b'dc:format="kept"'
    for part in (*attributes, b"XDimension>40<", b"YDimension>60<", b"tiff:ImageLength>60<"):
        assert part in again.xmp
    assert again.icc == SRGB
    if FORMATS[suffix].dpi:
        assert again.dpi == pytest.approx((300, 300), rel=1e-3)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_texts_keep_their_letters(tmp_path: Path, suffix: str, encoding: str):
    artist, owner, description = (
        text.encode(encoding) for text in ("Jörg Müller", "Zoë Lübeck", "Café Zürich")
    )
    exif = Image.Exif()
    exif[ARTIST], exif[DESCRIPTION] = artist, description
    exif.get_ifd(EXIF_IFD)[OWNER] = "#" * len(owner)  # Pillow would write question marks
    path = tmp_path / "in.jpg"
    Image.new("RGB", (8, 6)).save(path, exif=exif.tobytes().replace(b"#" * len(owner), owner))
    out = saved(load_picture(path), tmp_path / f"out{suffix}")
    again = Image.Exif()
    found = load_picture(out).exif
    assert found is not None
    again.load(found)
    assert again[ARTIST].encode("latin-1") == artist
    assert again[DESCRIPTION].encode("latin-1") == description
    assert again.get_ifd(EXIF_IFD)[OWNER].encode("latin-1") == owner
    if suffix == ".png":
        with Image.open(out) as image:
            assert image.info["Description"] == "Café Zürich"


def test_a_text_of_a_png_has_letters_of_any_language():
    assert text_chunk("Description", "Zürich") == (b"tEXt", b"Description\0Z\xfcrich")
    name, body = text_chunk("Description", "東京")
    assert (name, body) == (b"iTXt", b"Description\0\0\0\0\0" + "東京".encode())


@pytest.mark.parametrize("depth", [8, 16])
def test_what_a_bigtiff_notes_is_kept(tmp_path: Path, depth: int):
    pixels = np.full((6, 8, 3), 90, f"uint{depth}")
    path = tmp_path / "big.tif"
    tifffile.imwrite(
        path, pixels, bigtiff=True, photometric="rgb", description="Rome", resolution=(300, 300)
    )
    picture = load_picture(path)
    for suffix in SUFFIXES:
        again = Image.Exif()
        found = load_picture(saved(picture, tmp_path / f"out{suffix}")).exif
        assert found is not None
        again.load(found)
        assert again[DESCRIPTION] == "Rome"


@pytest.mark.skipif(EXIFTOOL is None, reason="needs exiftool")
def test_exiftool_finds_the_same_and_nothing_amiss(tmp_path: Path):
    camera_jpeg(tmp_path / "camera.jpg", ">")
    picture = load_picture(tmp_path / "camera.jpg")
    (tmp_path / "out").mkdir()
    for suffix in SUFFIXES:
        saved(picture, tmp_path / "out" / f"out{suffix}")
    before = exiftool(tmp_path)["camera.jpg"]
    assert before["IFD1:ThumbnailLength"]
    for name, said in exiftool(tmp_path / "out").items():
        for key in (
            *("IFD0:Make", "IFD0:Copyright", "IFD0:ModifyDate", "ExifIFD:ExposureTime"),
            *("GPS:GPSLatitude", "InteropIFD:InteropIndex", "XMP-dc:Format"),
        ):
            assert said[key] == before[key], (name, key)
        assert (said["ExifIFD:ExifImageWidth"], said["ExifIFD:ExifImageHeight"]) == (40, 60)
        assert said["XMP-tiff:Orientation"] == 1
        assert "IFD0:Orientation" not in said
        assert not [key for key in said if key.startswith("IFD1")], name
        assert said.get("ExifTool:Warning") == before.get("ExifTool:Warning"), name


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_strip_leaves_the_profile_only(tmp_path: Path, suffix: str):
    camera_jpeg(tmp_path / "camera.jpg")
    picture = load_picture(tmp_path / "camera.jpg")
    path = saved(picture, tmp_path / f"out{suffix}", options=SaveOptions(strip=True))
    again = load_picture(path)
    assert (again.icc, again.exif, again.xmp, again.dpi) == (SRGB, None, None, None)
    data = path.read_bytes()
    for trace in (b"Maker", b"SRCNN", b"secret", b"kept"):
        assert trace not in data
    assert recorded_origin(path) is None


@pytest.mark.parametrize("kind", ["8 bits", "16 bits"])
@pytest.mark.parametrize("where", ["IFD0", "XMP"])
def test_an_orientation_is_applied_once_and_gone(tmp_path: Path, kind: str, where: str):
    pixels = np.zeros((8, 4, 3), np.uint8 if kind == "8 bits" else np.uint16)
    pixels[:4] = np.iinfo(pixels.dtype).max
    tags: list[Any] = [(700, "B", len(XMP), XMP, False)]
    if where == "IFD0":
        tags.append((274, "H", 1, 6, False))
    tifffile.imwrite(tmp_path / "t.tif", pixels, photometric="rgb", extratags=tags, metadata=None)
    picture = load_picture(tmp_path / "t.tif")
    assert picture.size == Size(8, 4)
    assert picture.pixels[:, 4:].min() == np.iinfo(pixels.dtype).max
    for suffix in SUFFIXES:
        assert load_picture(saved(picture, tmp_path / f"out{suffix}")).size == Size(16, 8)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("size", [None, Size(47, 61)], ids=["whole", "any size"])
@pytest.mark.parametrize("name", ["bicubic", "srcnn:9-1-5-32-16", "srcnn:my run (2) x3 -> a"])
@pytest.mark.parametrize("shape", [(30, 20), (30, 20, 3)], ids=["grey", "rgb"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_the_making_reads_back(
    tmp_path: Path, suffix: str, size: Size | None, name: str, shape: tuple[int, ...], dtype: type
):
    picture = Picture(np.full(shape, 7, dtype), np.full(shape[:2], 9, dtype))
    enlargement = enlargement_of(picture, 3, name)
    save_enlargement(enlargement, tmp_path / f"out{suffix}", size=size)
    assert recorded_origin(tmp_path / f"out{suffix}") == (name, 3)


def test_a_png_says_it_in_words_and_a_description_stays(tmp_path: Path):
    exif = Image.Exif()
    exif[0x010E] = "My holidays"
    for dtype in (np.uint8, np.uint16):
        picture = Picture(np.full((9, 9, 3), 7, dtype), exif=exif.tobytes())
        with Image.open(saved(picture, tmp_path / f"{dtype.__name__}.png")) as image:
            image.load()
            assert image.text["Software"].endswith("bicubic x2")
            assert image.text["Description"] == "My holidays"


names = st.text(st.characters(blacklist_categories=("Cs", "Cc"), max_codepoint=255), min_size=1)


@given(
    st.one_of(st.sampled_from(["bicubic", "srcnn:9-1-5-32-16", "srcnn:x3 x4"]), names),
    st.integers(2, 4),
    st.sampled_from(["", "bicubic to 100x70"]),
    st.sampled_from(["", "weights 0123456789ab"]),
)
def test_the_making_is_parsed(name: str, scale: int, chain: str, provenance: str):
    text = made_by(name, scale, chain, provenance)
    assert parse_made_by(text) == (name, scale)


def test_other_programs_are_not_taken_for_ours():
    for text in ("", "Photoshop", "SRCNN Studio 1.0", "SRCNN Studio 1.0: bicubic"):
        assert parse_made_by(text) is None
    assert software_of(Image.Exif()) == ""


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_any_xmp_is_read_or_left_out(data: bytes):
    found = read_xmp(data)
    assert found == data or found is None or b"xmp" in data or b"tiff" in data
    if found is not None:
        assert isinstance(resized_xmp(found, Size(1, 2)), bytes)


def test_odd_xmp():
    assert read_xmp(None) is None
    assert read_xmp(b"") is None
    assert read_xmp(b"x" * (MAX_XMP_BYTES + 1)) is None
    assert read_xmp("text") == b"text"
    assert read_xmp(b"<tiff:Orientation> 8</tiff:..>") == b"<tiff:Orientation> 1</tiff:..>"
    assert read_xmp(b"a<xmp:Thumbnails>\n<b/></xmp:Thumbnails>c") == b"ac"
    for pointer in (
        b" xmpNote:HasExtendedXMP = '0AF'",
        b"<xmpNote:HasExtendedXMP>0AF</xmpNote:HasExtendedXMP>",
    ):
        assert read_xmp(b"a" + pointer + b"c") == b"ac"


@pytest.mark.parametrize("repeated", [b" ", b"xmpNote:HasExtendedXMP", b"<xmpNote:HasExtendedXMP>"])
def test_xmp_that_is_made_to_take_long_does_not(repeated: bytes):
    data = b"<xmpNote:HasExtendedXMP" + repeated * ((MAX_XMP_BYTES - 99) // len(repeated))
    assert read_xmp(data) == data  # it would take hours if time grew with the square of it


def test_resolutions_of_tiffs():
    tags = Image.Exif()
    assert tiff_dpi(tags) is None
    tags[282], tags[283] = 118.11, 118.11
    assert tiff_dpi(tags) == pytest.approx((118.11, 118.11))
    tags[296] = 3
    assert read_dpi(tiff_dpi(tags)) == pytest.approx((300, 300), rel=1e-4)
    tags[296] = 1  # a ratio
    assert tiff_dpi(tags) is None
    assert read_dpi((1, 1)) is None  # what Pillow says of a TIFF without


def test_exif_without_details_gets_none():
    """An empty folder would be an error to libtiff."""
    exif = written_exif(None, Size(3, 4), "made")
    assert EXIF_IFD not in exif
    assert b"made" in exif.tobytes()


def test_losses_are_said():
    deep = Picture(
        np.zeros((2, 2), np.uint16),
        np.zeros((2, 2), np.uint16),
        icc=grey_profile(),
        exif=b"e" * 70_000,
        xmp=b"x" * 70_000,
        dpi=(300, 300),
    )
    words = {
        ".png": [],
        ".tif": [],
        ".jpg": ["transparency", "8 bits", "EXIF", "XMP"],
        ".webp": ["8 bits", "no grey", "profile", "resolution"],
    }
    for suffix, expected in words.items():
        said = losses(deep, FORMATS[suffix], SaveOptions())
        assert len(said) == len(expected)
        assert all(word in text for word, text in zip(expected, said, strict=True))
    assert len(losses(deep, FORMATS[".jpg"], SaveOptions(strip=True))) == 2
    assert losses(Picture(np.zeros((2, 2, 3), np.uint8)), FORMATS[".jpg"], SaveOptions()) == []


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_packing_harder_changes_no_pixel(tmp_path: Path, suffix: str, dtype: type):
    y, x = np.mgrid[:120, :90]
    waves = np.sin(x / 9) * np.cos(y / 7) * 0.4 + 0.5
    picture = Picture((waves * np.iinfo(dtype).max).astype(dtype)[..., np.newaxis].repeat(3, 2))
    sizes, found = [], []
    for level in Compression:
        path = tmp_path / f"{level}{suffix}"
        saved(picture, path, options=SaveOptions(compression=level))
        sizes.append(path.stat().st_size)
        found.append(load_picture(path).pixels)
    assert sizes[0] > sizes[2]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
