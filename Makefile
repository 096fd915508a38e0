# Daoban (在线导办). `make` or `make help` lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

export PATH := $(CURDIR)/.cache/uv/bin:$(PATH)
# Compiled once, every later start takes 5 seconds instead of 13.
unexport PYTHONDONTWRITEBYTECODE

# The first Python from 3.11 to 3.13 that runs; uv from PATH, or else a private one.
PYTHON ?= $(shell for each in python3.11 python3 python3.12 python3.13; do \
	"$$each" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null \
	&& command -v "$$each" && break; done)
UV ?= $(shell uv --version >/dev/null 2>&1 && command -v uv || echo .cache/uv/bin/uv)
PAGES := web/chat web/desk
BIN := .venv/bin
READY := .venv/.daoban-locked

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: run
run: export DAOBAN_DEMO ?= 1
run: $(READY) ## Set up what is missing, then serve the demo on 127.0.0.1:8000 (Ctrl-C stops it)
	@$(BIN)/daoban setup
	@exec $(BIN)/daoban serve

.PHONY: setup
setup: $(READY) ## Only set up what `run` needs
	@$(BIN)/daoban setup

.PHONY: web
web: $(READY) ## Build the pages of chat and desk
	@$(BIN)/daoban setup --only web

.PHONY: test
test: $(READY) ## All tests: web units, then pytest (ARGS=...); what the machine lacks is skipped
	@DAOBAN_HOME=.cache/tests/dialogue $(BIN)/daoban setup --only encoder,web,dialogue
	@for page in $(PAGES); do $(BIN)/python -m bot.setup.npm $$page test; done
	@$(BIN)/python -m pytest $(ARGS)

.PHONY: check
check: $(READY) ## Formatting, lint, types, floors; web checks where their packages are installed
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/python -m tools.hant --check
	@for page in $(PAGES); do if test -d $$page/node_modules; then \
		$(BIN)/python -m bot.setup.npm $$page check; fi; done

.PHONY: audit
audit: $(READY) ## Known vulnerabilities and licences of all locked packages
	@$(BIN)/python -m tools.audit

.PHONY: bench
bench: $(READY) ## The figures of docs/, one measurement after the other (half an hour; bench/README.md)
	@for each in encoder retrieval dialogue chat messages sockets push; do \
		echo "== bench/$$each.py"; $(BIN)/python bench/$$each.py; done

.PHONY: clean
clean: ## Remove what was built and fetched; the data directory .daoban stays
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf bot/rasa_server/.venv web/*/node_modules web/*/dist

.PHONY: python
python: | $(UV) ## Bring the application's environment to what the lock file says
	@$(UV) sync --locked --inexact --python "$(PYTHON)"
	@touch $(READY)

# --inexact keeps what was added by hand, such as torch for the extra `ml`.
$(READY): pyproject.toml uv.lock
	@$(MAKE) --no-print-directory python

.cache/uv/bin/uv:
	@echo "uv is missing: fetching it from PyPI into .cache/uv"
	@test -n "$(PYTHON)" || { echo "error: Python 3.11, 3.12 or 3.13 is needed: install python3.11" >&2; exit 1; }
	@"$(PYTHON)" -m venv .cache/uv && .cache/uv/bin/python -m pip install --quiet uv
