"""`python -P -m director` is `kaizen`."""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command line. What it imports stays, so nobody looks through that for garbage: a start costs less."""
    gc.disable()
    from director.cli import main as run

    gc.freeze()
    gc.enable()
    run()


if __name__ == "__main__":
    main()
