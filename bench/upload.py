"""How fast files are stored, and how much memory that takes, beside copying the same bytes with ``cp``.

    .venv/bin/python -m bench.upload --mib 2047 --ways "HTTP to local"

Each row is a process of its own, so that its peak memory is its own. ``cp`` is followed by a sync, because the
storages answer only when the bytes would outlive a crash. ``staged gridfs`` is what the server uses: it writes
to disk, stores in the database, and reads everything back to compare. ``HTTP to local`` is ``POST
/sessions/<id>/video`` to the running server; the memory is its worker's. A file may have up to 2 GiB.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from bench import rig
from proctor.runtime.mongod import EmbeddedMongod
from proctor.storage import Backend, Bucket, Storage, StorageConfig, make_storage
from proctor.storage.gridfs import GridFSStorage

MIB = 1024 * 1024
WAYS = ("cp", "local", "gridfs", "staged gridfs")
OVER_HTTP = "HTTP to local"
# An EBML header that says "webm" (RFC 8794): the server looks what it is given.
WEBM_HEAD = bytes.fromhex("1a45dfa3 87 4282 84") + b"webm"
BOUNDARY = "bench-5d1f"


def main() -> None:
    """Measure each way in turn and print a table."""
    arguments = _parse_arguments()
    if arguments.way:
        print(json.dumps(measure(arguments.way, arguments.file, arguments.folder, arguments.mongodb_url)))
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder, EmbeddedMongod(Path(folder)) as mongod:
        source = make_file(Path(folder) / "source.webm", arguments.mib)
        print(f"{arguments.mib} MiB\n{'':16}{'MiB/s':>8}{'peak MiB':>10}{'growth MiB':>12}")
        for way in arguments.ways:
            over_http = way == OVER_HTTP
            found = upload(source, mongod.url) if over_http else run_apart(way, source, Path(folder), mongod.url)
            speed = arguments.mib / found["seconds"]
            print(f"{way:16}{speed:8.0f}{found['peak_mib']:10.0f}{found['growth_mib']:12.1f}")


def measure(way: str, source: Path, folder: Path, mongodb_url: str) -> dict[str, float]:
    """Store the file once and return seconds, peak memory, and how much of that the storing added."""
    store = _storing_by(way, folder, mongodb_url)
    before = _peak_mib()
    begun = time.perf_counter()
    store(source)
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "peak_mib": _peak_mib(), "growth_mib": _peak_mib() - before}


def upload(source: Path, mongodb_url: str) -> dict[str, float]:
    """Post the file to a running server and return the same of its worker."""
    with rig.our_server(mongodb_url) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
        body = json.dumps({"candidate_name": "Ada Lovelace"})
        connection.request("POST", "/sessions", body, {"Content-Type": "application/json"})
        session_id = json.loads(connection.getresponse().read())["id"]
        pid = rig.worker_pid(server)
        before = rig.memory_mib(pid, "VmHWM")
        begun = time.perf_counter()
        _post_file(connection, f"/sessions/{session_id}/video", source)
        seconds, peak = time.perf_counter() - begun, rig.memory_mib(pid, "VmHWM")
        connection.close()
    return {"seconds": seconds, "peak_mib": peak, "growth_mib": peak - before}


def run_apart(way: str, source: Path, folder: Path, mongodb_url: str) -> dict[str, float]:
    """Run ``measure`` in a new process."""
    command = [sys.executable, "-m", "bench.upload", "--way", way, "--file", str(source), "--folder", str(folder)]
    answer = subprocess.run([*command, "--mongodb-url", mongodb_url], check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def make_file(path: Path, mib: int) -> Path:
    """Fill a file with bytes that no disk or database can compress."""
    with path.open("wb") as file:
        file.write(WEBM_HEAD + os.urandom(MIB - len(WEBM_HEAD)))
        for _ in range(mib - 1):
            file.write(os.urandom(MIB))
        os.fsync(file.fileno())
    return path


def _post_file(connection: http.client.HTTPConnection, address: str, source: Path) -> None:
    """Send the file as one part of a form (RFC 7578), a piece at a time."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.webm"\r\n'
        "Content-Type: video/webm\r\n\r\n"
    ).encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    connection.putrequest("POST", address)
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", str(len(head) + source.stat().st_size + len(tail)))
    connection.endheaders(head)
    with source.open("rb") as file:
        while piece := file.read(MIB):
            connection.send(piece)
    connection.send(tail)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    if answer.status != 200 or told["video_status"] != "stored":
        raise SystemExit(f"The upload was not stored: {told}")


def _storing_by(way: str, folder: Path, mongodb_url: str) -> Callable[[Path], None]:
    if way == "cp":
        return lambda source: _copy(source, folder / "copy.webm")
    storage = _make_storage(way, folder, mongodb_url)
    return lambda source: _save(storage, source)


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "--reflink=never", str(source), str(target)], check=True)
    with target.open("rb") as file:
        os.fsync(file.fileno())


def _save(storage: Storage, source: Path) -> None:
    with source.open("rb") as file:
        stored = storage.save(Bucket.VIDEOS, "a.webm", file, max_bytes=2**40)
    if stored.pending or stored.size != source.stat().st_size:
        raise SystemExit("The file was not stored.")
    storage.delete(Bucket.VIDEOS, "a.webm")


def _make_storage(way: str, folder: Path, mongodb_url: str) -> Storage:
    if way == "local":
        return make_storage(StorageConfig(Backend.LOCAL, folder))
    client: MongoClient[dict[str, Any]] = MongoClient(mongodb_url, tz_aware=True)
    if way == "gridfs":
        return GridFSStorage(client["bench"])
    return make_storage(StorageConfig(Backend.GRIDFS, folder), database=client["bench"])


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--mib", type=int, default=512)
    parser.add_argument("--ways", nargs="+", choices=(*WAYS, OVER_HTTP), default=(*WAYS, OVER_HTTP))
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    for internal in ("--way", "--mongodb-url"):
        parser.add_argument(internal, default="", help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, default=Path(), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
