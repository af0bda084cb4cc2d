# Everything a newcomer types. Each target sets up what it needs; what is there already is not done again.
# Bytecode is kept beside the sources, where git does not see it: without it every start compiles what it imports.
export PYTHONDONTWRITEBYTECODE :=
PYTHON ?= python3
UV     := 0.13.9
BIN    := .venv/bin
SHELL  := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup page system run test test-fast check bench soak lock clean

help:  ## Show the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' | column -t -s '|'

.venv/.uv-$(UV):
	@command -v $(PYTHON) >/dev/null || { echo "kaizen: Python 3.11 or later is missing: install python3"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "kaizen: Python 3.11 or later is needed: make PYTHON=python3.12 …"; exit 2; }
	@command -v git >/dev/null || { echo "kaizen: git is missing: install git"; exit 2; }
	@echo "setup: virtual environment (a few seconds)"
	@$(PYTHON) -m venv .venv || { echo "kaizen: the venv module is missing: apt-get install python3-venv"; exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@touch $@

.venv/.installed: .venv/.uv-$(UV) requirements.lock pyproject.toml
	@echo "setup: dependencies, by hash (20 s to 2 min the first time)"
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q director agents ledger knowledge_graph dashboard/server
	@touch $@

setup: .venv/.installed page  ## Make .venv/bin/kaizen and the page (10 s to 3 min the first time, then at once)

page: .venv/.installed
	@$(BIN)/python -P -m dashboard.build

system: .venv/.installed
	@$(BIN)/python -P tests/system.py

run: setup  ## Improve the example and show it (1 to 5 min); PROJECT=path takes any repository; ONCE=1 ends with the run
	@PROJECT="$(PROJECT)" ONCE="$(ONCE)" KAIZEN="$(BIN)/kaizen" PYTHON="$(BIN)/python" bash examples/run.sh

test: setup system  ## Pass every test, the browser's included (10 to 12 min after setup)
	@$(BIN)/python -P -m pytest -q -m "not soak" -n 4 --dist worksteal --durations=25 || { [ $$? -eq 1 ] \
	  && echo "what failed while others worked beside it runs once more, alone" \
	  && $(BIN)/python -P -m pytest -q -m "not soak" --last-failed --last-failed-no-failures none; }

test-fast: .venv/.installed  ## Pass the tests that need no process, sandbox or browser (about 18 s)
	@$(BIN)/python -P -m pytest -q -n 2 -m "not slow and not soak"

check: setup  ## Format, lint, types, import contracts, docs, the page's types (1 min)
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -P -m pytest -q tests/house
	@cd dashboard/web && npx --no-install tsc --noEmit

bench: setup system  ## Run every benchmark and write benchmarks/results (an hour and more)
	@$(BIN)/python -P -m benchmarks.run

soak: setup system  ## The long tests: 50 kills, every cheat and honest change, and more (an hour)
	@$(BIN)/python -P -m pytest -q -m soak

LOCKED := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet
lock: .venv/.uv-$(UV)  ## Write both lock files anew from pyproject.toml: everything, and what the image needs
	@$(BIN)/uv pip compile pyproject.toml --extra dev $(LOCKED) --upgrade -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra build $(LOCKED) -c requirements.lock -o requirements-image.lock

clean:  ## Remove what was set up here
	@rm -rf .venv dashboard/web/node_modules dashboard/server/static
