"""The built page: its files, and what to type when there are none. Never a white page."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.responses import FileResponse, HTMLResponse, Response

from dashboard.server.access.permissions import Endpoint, Permission
from dashboard.server.errors import Refused
from dashboard.server.parts import TheParts

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
_FOR_EVER = "public, max-age=31536000, immutable"
_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Kaizen: the page is not built</title></head>
<body><h1>The page is not built</h1>
<p>Kaizen runs, and its API answers under <code>/api/v1</code>. To build the page, type in Kaizen's own folder:</p>
<pre>make setup</pre>
<p>It needs Node 20 or newer and npm. Then load this address again.</p></body></html>
"""


async def page(parts: TheParts, path: str = "") -> Response:
    """Return a file of the page; the page itself for every address that names no file."""
    if path == "api" or path.startswith("api/"):
        raise Refused(404, "not_found", f"there is no /{path[:200]}: GET /api/v1/openapi.json lists what there is")
    static = parts.settings.static
    found = await asyncio.to_thread(_file, static, path)
    if found is not None and found.suffix in _TYPES:
        cache = _FOR_EVER if path.startswith("assets/") else "no-cache"
        return FileResponse(found, media_type=_TYPES[found.suffix], headers={"Cache-Control": cache})
    if "." in path.rsplit("/", 1)[-1]:
        raise Refused(404, "not_found", f"the page has no file /{path[:200]}")
    index = await asyncio.to_thread(_file, static, "index.html")
    if index is None:
        return HTMLResponse(_NOT_BUILT, status_code=503, headers={"Cache-Control": "no-store"})
    return FileResponse(index, media_type=_TYPES[".html"], headers={"Cache-Control": "no-cache"})


def _file(static: Path, path: str) -> Path | None:
    """Return the file below the folder; None for what is not there or leads out of it."""
    if not path or "\x00" in path or len(path) > 1000:
        return None
    try:
        root = static.resolve()
        found = (root / path).resolve()
        return found if found.is_relative_to(root) and found.is_file() else None
    except OSError:  # a name longer than any file may have
        return None


ENDPOINTS = (
    Endpoint("GET", "/", Permission.OPEN, page),
    Endpoint("GET", "/{path:path}", Permission.OPEN, page),
)
"""Last in the table: it answers whatever no other route does."""
