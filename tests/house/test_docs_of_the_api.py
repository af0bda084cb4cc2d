"""The page of the API lists the routes there are, with what each asks of its caller, and no other."""

from __future__ import annotations

import re
from typing import Any

from dashboard.server.access.permissions import Endpoint, in_project
from dashboard.server.app import ENDPOINTS
from docs.write import HERE

ROW = re.compile(r"^\| ([A-Z]+) \| `(\S+)` \| (project|) \| (\w+) \| \S.*\|$", re.MULTILINE)


def test_every_route_is_documented_with_its_permission_and_the_other_way_round() -> None:
    rows: list[Any] = ROW.findall((HERE / "api.md").read_text("utf-8"))
    single = {(method, path, permission) for method, path, place, permission in rows if not place}
    shared = [in_project(method, path, permission, print) for method, path, place, permission in rows if place]

    documented = single | {_row(each) for endpoints in shared for each in endpoints}

    assert documented == {_row(each) for each in ENDPOINTS}


def _row(endpoint: Endpoint) -> tuple[str, str, str]:
    return endpoint.method, endpoint.path, str(endpoint.permission)
