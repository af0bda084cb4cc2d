"""Which options of a project's pytest configuration are kept when Kaizen measures."""

from __future__ import annotations

from collections.abc import Sequence

WITH_VALUE = frozenset({
    "-n", "--numprocesses", "--maxprocesses", "--dist", "--tx", "--cov", "--cov-config", "--cov-report",
    "--cov-fail-under", "--cov-context", "--junitxml", "--junit-xml", "--junit-prefix", "--html", "--css",
    "--maxfail", "--durations", "--durations-min", "--tb", "--color", "--capture", "--rootdir", "-c",
    "--config-file", "--basetemp", "--report-log", "--log-file", "--verbosity", "-r", "--show-capture",
    "--code-highlight", "--json-report-file", "--alluredir", "--randomly-seed", "--reruns", "--reruns-delay",
    "--pdbcls", "--sw-skip", "--splits", "--group",
})  # fmt: skip
"""How results are shown, counted, stopped or spread: none of it changes what a test finds out."""
ALONE = frozenset({
    "-x", "--exitfirst", "-s", "-q", "--quiet", "-v", "-vv", "-vvv", "--verbose", "--lf", "--last-failed", "--ff",
    "--failed-first", "--nf", "--new-first", "--sw", "--stepwise", "--stepwise-skip", "--pdb", "--trace", "-l",
    "--showlocals", "--full-trace", "--cache-clear", "--cache-show", "--no-header", "--no-summary", "--cov-branch",
    "--cov-append", "--cov-reset", "--no-cov", "--no-cov-on-fail", "--strict-config", "--self-contained-html",
    "--setup-show", "--setup-plan", "--setup-only", "--co", "--collect-only", "--json-report", "--testmon",
    "--randomly-dont-reset-seed", "--randomly-dont-reorganize", "--benchmark-only", "--benchmark-skip",
    "--benchmark-disable", "--force-sugar", "--loadscope", "-ra", "-rA", "-rs", "-rf", "-rx", "-rX", "-rw",
})  # fmt: skip
PREFIXES = ("-r", "--cov-", "--benchmark-", "--html-")


def kept_options(options: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the options to give, and a note for each that would have changed what is measured."""
    kept: list[str] = []
    notes: list[str] = []
    left = list(options)
    while left:
        option = left.pop(0)
        name = option.split("=", 1)[0]
        if name in WITH_VALUE:
            # `--cov` may stand alone: what follows is its value only when it is no option.
            if "=" not in option and left and not left[0].startswith("-"):
                left.pop(0)
        elif name == "-p" and left and left[0].split(":")[-1] in ("xdist", "pytest_cov", "cacheprovider", "randomly"):
            left.pop(0)
        elif name in ALONE or name.startswith(PREFIXES) or (name.startswith("-n") and name[2:].isalnum()):
            pass
        else:
            kept.append(option)
    return kept, notes
