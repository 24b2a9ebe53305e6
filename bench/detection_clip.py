"""The camera of `make eval`: shots one after the other, each with its number written into the corner of the picture."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance

from bench.detection_pictures import TALKING, moving
from bench.detection_scenes import Scene

FRAMES_PER_S, PICTURES_PER_S = 30, 15
"""Chromium plays the first; each picture of a video is written twice."""
VARIANTS, FRAMES_PER_VARIANT = 4, 5
BITS, BIT_PX = 8, 16
CLOUD_S = 40


@dataclass(frozen=True)
class Shot:
    """A scene and for how long it is on; without one, somebody sits there and moves as people do."""

    seconds: float
    scene: Scene | None = None


def write(path: Path, shots: Sequence[Shot]) -> Path:
    """Write the shots as an .mjpeg file: JPEG pictures without a container."""
    if len(shots) >= 2**BITS:
        raise ValueError("more shots than the marker can count")
    noise, alive = random.Random(7), _alive()
    with path.open("wb") as clip:
        for number, shot in enumerate(shots):
            frames = _still(shot, number, noise) if shot.scene else _calm(shot, number, alive)
            for frame in frames:
                clip.write(frame)
    return path


def _alive() -> Iterator[Image.Image]:
    return moving(TALKING, seconds=100_000, per_s=PICTURES_PER_S)


def _calm(shot: Shot, number: int, alive: Iterator[Image.Image]) -> Iterator[bytes]:
    """The light drifts a little, as when clouds pass."""
    for index in range(round(shot.seconds * PICTURES_PER_S)):
        light = 1 + 0.12 * math.sin(math.tau * index / PICTURES_PER_S / CLOUD_S)
        picture = _jpeg(_marked(ImageEnhance.Brightness(next(alive)).enhance(light), number))
        for _ in range(FRAMES_PER_S // PICTURES_PER_S):
            yield picture


def _still(shot: Shot, number: int, noise: random.Random) -> Iterator[bytes]:
    """A real camera's picture is never twice the same: noisy copies take turns."""
    assert shot.scene
    marked = _marked(shot.scene.picture, number)
    copies = [_jpeg(_with_noise(marked, noise)) for _ in range(VARIANTS)]
    for frame in range(round(shot.seconds * FRAMES_PER_S)):
        yield copies[frame // FRAMES_PER_VARIANT % VARIANTS]


def _marked(picture: Image.Image, number: int) -> Image.Image:
    """Write ``number`` into the corner, a white or black square for each bit."""
    marked = picture.copy()
    draw = ImageDraw.Draw(marked)
    for bit in range(BITS):
        corners = (bit * BIT_PX, 0, (bit + 1) * BIT_PX - 1, BIT_PX - 1)
        draw.rectangle(corners, fill="white" if number >> bit & 1 else "black")
    return marked


def _with_noise(picture: Image.Image, noise: random.Random) -> Image.Image:
    grain = Image.effect_noise(picture.size, noise.uniform(18, 22)).convert("RGB")
    return Image.blend(picture, grain, 0.03)


def _jpeg(picture: Image.Image) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=75)
    return encoded.getvalue()
