"""Drawn people in front of a camera, for pictures of a demo hall: nobody real is shown.

The same number gives the same person, and numbers near each other give people who look different.
"""

from __future__ import annotations

import io
import random
from typing import NamedTuple

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 480
SMOOTHING = 2
"""Drawn so many times larger and then made smaller, which leaves no jagged edges."""

Colour = tuple[int, int, int]
WALLS: list[Colour] = [
    (222, 226, 224),
    (206, 214, 222),
    (230, 222, 208),
    (198, 208, 198),
    (214, 206, 214),
    (186, 196, 206),
]
# Skin and hair.
COMPLEXIONS: list[tuple[Colour, Colour]] = [
    ((246, 214, 190), (186, 140, 84)),
    ((240, 204, 176), (104, 46, 32)),
    ((236, 196, 166), (34, 28, 26)),
    ((232, 188, 156), (150, 148, 146)),
    ((216, 170, 134), (74, 48, 32)),
    ((196, 146, 108), (34, 28, 26)),
    ((166, 114, 82), (46, 34, 28)),
    ((134, 90, 64), (26, 22, 22)),
    ((100, 68, 50), (24, 20, 20)),
]
SHIRTS: list[Colour] = [(38, 84, 124), (146, 58, 62), (58, 110, 86), (98, 84, 136), (60, 64, 72), (196, 146, 62)]
DARK: Colour = (46, 38, 36)


class Person(NamedTuple):
    """What somebody looks like; ``shift`` is how far from the middle they sit."""

    wall: Colour
    skin: Colour
    hair: Colour
    shirt: Colour
    has_long_hair: bool
    has_glasses: bool
    shift: int


def person(number: int) -> Person:
    """Return the person of this number."""
    chance = random.Random(number)  # noqa: S311 - it draws faces
    skin, hair = COMPLEXIONS[number * 4 % len(COMPLEXIONS)]
    return Person(
        chance.choice(WALLS),
        skin,
        hair,
        chance.choice(SHIRTS),
        chance.random() < 0.5,
        chance.random() < 0.3,
        chance.randint(-40, 40),
    )


def portrait(shown: Person) -> Image.Image:
    """Draw somebody at a desk, as a camera above the screen sees them."""
    large = Image.new("RGB", (WIDTH * SMOOTHING, HEIGHT * SMOOTHING), shown.wall)
    draw = ImageDraw.Draw(large)
    middle = WIDTH // 2 + shown.shift
    _room(draw, shown)
    if shown.has_long_hair:
        _ellipse(draw, (middle, 262), (112, 152), shown.hair)
    _ellipse(draw, (middle, 520), (196, 142), shown.shirt)
    _box(draw, (middle - 36, 310, middle + 36, 396), _darker(shown.skin))
    _ellipse(draw, (middle, 206), (96, 108), shown.hair)
    _ellipse(draw, (middle, 240), (80, 98), shown.skin)
    _fringe(draw, middle, shown)
    _features(draw, middle, shown)
    return large.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def small_picture(shown: Person) -> bytes:
    """Return a JPEG of the size in which candidates' pages send theirs to the wall."""
    output = io.BytesIO()
    portrait(shown).resize((320, 240), Image.Resampling.LANCZOS).save(output, "JPEG", quality=72)
    return output.getvalue()


def _room(draw: ImageDraw.ImageDraw, shown: Person) -> None:
    _box(draw, (0, 420, WIDTH, HEIGHT), _darker(shown.wall))
    shelf = 40 if shown.shift > 0 else 470
    _box(draw, (shelf, 90, shelf + 130, 98), _darker(shown.wall))
    for place, colour in enumerate((shown.shirt, shown.hair, (170, 120, 80))):
        _box(draw, (shelf + 14 + place * 26, 40 + place * 6, shelf + 34 + place * 26, 90), colour)


def _fringe(draw: ImageDraw.ImageDraw, middle: int, shown: Person) -> None:
    _part(draw, (middle - 84, 132, middle + 84, 262), (180, 360), shown.hair)


def _features(draw: ImageDraw.ImageDraw, middle: int, shown: Person) -> None:
    for side in (-32, 32):
        _ellipse(draw, (middle + side, 244), (7, 6), DARK)
        _part(draw, (middle + side - 17, 218, middle + side + 17, 240), (200, 340), shown.hair, width=5)
        if shown.has_glasses:
            _ring(draw, (middle + side, 245), (25, 20))
    if shown.has_glasses:
        _box(draw, (middle - 8, 242, middle + 8, 245), DARK)
    _part(draw, (middle - 10, 252, middle + 10, 278), (30, 150), _darker(shown.skin), width=4)
    _part(draw, (middle - 26, 272, middle + 26, 306), (25, 155), (156, 72, 70), width=5)


def _darker(colour: Colour) -> Colour:
    red, green, blue = colour
    return red * 86 // 100, green * 86 // 100, blue * 86 // 100


def _ellipse(draw: ImageDraw.ImageDraw, middle: tuple[int, int], radii: tuple[int, int], colour: Colour) -> None:
    (x, y), (across, down) = middle, radii
    draw.ellipse(_scaled((x - across, y - down, x + across, y + down)), fill=colour)


def _ring(draw: ImageDraw.ImageDraw, middle: tuple[int, int], radii: tuple[int, int]) -> None:
    (x, y), (across, down) = middle, radii
    draw.ellipse(_scaled((x - across, y - down, x + across, y + down)), outline=DARK, width=4 * SMOOTHING)


def _box(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], colour: Colour) -> None:
    draw.rectangle(_scaled(box), fill=colour)


def _part(
    draw: ImageDraw.ImageDraw,
    box: tuple[int, int, int, int],
    degrees: tuple[int, int],
    colour: Colour,
    *,
    width: int = 0,
) -> None:
    """Draw a part of an ellipse: its line of this width, or all of it for 0."""
    if width:
        draw.arc(_scaled(box), *degrees, fill=colour, width=width * SMOOTHING)
    else:
        draw.chord(_scaled(box), *degrees, fill=colour)


def _scaled(box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = box
    return x0 * SMOOTHING, y0 * SMOOTHING, x1 * SMOOTHING, y1 * SMOOTHING
