"""A program run in front of another: ties the process to its parent, then becomes the other program.

``python tied.py PARENT_PID COMMAND …``. Not done in the parent between fork and exec, where Python code is unsafe once
there are threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main(parent_pid: str, *command: str) -> None:
    """Ask the kernel for SIGTERM when the parent ends (prctl(2)), then run ``command`` in this process."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent_pid):  # it ended before the tie was made
        sys.exit(1)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]} cannot be run: {error.strerror}")


if __name__ == "__main__":
    main(*sys.argv[1:])
