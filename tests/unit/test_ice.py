"""ICE servers and their short-lived credentials."""

from datetime import timedelta

import pytest

from proctor.domain.ice import ice_servers
from tests.support.factories import NOW, make_settings

TURN_URLS = ("turn:turn.example.org:3478", "turns:turn.example.org:5349")
STUN = {"urls": "stun:stun.example.org"}
# The expected credential was made with another program, from the secret and the user name below:
# printf 1893492000:viewer-1 | openssl dgst -sha1 -hmac fedcba9876543210fedcba9876543210 -binary | base64
TURN_SECRET = "fedcba9876543210fedcba9876543210"
USERNAME = "1893492000:viewer-1"
CREDENTIAL = "m4XIe3j9BB2YJ6FGBMLnwMLHPVs="


def test_without_settings_there_are_no_servers() -> None:
    assert ice_servers("viewer-1", settings=make_settings(), now=NOW) == []


def test_configured_servers_are_handed_on() -> None:
    assert ice_servers("viewer-1", settings=make_settings(ice_servers=(STUN,)), now=NOW) == [STUN]


def test_turn_credentials_follow_the_rest_scheme_that_coturn_checks() -> None:
    settings = make_settings(ice_servers=(STUN,), turn_urls=TURN_URLS, turn_secret=TURN_SECRET)

    assert ice_servers("viewer-1", settings=settings, now=NOW) == [
        STUN,
        {"urls": list(TURN_URLS), "username": USERNAME, "credential": CREDENTIAL},
    ]


@pytest.mark.parametrize("turn_minutes", [1, 30, 60])
def test_turn_credentials_last_as_long_as_the_setting_and_never_longer_than_an_hour(turn_minutes: int) -> None:
    settings = make_settings(turn_urls=TURN_URLS, turn_secret=TURN_SECRET, turn_minutes=turn_minutes)

    [server] = ice_servers("viewer-1", settings=settings, now=NOW)

    expiry = int(server["username"].split(":")[0])
    assert expiry == (NOW + timedelta(minutes=turn_minutes)).timestamp() <= (NOW + timedelta(hours=1)).timestamp()


def test_each_viewer_gets_credentials_of_their_own() -> None:
    settings = make_settings(turn_urls=TURN_URLS, turn_secret=TURN_SECRET)

    [one], [other] = (ice_servers(name, settings=settings, now=NOW) for name in ("viewer-1", "viewer-2"))

    assert one["credential"] != other["credential"]


def test_the_shared_secret_itself_is_never_handed_out() -> None:
    settings = make_settings(turn_urls=TURN_URLS, turn_secret=TURN_SECRET)

    assert TURN_SECRET not in str(ice_servers("viewer-1", settings=settings, now=NOW))
