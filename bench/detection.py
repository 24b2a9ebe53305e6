"""How well the detection sees and hears: `make eval`, or `python -m bench.detection --calm-only --calm-minutes 5`.

The labelled pictures of `detection_scenes` are played as one camera clip through the real page in Chromium, each
between two shots of somebody who sits and moves, while the microphone plays the sounds of `detection_sounds`. A marker
in the picture's corner tells when which shot was on; the rest is compared with the events that reached the database.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from bench.detection_clip import Shot
from bench.detection_page import LATE_MS, Seen, Told, play
from bench.detection_scenes import Scene, scenes
from bench.detection_sounds import SECONDS, sounds

SIGNALS = ("no_face", "multiple_faces", "phone_detected", "looking_away", "notes_detected", "device_detected")
NEVER = ("camera_covered", "camera_frozen")
START_S, SCENE_S, BETWEEN_S = 25.0, 4.0, 2.0


@dataclass(frozen=True)
class Shown:
    """A shot and when it was seen, in milliseconds of the page's clock; ``scene`` None is somebody who sits there."""

    scene: Scene | None
    began: float
    ended: float

    def shows(self, signal: str) -> bool:
        """Whether a person would say that it shows this."""
        return self.scene is not None and signal in self.scene.shows

    def leaves_open(self, signal: str) -> bool:
        """Whether a person could not say."""
        return self.scene is not None and signal in self.scene.unsure


@dataclass
class Count:
    """What became of one signal."""

    wanted: int
    delays_s: list[float]
    missed: list[str]
    wrong: list[str]

    def line(self, name: str) -> str:
        """Return the signal's row of the table."""
        found = self.wanted - len(self.missed)
        precision = found / (found + len(self.wrong)) if found or self.wrong else 1
        times = self.delays_s or [0]
        counts = f"{name:16} {self.wanted:5} {found:5} {len(self.wrong):5}"
        rates = f"{precision:9.2f} {found / self.wanted if self.wanted else 1:6.2f}"
        return f"{counts}  {rates}  {median(times):.1f} s, {max(times):.1f} s"


def main() -> None:
    """Play, compare and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calm-minutes", type=float, default=1, help="of somebody who sits there, after the pictures")
    parser.add_argument("--calm-only", action="store_true", help="without the pictures and the sounds")
    parser.add_argument("--only", default="", metavar="WORD", help="pictures whose name has this word, without sounds")
    given = parser.parse_args()
    wanted = [] if given.calm_only else [scene for scene in scenes() if given.only in scene.name]
    shots = _shots(wanted, given.calm_minutes * 60)
    print(f"Playing {sum(shot.scene is not None for shot in shots)} pictures: {sum(s.seconds for s in shots):.0f} s")
    seen = play(shots, [] if given.calm_only or given.only else sounds())
    shown = _shown(seen, shots)
    if not given.calm_only:
        _print_table(seen, shown)
    _print_calm(seen, shown)
    _print_machine(seen)


def _shots(pictures: Sequence[Scene], calm_s: float) -> list[Shot]:
    timeline = [Shot(START_S)]
    for scene in pictures:
        timeline += [Shot(SCENE_S, scene), Shot(BETWEEN_S)]
    return [*timeline, Shot(calm_s)]


def _shown(seen: Seen, shots: Sequence[Shot]) -> list[Shown]:
    changes = [*seen.shots, (seen.ended, -1)]
    pairs = pairwise(changes)
    return [Shown(shots[number].scene, began, ended) for (began, number), (ended, _) in pairs if number < len(shots)]


def _shot_of(told: Told, shown: Sequence[Shown]) -> Shown | None:
    """Return the shot that an event is about: the one that shows it, be it over for a moment, or the one on screen."""
    near = [shot for shot in shown if shot.began <= told.at <= shot.ended + LATE_MS]
    about = [shot for shot in near if shot.shows(told.event_type) or shot.leaves_open(told.event_type)]
    return next(iter(about), near[-1] if near else None)


def _count(signal: str, seen: Seen, shown: Sequence[Shown]) -> Count:
    about = [(told, _shot_of(told, shown)) for told in seen.told if told.event_type == signal]
    right = {shot.began: told.at - shot.began for told, shot in about if shot and shot.shows(signal)}
    wrong = [shot for _, shot in about if shot and not shot.shows(signal) and not shot.leaves_open(signal)]
    wanted = [shot for shot in shown if shot.shows(signal)]
    missed = [shot.scene.name for shot in wanted if shot.scene and shot.began not in right]
    names = [shot.scene.name if shot.scene else "calm" for shot in wrong]
    return Count(len(wanted), [ms / 1_000 for ms in right.values()], missed, names)


def _count_voices(seen: Seen) -> Count:
    told = [event.at for event in seen.told if event.event_type == "voice_detected"]
    ends = [began + SECONDS * 1_000 + LATE_MS for began, _ in seen.sounds]
    heard = [[at for at in told if began <= at <= end] for (began, _), end in zip(seen.sounds, ends, strict=True)]
    both = [(sound, began, found) for (began, sound), found in zip(seen.sounds, heard, strict=True)]
    return Count(
        wanted=sum(sound.is_speech for _, sound in seen.sounds),
        delays_s=[(found[0] - began) / 1_000 for sound, began, found in both if sound.is_speech and found],
        missed=[sound.name for sound, _, found in both if sound.is_speech and not found],
        wrong=[sound.name for sound, _, found in both if not sound.is_speech and found],
    )


def _print_table(seen: Seen, shown: Sequence[Shown]) -> None:
    print(f"\n{'signal':16} {'shown':>5} {'found':>5} {'false':>5}  precision recall  time to detect (median, most)")
    counts = {signal: _count(signal, seen, shown) for signal in SIGNALS}
    for name, count in {**counts, "voice_detected": _count_voices(seen)}.items():
        print(count.line(name))
        for word, names in (("missed", count.missed), ("wrong", count.wrong)):
            print("".join(f"    {word}: {each}\n" for each in names), end="")


def _print_calm(seen: Seen, shown: Sequence[Shown]) -> None:
    quiet = [shot for shot in shown if shot.scene is None]
    seconds = sum(shot.ended - shot.began for shot in quiet) / 1_000
    about = [(told, _shot_of(told, shown)) for told in seen.told if told.event_type in (*SIGNALS, *NEVER)]
    false = [told.event_type for told, shot in about if shot in quiet]
    print(f"\nsomebody who sits there: {seconds:.0f} s in {len(quiet)} shots, {len(false)} events {' '.join(false)}")
    raised = [flag.event_type for flag in seen.flags if _shot_of(flag, shown) in quiet]
    print(f"flags for what began there: {len(raised)} {' '.join(raised)}")


def _print_machine(seen: Seen) -> None:
    for key, what in (("facesMs", "faces"), ("objectsMs", "objects")):
        values = [pace[key] for pace in seen.paces if pace[key] is not None]
        print(f"{what}: {median(values):.0f} ms a look (median of {len(values)} windows of 10 s)")
    print(f"steps of slowness: {[pace['step'] for pace in seen.paces]}")
    print(f"long tasks on the page's thread: {len(seen.long_tasks)}, {max(seen.long_tasks, default=0):.0f} ms at most")
    ours = [ms for script, ms in seen.slow_scripts if "/js/detect/" in script]
    print(f"scripts in slow frames, the detection's {max(ours, default=0):.0f} ms at most:")
    for script, ms in sorted(seen.slow_scripts, key=lambda one: -one[1])[:5]:
        print(f"    {ms:.0f} ms in {script}")


if __name__ == "__main__":
    main()
