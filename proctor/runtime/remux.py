"""Joins the takes of a recording to one WebM file that seeks: a program of its own, because it parses strangers' files.

``python remux.py FOLDER`` reads ``job.json`` there (the names of the takes, in order, which of them show what may stand
still, and the name of the output) and writes the output and ``result.json``. Nothing is decoded: packets are copied,
with new times. It knows the standard library and FFmpeg (PyAV), takes WebM only, whatever a file says of itself, and
limits itself before it looks at the first byte.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MEMORY_BYTES = 512 * 1024 * 1024
LARGEST_FILE_BYTES = 4 * 1024**3
OPEN_FILES = 64
# A demuxer of playlists would follow the addresses in them; this one knows no other files.
INPUT_FORMAT = "matroska"
CODECS = {"video": ("vp8", "vp9", "av1"), "audio": ("opus", "vorbis")}
JUMP_MS = 2_000
STILL_MS = 30_000
FRAME_MS = {"video": 33, "audio": 20}


@dataclass
class Stretch:
    """Packets without interruption: from ``at_ms`` of take number ``take`` on, to be found at ``offset_ms``."""

    take: int
    at_ms: int
    offset_ms: int
    duration_ms: int = 0


class Joiner:
    """Writes packets of one take after the other; times between stretches are left out."""

    def __init__(self, output: Any, streams: dict[str, Any]) -> None:
        self._output, self._streams = output, streams
        self._last_ms = dict.fromkeys(streams, -1)
        self._is_awaiting_picture = True
        self.stretches: list[Stretch] = []

    @property
    def end_ms(self) -> int:
        """How long the output is so far."""
        return self.stretches[-1].offset_ms + self.stretches[-1].duration_ms if self.stretches else 0

    def add_take(self, number: int, packets: Iterator[tuple[str, int, Any]], longest_ms: int) -> None:
        """Write the packets of a take, given with their kind and their time in it, as far as they can be read.

        Packets that are further apart than ``longest_ms`` are so because something between them is missing.
        """
        stretch, seen_ms = None, 0
        for kind, time_ms, packet in packets:
            if stretch is None or time_ms - seen_ms > longest_ms or seen_ms - time_ms > JUMP_MS:
                stretch = Stretch(number, time_ms, self.end_ms)
                self._is_awaiting_picture = "video" in self._streams
            seen_ms = time_ms
            if self._write(stretch, kind, time_ms, packet) and stretch not in self.stretches[-1:]:
                self.stretches.append(stretch)

    def _write(self, stretch: Stretch, kind: str, time_ms: int, packet: Any) -> bool:
        """Copy a packet; False for those before the first whole picture, which could not be shown."""
        if self._is_awaiting_picture and not (kind == "video" and packet.is_keyframe):
            return False
        if self._is_awaiting_picture:
            stretch.at_ms = time_ms
            self._is_awaiting_picture = False
        moment = max(stretch.offset_ms + time_ms - stretch.at_ms, self._last_ms[kind] + 1)
        self._last_ms[kind] = moment
        stretch.duration_ms = max(stretch.duration_ms, moment + FRAME_MS[kind] - stretch.offset_ms)
        packet.stream = self._streams[kind]
        packet.time_base = MILLISECOND
        packet.pts = packet.dts = moment
        packet.duration = FRAME_MS[kind]
        self._output.mux(packet)
        return True


def limit(cpu_s: int) -> None:
    """Give this process so much time, little memory, few files and no dump; nothing can raise that again."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, LARGEST_FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def join(takes: list[Path], output: Path, still: set[Path]) -> dict[str, object]:
    """Join ``takes`` and return where they stand in ``output``; there is no output where nothing can be read.

    Of those that are ``still``, frames may be seconds apart: browsers give none while nothing moves.
    """
    templates = _templates(takes)
    if not templates:
        return {"duration_s": 0.0, "stretches": []}
    with av.open(str(output), "w", format="webm", options={"fflags": "+bitexact"}) as written:
        streams = {kind: written.add_stream_from_template(stream) for kind, (_, stream) in templates.items()}
        codecs = {kind: stream.codec_context.name for kind, (_, stream) in templates.items()}
        joiner = Joiner(written, streams)
        for number, take in enumerate(takes):
            joiner.add_take(number, _packets(take, codecs), STILL_MS if take in still else JUMP_MS)
    for container, _ in templates.values():
        container.close()
    return {"duration_s": joiner.end_ms / 1_000, "stretches": [asdict(each) for each in joiner.stretches]}


def _templates(takes: list[Path]) -> dict[str, tuple[Any, Any]]:
    """Return the first video and the first sound that can be carried on, each with the container that it is in."""
    found: dict[str, tuple[Any, Any]] = {}
    for take in takes:
        container = _opened(take)
        if container is None:
            continue
        new = {
            stream.type: (container, stream)
            for stream in container.streams
            if stream.type not in found and stream.codec_context.name in CODECS.get(stream.type, ())
        }
        found |= new
        if not new:
            container.close()
        if len(found) == len(CODECS):
            break
    return found


def _packets(take: Path, codecs: dict[str, str]) -> Iterator[tuple[str, int, Any]]:
    """Yield kind, time and packet, as far as the file can be read."""
    container = _opened(take)
    if container is None:
        return
    with container:
        streams = [stream for stream in container.streams if codecs.get(stream.type) == stream.codec_context.name]
        try:
            for packet in container.demux(streams) if streams else ():
                if packet.pts is not None and packet.size:
                    yield packet.stream.type, round(packet.pts * packet.time_base * 1_000), packet
        except av.FFmpegError as error:
            # The tail of a take that broke off: what is before it has been written.
            sys.stderr.write(f"{take.name}: {error}\n")


def _opened(take: Path) -> Any:
    try:
        return av.open(str(take), "r", format=INPUT_FORMAT)
    except (av.FFmpegError, ValueError) as error:
        sys.stderr.write(f"{take.name}: {error}\n")
        return None


def main(folder: Path) -> None:
    """Do the job in ``folder``."""
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    takes, still = ([folder / name for name in job[key]] for key in ("takes", "still"))
    result = join(takes, folder / job["output"], set(still))
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    limit(int(sys.argv[2]))

# What parses comes after the limits.
from fractions import Fraction  # noqa: E402

import av  # noqa: E402

MILLISECOND = Fraction(1, 1_000)

if __name__ == "__main__":
    main(Path(sys.argv[1]))
