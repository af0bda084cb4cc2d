"""Offers tools to another program over the Model Context Protocol, on standard input and output."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any

from agents.ports import Tool, ToolResult
from agents.tools.found import schema_of

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

Use = Callable[[str, str], Awaitable[ToolResult]]
"""Carry out a call: the tool's name and its arguments as JSON."""


async def serve(name: str, version: str, instructions: str, tools: Iterable[Tool], use: Use) -> None:
    """Answer until the other side closes our input."""
    from mcp.server.stdio import stdio_server

    server = offering(name, version, instructions, tools, use)
    async with stdio_server() as (asked, answered):
        await server.run(asked, answered, server.create_initialization_options())


def offering(name: str, version: str, instructions: str, tools: Iterable[Tool], use: Use) -> Server[Any]:
    """Return a server of these tools; every call goes through `use`, and none is made without it."""
    import mcp_types as types
    from mcp.server.lowlevel import Server

    offered = sorted((schema_of(tool) for tool in tools), key=lambda schema: schema.name)
    listed = [
        types.Tool(name=each.name, description=each.description, input_schema=dict(each.parameters)) for each in offered
    ]

    async def list_tools(_: Any, __: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=listed)

    async def call_tool(_: Any, asked: types.CallToolRequestParams) -> types.CallToolResult:
        result = await use(asked.name, json.dumps(asked.arguments or {}))
        return types.CallToolResult(
            content=[types.TextContent(text=result.text)], is_error=not result.success,
            structured_content=dict(result.facts) or None,
        )  # fmt: skip

    return Server(name, version=version, instructions=instructions, on_list_tools=list_tools, on_call_tool=call_tool)
