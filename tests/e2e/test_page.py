"""The page over the real server: a run is watched, a diff read, a rollback done, a connection cut and regained."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from ledger.events import AttemptId, NoticeRaised, PauseRequested, RequestHonoured, RollbackRequested, RunPaused
from tests import story, story_parts
from tests.e2e.watching import Watched, opened

pytestmark = pytest.mark.slow


def gate(page: Page, name: str) -> str:
    """Return what the card of a gate says."""
    return page.get_by_role("region", name="Gates").get_by_role("button").filter(has_text=name).inner_text()


def area(page: Page, name: str) -> None:
    """Go to an area of the page."""
    page.get_by_role("navigation", name="Areas").get_by_role("link").filter(has_text=name).click()


def asked(watched: Watched, kind: type) -> object:
    """Wait for a wish of the page in the ledger."""
    for _ in range(100):
        found = watched.project().store.read(kinds=[kind.__name__])
        if found:
            return found[-1].event
        time.sleep(0.05)
    raise AssertionError(f"no {kind.__name__} was asked")


def test_gates_turn_while_one_watches(page: Page, watched: Watched) -> None:
    """What happens in the ledger happens on the page, with no reload."""
    opened(page, watched)
    expect(page.get_by_text("Nothing has happened yet.")).to_be_visible()

    watched.tell(story.opening())
    expect(page.get_by_role("button", name="tests not met")).to_contain_text("3 failing")
    watched.tell(story.first_iteration(watched.blob))

    expect(page.get_by_role("button", name="tests not met")).to_contain_text("2 failing")
    assert "3 → 2" in gate(page, "tests")
    assert "42 of 44 tests pass" in gate(page, "tests")
    watched.tell(story.ending())
    expect(page.get_by_role("button", name="lint met", exact=False)).to_contain_text("0")
    expect(page.get_by_label("The run")).to_contain_text("connect a model with KAIZEN_MODEL")


def test_one_sees_what_each_agent_does_now(page: Page, watched: Watched) -> None:
    """The task, the step and the last signal of each open attempt."""
    watched.tell([*story.opening(), *story.first_iteration(watched.blob), *story.second_iteration()[:3]])
    opened(page, watched)
    work = page.get_by_role("region", name="At work")

    expect(work).to_contain_text("AssertionError in merge")
    watched.project().signals.publish({"attempt": "r1.i2.a1", "role": "debugger", "doing": "41 of 310 candidates"})

    expect(work).to_contain_text("41 of 310 candidates")


def test_the_diff_of_a_patch_is_shown_landed_or_rejected_with_its_reasons(page: Page, watched: Watched) -> None:
    """Nothing of a patch is hidden."""
    watched.tell([*story.opening(), *story.first_iteration(watched.blob)])
    opened(page, watched)
    area(page, "patches")
    patches = page.get_by_role("list", name="Patches")

    patches.get_by_role("button").filter(has_text="Characterise merge").click()
    expect(page.get_by_text("tests moved from 2 to 3")).to_be_visible()
    head = page.locator(".detail > .panel-head")
    head.locator("h2").evaluate("title => { title.firstChild.data = 'a title may be long '.repeat(30) }")
    assert head.evaluate("head => head.scrollHeight <= head.clientHeight"), "the head runs into what is below it"
    expect(page.get_by_role("group", name="Changes of tests/test_merge_characterised.py")).to_contain_text(
        "def test_merge_of_nothing_is_nothing"
    )

    patches.get_by_role("button").filter(has_text="Return the number itself").click()
    changes = page.get_by_role("group", name="Changes of ranges/parse.py")
    expect(changes.locator(".diff-code-delete")).to_have_text("return int(first), int(first) + 1")
    expect(changes.locator(".diff-code-insert")).to_have_text("return int(first), int(first)")


def test_a_rollback_is_previewed_asked_for_and_green_only_when_its_event_is_back(page: Page, watched: Watched) -> None:
    """The page asks; the director answers; only then it says done. And it can be undone."""
    watched.tell([*story.opening(), *story.first_iteration(watched.blob)])
    opened(page, watched)
    area(page, "checkpoints")
    page.get_by_role("list", name="Checkpoints").get_by_role("button").filter(has_text="c0").click()

    page.get_by_role("button", name="Roll back to here…").click()
    dialog = page.get_by_role("dialog", name="Roll back to c0")
    expect(dialog).to_contain_text("Return the number itself for a single number")
    expect(dialog).to_contain_text("ranges/parse.py")
    dialog.get_by_role("button", name="Roll back to c0").click()
    wish = asked(watched, RollbackRequested)
    assert isinstance(wish, RollbackRequested)
    expect(dialog).to_contain_text("asked, waiting")
    assert dialog.get_by_text("done", exact=True).count() == 0

    watched.tell(story.rollback(wish.request, 0, 3, ("r1.i1.a1", "r1.i1.a2"))[1:])

    assert (wish.checkpoint, wish.head) == ("c0", story_parts.commit(2))
    expect(dialog.get_by_text("done", exact=True)).to_be_visible()
    expect(dialog).to_contain_text("The branch has the tree of c0 again, as checkpoint c3.")
    dialog.get_by_role("button", name="Undo this: back to c2…").click()
    expect(page.get_by_role("dialog", name="Roll back to c2")).to_contain_text("Will be brought back")


def test_a_preview_the_branch_left_behind_cannot_be_confirmed(page: Page, watched: Watched) -> None:
    """What is confirmed is what was shown."""
    watched.tell([*story.opening(), *story.first_iteration(watched.blob)])
    opened(page, watched)
    area(page, "checkpoints")
    page.get_by_role("list", name="Checkpoints").get_by_role("button").filter(has_text="c0").click()
    page.get_by_role("button", name="Roll back to here…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Roll back to c0")).to_be_enabled()

    watched.tell(story.landing("r1.i1.a9", 3, "Another", {"tests": 2.0}, 71.0))

    expect(dialog).to_contain_text("The branch moved since this was computed.")
    expect(dialog.get_by_role("button", name="Roll back to c0")).to_be_disabled()
    dialog.get_by_role("button", name="Compute it anew").click()
    expect(dialog.get_by_role("button", name="Roll back to c0")).to_be_enabled()


def test_a_pause_is_asked_for_and_shown_when_it_is_true(page: Page, watched: Watched) -> None:
    """The button asks; the state changes with the event."""
    watched.tell(story.opening())
    opened(page, watched)

    page.get_by_role("button", name="Pause").click()
    wish = asked(watched, PauseRequested)
    assert isinstance(wish, PauseRequested)
    expect(page.get_by_role("banner")).to_contain_text("running")
    watched.tell(story_parts.director(RunPaused(run=story_parts.RUN), RequestHonoured(request=wish.request)))

    expect(page.get_by_role("banner")).to_contain_text("paused")
    expect(page.get_by_role("button", name="Resume")).to_be_enabled()


def test_a_connection_cut_and_regained_leaves_no_hole_and_no_double(page: Page, watched: Watched) -> None:
    """The page says it is stale at once, asks for what it missed, and shows each event once."""
    watched.tell(story.opening())
    opened(page, watched)
    area(page, "events")

    watched.stop()
    expect(page.get_by_role("banner")).to_contain_text("Stale", timeout=5000)
    expect(page.get_by_role("button", name="Pause")).to_be_disabled()
    missed = story_parts.director(*(NoticeRaised(code="n", message=f"missed {number}") for number in range(30)))
    watched.tell(missed)
    watched.start()
    expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=20_000)
    head = watched.tell(story_parts.director(NoticeRaised(code="n", message="after")))

    grid = page.get_by_role("grid", name="Events")
    expect(grid).to_have_attribute("aria-rowcount", str(head))
    expect(grid.get_by_role("row").last).to_contain_text("after")
    shown = [int(text) for text in grid.locator(".cell-position").all_inner_texts()]
    assert shown == list(range(shown[0], head + 1))
    area(page, "notices")
    texts = page.get_by_role("region", name="Notices").get_by_role("listitem").all_inner_texts()
    assert [text.split("\n")[1] for text in texts[:31]] == ["after", *(f"missed {n}" for n in reversed(range(30)))]


def test_a_reader_who_scrolled_up_is_not_moved_but_told_of_news(page: Page, watched: Watched) -> None:
    """The list follows the newest event only while the reader is there."""
    watched.tell(story_parts.director(*(NoticeRaised(code="n", message=f"{number}") for number in range(200))))
    opened(page, watched)
    area(page, "events")
    grid = page.get_by_role("grid", name="Events")
    expect(grid.get_by_role("row").last).to_contain_text("199")

    grid.evaluate("grid => { grid.scrollTop = 0 }")
    expect(grid.get_by_role("row").first).to_contain_text("1")
    watched.tell(story_parts.director(*(NoticeRaised(code="n", message="new") for _ in range(3))))
    pill = page.get_by_role("button", name="3 new ↓")
    expect(pill).to_be_visible()
    assert grid.evaluate("grid => grid.scrollTop") == 0
    pill.click()

    expect(grid.get_by_role("row").last).to_contain_text("203")


def test_a_long_ledger_is_searched_whole_and_drawn_in_part(page: Page, watched: Watched) -> None:
    """Only rows in sight are drawn; the search is the server's, over all of it."""
    many = [NoticeRaised(code="n", message="needle" if n % 4000 == 17 else f"hay {n}") for n in range(12_000)]
    watched.project().store.append("director", many).result()
    began = time.monotonic()
    opened(page, watched)
    area(page, "events")
    grid = page.get_by_role("grid", name="Events")
    expect(grid.get_by_role("row").last).to_contain_text("12000")
    assert time.monotonic() - began < 10
    assert grid.get_by_role("row").count() < 80

    page.keyboard.press("/")
    page.keyboard.type("needle")

    expect(grid).to_have_attribute("aria-rowcount", "3")
    assert grid.locator(".cell-position").all_inner_texts() == ["8018", "4018", "18"]


def test_a_search_finds_the_newest_first_and_says_when_there_may_be_more(page: Page, watched: Watched) -> None:
    """Older ones come when they are asked for, newer ones by themselves and on top."""
    watched.tell(story_parts.director(*(NoticeRaised(code="n", message=f"hay {n}") for n in range(700))))
    opened(page, watched)
    area(page, "events")

    page.get_by_label("Search the events").fill("hay")

    grid = page.get_by_role("grid", name="Events")
    expect(grid).to_have_attribute("aria-rowcount", "500")
    expect(grid.get_by_role("row").first).to_contain_text("hay 699")
    expect(page.get_by_text("The newest 500 matches, back to event 201.")).to_be_visible()
    watched.tell(story_parts.director(NoticeRaised(code="n", message="hay on top")))
    expect(grid.get_by_role("row").first).to_contain_text("hay on top")
    page.get_by_role("button", name="Look for older ones").click()
    expect(grid).to_have_attribute("aria-rowcount", "701")
    expect(page.get_by_text("There may be older ones.")).to_have_count(0)


def test_an_event_can_be_opened_and_leads_on(page: Page, watched: Watched) -> None:
    """From any event to the patch, the checkpoint or the error it speaks of."""
    watched.tell([*story.opening(), *story.first_iteration(watched.blob)])
    opened(page, watched)
    area(page, "events")

    page.get_by_role("row").filter(has_text="patch rejected").click()
    expect(page.get_by_text("The patch was not landed.")).to_be_visible()
    page.get_by_role("button", name="Attempt r1.i1.a3").click()

    expect(page.get_by_role("heading", name="Characterise merge")).to_be_visible()
    assert page.url.endswith(f"area=patches&open={AttemptId('r1.i1.a3')}")
    page.go_back()
    expect(page.get_by_role("grid", name="Events")).to_be_visible()


def test_the_token_leaves_the_address_and_a_stranger_is_told_how_to_come_in(page: Page, watched: Watched) -> None:
    """The link opens the page once."""
    watched.tell(story.opening())
    page.goto(f"http://127.0.0.1:{watched.port}/")
    expect(page.get_by_role("alert")).to_contain_text("kaizen open")

    page.goto("about:blank")
    opened(page, watched)

    assert "t=" not in page.url


def test_projects_can_be_switched(page: Page, browser_projects: Watched) -> None:
    """With more than one project there is a choice, and the choice stands in the address."""
    opened(page, browser_projects)

    page.get_by_label("Project").select_option("second")

    expect(page.get_by_text("Nothing has happened yet.")).to_be_visible()
    assert "project=second" in page.url
