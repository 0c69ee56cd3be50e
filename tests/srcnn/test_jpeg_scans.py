import io
import os

import numpy as np
import pytest
from PIL import Image

from srcnn.jpeg_scans import check_scans


def jpeg(**options: object) -> bytes:
    file = io.BytesIO()
    pixels = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(file, "JPEG", **options)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        jpeg(),
        jpeg(progressive=True),
        jpeg(restart_marker_rows=1),
        jpeg(comment=b"\xff\xda" * 1000),  # no scans: they are in a comment
        jpeg() + b"\xff\xda\0\2" * 1000,  # nor are these, after its end
        b"\x89PNG" + b"\xff\xda\0\2" * 1000,
        b"",
    ],
    ids=["plain", "progressive", "restarts", "comment", "behind", "png", "empty"],
)
def test_files_of_the_usual_scans_pass(content: bytes):
    check_scans(io.BytesIO(content))


@pytest.mark.parametrize("progressive", [True, False])
def test_a_file_of_very_many_scans_is_refused(progressive: bool):
    content = jpeg(progressive=progressive)
    last = content.rindex(b"\xff\xda")
    with pytest.raises(ValueError, match="scans"):
        check_scans(io.BytesIO(content[:-2] + content[last:-2] * 300 + content[-2:]))


def test_noise_after_the_start_of_a_jpeg_is_gone_through():
    with pytest.raises(ValueError, match="scans"):
        check_scans(io.BytesIO(b"\xff\xd8\xff\xd0" + b"\xff\xda\0\2" * 300))
    check_scans(io.BytesIO(b"\xff\xd8\xff" + os.urandom(100)))


@pytest.mark.parametrize("end", [b"", b"\0", b"\xd0"])
def test_a_run_of_fill_bytes_takes_no_longer_than_others(end: bytes):
    check_scans(io.BytesIO(b"\xff\xd8" + b"\xff" * 1_000_000 + end))  # hours, when it goes back


def test_fill_bytes_before_scans_hide_none():
    with pytest.raises(ValueError, match="scans"):
        check_scans(io.BytesIO(b"\xff\xd8\xff\xd0" + b"\xff\xff\xff\xda\0\2" * 300))
