"""axe finds nothing serious on any page, of either role, in light and in dark; and the exam works by keyboard."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.cast import Cast
from tests.e2e.proctor_steps import ProctorSteps
from tests.support.browser import PHONE
from tests.support.exam_app import ExamApp
from tests.support.server import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WORST = {"serious", "critical"}
# Colours that are on their way to others are judged where they arrive. The frame is the exam app's page, which its
# makers answer for.
RUN = """async () => {
  const isMoving = () => document.getAnimations().some((one) => one.effect.getComputedTiming().endTime < Infinity);
  do await new Promise(requestAnimationFrame); while (isMoving());
  const found = await axe.run({ exclude: ["#frame-holder iframe"] }, { resultTypes: ["violations"] });
  return found.violations;
}"""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def expect_accessible(page: Page) -> None:
    """Nothing serious or critical is found, whichever colours the reader prefers."""
    page.evaluate(_axe())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        violations = [found for found in page.evaluate(RUN) if found["impact"] in WORST]
        assert not violations, f"{page.url} in {scheme}:\n" + "\n".join(map(_in_words, violations))


def _in_words(violation: dict[str, Any]) -> str:
    nodes = "\n".join(f"    {node['html'][:160]}\n    {node['failureSummary']}" for node in violation["nodes"][:3])
    return f"  {violation['impact']}: {violation['help']} ({violation['id']})\n{nodes}"


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_the_candidates_pages_are_accessible_to_all(cast: Cast, exam_app: ExamApp, options: dict[str, Any]) -> None:
    cast.faults.expect("status of 422", "status of 404")
    candidate = cast.candidate(**options)
    candidate.join_by_hand("", exam_code="NOSUCH")
    expect_accessible(candidate.page)
    candidate.page.goto("/entry?session_id=nobody")
    expect_accessible(candidate.page)
    candidate.page.goto("/nothing-here")
    expect_accessible(candidate.page)

    candidate.start_in_exam_app(exam_app.url, "Axe")
    expect_accessible(candidate.page)
    candidate.agree()
    expect(candidate.equipment).to_contain_text("Everything works.")
    expect_accessible(candidate.page)
    candidate.pass_check()
    expect_accessible(candidate.page)
    candidate.start()
    expect_accessible(candidate.page)

    proctor = cast.proctor()
    proctor.open_from_hall("Axe")
    proctor.warn("Please look at your screen.")
    candidate.expect_warning("Please look at your screen.")
    expect_accessible(candidate.page)
    candidate.confirm_warning()
    proctor.write("You may use paper.")
    candidate.open_chat()
    expect_accessible(candidate.page)
    candidate.page.keyboard.press("Escape")
    proctor.ask("identity photo")
    expect(candidate.request).to_be_visible()
    expect_accessible(candidate.page)
    candidate.request.get_by_role("button", name="I would rather not").click()
    proctor.pause()
    expect(candidate.pause_cover).to_be_visible()
    expect_accessible(candidate.page)
    proctor.terminate("For the test.")
    candidate.expect_end("Your proctor ended this exam")
    expect_accessible(candidate.page)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_the_proctors_pages_are_accessible_to_all(cast: Cast, options: dict[str, Any]) -> None:
    cast.faults.expect("status of 401", "status of 404")
    proctor = ProctorSteps(cast.someone(**options))
    proctor.try_to_sign_in("nobody@test.com", "wrong")
    expect_accessible(proctor.page)

    candidate, session_id = cast.candidate(), cast.session_of("Axe at work")
    proctor.sign_in()
    expect(proctor.row("Axe at work")).to_be_visible()
    expect_accessible(proctor.page)
    proctor.page.get_by_role("searchbox").fill("nobody of this name")
    expect_accessible(proctor.page)
    proctor.open(session_id)
    expect_accessible(proctor.page)
    candidate.sit(session_id)
    proctor.expect_live()
    proctor.warn("Please look at your screen.")
    proctor.expect_delivery("Please look at your screen.", "Delivered")
    expect_accessible(proctor.page)
    proctor.write("You may use paper.")
    proctor.open_menu()
    expect_accessible(proctor.page)
    proctor.page.get_by_role("button", name="Keyboard shortcuts").click()
    expect_accessible(proctor.page)
    proctor.page.keyboard.press("Escape")
    proctor.ask_to_terminate()
    expect_accessible(proctor.page)
    proctor.page.keyboard.press("Escape")
    candidate.confirm_warning()
    candidate.finish()
    expect(proctor.status).to_have_text("Finished")
    expect_accessible(proctor.page)
    proctor.page.goto("/proctor/session/nobody")
    expect_accessible(proctor.page)


def test_the_whole_way_into_the_exam_and_out_works_by_keyboard(cast: Cast) -> None:
    candidate = cast.candidate()
    candidate.open(cast.session_of("Keyboard"))
    candidate.press_on(candidate.page.get_by_role("checkbox"), "Space")
    candidate.press_on(candidate.consent.get_by_role("button", name="Continue"))
    expect(candidate.equipment).to_contain_text("Everything works.")
    candidate.press_on(candidate.equipment.get_by_role("button", name="Continue"))
    candidate.press_on(candidate.page.get_by_role("button", name="Start the exam"))
    candidate.expect_connected()
    candidate.press_on(candidate.page.get_by_role("button", name="Finish", exact=True))
    candidate.press_on(candidate.page.get_by_role("button", name="Finish now"))
    candidate.expect_end("Your exam is finished")


def test_a_warning_keeps_the_keyboard_until_it_is_confirmed(cast: Cast) -> None:
    session_id = cast.session_of("Keys")
    candidate, proctor = cast.candidate(), cast.proctor()
    candidate.sit(session_id)
    proctor.open(session_id)
    proctor.warn("Please look at your screen.")
    candidate.expect_warning("Please look at your screen.")
    for _ in range(3):
        candidate.page.keyboard.press("Escape")
    candidate.expect_warning("Please look at your screen.")
    candidate.page.keyboard.press("Tab")
    candidate.page.keyboard.press("Enter")
    expect(candidate.warning).to_be_hidden()
    proctor.expect_delivery("Please look at your screen.", "Read by the candidate")
