"""Whether a caller is one of the institution's exam apps."""

from dataclasses import replace
from typing import Any

import pytest

from proctor.domain.exam_app_access import Caller, is_exam_app, is_open_to
from proctor.settings import Settings
from tests.support.factories import OTHER_SECRET, SECRET, make_settings

NETWORK = ("10.1.0.0/16", "2001:db8::/32")
INSIDE = Caller(address="10.1.2.3", port=8000, bearer=None, prefix=None, was_forwarded=False)
OUTSIDE = replace(INSIDE, address="192.0.2.7")


def production(**given: Any) -> Settings:
    return make_settings(**given)


OPEN = make_settings(mode="demo", api_access="open")
LOOPBACK = replace(INSIDE, address="127.0.0.1")


def test_without_any_setting_nobody_is_an_exam_app() -> None:
    callers = [INSIDE, OUTSIDE, LOOPBACK, replace(INSIDE, bearer=SECRET), replace(INSIDE, prefix=SECRET)]

    assert not any(is_exam_app(caller, production()) for caller in callers)


def test_a_key_proves_an_exam_app_wherever_it_calls_from() -> None:
    settings = production(exam_app_keys=(SECRET, OTHER_SECRET))

    assert is_exam_app(replace(OUTSIDE, bearer=SECRET), settings)
    assert is_exam_app(replace(OUTSIDE, bearer=OTHER_SECRET, was_forwarded=True), settings)


@pytest.mark.parametrize("bearer", [None, "", SECRET[:-1], SECRET + "0", SECRET.upper(), "ünïcode"])
def test_any_other_key_proves_nothing(bearer: str | None) -> None:
    assert not is_exam_app(replace(OUTSIDE, bearer=bearer), production(exam_app_keys=(SECRET,)))


def test_a_wrong_key_is_not_made_good_by_the_right_address() -> None:
    settings = production(exam_app_keys=(SECRET,), exam_app_networks=NETWORK)

    assert is_exam_app(INSIDE, settings)
    assert not is_exam_app(replace(INSIDE, bearer=OTHER_SECRET), settings)


@pytest.mark.parametrize("address", ["10.1.0.0", "10.1.255.255", "::ffff:10.1.2.3", "2001:db8::1"])
def test_an_address_in_the_networks_proves_an_exam_app(address: str) -> None:
    assert is_exam_app(replace(INSIDE, address=address), production(exam_app_networks=NETWORK))


@pytest.mark.parametrize(
    "address", ["10.2.0.0", "10.0.255.255", "::ffff:10.2.0.1", "2001:db9::1", "::10.1.2.3", "127.0.0.1", "10.1.2.3, x"]
)
def test_an_address_outside_the_networks_proves_nothing(address: str) -> None:
    assert not is_exam_app(replace(INSIDE, address=address), production(exam_app_networks=NETWORK))


def test_an_address_that_a_proxy_forwarded_for_proves_nothing() -> None:
    assert not is_exam_app(replace(INSIDE, was_forwarded=True), production(exam_app_networks=NETWORK))


def test_a_port_of_its_own_narrows_the_networks() -> None:
    settings = production(exam_app_networks=NETWORK, exam_app_port=9100)

    assert is_exam_app(replace(INSIDE, port=9100), settings)
    assert not is_exam_app(replace(INSIDE, port=8000), settings)
    assert not is_exam_app(replace(OUTSIDE, port=9100), settings)


def test_a_port_without_networks_proves_nothing() -> None:
    assert not is_exam_app(replace(INSIDE, port=9100), production(exam_app_port=9100))


def test_a_prefix_counts_only_together_with_the_networks() -> None:
    settings = production(exam_app_networks=NETWORK, exam_app_prefixes=(SECRET, OTHER_SECRET))

    assert is_exam_app(replace(INSIDE, prefix=SECRET), settings)
    assert is_exam_app(replace(INSIDE, prefix=OTHER_SECRET), settings)
    assert not is_exam_app(replace(OUTSIDE, prefix=SECRET), settings)


@pytest.mark.parametrize("prefix", [None, "", "wrong", SECRET[:-1], "ünïcode"])
def test_where_prefixes_are_set_the_network_alone_proves_nothing(prefix: str | None) -> None:
    settings = production(exam_app_networks=NETWORK, exam_app_prefixes=(SECRET,))

    assert not is_exam_app(replace(INSIDE, prefix=prefix), settings)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_open_access_serves_this_machine(address: str) -> None:
    assert is_open_to(replace(LOOPBACK, address=address), OPEN)


@pytest.mark.parametrize("address", ["10.1.2.3", "192.0.2.7", "::ffff:10.1.2.3", "0.0.0.0", "::", "", "localhost"])
def test_open_access_serves_nobody_else(address: str) -> None:
    assert not is_open_to(replace(LOOPBACK, address=address), OPEN)


def test_open_access_does_not_serve_those_behind_a_proxy_on_this_machine() -> None:
    assert not is_open_to(replace(LOOPBACK, was_forwarded=True), OPEN)


def test_protected_access_is_open_to_nobody() -> None:
    assert not is_open_to(LOOPBACK, production())
    assert not is_open_to(LOOPBACK, make_settings(mode="demo"))
