"""The labelled sounds of `make eval`: a recorded conversation, and what a desk, a room and a machine sound like."""

from __future__ import annotations

import array
import math
import random
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.support.pictures import FOLDER

RATE = 16_000
SECONDS = 5.0
FULL = 32_767


@dataclass(frozen=True)
class Sound:
    """Some seconds of sound, 16,000 samples each between -1 and 1, and whether somebody speaks in them."""

    name: str
    samples: Sequence[float]
    is_speech: bool


def sounds() -> list[Sound]:
    """Return every sound that is judged; speech and others take turns."""
    return [sound for pair in zip(_speech(), _others(), strict=True) for sound in pair]


def tone() -> Sound:
    """A tone that swells like syllables: loud enough for the system check."""
    return Sound("tone", _made(lambda t: 0.5 * math.sin(1_382 * t) * (1 - math.cos(25 * t)) / 2), False)


def _speech() -> list[Sound]:
    starts = {"from 7 s": 7.0, "from 10 s": 10.0, "from 14 s": 14.0, "from 20 s": 20.0, "from 24 s": 24.0}
    spoken = {f"conversation {name}": _recorded(start) for name, start in starts.items()}
    first = _recorded(8.0)
    spoken |= {
        "soft speech": [0.35 * value for value in first],
        "loud speech": [max(-1.0, min(1.0, 4 * value)) for value in first],
        "a higher voice": _recorded(7.0, speed=1.18),
        "a lower voice": _recorded(7.0, speed=0.85),
        "speech over a fan": [a + b for a, b in zip(first, _fan(0.004), strict=True)],
    }
    return [Sound(name, samples, True) for name, samples in spoken.items()]


def _others() -> list[Sound]:
    chance = random.Random(3)
    hums = ((50, 0.05), (100, 0.03), (150, 0.02), (300, 0.01))
    heard = {
        "silence": _made(lambda _: 0.0),
        "typing": _strokes(7.0, 0.25, 0.012),
        "fast typing": _strokes(12.0, 0.4, 0.008),
        "white noise": _made(lambda _: chance.gauss(0, 0.05)),
        "loud white noise": _made(lambda _: chance.gauss(0, 0.2)),
        "mains hum": _made(lambda t: sum(level * math.sin(math.tau * hertz * t) for hertz, level in hums)),
        "a fan": _fan(0.02),
        "mouse clicks": _strokes(1.5, 0.5, 0.003),
        "knocks on the desk": _strokes(1.0, 0.8, 0.05, pitch=110),
        "paper": _rustle(),
    }
    return [Sound(name, samples, False) for name, samples in heard.items()]


def _made(level: Callable[[float], float]) -> list[float]:
    return [level(index / RATE) for index in range(round(RATE * SECONDS))]


def _recorded(start_s: float, *, speed: float = 1.0) -> list[float]:
    """Return what is said from ``start_s`` on; faster is higher as well."""
    with wave.open(str(FOLDER / "sample.wav")) as clip:
        samples = array.array("h", clip.readframes(clip.getnframes()))
    places = (round(start_s * RATE + index * speed) for index in range(round(RATE * SECONDS)))
    return [samples[place] / FULL * 4 if place < len(samples) else 0.0 for place in places]


def _strokes(per_s: float, level: float, decay_s: float, *, pitch: float = 0) -> list[float]:
    """Short knocks at uneven times, each fading within ``decay_s``; noise, or with ``pitch`` a dull tone."""
    chance = random.Random(round(per_s * 10))
    heard = [0.0] * round(RATE * SECONDS)
    at = 0.2
    while at < SECONDS - 0.3:
        loud = level * chance.uniform(0.4, 1)
        for index in range(round(RATE * decay_s * 5)):
            t = index / RATE
            shape = math.sin(math.tau * pitch * t) if pitch else chance.uniform(-1, 1)
            heard[round(at * RATE) + index] += loud * shape * math.exp(-t / decay_s)
        at += chance.uniform(0.4, 1.6) / per_s
    return heard


def _fan(level: float) -> list[float]:
    """Deep noise: each sample leans on the one before."""
    chance, last, heard = random.Random(5), 0.0, []
    for _ in range(round(RATE * SECONDS)):
        last = 0.97 * last + chance.gauss(0, level)
        heard.append(last)
    return heard


def _rustle() -> list[float]:
    """Sharp noise that comes and goes."""
    chance, last, heard = random.Random(9), 0.0, []
    for index in range(round(RATE * SECONDS)):
        now = chance.gauss(0, 0.12)
        swell = max(0.0, math.sin(math.tau * 1.3 * index / RATE)) ** 2
        heard.append((now - last) * swell)
        last = now
    return heard
