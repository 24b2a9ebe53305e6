"""What an operator does from the command line: ``flask --app wsgi proctor …``, one group of commands for each noun."""

from __future__ import annotations

from flask import Flask

from proctor.cli import accommodations, audit, exams, proctors, recordings, sessions

NOUNS = (proctors, exams, sessions, recordings, accommodations, audit)


def install(app: Flask) -> None:
    """Give ``app`` its commands."""
    for noun in NOUNS:
        app.cli.add_command(noun.group)
