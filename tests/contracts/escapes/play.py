"""Play one escape: `play.py <file> <function>`, the stage as JSON on standard input; one line says how it ended.

An escape returns the evidence of its success; it returns nothing, or raises, when it was stopped.
"""

import importlib.util
import json
import os
import sys

file, name = sys.argv[1:3]
stage = json.loads(sys.stdin.read())
spec = importlib.util.spec_from_file_location("escape", file)
assert spec is not None and spec.loader is not None
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
first = os.getpid()
try:
    evidence = getattr(module, name)(stage)
except Exception as error:  # noqa: BLE001 - whatever stopped it, it was stopped
    evidence, why = None, f"{type(error).__name__}: {error}"
else:
    why = "it had no effect"
if os.getpid() == first:
    sys.stdout.write(f"escaped: {evidence}\n" if evidence else f"stopped: {why}\n")
