# Thin on purpose: each target is one sentence. `make` alone prints them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
# Compiled once, not at each start: a third of the time of the tests, and of `helin` itself, otherwise goes into that.
unexport PYTHONDONTWRITEBYTECODE
COMPILED := --compile-bytecode
BIN := .venv/bin
# As many at once as there are cores; those against real parts wait more than they reckon, so more of them. Each process
# of them has its own Asterisk, PostgreSQL and Redis on free ports; a file's tests share what they start.
UNIT_TESTS := $(BIN)/pytest --ignore=tests/real -n auto --dist worksteal -p no:schemathesis
REAL_TESTS := $(BIN)/pytest tests/real -n 3 --dist loadfile
PANEL := agent_ui/static/index.html
PANEL_SOURCES := $(shell find agent_ui/web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)

.PHONY: help setup run test check check-python check-panel bench docs lock clean

help:  ## What one can make here
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

$(BIN)/uv: requirements-build.txt
	@echo "Making .venv …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "Python's venv is missing: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.txt
	@touch $@

.venv/.run: $(BIN)/uv requirements.txt pyproject.toml config/build_panel.py
	@echo "Installing what Helin runs with …"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python $(COMPILED) --require-hashes -r requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	@echo "Installing what the tests need …"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python $(COMPILED) --require-hashes -r requirements-dev.txt
	@touch $@

.venv/.machine: config/setup-machine.sh
	@sh config/setup-machine.sh
	@mkdir -p .venv && touch $@

$(PANEL): .venv/.run $(PANEL_SOURCES)
	@$(BIN)/python config/build_panel.py

setup: .venv/.run $(PANEL)  ## .venv with helin in it, and the panel built

run: setup  ## Everything from nothing: Helin, a real Asterisk, demo data and callers. Ctrl-C ends it
	@$(BIN)/helin demo

check: .venv/.dev  ## Format, lint, types, layers, unit tests; the panel's too
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-python check-panel

check-python:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(UNIT_TESTS) -m "not thorough"

check-panel:
	@$(BIN)/python config/build_panel.py --check

test: .venv/.machine .venv/.dev $(PANEL)  ## Every test, against a real Asterisk, PostgreSQL, Redis and Chromium
	$(UNIT_TESTS)
	$(REAL_TESTS)

bench: .venv/.machine .venv/.dev $(PANEL)  ## Speed, each figure beside its peer or floor in one run
	$(BIN)/python -m tests.bench

docs: .venv/.dev  ## The handbook, into site/
	$(BIN)/zensical build --clean

lock: $(BIN)/uv  ## The hashed requirement files anew
	sh config/lock.sh

clean:  ## Removes what was built (not var/, where the data is)
	rm -rf .venv site agent_ui/static agent_ui/web/node_modules
