"""The page of agents that think: a conversation is read as it happens, and a call that waits is answered."""

from __future__ import annotations

import json
import time
from typing import TypeVar

import pytest
from playwright.sync_api import Browser, Page, expect

from ledger.events import (
    AnyEvent,
    ApprovalGranted,
    ApprovalRequested,
    ApproveRequested,
    DenyRequested,
    RequestHonoured,
)
from tests import story, story_thinking, story_thinking_parts
from tests.e2e.watching import Watched, opened, violations
from tests.story_parts import director

pytestmark = pytest.mark.slow
CODER = story_thinking_parts.CODER
Kind = TypeVar("Kind", bound=AnyEvent)


def told(watched: Watched, expires: float | None = None) -> None:
    """Tell the run up to its first question, which may be answered for an hour."""
    for one in story_thinking.until_asked(watched.blob):
        event = one.event
        if isinstance(event, ApprovalRequested):
            event = ApprovalRequested(
                **{name: getattr(event, name) for name in event.__struct_fields__}
                | {"expires": expires or time.time() + 3600}
            )
        watched.project().store.append(one.stream, [event], actor=one.actor).result()


def asked(watched: Watched, kind: type[Kind]) -> Kind:
    """Wait for a wish of the page in the ledger."""
    for _ in range(100):
        found = watched.project().store.read(kinds=[kind.__name__])
        if found and isinstance(found[-1].event, kind):
            return found[-1].event
        time.sleep(0.05)
    raise AssertionError(f"no {kind.__name__} was asked")


def test_a_conversation_is_read_step_by_step_as_it_happens(page: Page, watched: Watched) -> None:
    """Prompt, answer, tools with their veto or diff, faults, nudges, cost; then what the model is just saying."""
    told(watched)
    opened(page, watched)

    page.get_by_role("button", name="implement parse").click()

    steps = page.get_by_role("list", name="Steps")
    expect(steps.get_by_role("heading")).to_have_text(["1 act", "2 act", "3 act", "4 act"])
    expect(steps).to_contain_text("I look at the parser first.")
    expect(steps).to_contain_text("vetoed by schema")
    expect(steps).to_contain_text("429: slow down")
    expect(steps).to_contain_text("ollama/qwen3 is asked instead, to be paid at an unknown price")
    expect(steps.get_by_role("group", name="Changes of ranges/parse.py")).to_contain_text("return int(first)")
    expect(steps).to_contain_text("Went in circles (same action)")
    expect(steps).to_contain_text("3.4K in (3.1K cached), 90 out")
    steps.get_by_text("2 messages").click()
    expect(steps).to_contain_text("You are the coder of Kaizen.")

    watched.project().signals.publish({"attempt": CODER, "said": "<b>I take</b> "})
    watched.project().signals.publish({"attempt": CODER, "said": "the text apart"})
    expect(page.locator(".saying")).to_contain_text("<b>I take</b> the text apart")
    watched.tell(story_thinking.allowing(watched.blob)[1:])
    expect(steps.get_by_role("heading").last).to_have_text("5 act")
    expect(page.locator(".saying")).to_have_count(0)


def test_a_call_that_waits_is_allowed_only_when_its_event_comes_back(page: Page, watched: Watched) -> None:
    """By keyboard: consequence first, then the answer, bound to exactly the call that was shown."""
    told(watched)
    opened(page, watched)

    page.get_by_role("button", name="1 call waits for you").click()
    detail = page.get_by_role("region", name="run_command")
    expect(detail).to_contain_text("Leaves the sandbox")
    expect(detail).to_contain_text('"hypothesis"')
    page.keyboard.press("u")
    expect(detail.get_by_role("button", name="Approve for this run")).to_be_focused()
    page.keyboard.press("Enter")

    wish = asked(watched, ApproveRequested)
    assert (wish.approval, wish.digest, wish.whole_run, wish.arguments) == ("ap1", "digest-ap1", True, "")
    expect(detail).to_contain_text("asked, waiting")
    expect(detail.locator("[data-tone=good]")).to_have_count(0)
    watched.tell(
        director(
            ApprovalGranted(
                attempt=CODER, approval=wish.approval, by="page", digest=wish.digest, arguments="b", whole_run=True
            ),
            RequestHonoured(request=wish.request),
        )
    )
    expect(detail.locator(".note[data-tone=good]")).to_contain_text("approved by page")
    expect(page.get_by_role("button", name="1 call waits for you")).to_have_count(0)


def test_a_call_is_edited_or_denied_with_a_reason(page: Page, watched: Watched) -> None:
    """What is sent is what stands in the field; what is no JSON cannot be sent."""
    told(watched)
    opened(page, watched)
    page.goto(f"http://127.0.0.1:{watched.port}/?area=approvals&open=ap1")
    page.get_by_role("button", name="Edit and approve…").click()
    field = page.get_by_label("Arguments, as JSON.")

    field.fill("{")
    expect(page.get_by_role("button", name="Approve as edited")).to_be_disabled()
    field.fill('{"command": ["true"]}')
    page.get_by_role("button", name="Approve as edited").click()

    wish = asked(watched, ApproveRequested)
    assert json.loads(watched.project().blobs.get(wish.arguments)) == {"command": ["true"]}
    page.reload()
    page.get_by_role("button", name="Deny…").click()
    page.get_by_label("Why not?").fill("no network here")
    page.get_by_role("button", name="Deny", exact=True).click()
    assert asked(watched, DenyRequested).why == "no network here"


def test_a_person_may_be_too_late(page: Page, watched: Watched) -> None:
    """The server's refusal is shown in its own words."""
    told(watched, expires=time.time() + 4)
    opened(page, watched)
    page.goto(f"http://127.0.0.1:{watched.port}/?area=approvals&open=ap1")
    expect(page.get_by_text("Its time is over")).to_be_visible(timeout=10_000)

    page.get_by_role("button", name="Approve", exact=True).click()

    expect(page.get_by_text("nobody answered this call in time")).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_page_of_thinking_has_a_violation(browser: Browser, watched: Watched, theme: str) -> None:
    """Empty, and with everything the story tells."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=theme, reduced_motion="reduce")
    page = context.new_page()
    opened(page, watched)
    found: dict[str, list[str]] = {}
    areas = ("now", "approvals", "goal", "conversations", "costs", "agents")
    for area in areas[1:]:
        page.goto(f"http://127.0.0.1:{watched.port}/?area={area}")
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        found[f"empty {area}"] = violations(page)
    watched.tell(story.opening())
    told(watched)
    watched.project().signals.publish({"attempt": CODER, "said": "I take"})
    for area in areas:
        page.goto(f"http://127.0.0.1:{watched.port}/?area={area}")
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        if area == "conversations":
            expect(page.locator(".file-body").first).to_be_visible()
        if area == "approvals":
            page.get_by_role("button", name="Deny…").click()
        found[area] = violations(page)
    context.close()

    assert {where: what for where, what in found.items() if what} == {}
