"""What the API tells: projects, snapshots, events, patches, checkpoints, errors, and how the server is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ledger.errors import Damaged
from ledger.projections.board import evolve, initial
from ledger.store import Head
from tests import story
from tests.dashboard.serving import Clock, MemoryLedgers, Served, notices, serving, tell
from tests.story_parts import commit

pytestmark = pytest.mark.slow


P = "/api/v1/projects/ranges"


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    ledgers = MemoryLedgers("ranges", clock=Clock())
    opened = ledgers.open(ledgers.names()[0])
    tell(opened, story.first_run(lambda text: opened.blobs.put(text.encode())))
    async with serving(ledgers) as running:
        yield running


async def test_the_snapshot_is_the_fold_of_the_ledger(served: Served) -> None:
    board = initial()
    for recorded in served.project().store.read():
        board = evolve(board, recorded)

    answer = await served.get(f"{P}/snapshot")

    told = msgspec.json.decode(msgspec.json.encode(board))
    assert answer.json() == {"lineage": "memory", "position": board.position, "board": told}


async def test_a_snapshot_that_is_known_is_not_sent_again(served: Served) -> None:
    first = await served.get(f"{P}/snapshot")
    known = {**served.bearer, "If-None-Match": first.headers["etag"]}

    same = await served.http.get(f"{P}/snapshot", headers=known)
    served.project().store.append("director", notices(1)).result()
    await served.app.state.parts.feeds.opened()[0].reach(first.json()["position"] + 1, 2)
    moved = await served.http.get(f"{P}/snapshot", headers=known)

    assert (same.status_code, same.content, moved.status_code) == (304, b"", 200)


async def test_projects_are_listed_and_a_new_one_appears(served: Served) -> None:
    served.ledgers.projects |= MemoryLedgers("later", clock=served.clock).projects

    rows = (await served.get("/api/v1/projects")).json()["projects"]

    assert [row["name"] for row in rows] == ["later", "ranges"]
    assert rows[1]["state"] == "stalled" and rows[1]["repository"] == "/home/you/ranges"
    assert (await served.get("/api/v1/projects/later/snapshot")).json()["position"] == 0


async def test_events_come_in_pages_without_a_hole_or_a_double(served: Served) -> None:
    head, after, seen = served.project().store.head().position, 0, []
    while after is not None:
        page = (await served.get(f"{P}/events", after=after, limit=7)).json()
        seen += [event["position"] for event in page["events"]]
        after = page["next"]

    assert seen == list(range(1, head + 1))


async def test_events_can_be_chosen(served: Served) -> None:
    async def positions(**query: Any) -> list[dict[str, Any]]:
        answer = await served.get(f"{P}/events", **query)
        rows: list[dict[str, Any]] = answer.json()["events"]
        return rows

    assert {row["kind"] for row in await positions(kind=["PatchLanded", "RunEnded"])} == {"PatchLanded", "RunEnded"}
    assert {row["kind"] for row in await positions(kind="PatchLanded,RunEnded")} == {"PatchLanded", "RunEnded"}
    assert {row["stream"] for row in await positions(stream="requests")} == {"requests"}
    assert [row["position"] for row in await positions(after=3, before=6)] == [4, 5]
    assert len(await positions(limit=2)) == 2
    found = await positions(q="ZERODIVISION")
    assert found and all("ZeroDivisionError" in str(row) for row in found)


@pytest.mark.parametrize("query", [{}, {"q": "r1.i1"}, {"kind": "TechniqueTried"}, {"stream": "director"}])
async def test_the_newest_events_come_first_page_by_page_with_before_alone(
    served: Served, query: dict[str, str]
) -> None:
    whole = (await served.get(f"{P}/events", limit=1000, **query)).json()["events"]
    pages, before = [], whole[-1]["position"] + 1

    while before is not None:
        page = (await served.get(f"{P}/events", before=before, limit=3, **query)).json()
        pages.insert(0, [event["position"] for event in page["events"]])
        before = page["next"]

    assert [position for page in pages for position in page] == [event["position"] for event in whole]
    assert len(pages[-1]) == 3


async def test_one_event_shows_its_link(served: Served) -> None:
    first = served.project().store.read(limit=1)[0]

    event = (await served.get(f"{P}/events/1")).json()

    assert event["kind"] == "ProjectOpened" and event["ledger"]["link"] == first.link
    assert (await served.get(f"{P}/events/999999")).status_code == 404


async def test_a_patch_comes_with_its_diff_gates_and_reasons(served: Served) -> None:
    landed = (await served.get(f"{P}/patches/r1.i1.a1")).json()
    rejected = (await served.get(f"{P}/patches/r1.i1.a3")).json()

    assert landed["state"] == "landed" and landed["diff"].startswith("diff --git ")
    assert landed["gates"][0] == {"gate": "tests", "before": 3.0, "after": 2.0}
    assert landed["standing"] and not rejected["standing"]
    assert [reason["gate"] for reason in rejected["reasons"]] == ["tests", "lint"]


async def test_a_patch_comes_with_its_verdict_as_the_command_line_says_it(served: Served) -> None:
    landed, rejected, open_ = [
        (await served.get(f"{P}/patches/r1.i1.{attempt}")).json().get("verdict") for attempt in ("a1", "a3", "none")
    ]

    assert (landed["verdict"], landed["reasons"]) == ("accepted", [])
    assert rejected["verdict"] == "rejected" and rejected["reasons"][0]["code"]
    for side, failing in (("base", 3.0), ("candidate", 2.0)):
        assert {r["gate"]: r["value"] for r in landed["readings"][side]}["tests"] == failing
    assert open_ is None


async def test_a_diff_that_is_lost_is_said_and_hides_nothing_else() -> None:
    ledgers = MemoryLedgers("ranges", clock=Clock())
    tell(ledgers.open(ledgers.names()[0]), story.first_iteration(lambda text: "0" * 64))
    async with serving(ledgers) as served:
        patch = (await served.get(f"{P}/patches/r1.i1.a1")).json()

    assert patch["diff"] == "" and "no blob" in patch["diff_problem"] and patch["title"]


async def test_a_preview_says_what_a_rollback_would_undo() -> None:
    ledgers = MemoryLedgers("ranges", clock=Clock())
    opened = ledgers.open(ledgers.names()[0])
    blob = lambda text: opened.blobs.put(text.encode())  # noqa: E731
    tell(opened, [*story.opening(), *story.first_iteration(blob)])
    async with serving(ledgers) as served:
        plan = (await served.get(f"{P}/checkpoints/c0/rollback")).json()

    proposed = {one.event.attempt: one.event for one in opened.store.read(kinds=["PatchProposed"])}  # type: ignore[union-attr]
    undone = [proposed["r1.i1.a2"], proposed["r1.i1.a1"]]
    assert plan["head"] == commit(2)
    assert [line["attempt"] for line in plan["undone"]] == ["r1.i1.a2", "r1.i1.a1"]
    assert plan["redone"] == []
    assert plan["files"] == sorted(
        ({"path": f.path, "added": f.removed, "removed": f.added} for each in undone for f in each.files),
        key=lambda line: line["path"],
    )
    assert {"gate": "tests", "now": 2.0, "then": 3.0} in plan["gates"]
    assert plan["spent"] == {"usd": 0.0, "unpriced": 0, "seconds": pytest.approx(5.01)}
    assert (plan["score_now"], plan["score_then"]) == (70.0, 48.0)


async def test_a_preview_after_a_rollback_says_what_it_would_bring_back() -> None:
    ledgers = MemoryLedgers("ranges", clock=Clock())
    opened = ledgers.open(ledgers.names()[0])
    tell(opened, [*story.opening(), *story.first_iteration(lambda text: "0" * 64)])
    tell(opened, story.rollback("q4", 0, 3, ("r1.i1.a1", "r1.i1.a2")))
    async with serving(ledgers) as served:
        to_first = (await served.get(f"{P}/checkpoints/c1/rollback")).json()
        to_last = (await served.get(f"{P}/checkpoints/c2/rollback")).json()
        to_itself = (await served.get(f"{P}/checkpoints/c3/rollback")).json()

    assert [line["attempt"] for line in to_first["redone"]] == ["r1.i1.a1"] and to_first["undone"] == []
    assert [line["attempt"] for line in to_last["redone"]] == ["r1.i1.a1", "r1.i1.a2"]
    assert to_itself["undone"] == to_itself["redone"] == to_itself["files"] == []
    assert to_first["head"] == commit(3)


async def test_an_unknown_checkpoint_is_answered_with_the_known_ones(served: Served) -> None:
    answer = await served.get(f"{P}/checkpoints/c99/rollback")

    assert answer.status_code == 404
    assert answer.json()["known"][:3] == ["c0", "c1", "c2"] and "c1" in answer.json()["error"]["message"]


async def test_the_errors_of_a_project_come_from_the_error_graph(served: Served) -> None:
    body = (await served.get(f"{P}/errors")).json()
    around = (await served.get(f"{P}/errors/E-parse/around", hops=2)).json()

    assert {row["fingerprint"] for row in body["errors"]} == {"E-parse", "E-merge", "E-width"}
    assert {node["kind"] for node in around["nodes"]} >= {"error", "solution"}


async def test_an_unknown_project_is_answered_with_the_known_ones(served: Served) -> None:
    answer = await served.get("/api/v1/projects/other/snapshot")

    assert answer.status_code == 404 and "known: ranges" in answer.json()["error"]["message"]


async def test_info_says_what_runs_and_nothing_secret(served: Served) -> None:
    await served.get(f"{P}/snapshot")  # answered once the ledger is folded
    served.clock.now += 5

    info = (await served.http.get("/info")).json()

    assert info["version"] == "0.0.1" and info["projects"] == ["ranges"]
    assert info["sandbox"] == "bubblewrap (user namespaces)" and info["uptime"] == 5.0
    assert "token" not in str(info).lower()


async def test_metrics_count_requests_by_route_and_events_by_kind(served: Served) -> None:
    await served.get(f"{P}/patches/r1.i1.a1")
    await served.get(f"{P}/patches/none")

    text = (await served.http.get("/metrics")).text

    route = 'route="/api/v1/projects/{project}/patches/{attempt}"'
    assert f'kaizen_http_requests_total{{method="GET",{route},status="200"}} 1.0' in text
    assert f'kaizen_http_requests_total{{method="GET",{route},status="404"}} 1.0' in text
    assert 'kaizen_ledger_events_total{kind="PatchLanded",project="ranges"} 2.0' in text
    assert f'kaizen_ledger_position{{project="ranges"}} {served.project().store.head().position}.0' in text
    assert 'kaizen_run_state{project="ranges",state="stalled"} 1.0' in text
    assert 'kaizen_attempts_total{outcome="landed",project="ranges"} 2.0' in text
    assert 'kaizen_gate_value{gate="lint",project="ranges"}' in text


async def test_health_turns_when_a_store_cannot_be_read(served: Served) -> None:
    well = await served.http.get("/health")

    def broken() -> Head:
        raise Damaged("/home/x_ledger.db", 7, "the row was altered")

    served.project().store.head = broken  # type: ignore[method-assign]
    served.app.state.parts.health._until = 0.0
    ill = await served.http.get("/health")

    assert (well.status_code, ill.status_code) == (200, 503)
    assert "ranges" in ill.json()["reason"] and "altered" in ill.json()["reason"]


async def test_a_ledger_that_cannot_be_opened_is_503_and_hurts_no_other() -> None:
    class Half(MemoryLedgers):
        def open(self, project: Any) -> Any:
            if project == "torn":
                raise Damaged("/home/torn_ledger.db", 3, "the file is cut off")
            return super().open(project)

    async with serving(Half("ranges", "torn", clock=Clock())) as served:
        torn = await served.get("/api/v1/projects/torn/snapshot")
        whole = await served.get("/api/v1/projects/ranges/snapshot")
        health = await served.http.get("/health")

    assert (torn.status_code, whole.status_code, health.status_code) == (503, 200, 503)
    assert "cut off" in torn.json()["error"]["message"] and "torn" in health.json()["ledgers"]


async def test_a_page_that_is_not_built_says_what_to_type(tmp_path: Path) -> None:
    async with serving(static=tmp_path / "nothing") as served:
        answer = await served.http.get("/")

        assert answer.headers["content-type"].startswith("text/html")
        assert "make setup" in answer.text


async def test_the_built_page_is_served_with_types_and_caching(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("outside")
    static = tmp_path / "static"
    (static / "assets").mkdir(parents=True)
    (static / "index.html").write_text("<!doctype html>the page")
    (static / "assets" / "app-1a2b.js").write_text("1")
    (static / "favicon.svg").write_text("<svg/>")
    async with serving(static=static) as served:
        script = await served.http.get("/assets/app-1a2b.js")
        icon = await served.http.get("/favicon.svg")
        deep = await served.http.get("/ranges/checkpoints?at=5")
        missing = await served.http.get("/assets/app-gone.js")
        outside = await served.http.get("/%2e%2e/secret.txt")
        nul = await served.http.get("/a%00b")

    assert script.headers["content-type"].startswith("text/javascript")
    assert "immutable" in script.headers["cache-control"]
    assert icon.headers["content-type"] == "image/svg+xml" and icon.headers["cache-control"] == "no-cache"
    assert deep.text == "<!doctype html>the page" and "no-cache" in deep.headers["cache-control"]
    assert missing.status_code == 404 and "<!doctype" not in missing.text
    assert outside.status_code == 404 and "outside" not in outside.text
    assert nul.status_code == 200 and nul.text == deep.text


async def test_a_project_that_is_not_open_yet_is_asked_for_again_and_not_unknown() -> None:
    """Right after a start a program would else be told that its project does not exist; `/info` says when to ask."""
    ledgers = MemoryLedgers(clock=Clock())
    ledgers.opening = True
    async with serving(ledgers) as served:
        early = [await served.get(path) for path in ("/tasks", f"{P}/tasks", "/api/v1/projects")]
        told = [(await served.get("/info")).json()["opening"]]
        ledgers.opening = False
        late = await served.get("/tasks")
        told.append((await served.get("/info")).json()["opening"])

    assert [(each.status_code, each.headers["retry-after"]) for each in early] == [(503, "1")] * 3
    assert early[0].json()["error"]["code"] == "starting"
    assert told == [True, False]
    assert late.status_code == 404 and "no projects yet" in late.json()["error"]["message"]
