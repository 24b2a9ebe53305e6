"""What a server says of its settings when it starts."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from tests.integration.conftest import SECRET, AppFactory

INSECURE, UNCALLED = "cookies are not Secure", "exam apps are answered 401"
HTTPS = "https://proctor.example.org"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"mode": "demo"}, []),
        ({}, [INSECURE, UNCALLED]),
        ({"public_urls": (HTTPS,), "exam_app_keys": (SECRET,)}, []),
        ({"public_urls": (HTTPS,), "exam_app_networks": ("10.1.0.0/16",)}, []),
        ({"public_urls": (), "frontend_url": HTTPS, "exam_app_keys": (SECRET,)}, [INSECURE]),
    ],
)
def test_what_may_be_meant_so_and_may_be_forgotten_is_in_the_log(
    make_app: AppFactory, capsys: pytest.CaptureFixture[str], settings: dict[str, Any], said: list[str]
) -> None:
    app: Any = make_app(**{"mode": "production", "log_level": "WARNING"} | settings)

    with patch("proctor.factory.Chores.start"):
        app.on_worker_start()

    log = capsys.readouterr().err
    assert [words for words in (INSECURE, UNCALLED) if words in log] == said
