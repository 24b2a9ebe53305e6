"""What the tests' camera shows and their microphone hears, made by code: the repository keeps no recordings."""

from __future__ import annotations

import math
import struct
import wave
from pathlib import Path

WIDTH, HEIGHT = 320, 240
FRAMES_PER_S, FRAMES = 15, 30
SAMPLES_PER_S, SECONDS = 48_000, 2
TONE_HZ, SYLLABLES_PER_S = 220, 4
LOUDNESS = 0.6


def write_picture(path: Path) -> Path:
    """Write two seconds of a grey ramp that moves sideways, as YUV4MPEG2, which Chromium plays as a camera."""
    ramp = bytes(range(256)) * (WIDTH // 256 + 2)
    colourless = bytes([128]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as clip:
        clip.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAMES_PER_S}:1 Ip A1:1 C420mpeg2\n".encode())
        for frame in range(FRAMES):
            shift = frame * 256 // FRAMES
            clip.write(b"FRAME\n" + ramp[shift : shift + WIDTH] * HEIGHT + colourless)
    return path


def write_sound(path: Path) -> Path:
    """Write two seconds of a tone that swells and fades like syllables: loud enough for the system check."""
    with wave.open(str(path), "wb") as clip:
        clip.setnchannels(1)
        clip.setsampwidth(2)
        clip.setframerate(SAMPLES_PER_S)
        clip.writeframes(b"".join(_sample(index / SAMPLES_PER_S) for index in range(SAMPLES_PER_S * SECONDS)))
    return path


def _sample(second: float) -> bytes:
    swell = (1 - math.cos(2 * math.pi * SYLLABLES_PER_S * second)) / 2
    tone = math.sin(2 * math.pi * TONE_HZ * second)
    return struct.pack("<h", round(32_767 * LOUDNESS * swell * tone))
