"""The child process that joins recordings: what it makes of odd files, and that it takes no more than it is given."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import pytest

from proctor.domain import remuxing
from proctor.domain.remuxing import Joined, NotJoined
from tests.support.takes import pieces, webm

ROOT = Path(__file__).resolve().parents[2]
ENDLESS = "import time\ntime.sleep(60)\n"


def joined(folder: Path, *takes: bytes) -> Joined:
    names = [f"take-{number}.webm" for number in range(len(takes))]
    for name, take in zip(names, takes, strict=True):
        (folder / name).write_bytes(take)
    return remuxing.remux(folder, names, sum(map(len, takes)), pause=_at_once)


def test_every_whole_picture_can_be_found_by_its_time(tmp_path: Path) -> None:
    made = joined(tmp_path, webm(6))

    with av.open(str(made.path), "r") as container:
        [video] = container.streams.video
        for second in range(1, 6):
            container.seek(second * 1_000_000)
            packet = next(container.demux(video))
            assert packet.is_keyframe
            assert second - 1 <= _time_of(packet) <= second


def test_pictures_and_sound_stay_together_across_takes(tmp_path: Path) -> None:
    made = joined(tmp_path, webm(3), webm(2))

    ends = {"video": 0.0, "audio": 0.0}
    with av.open(str(made.path), "r") as container:
        for packet in container.demux():
            if packet.size:
                assert _time_of(packet) >= ends[packet.stream.type], "times never go back"
                ends[packet.stream.type] = _time_of(packet)
    assert made.duration_s == pytest.approx(5, abs=0.2)
    assert ends["video"] == pytest.approx(ends["audio"], abs=0.3)


def test_a_take_without_sound_is_joined_to_one_with_it(tmp_path: Path) -> None:
    made = joined(tmp_path, webm(2, has_sound=False), webm(2))

    with av.open(str(made.path), "r") as container:
        assert {stream.type for stream in container.streams} == {"video", "audio"}
    assert made.duration_s == pytest.approx(4, abs=0.2)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9, 0.999])
def test_a_take_that_broke_off_anywhere_gives_what_is_there(tmp_path: Path, cut: float) -> None:
    take = webm(6)

    made = joined(tmp_path, take[: int(len(take) * cut)], webm(2))

    assert 2 <= made.duration_s <= 8.1
    assert made.stretches[-1].take == 1


def test_a_lost_piece_makes_a_gap_and_not_a_shift(tmp_path: Path) -> None:
    parts = pieces(webm(12), 12)

    made = joined(tmp_path, b"".join(parts[:3] + parts[8:]))

    assert len(made.stretches) == 2
    first, second = made.stretches
    assert second.at_s - first.at_s > first.duration_s + 2
    assert made.duration_s < 9


@pytest.mark.parametrize("odd", [b"", b"\x00" * 5_000, b"#EXTM3U\nhttp://192.0.2.1/a.ts\n", webm()[:100]])
def test_a_file_that_is_none_is_left_out(tmp_path: Path, odd: bytes) -> None:
    made = joined(tmp_path, odd, webm(2))

    assert [stretch.take for stretch in made.stretches] == [1]


def test_where_nothing_can_be_played_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotJoined, match="Nothing in this recording can be played"):
        joined(tmp_path, b"nothing", b"")


def test_files_of_other_kinds_are_not_read_whatever_they_are_called(tmp_path: Path) -> None:
    other = io.BytesIO()
    with av.open(other, "w", format="mp4") as container:
        video = container.add_stream("mpeg4", 10)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        container.mux(video.encode(av.VideoFrame(64, 48, "yuv420p")))
        container.mux(video.encode())

    with pytest.raises(NotJoined):
        joined(tmp_path, other.getvalue())


def test_the_child_gets_no_more_memory_time_and_files_than_it_limits_itself_to() -> None:
    greedy = (
        "import resource\nfrom proctor.runtime import remux\nremux.limit(7)\n"
        "assert resource.getrlimit(resource.RLIMIT_CPU) == (7, 7)\n"
        "try:\n    bytearray(600 << 20)\nexcept MemoryError:\n    print('no more memory')\n"
        "try:\n    [open('/dev/null') for _ in range(100)]\nexcept OSError:\n    print('no more files')\n"
    )

    done = subprocess.run([sys.executable, "-c", greedy], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stdout.split("\n")[:2] == ["no more memory", "no more files"], done.stderr


def test_a_child_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text(ENDLESS, encoding="utf-8")
    monkeypatch.setattr(remuxing, "PROGRAM", endless)
    monkeypatch.setattr(remuxing, "LEAST_S", 0.05)

    with pytest.raises(NotJoined):
        joined(tmp_path, webm(2))


def test_a_child_whose_recording_went_to_another_worker_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = tmp_path / "endless.py"
    endless.write_text(ENDLESS, encoding="utf-8")
    monkeypatch.setattr(remuxing, "PROGRAM", endless)

    def lose(_seconds: float) -> None:
        raise RuntimeError("the lease was lost")

    with pytest.raises(RuntimeError):
        remuxing.remux(tmp_path, [], 0, pause=lose)


def _time_of(packet: Any) -> float:
    return float(packet.pts * packet.time_base)


def _at_once(_seconds: float) -> None:
    """Wait for nothing: the child is asked again and again instead."""
