"""Child processes that never outlive the process that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from proctor.runtime import tied


def spawn(
    command: Sequence[str | Path],
    *,
    output: IO[bytes] | None = None,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in ``folder``; it gets SIGTERM when this process ends, however it ends.

    The child has a session of its own, so that Ctrl-C in a terminal reaches only us and children are stopped in
    order. The kernel ties it to the calling *thread* (prctl(2)): call this from the main thread.
    """
    # Isolated and without site-packages: it must start fast and depend on nothing.
    wrapper = [sys.executable, "-I", "-S", tied.__file__, str(os.getpid())]
    return subprocess.Popen(
        [*wrapper, *map(str, command)],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        cwd=folder,
        env=dict(environ) if environ is not None else None,
        start_new_session=True,
    )


def stop(child: subprocess.Popen[bytes], *, patience_s: float) -> None:
    """Ask ``child`` to end, and kill it after ``patience_s``. A child that has ended already is fine."""
    if child.poll() is None:
        child.send_signal(signal.SIGTERM)
    try:
        child.wait(patience_s)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
