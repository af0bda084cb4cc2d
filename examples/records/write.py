"""Write the record of the ferry anew: `python -P examples/records/write.py` after a change of what agents are told.

The answers stand in `ferry.script.jsonl`; a scripted server gives them, a run asks for them, and `kaizen run --record`
keeps them by the hash of the request. With the record the run needs neither server nor model.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
GOAL = "Sell return tickets: two crossings on one ticket cost a tenth less."
MODEL = "openai/gpt-4o-mini"
"""The name says the price; nobody of that name is asked."""
RECORD = HERE / "ferry.jsonl"


def main() -> int:
    """Run the example against the scripted server; return the run's exit status."""
    sys.path.insert(0, str(ROOT))
    from examples.unpack import unpack

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        ferry = unpack(ROOT / "examples" / "ferry", place / "ferry")
        variables = {"PYTHONPATH": str(ROOT), "KAIZEN_HOME": str(place / "home"), "OPENAI_API_KEY": "none-is-needed"}
        server = subprocess.Popen(
            kaizen("model-server", str(HERE / "ferry.script.jsonl")), stdout=subprocess.PIPE, text=True, cwd=place,
            env={**os.environ, **variables},
        )  # fmt: skip
        try:
            assert server.stdout is not None
            address = re.search(r"http://\S+?/v1", server.stdout.readline())
            assert address, "the server says where it listens"
            RECORD.unlink(missing_ok=True)
            command = kaizen(
                "run", str(ferry), "--no-page", "--model", MODEL, "--goal", GOAL, "--record", str(RECORD)
            )
            variables |= {"KAIZEN_API_BASE": address[0], "KAIZEN_ATTEMPT_SECONDS": "10"}
            return subprocess.run(command, cwd=place, env={**os.environ, **variables}, check=False).returncode
        finally:
            server.terminate()
            server.wait(30)


def kaizen(*words: str) -> list[str]:
    """Return the command line of this source's own `kaizen`."""
    return [sys.executable, "-P", "-m", "director", *words]


if __name__ == "__main__":
    sys.exit(main())
