"""Takes as a browser's recorder makes them, encoded here, and a candidate's browser that sends them."""

from __future__ import annotations

import functools
import hashlib
import io
import uuid
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av

from tests.support.actors import Caller

WIDTH, HEIGHT, FRAMES_PER_S, KEYFRAME_EVERY = 64, 48, 10, 10
SAMPLES_PER_S = 48_000
CHUNK_TYPE = "video/webm"


@functools.cache
def webm(seconds: int = 4, *, has_sound: bool = True) -> bytes:
    """Return a take as it comes from a recorder: VP8 and Opus in a WebM without duration and index."""
    written = io.BytesIO()
    live = {"live": "1", "cluster_time_limit": "1000"}
    with av.open(written, "w", format="webm", options=live) as container:
        video: Any = container.add_stream("libvpx", FRAMES_PER_S, options={"g": str(KEYFRAME_EVERY)})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        audio: Any = container.add_stream("libopus", SAMPLES_PER_S, layout="mono") if has_sound else None
        for second in range(seconds):
            _write_second(container, video, audio, second)
        for stream in filter(None, (video, audio)):
            container.mux(stream.encode())
    return written.getvalue()


@functools.cache
def still_webm(*times_ms: int) -> bytes:
    """Return a take of a screen that mostly stands still: a frame at each of these times, the first one whole."""
    written = io.BytesIO()
    live = {"live": "1", "cluster_time_limit": "1000"}
    with av.open(written, "w", format="webm", options=live) as container:
        video: Any = container.add_stream("libvpx", FRAMES_PER_S, options={"g": "1000"})
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.codec_context.time_base = Fraction(1, 1_000)
        for time_ms in times_ms:
            frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([time_ms // 100 % 256]) * plane.buffer_size)
            frame.pts, frame.time_base = time_ms, Fraction(1, 1_000)
            container.mux(video.encode(frame))
        container.mux(video.encode())
    return written.getvalue()


def pieces(take: bytes, count: int = 4) -> list[bytes]:
    """Cut a take into chunks of about one size."""
    size = len(take) // count + 1
    return [take[at : at + size] for at in range(0, len(take), size)]


def _write_second(container: Any, video: Any, audio: Any, second: int) -> None:
    for number in range(second * FRAMES_PER_S, (second + 1) * FRAMES_PER_S):
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([number * 9 % 256]) * plane.buffer_size)
        frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_S)
        container.mux(video.encode(frame))
    if audio is not None:
        sound = av.AudioFrame("s16", "mono", SAMPLES_PER_S)
        sound.planes[0].update(bytes(sound.planes[0].buffer_size))
        sound.sample_rate, sound.pts = SAMPLES_PER_S, second * SAMPLES_PER_S
        sound.time_base = Fraction(1, SAMPLES_PER_S)
        container.mux(audio.encode(sound))


@dataclass
class Sender:
    """One take on its way to the server, from a browser that holds the claim."""

    candidate: Caller
    handle: str
    kind: str = "camera"
    take: str = field(default_factory=lambda: str(uuid.uuid4()))
    seq: int = 0
    offset: int = 0

    def send(self, data: bytes, *, age_ms: int = 0, content_type: str = CHUNK_TYPE, **changed: object) -> Any:
        """Send ``data`` as the next chunk, or at the place that ``changed`` says, and return the answer."""
        said = {"seq": self.seq, "offset": self.offset, "sha256": hashlib.sha256(data).hexdigest(), "age_ms": age_ms}
        query = "&".join(f"{name}={value}" for name, value in (said | changed).items())
        path = f"/exam/{self.handle}/recordings/{self.kind}/{self.take}/chunks?{query}"
        answer = self.candidate.post_raw(path, data, content_type)
        if answer.status_code == 200:
            self.seq, self.offset = answer.json["seq"], answer.json["offset"]
        return answer

    def send_all(self, take: bytes, *, age_ms: int = 0, count: int = 4) -> None:
        """Send a whole take in chunks."""
        for piece in pieces(take, count):
            answer = self.send(piece, age_ms=age_ms)
            assert answer.status_code == 200, answer.text

    def complete(self) -> Any:
        """Say that nothing is left to send."""
        return self.candidate.post(f"/exam/{self.handle}/recordings/complete", {})
