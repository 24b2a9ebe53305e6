"""The embedded MongoDB, with a real mongod."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pymongo import MongoClient

from proctor.runtime import mongod, ports
from proctor.runtime.mongod import DataInUseError, EmbeddedMongod, MongodError

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = """
import pathlib, sys, time
from proctor.runtime.mongod import EmbeddedMongod
database = EmbeddedMongod(pathlib.Path(sys.argv[1]))
database.start()
print(database.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "a folder with spaces"


def write_journaled(database: EmbeddedMongod, name: str) -> None:
    with MongoClient[dict[str, object]](database.url, journal=True) as client:
        client.test.notes.insert_one({"_id": name})


def names_in(database: EmbeddedMongod) -> list[str]:
    with MongoClient[dict[str, str]](database.url) as client:
        return [document["_id"] for document in client.test.notes.find().sort("_id")]


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def wait_until(is_true: Callable[[], bool], *, within_s: float = 15) -> None:
    deadline = time.monotonic() + within_s
    while not is_true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_documents_are_still_there_after_a_second_start(data_dir: Path) -> None:
    with EmbeddedMongod(data_dir) as first:
        write_journaled(first, "kept")

    with EmbeddedMongod(data_dir) as second:
        assert names_in(second) == ["kept"]


def test_it_ends_with_its_block(data_dir: Path) -> None:
    with EmbeddedMongod(data_dir) as database:
        pid = database.pid
        assert pid
        assert is_alive(pid)

    assert not is_alive(pid)
    assert database.pid is None


def test_after_kill_9_it_starts_again_at_the_same_address_with_what_was_journaled(data_dir: Path) -> None:
    with EmbeddedMongod(data_dir) as database:
        write_journaled(database, "acknowledged")
        address, pid = database.url, database.pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: database.pid is None)

        database.start()

        assert database.url == address
        assert names_in(database) == ["acknowledged"]


def test_it_ends_when_its_launcher_is_killed_and_the_data_can_be_used_at_once(data_dir: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, data_dir], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as launcher:
        assert launcher.stdout
        pid = int(launcher.stdout.readline())
        launcher.kill()

    with EmbeddedMongod(data_dir) as database:
        assert database.pid != pid
    wait_until(lambda: not is_alive(pid))


def test_a_second_one_on_the_same_data_is_refused_in_words(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongod, "DATA_RELEASE_TIMEOUT_S", 0.5)
    with EmbeddedMongod(data_dir) as first:
        with pytest.raises(DataInUseError, match="Another Proctor is already using the database"):
            EmbeddedMongod(data_dir).start()

        assert first.pid


def test_a_port_that_is_taken_in_the_last_moment_is_exchanged(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken, free = other.getsockname()[1], ports.free_port()
        offers = iter([taken, free])
        monkeypatch.setattr(ports, "free_port", lambda: next(offers))

        with EmbeddedMongod(data_dir) as database:
            assert f":{free}/" in database.url


def test_it_listens_on_loopback_only_and_accepts_no_compression(data_dir: Path) -> None:
    with EmbeddedMongod(data_dir) as database, MongoClient[dict[str, object]](database.url) as client:
        options = client.admin.command("getCmdLineOpts")["parsed"]

    assert options["net"]["bindIp"] == "127.0.0.1"
    assert options["net"]["compression"] == {"compressors": "disabled"}
    assert database.url.startswith("mongodb://127.0.0.1:")


def test_only_the_owner_can_look_into_the_data_folder(data_dir: Path) -> None:
    with EmbeddedMongod(data_dir):
        assert (data_dir / "mongodb").stat().st_mode & 0o077 == 0


def test_a_mongod_that_cannot_start_is_reported_with_the_end_of_its_log(data_dir: Path) -> None:
    (data_dir / "mongodb").mkdir(parents=True)
    (data_dir / "mongodb" / "storage.bson").write_text("not BSON")

    with pytest.raises(MongodError, match=r"MongoDB did not start \(exit code \d+\).\nThe end of .*mongodb.log"):
        EmbeddedMongod(data_dir).start()
