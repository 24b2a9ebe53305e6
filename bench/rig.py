"""What the benchmarks share: a database and servers to measure, and what the kernel says of their processes.

The machine may be busy with other things. So whatever is compared takes turns in many short rounds, the tables give
medians, and ratios are taken within each round. Processor time is printed beside rates, because it hardly depends on
who else is running.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from proctor.runtime.mongod import EmbeddedMongod
from tests.support.server import Server, running

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def database_server() -> Iterator[str]:
    """Run a mongod with empty data and yield its address; the data are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="proctor-bench-") as folder, EmbeddedMongod(Path(folder)) as mongod:
        yield mongod.url


@contextlib.contextmanager
def our_server(mongodb_url: str, *, app: str = "wsgi:app", **environ: str) -> Iterator[Server]:
    """Run our server in demo mode on an empty database of its own."""
    with running(mongodb_url, f"bench_{uuid.uuid4().hex[:8]}", port=None, app=app, **environ) as server:
        yield server


def worker_pid(server: Server) -> int:
    """Return the process that serves; gunicorn's master is its parent."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    return int(children[0])


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used so far (proc(5), ``stat``)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def memory_mib(pid: int, what: str = "VmRSS") -> float:
    """Return a process's resident memory, or with ``VmHWM`` the most it ever had."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` (0 to 1) of ``values`` do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the ratios within each round."""
    return median(our / their for our, their in zip(ours, theirs, strict=True))
