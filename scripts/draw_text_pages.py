"""Draw pages of text to fine-tune on: ``python -m scripts.draw_text_pages FOLDER --pages 20``.

Words are made up, letters come from the font inside Pillow; the same seed draws the same pages.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIZE = (480, 640)
_MARGIN = 24
_CONSONANTS, _VOWELS = "bcdfghklmnprstvwyz", "aeiou"


def draw_page(rng: np.random.Generator) -> Image.Image:
    """Return a page of paragraphs in one to three sizes, dark on light or light on dark."""
    paper, ink = _colours(rng)
    page = Image.new("RGB", SIZE, paper)
    draw = ImageDraw.Draw(page)
    y = float(_MARGIN)
    while y < SIZE[1] - _MARGIN:
        font = ImageFont.load_default(size=int(rng.choice([11, 12, 13, 14, 16, 20, 28])))
        for _ in range(int(rng.integers(2, 7))):
            draw.text((_MARGIN, y), _line(rng, draw, font), font=font, fill=ink)
            y += 1.35 * font.size
        y += 10
    return page


def draw_pages(folder: Path, count: int, seed: int = 0) -> None:
    """Save so many pages as PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        page = draw_page(np.random.default_rng((seed, number)))
        page.save(folder / f"page-{number:02d}.png")


def _colours(rng: np.random.Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
    light = tuple(rng.integers(225, 256, 3).tolist())
    dark = tuple(rng.integers(0, 60, 3).tolist())
    return (light, dark) if rng.random() < 0.85 else (dark, light)


def _line(rng: np.random.Generator, draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont) -> str:
    words: list[str] = []
    while draw.textlength(" ".join(words), font=font) < SIZE[0] - 2 * _MARGIN:
        words.append(_word(rng))
    return " ".join(words[:-1])


def _word(rng: np.random.Generator) -> str:
    if rng.random() < 0.08:
        return str(rng.integers(1, 2500))
    syllables = int(rng.integers(1, 4))
    letters = zip(
        rng.choice(list(_CONSONANTS), syllables), rng.choice(list(_VOWELS), syllables), strict=True
    )
    word = "".join(consonant + vowel for consonant, vowel in letters)
    word = word.capitalize() if rng.random() < 0.15 else word
    return word + (str(rng.choice([",", ".", ";", "!", "?"])) if rng.random() < 0.15 else "")


def main() -> None:
    """Draw the pages that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draw_pages(options.folder, options.pages, options.seed)


if __name__ == "__main__":
    main()
