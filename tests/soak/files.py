"""Small files for a window that is played with: pictures, broken ones, weights, folders."""

from __future__ import annotations

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from srcnn.resources import resource_path
from tests.soak.pictures import draw_pictures


@dataclass(frozen=True)
class Corpus:
    """Files and folders to choose among; the last of each kind are no use.

    Attributes
    ----------
    pictures, weights, folders : tuple of Path
        To open.
    output : Path
        Folder to write into.
    """

    pictures: tuple[Path, ...]
    weights: tuple[Path, ...]
    folders: tuple[Path, ...]
    output: Path

    def choose(self, rng: random.Random, title: str) -> str:
        """Return a file that one would open in a dialog of that title; empty to cancel."""
        if rng.random() < 0.15:
            return ""
        return str(rng.choice(self.weights if "eights" in title else self.pictures))

    def choose_folder(self, rng: random.Random) -> str:
        """Return a folder, or nothing."""
        return "" if rng.random() < 0.15 else str(rng.choice(self.folders))

    def name_to_save(self, rng: random.Random, suggested: str) -> str:
        """Return the name of a file to write, mostly of the suggested kind."""
        if rng.random() < 0.15:
            return ""
        endings = [".png", ".jpg", ".tif", ".webp", ".csv", ".pdf", ".txt", ""]
        suffix = rng.choice(endings) if rng.random() < 0.3 else Path(suggested).suffix
        return str(self.output / f"saved {rng.randrange(4)}{suffix}")


def make_corpus(folder: Path, seed: int) -> Corpus:
    """Write all files."""
    rng = np.random.default_rng(seed)
    pictures, output = folder / "pictures", folder / "output"
    for made in (pictures, output, folder / "empty"):
        made.mkdir()
    draw_pictures(folder / "noise", 4, 60, 50, seed)
    sound = _sound_pictures(pictures, rng)
    broken = _broken_pictures(folder, sound[0])
    bundled = sorted(resource_path("weights").glob("*.safetensors"))[:2]
    no_weights = folder / "broken.safetensors"
    no_weights.write_bytes(b"\x08" + bytes(40))
    weights = [Path(shutil.copy(file, folder / file.name)) for file in bundled]
    return Corpus(
        (*sound, *broken),
        (*weights, no_weights, sound[0]),
        (pictures, folder / "noise", folder / "empty", folder / "nowhere"),
        output,
    )


def _sound_pictures(folder: Path, rng: np.random.Generator) -> list[Path]:
    y, x = np.mgrid[:120, :150].astype(np.float64)
    waves = np.stack([np.sin(x / 9) * np.cos(y / 13), np.sin((x + 2 * y) / 7), x / 75 - 1], axis=-1)
    colour = np.clip(128 + 90 * waves + rng.normal(0, 4, waves.shape), 0, 255).astype(np.uint8)
    deep = colour[..., 0].astype(np.uint16) * 257
    alpha = Image.fromarray(colour)
    alpha.putalpha(Image.fromarray(colour[..., 1]))
    pictures = {
        "colour.png": Image.fromarray(colour),
        "photo.jpg": Image.fromarray(colour[:101, :77]),
        "grey.png": Image.fromarray(colour[..., 0]),
        "deep.png": Image.fromarray(deep),
        "alpha.png": alpha,
        "tall.webp": Image.fromarray(colour[:, :20]),
        "tiny.png": Image.fromarray(colour[:3, :5]),
        "dot.png": Image.fromarray(colour[:1, :1]),
        "large.png": Image.fromarray(np.tile(colour, (6, 7, 1))),
    }
    for name, picture in pictures.items():
        picture.save(folder / name)
    return [folder / name for name in pictures]


def _broken_pictures(folder: Path, sound: Path) -> list[Path]:
    data = sound.read_bytes()
    broken = {
        "half.png": data[: len(data) // 2],
        "text.png": b"no picture",
        "nothing.jpg": b"",
        # The header claims 60,000 x 60,000 pixels; its checksum is that of another.
        "vast.png": data[:16] + (60_000).to_bytes(4, "big") * 2 + data[24:],
    }
    for name, content in broken.items():
        (folder / name).write_bytes(content)
    return [*(folder / name for name in broken), folder / "empty", folder / "nowhere.png"]
