"""Running the program that joins recordings: a child process, so that a hostile file can harm nothing but its own."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from proctor.errors import ProctorError

log = logging.getLogger(__name__)
PROGRAM = Path(__file__).resolve().parents[1] / "runtime" / "remux.py"
OUTPUT = "joined.webm"
LEAST_S = 10
BYTES_PER_S = 8 * 1024 * 1024
POLL_S = 0.1


class NotJoined(ProctorError):
    """The takes could not be made into one file; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where ``duration_s`` of take number ``take``, from ``at_s`` on, stand in the joined file."""

    take: int
    at_s: float
    offset_s: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class Joined:
    """What the takes became."""

    path: Path
    duration_s: float
    stretches: tuple[Stretch, ...]


def remux(
    folder: Path, takes: Sequence[str], size: int, *, still: Collection[str] = (), pause: Callable[[float], object]
) -> Joined:
    """Join the files ``takes`` of ``folder``, which have ``size`` bytes together.

    Those that are ``still`` too are whole and of something that may stand still: where their frames are some seconds
    apart, nothing has moved. In others that is a gap.

    ``pause`` is called with seconds again and again while the child works, for as long as it may take. Raises
    ``NotJoined`` where nothing can be played, or the child takes too much time or memory.
    """
    job = {"takes": list(takes), "still": list(still), "output": OUTPUT}
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    limit_s = LEAST_S + size // BYTES_PER_S
    with (folder / "remux.log").open("wb") as output:
        command = [sys.executable, "-I", str(PROGRAM), str(folder), str(limit_s)]
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env={}, cwd=folder)
        status = _wait(child, limit_s, pause)
    if status != 0:
        log.warning("joining a recording failed with status %s: %s", status, _last_words(folder))
        raise NotJoined("The program that joins recordings failed.")
    return _read(folder)


def _wait(child: subprocess.Popen[bytes], limit_s: int, pause: Callable[[float], object]) -> int | None:
    """Return the child's exit status, or kill it: when its time is over, and where ``pause`` fails."""
    # The limit is of processor time; on a busy machine that takes longer.
    deadline = time.monotonic() + 4 * limit_s
    try:
        while (status := child.poll()) is None and time.monotonic() < deadline:
            pause(POLL_S)
        return status
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _read(folder: Path) -> Joined:
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    stretches = tuple(
        Stretch(each["take"], each["at_ms"] / 1_000, each["offset_ms"] / 1_000, each["duration_ms"] / 1_000)
        for each in result["stretches"]
    )
    if not stretches:
        raise NotJoined("Nothing in this recording can be played.")
    return Joined(folder / OUTPUT, result["duration_s"], stretches)


def _last_words(folder: Path) -> str:
    return (folder / "remux.log").read_text(encoding="utf-8", errors="replace")[-500:]
