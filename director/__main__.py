"""`python -P -m director` is `kaizen`."""

from director.cli import main

main()
