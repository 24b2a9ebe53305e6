"""The main job, from the exam app's first call to the end everywhere, with a candidate and two proctors."""

from __future__ import annotations

import time
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.e2e.candidate_steps import CandidateSteps
from tests.e2e.cast import Cast
from tests.e2e.proctor_steps import ProctorSteps
from tests.support.browser import all_peers, open_peers
from tests.support.exam_app import ExamApp

NAME = "Ada Lovelace"
WARNING = "Please look at your screen."
RETURN_WITHIN_S = 5


@dataclass(frozen=True, slots=True)
class Story:
    """The proctor who was there before the candidate, the one who came late, and whom they watch."""

    candidate: CandidateSteps
    early: ProctorSteps
    late: ProctorSteps
    session_id: str

    @property
    def proctors(self) -> tuple[ProctorSteps, ProctorSteps]:
        return self.early, self.late


def test_an_exam_apps_candidate_is_proctored_live_by_two_proctors(cast: Cast, exam_app: ExamApp) -> None:
    story = _two_proctors_watch_an_exam(cast, exam_app)
    _a_warning_is_delivered_and_read(story)
    _a_pause_covers_the_exam_and_stops_its_clock(story)
    _after_a_reload_the_picture_comes_back_by_itself(story)
    _handing_in_ends_it_everywhere(story)


def _two_proctors_watch_an_exam(cast: Cast, exam_app: ExamApp) -> Story:
    early, candidate = cast.proctor(), cast.candidate()

    # The exam app joins and sends the candidate to us; the proctor in the hall sees them appear.
    candidate.start_in_exam_app(exam_app.url, NAME)
    early.open_from_hall(NAME)
    expect(early.stage).to_contain_text("Waiting for the candidate to open the page")
    session_id = early.page.url.rsplit("/", 1)[1]

    candidate.go_in()
    _exam_is_in_the_frame(candidate)
    assert session_id not in candidate.page.url
    early.expect_live()

    late = cast.proctor()
    late.open_from_hall(NAME)
    late.expect_live()
    early.expect_live()
    assert open_peers(candidate.page) == 2
    return Story(candidate, early, late, session_id)


def _exam_is_in_the_frame(candidate: CandidateSteps) -> None:
    # The app knows who it is by its own cookie, so the frame was sent it.
    expect(candidate.exam.locator("#who")).to_have_text(f"You are {NAME}")


def _a_warning_is_delivered_and_read(story: Story) -> None:
    story.early.warn(WARNING)
    story.candidate.expect_warning(WARNING)
    for proctor in story.proctors:
        proctor.expect_delivery(WARNING, "Delivered")
    story.candidate.confirm_warning()
    for proctor in story.proctors:
        proctor.expect_delivery(WARNING, "Read by the candidate")


def _a_pause_covers_the_exam_and_stops_its_clock(story: Story) -> None:
    candidate, early, late = story.candidate, story.early, story.late
    late.pause()
    expect(candidate.pause_cover).to_be_visible()
    expect(candidate.content).to_have_attribute("inert", "")
    expect(early.status).to_have_text("Paused")

    shown, clock = candidate.time_left.inner_text(), early.session(story.session_id)["clock"]
    candidate.let_pass(1.5)
    assert candidate.time_left.inner_text() == shown
    assert early.session(story.session_id)["clock"] == clock
    assert clock["running"] is False

    late.resume()
    expect(candidate.pause_cover).to_be_hidden()
    expect(early.status).to_have_text("In progress")
    expect(candidate.time_left).not_to_have_text(shown)


def _after_a_reload_the_picture_comes_back_by_itself(story: Story) -> None:
    peers_before = [all_peers(proctor.page) for proctor in story.proctors]
    began = time.monotonic()
    story.candidate.page.reload()
    for proctor, peers in zip(story.proctors, peers_before, strict=True):
        proctor.expect_new_picture(from_peer=peers)
    assert time.monotonic() - began < RETURN_WITHIN_S
    for proctor in story.proctors:
        proctor.expect_live()
    story.candidate.expect_connected()
    _exam_is_in_the_frame(story.candidate)


def _handing_in_ends_it_everywhere(story: Story) -> None:
    story.candidate.exam.get_by_label("What is 6 times 7?").fill("42")
    story.candidate.exam.get_by_role("button", name="Submit").click()
    story.candidate.expect_end("Your exam is finished")
    expect(story.candidate.page.get_by_text("Your exam was handed in")).to_be_visible()
    for proctor in story.proctors:
        expect(proctor.status).to_have_text("Finished")
        expect(proctor.stage).to_be_hidden()
        expect(proctor.event("Exam ended")).to_contain_text("The exam app reported the end")
        expect(proctor.event("Score 1 of 1, answered 42")).to_contain_text("Exam app")
    ended = story.early.session(story.session_id)
    assert (ended["status"], ended["ended_by"]) == ("finished", "exam_app")
    assert ended["ended_at"] is not None
