"""A story that runs through while something breaks on a page must fail: what breaks is seen."""

from __future__ import annotations

import pytest

from tests.e2e.cast import Cast
from tests.support.browser import eventually


@pytest.mark.parametrize(
    ("breaks", "reported"),
    [
        ("setTimeout(() => { throw new Error('out of hand') })", "out of hand"),
        ("Promise.reject(new Error('left alone')) && null", "left alone"),
        ("console.error('said aloud')", "said aloud"),
        ("console.warn('said quietly')", "said quietly"),
        ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
        (
            "document.body.insertAdjacentHTML('beforeend', '<img src=https://elsewhere.test/x>')",
            "Content Security Policy",
        ),
        ("fetch('/nothing-here').then(() => null)", "404"),
    ],
)
def test_what_goes_wrong_on_a_page_is_seen(cast: Cast, breaks: str, reported: str) -> None:
    page = cast.someone()
    page.goto("/join")
    assert cast.faults.unexpected == []
    page.evaluate(breaks)
    eventually(page, lambda: any(reported in fault for fault in cast.faults.unexpected), "the fault is seen")
    cast.faults.expect(reported)
    assert cast.faults.unexpected == []
