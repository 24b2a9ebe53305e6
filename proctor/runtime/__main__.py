"""``python -m proctor.runtime`` runs the demo, ``… secrets`` makes the file of secrets, ``… health`` asks a server."""

import os
import sys
from pathlib import Path

from proctor.runtime import launcher
from proctor.runtime.launcher import LaunchError
from proctor.runtime.listeners import ListenError
from proctor.runtime.mongod import MongodError
from proctor.settings import SettingsError

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {"": launcher.run_demo, "secrets": launcher.make_secrets, "health": launcher.check_health}


def main(arguments: list[str]) -> int:
    """Do what ``arguments`` say and return the exit code."""
    command = COMMANDS.get(" ".join(arguments))
    if command is None:
        sys.stderr.write("usage: python -m proctor.runtime [secrets | health]\n")
        return 2
    try:
        command(ROOT, os.environ)
    except (LaunchError, ListenError, MongodError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
