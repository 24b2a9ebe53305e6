"""Child processes that never outlive the process that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def spawn(
    command: Sequence[str | Path], *, output: IO[bytes] | None = None, environ: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start ``command``, which gets SIGTERM when this process ends, however it ends.

    The child has a session of its own, so that Ctrl-C in a terminal reaches only us and children are stopped in
    order. The kernel ties it to the calling *thread* (prctl(2)): call this from the main thread.
    """
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        env=dict(environ) if environ is not None else None,
        start_new_session=True,
        # Run between fork and exec, where it only makes two system calls and takes no lock.
        preexec_fn=_tie_to(os.getpid()) if sys.platform == "linux" else None,  # noqa: PLW1509
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


def _tie_to(parent_pid: int) -> Callable[[], None]:
    prctl = ctypes.CDLL(None, use_errno=True).prctl  # loaded here, before the fork

    def tie() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent_pid:  # the parent died before the tie was made
            os._exit(1)

    return tie
