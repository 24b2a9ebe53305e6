"""``python -m proctor.runtime``: run the demo. ``python -m proctor.runtime secrets``: make the file of secrets."""

import os
import sys
from pathlib import Path

from proctor.runtime import launcher, secret_file
from proctor.runtime.launcher import LaunchError
from proctor.runtime.listeners import ListenError
from proctor.runtime.mongod import MongodError
from proctor.settings import SettingsError

ROOT = Path(__file__).resolve().parents[2]
USAGE = "usage: python -m proctor.runtime [secrets]"


def main(arguments: list[str]) -> int:
    """Do what ``arguments`` say and return the exit code."""
    try:
        if not arguments:
            launcher.run_demo(ROOT, os.environ)
        elif arguments == ["secrets"]:
            launcher.say(f"The secrets are in {secret_file.ensure(launcher.data_dir(ROOT, os.environ))}")
        else:
            launcher.say(USAGE)
            return 2
    except (LaunchError, ListenError, MongodError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
