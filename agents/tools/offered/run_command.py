"""Any command of the project's, in the sandbox."""

from __future__ import annotations

import asyncio

from pydantic import Field

from agents.ports import Resources, ToolBench, ToolResult
from agents.tools.commands import Line, argv_of, at_home, ended, limits, output, startable
from agents.tools.policy import kept_out
from agents.tools.shell_writes import writes_files
from agents.tools.strict import RARE, Strict, no
from agents.workspace.git import GitError
from ledger.events import Risk


class Arguments(Strict):
    """What to run, and whether what it writes is kept."""

    command: Line = Field(description="For `sh`, or a list of program and arguments")
    writes: bool = Field(default=False, description="Keep what it changes in the project")
    seconds: float = Field(default=120, gt=0, le=600, description="How long it may take", json_schema_extra=RARE)


class RunCommand:
    """Run a command in the project's directory, without network; what it changes is thrown away without `writes`.

    It runs in the sandbox with the project's interpreter and tools, and sees nothing of the machine but the project, as
    a throw-away copy. With `writes` the files it writes, changes or deletes in the project stay.
    """

    name = "run_command"
    arguments = Arguments
    at_hand = True

    def risk(self, arguments: Arguments) -> Risk:
        """It runs code of the project's."""
        return "execute"

    def resources(self, arguments: Arguments) -> Resources:
        """A command may look at every file, and write every file if it is let."""
        tree = frozenset({"tree"})
        return Resources(reads=tree, writes=tree if arguments.writes else frozenset())

    async def run(self, arguments: Arguments, bench: ToolBench) -> ToolResult:
        """Run it and tell its exit status and output."""
        if wrong := startable(arguments.command):
            return no(wrong)
        command, moved = at_home(arguments.command, bench.target.project)
        argv = argv_of(command)
        if arguments.writes:
            return await self._kept(argv, arguments, bench, moved)
        made = await bench.target.produce(argv, limits=limits(arguments.seconds))
        end = ended(made.completed)
        text = f"{end}\n{output(made.completed, made.place)}"
        if writes_files(arguments.command):
            text += "\n[It ran in a throw-away copy: what it wrote is gone. With writes = true it stays.]"
        text += f"\n{moved}" if moved else ""
        facts = {"exit": made.completed.exit, "seconds": round(made.completed.seconds, 2)}
        return ToolResult(end == "exit status 0", text, end, facts=facts)

    async def _kept(self, argv: list[str], arguments: Arguments, bench: ToolBench, moved: str) -> ToolResult:
        before = await asyncio.to_thread(bench.history.tree)
        done = await bench.target.run(argv, limits=limits(arguments.seconds), writable=True)
        end = ended(done)
        try:
            changed = [line.partition("\t")[2] for line in (await asyncio.to_thread(bench.history.status)).splitlines()]
            refused = next(filter(None, (_refused(path, bench) for path in changed)), "")
        except GitError as error:
            changed, refused = [], str(error)
        if refused:
            await asyncio.to_thread(bench.history.restore, before)
            told = f"{end}, but {refused}. Everything the command changed was taken back"
            return ToolResult(False, f"{told}\n{output(done, str(bench.target.project))}", told[:200], changed=True)
        listed = "\n".join(changed[:50]) or "none"
        text = f"{end}\n{output(done, str(bench.target.project))}\n--- files that differ from the base now\n{listed}"
        text += f"\n{moved}" if moved else ""
        facts = {"exit": done.exit, "seconds": round(done.seconds, 2), "changed": len(changed)}
        return ToolResult(end == "exit status 0", text, end, changed=True, facts=facts)


def _refused(path: str, bench: ToolBench) -> str:
    if path.startswith("../"):
        return f"{path} lies outside of the project's directory, where nothing may be written"
    return kept_out(path, bench.keep_out) or bench.closed(path)
