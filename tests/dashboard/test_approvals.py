"""A call that waits for a person: what is shown, and who may answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ledger.events import ApprovalGranted, ApproveRequested, RequestHonoured, RequestRefused
from tests.dashboard.serving import Clock, MemoryLedgers, Served, serving, tell
from tests.dashboard.thinking import APPROVAL, ATTEMPT, DIGEST, scheduled, steps, waiting

HERE = f"/approvals/{APPROVAL}"

pytestmark = pytest.mark.slow


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    ledgers = MemoryLedgers("ranges", clock=Clock())
    opened = ledgers.open(ledgers.names()[0])
    tell(opened, [*scheduled(), *steps(opened.blobs), *waiting(opened.blobs, ledgers.clock.now + 60)])
    async with serving(ledgers) as running:
        yield running


async def test_the_exact_call_is_shown(served: Served) -> None:
    (row,) = (await served.get("/approvals")).json()["approvals"]

    assert row["arguments"]["text"] == '{"remote": "origin"}' and row["digest"] == DIGEST
    assert (row["tool"], row["risk"], row["tree"], row["role"]) == ("git_push", "deliver", "t" * 40, "coder")
    assert row["state"] == "open"


async def test_an_approval_stands_in_the_requests_with_its_edited_arguments(served: Served) -> None:
    body = {"digest": DIGEST, "arguments": {"remote": "mine"}, "whole_run": True}
    answer = await served.http.post(f"{HERE}/approve?wait=0", json=body, headers=served.bearer)

    event = served.project().store.read(after=answer.json()["position"] - 1, limit=1)[0].event
    assert answer.status_code == 202 and isinstance(event, ApproveRequested)
    assert (event.approval, event.digest, event.whole_run, event.by) == (APPROVAL, DIGEST, True, "command")
    assert served.project().blobs.get(event.arguments) == b'{"remote": "mine"}'


async def test_a_call_that_cannot_be_shown_whole_is_not_allowed() -> None:
    """What stands behind the end of what is shown would be carried out, too."""
    ledgers = MemoryLedgers("ranges", clock=Clock())
    opened = ledgers.open(ledgers.names()[0])
    tell(
        opened,
        [*scheduled(), *steps(opened.blobs), *waiting(opened.blobs, 2e9, b'{"remote": "%s"}' % (b"x" * 300_000))],
    )
    async with serving(ledgers) as served:
        unseen = await served.post(f"{HERE}/approve?wait=0", {"digest": DIGEST})
        edited = await served.post(f"{HERE}/approve?wait=0", {"digest": DIGEST, "arguments": {"remote": "mine"}})

    assert (unseen.status_code, unseen.json()["error"]["code"]) == (409, "not_shown")
    assert edited.status_code == 202


async def test_the_digest_of_another_call_is_refused_and_nothing_is_appended(served: Served) -> None:
    before = served.project().store.head()

    for what in ("approve", "deny"):
        answer = await served.post(f"{HERE}/{what}", {"digest": "e" * 64})
        assert answer.status_code == 409 and answer.json()["error"]["code"] == "another_call"
    assert (await served.post(f"{HERE}/approve", {})).status_code == 422
    assert served.project().store.head() == before


async def test_a_call_is_answered_once_but_its_answer_can_be_asked_for_again(served: Served) -> None:
    key = {"Idempotency-Key": "k"}
    first = await served.post(f"{HERE}/approve?wait=0", {"digest": DIGEST}, **key)
    store = served.project().store
    granted = ApprovalGranted(attempt=ATTEMPT, approval=APPROVAL, by="command", digest=DIGEST, arguments="")
    store.append("director", [granted, RequestHonoured(request=first.json()["request"])]).result()
    await served.app.state.parts.feeds.opened()[0].reach(store.head().position, 2)

    again = await served.post(f"{HERE}/approve", {"digest": DIGEST}, **key)
    late = await served.post(f"{HERE}/deny", {"digest": DIGEST})

    assert (again.status_code, again.json()["state"]) == (200, "honoured")
    assert late.status_code == 409 and "granted" in late.json()["error"]["message"]
    assert (await served.get("/approvals")).json()["approvals"] == []
    assert (await served.get("/approvals", state="all")).json()["approvals"][0]["state"] == "granted"


async def test_what_the_director_refuses_is_said_with_its_reason(served: Served) -> None:
    asked = await served.post(f"{HERE}/deny?wait=0", {"digest": DIGEST, "why": "no"})
    served.project().store.append(
        "director", [RequestRefused(request=asked.json()["request"], why="too late")]
    ).result()

    answer = await served.get(f"/api/v1/projects/ranges/requests/{asked.json()['request']}", wait=2)

    assert (answer.json()["state"], answer.json()["answer"]) == ("refused", "too late")


async def test_a_call_nobody_answered_in_time_is_expired(served: Served) -> None:
    served.clock.now += 60

    assert (await served.get("/approvals")).json()["approvals"] == []
    answer = await served.post(f"{HERE}/approve", {"digest": DIGEST})
    assert answer.status_code == 409 and "denied" in answer.json()["error"]["message"]


async def test_an_unknown_approval_is_told_which_are_open(served: Served) -> None:
    answer = await served.get("/approvals/none")

    assert answer.status_code == 404 and answer.json()["known"] == [APPROVAL]
