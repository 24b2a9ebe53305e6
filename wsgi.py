"""The entry point for WSGI servers: ``gunicorn wsgi:app``."""

import sys

from proctor import create_app
from proctor.settings import SettingsError

# What gunicorn takes as "do not start me again" (Arbiter.APP_LOAD_ERROR).
CANNOT_LOAD = 4

try:
    app = create_app()
except SettingsError as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(CANNOT_LOAD)
