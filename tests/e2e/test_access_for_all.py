"""The page for everybody: no violation in any area or theme, all of it by keyboard, small screens, large print."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import story
from tests.e2e.watching import AREAS, Watched, opened, violations

pytestmark = pytest.mark.slow


def visit(page: Page, watched: Watched, address: str) -> None:
    """Go to an address of the page and wait until it is live."""
    page.goto(f"http://127.0.0.1:{watched.port}/{address}")
    expect(page.get_by_text("Live", exact=True)).to_be_visible()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_area_has_a_violation(browser: Browser, watched: Watched, theme: str) -> None:
    """Loaded, empty, with a dialog, and stale."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=theme, reduced_motion="reduce")
    page = context.new_page()
    found: dict[str, list[str]] = {}
    opened(page, watched)
    for area in ("now", "patches", "notices"):
        visit(page, watched, f"?area={area}")
        found[f"empty {area}"] = violations(page)
    watched.tell([*story.opening(), *story.first_iteration(watched.blob), *story.second_iteration()[:4]])
    for area in AREAS:
        visit(page, watched, f"?area={area}" + ("&open=30" if area == "events" else ""))
        if area == "patches":
            expect(page.locator(".file-body")).to_be_visible()
        found[area] = violations(page)
    visit(page, watched, "?area=checkpoints&open=c0")
    page.get_by_role("button", name="Roll back to here…").click()
    expect(page.get_by_role("dialog")).to_contain_text("Not touched")
    found["rollback"] = violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="tests not met").click()
    expect(page.locator(".trend canvas")).to_be_visible()
    found["gate"] = violations(page)
    page.keyboard.press("Escape")
    watched.tell(story.ending())
    visit(page, watched, "?area=now")
    found["ended"] = violations(page)
    watched.stop()
    expect(page.get_by_role("banner")).to_contain_text("Stale")
    found["stale"] = violations(page)
    watched.start()
    context.close()

    assert {where: what for where, what in found.items() if what} == {}


def test_all_of_it_by_keyboard(page: Page, watched: Watched) -> None:
    """From the first area to a rollback's preview and back, and the focus returns where it was."""
    told = [*story.opening(), *story.first_iteration(watched.blob)]
    watched.tell(told)
    opened(page, watched)
    press = page.keyboard.press
    second, third = f"Event {len(told) - 1}", f"Event {len(told) - 2}"  # from the newest

    press("g"), press("e")
    grid = page.get_by_role("grid", name="Events")
    expect(grid).to_be_visible()
    press("k"), press("k")
    expect(page.get_by_role("group", name=third)).to_be_visible()
    press("j")
    expect(page.get_by_role("group", name=second)).to_be_visible()
    press("Escape")
    expect(page.get_by_role("group", name=second)).to_have_count(0)

    press("g"), press("p")
    expect(page.get_by_role("heading", name="Characterise merge")).to_be_visible()
    press("j")
    expect(page.get_by_role("heading", name="Remove unused imports")).to_be_visible()

    press("g"), press("c"), press("j")
    expect(page.get_by_role("heading", name="Checkpoint c1")).to_be_visible()
    page.get_by_role("button", name="Roll back to here…").focus()
    press("Enter")
    expect(page.get_by_role("dialog", name="Roll back to c1")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Roll back to here…")).to_be_focused()

    press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.get_by_label("Single-letter shortcuts").uncheck()
    press("Escape")
    press("g"), press("e")
    expect(page.get_by_role("heading", name="Checkpoint c1")).to_be_visible()


def test_letters_typed_into_a_field_are_letters(page: Page, watched: Watched) -> None:
    """A shortcut never takes what is typed."""
    watched.tell(story.opening())
    opened(page, watched)
    press = page.keyboard.press
    press("g"), press("e")

    press("/")
    page.keyboard.type("gp?jk")

    expect(page.get_by_label("Search the events")).to_have_value("gp?jk")
    expect(page.get_by_text("Nothing in the ledger matches.")).to_be_visible()


@pytest.mark.parametrize("width", [360, 720])
def test_small_screens_and_large_print_lose_nothing(browser: Browser, watched: Watched, width: int) -> None:
    """360 px is a small phone, 720 px is 1440 px at 200 %: nothing runs out of the page."""
    context = browser.new_context(viewport={"width": width, "height": 740}, reduced_motion="reduce")
    page = context.new_page()
    watched.tell([*story.opening(), *story.first_iteration(watched.blob), *story.second_iteration()])
    opened(page, watched)
    wide: dict[str, int] = {}
    for area in AREAS:
        visit(page, watched, f"?area={area}" + ("&open=12" if area == "events" else ""))
        if area == "patches":
            expect(page.locator(".file-body").first).to_be_visible()
        wide[area] = page.evaluate("() => document.documentElement.scrollWidth")
    context.close()

    assert wide == dict.fromkeys(AREAS, width)


def test_the_theme_is_chosen_and_remembered(page: Page, watched: Watched) -> None:
    """As the system until somebody chooses."""
    opened(page, watched)
    ground = "() => getComputedStyle(document.body).backgroundColor"
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Theme: system").click()
    light = page.evaluate(ground)
    page.reload()
    expect(page.get_by_text("Live", exact=True)).to_be_visible()

    assert dark != light
    assert page.evaluate(ground) == light
