"""`python -P -m director` is `kaizen`."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command line. What it imports stays, so nobody looks through that for garbage: a start costs less."""
    try:
        gc.disable()
        from director.cli import main as run

        gc.freeze()
        gc.enable()
        run()
    except KeyboardInterrupt:  # while it still imports: later each command says how it ends
        sys.exit(130)


if __name__ == "__main__":
    main()
