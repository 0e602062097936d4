# Every target makes its own `.venv` from requirements.lock, so a fresh clone needs one command.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test test-fast bench lint up venv clean
.DELETE_ON_ERROR:

PACKAGES := models activities workflows workers starter
# What is linted besides the packages, as far as it exists.
CHECKED = $(wildcard $(PACKAGES) tests benchmarks)
ARGS ?=
# The newest interpreter that really runs and is 3.11 or later; `make PYTHON=/path/to/python ...` overrides it.
PYTHON ?= $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
READY := .venv/.ready

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: $(READY) ## run a month of orders in about a minute, on an engine of its own
	.venv/bin/orderloom demo $(ARGS)

up: $(READY) ## start database, workflow engine, workers and doors, and stay
	.venv/bin/orderloom up $(ARGS)

bench: $(READY) ## measure speed and decisions, print the scorecards
	.venv/bin/python -m benchmarks $(ARGS)

test: lint ## lint, then run every test
	.venv/bin/pytest $(ARGS)

test-fast: $(READY) ## run the pure tests only (under ten seconds)
	.venv/bin/pytest $(wildcard tests/rules tests/tidy) $(ARGS)

lint: $(READY) ## check style, types and the directions between the layers
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy --strict $(CHECKED)
	.venv/bin/lint-imports

venv: $(READY) ## make .venv from requirements.lock, and nothing else

clean: ## remove .venv and every cache (not var/, which holds data)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Bare Debian has the venv module but not ensurepip: then the system's pip fills a venv that has no pip of its own.
$(READY): requirements.lock
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then \
	  echo 'Orderloom needs Python 3.11 or later on PATH (Debian: apt install python3 python3-venv).' >&2; exit 1; fi; \
	set -e; rm -f $@; \
	if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then \
	  rm -rf .venv; \
	  "$$python" -m venv .venv >/dev/null 2>&1 || { rm -rf .venv; "$$python" -m venv --without-pip .venv; }; fi; \
	if .venv/bin/python -m pip --version >/dev/null 2>&1; then pip=".venv/bin/python -m pip"; \
	elif "$$python" -m pip --version >/dev/null 2>&1; then pip="$$python -m pip --python .venv/bin/python"; \
	else echo "$$python has neither ensurepip nor pip: install python3-venv (Debian: apt install python3-venv)." >&2; exit 1; fi; \
	$$pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; \
	$$pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .; \
	touch $@
