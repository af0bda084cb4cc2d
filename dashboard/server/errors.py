"""What the page's server answers when it cannot do what was asked: always `{error: {code, message, request}}`."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from ledger.errors import Conflict, LedgerError, Missing

_log = logging.getLogger("dashboard")
_CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "not_json"}


class Refused(Exception):
    """A request that is answered with a reason: status, a stable code, one line that ends with what to do."""

    def __init__(
        self, status: int, code: str, message: str, *, retry: int = 0, more: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.retry = status, code, retry
        self.more = dict(more or {})
        """What stands beside `error` in the answer, e.g. a new preview."""


def answer(request_id: str, refused: Refused) -> JSONResponse:
    """Return the refusal as a response."""
    error = {"code": refused.code, "message": _one_line(str(refused)), "request": request_id}
    headers = {"Retry-After": str(refused.retry)} if refused.retry else None
    return JSONResponse({"error": error, **refused.more}, status_code=refused.status, headers=headers)


def install(app: FastAPI, headers: Mapping[str, str]) -> None:
    """Answer every failure in the one shape; a fault of ours passes outside the walls, so it brings `headers`."""

    async def refused(request: Request, error: Exception) -> JSONResponse:
        return answer(request.state.request_id, translate(error))

    async def fault(request: Request, error: Exception) -> JSONResponse:
        response = answer(request.state.request_id, translate(error))
        response.headers.update(headers)
        return response

    app.add_exception_handler(Exception, fault)
    for kind in (Refused, RequestValidationError, HTTPException, LedgerError):
        app.add_exception_handler(kind, refused)


def translate(error: Exception) -> Refused:
    """Return a failure as the refusal the caller sees."""
    match error:
        case Refused():
            return error
        case RequestValidationError():
            return Refused(422, "invalid", _first_fault(error))
        case HTTPException():
            code = _CODES.get(error.status_code, "refused")
            return Refused(error.status_code, code, str(error.detail))
        case Missing():
            return Refused(404, "not_found", str(error))
        case Conflict():
            return Refused(409, "conflict", str(error))
        case LedgerError():
            _log.error("ledger failed", extra={"why": str(error)})
            return Refused(503, "ledger_unavailable", str(error), retry=5)
        case _:
            return Refused(500, "internal", "this is a fault of Kaizen: its log has the traceback under this request")


def _first_fault(error: RequestValidationError) -> str:
    faults = error.errors()
    if not faults:
        return "the request is not valid: see docs/stream.md"
    place = ".".join(str(part) for part in faults[0].get("loc", ()) if isinstance(part, (str, int)))
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{place}: {faults[0].get('msg', 'not valid')}{more}"


def _one_line(text: str) -> str:
    return " ".join(text.split()).encode("utf-8", "backslashreplace").decode()[:500]
