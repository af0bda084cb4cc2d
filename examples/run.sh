#!/usr/bin/env bash
# `make run`: unpack the bundled example (or take PROJECT), improve it, and stay for the page when somebody is looking.
set -euo pipefail
project=${PROJECT:-}
flags=()
if [ -z "$project" ]; then
  home=${KAIZEN_HOME:-${XDG_DATA_HOME:-$HOME/.local/share}/kaizen}
  project=$home/examples/pantry
  if [ ! -d "$project/.git" ]; then "$PYTHON" -P examples/unpack.py examples/pantry "$project" >/dev/null; fi
  flags+=(--bundled-example)
fi
if [ -z "${ONCE:-}" ] && [ -t 1 ]; then flags+=(--stay); fi
exec "$KAIZEN" run "$project" "${flags[@]}"
