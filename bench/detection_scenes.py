"""The labelled pictures of `make eval`: photographs from packages, transformed, with what a person sees in them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from tests.support.pictures import Box, filling, photograph, with_phone

JOEY: Box = (850, 0, 1130, 210)
RACHEL: Box = (0, 180, 290, 398)
CHANDLER: Box = (690, 255, 970, 465)
ANCELOTTI: Box = (740, 20, 1280, 425)
LEFT_THREE: Box = (0, 80, 760, 650)
RIGHT_THREE: Box = (640, 0, 1280, 480)
TORSO: Box = (20, 260, 330, 492)
SKY: Box = (0, 0, 810, 300)


@dataclass(frozen=True)
class Scene:
    """A picture and the signals that a person would say it shows."""

    name: str
    picture: Image.Image
    shows: frozenset[str] = frozenset()


def calm() -> Scene:
    """One face that looks into the camera."""
    return Scene("one face", filling(photograph("astronaut.png")))


def scenes() -> list[Scene]:
    """Return every picture that is judged. Kinds take turns: what is told of one must be over by the next."""
    turns = zip_longest(_phones(), _one_face(), _nobody(), _several())
    return [scene for turn in turns for scene in turn if scene is not None]


def _one_face() -> list[Scene]:
    face = filling(photograph("astronaut.png"))
    other = {
        "mirrored": ImageOps.mirror(face),
        "dark": ImageEnhance.Brightness(face).enhance(0.35),
        "bright": ImageEnhance.Brightness(face).enhance(1.6),
        "turned 12 degrees": face.rotate(12, resample=Image.Resampling.BICUBIC),
        "close": filling(face, (130, 0, 450, 240)),
        "grey": ImageOps.grayscale(face).convert("RGB"),
        "blurred": face.filter(ImageFilter.GaussianBlur(2)),
        "another one": filling(photograph("zidane.jpg"), ANCELOTTI),
        "a third one": filling(photograph("t1.jpg"), JOEY),
        "a fourth one": filling(photograph("t1.jpg"), RACHEL),
        "a fifth one": filling(photograph("t1.jpg"), CHANDLER),
    }
    return [Scene(f"one face, {name}", picture) for name, picture in other.items()]


def _nobody() -> list[Scene]:
    room = filling(photograph("motorcycle_left.png"))
    pictures = {
        "a room": room,
        "a room, mirrored": ImageOps.mirror(room),
        "a room, dark": ImageEnhance.Brightness(room).enhance(0.3),
        "a cup": filling(photograph("coffee.png")),
        "a cup, turned": filling(photograph("coffee.png").rotate(90, expand=True)),
        "a body without a head": filling(photograph("astronaut.png"), TORSO),
        "a street's upper half": filling(photograph("bus.jpg"), SKY),
    }
    return [Scene(f"nobody: {name}", picture, frozenset({"no_face"})) for name, picture in pictures.items()]


def _several() -> list[Scene]:
    two = filling(photograph("zidane.jpg"))
    group = photograph("t1.jpg")
    face = filling(photograph("astronaut.png"))
    visitor = filling(photograph("zidane.jpg"), ANCELOTTI).resize((240, 180)).crop((40, 0, 200, 180))
    behind = face.copy()
    behind.paste(visitor, (470, 20))
    pictures = {
        "two": two,
        "two, mirrored": ImageOps.mirror(two),
        "two, dark": ImageEnhance.Brightness(two).enhance(0.45),
        "six": filling(group),
        "three on the left": filling(group, LEFT_THREE),
        "three on the right": filling(group, RIGHT_THREE),
        "three on the right, mirrored": ImageOps.mirror(filling(group, RIGHT_THREE)),
        "a small one behind": behind,
    }
    return [Scene(f"several: {name}", picture, frozenset({"multiple_faces"})) for name, picture in pictures.items()]


def _phones() -> list[Scene]:
    face = filling(photograph("astronaut.png"))
    other = filling(photograph("zidane.jpg"), ANCELOTTI)
    third = filling(photograph("t1.jpg"), JOEY)
    pictures = {
        "left": with_phone(face, center=(110, 330), height=150),
        "left, large": with_phone(face, center=(120, 330), height=200, turned=5),
        "right": with_phone(face, center=(530, 320), height=150),
        "right, small": with_phone(face, center=(530, 300), height=120),
        "mirrored": ImageOps.mirror(with_phone(face, center=(110, 330), height=170, turned=-6)),
        "dark": ImageEnhance.Brightness(with_phone(face, center=(110, 330), height=160)).enhance(0.5),
        "with another one": with_phone(other, center=(110, 330), height=180),
        "with another one, right": with_phone(other, center=(540, 330), height=180, turned=8),
        "with a third one": with_phone(third, center=(530, 330), height=200),
        "with a third one, turned": with_phone(third, center=(110, 330), height=170, turned=10),
    }
    return [Scene(f"phone: {name}", picture, frozenset({"phone_detected"})) for name, picture in pictures.items()]
