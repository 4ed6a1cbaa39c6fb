PYTHON ?= python3
BIN := .venv/bin
CLIENTS := $(patsubst locks/client-%.txt,.venv/clients/%/.done,$(wildcard locks/client-*.txt))

# Read from compiled modules, the command starts several times sooner.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help up test check nightly bench released docs lock system

help: ## list what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/'

up: .venv/.run ## install, and serve a front page at http://127.0.0.1:8080
	$(BIN)/broadsheet up

test: system .venv/.dev $(CLIENTS) ## run all tests but the long drills
	$(BIN)/pytest -q -n 3 --dist loadfile --no-loadscope-reorder

check: .venv/.dev ## lint, types, imports, docs, then the tests (what CI runs)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python scripts/references.py --check
	$(BIN)/mkdocs build --strict --quiet --site-dir .venv/site
	$(MAKE) test

nightly: .venv/.dev $(CLIENTS) ## run the long drills
	@scripts/system-parts nightly
	$(BIN)/pytest -q -n 2 -m nightly
	$(BIN)/pytest -q -n 2 -m "hypothesis and not nightly" --hypothesis-profile wandering

bench: .venv/.dev ## measure speed, memory and quality into docs/benchmarks.md
	$(BIN)/python bench/run.py
	$(BIN)/python bench/load.py

released: .venv/.dev ## measure search into tests/evaluation/released, which later versions are held against
	$(BIN)/python -m tests.library.released

docs: .venv/.dev ## write the generated references and build the documentation
	$(BIN)/python scripts/references.py
	$(BIN)/mkdocs build --strict --quiet

lock: .venv/.dev ## pin all dependencies with their hashes
	scripts/lock

system:
	@scripts/system-parts

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.run: locks/run.txt pyproject.toml | .venv/bin/python
	@test -e .venv/.dev || $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r locks/run.txt
	@test -e .venv/.dev || $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/clients/%/.done: locks/client-%.txt | .venv/bin/python
	$(BIN)/python -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/.dev: locks/dev.txt pyproject.toml | .venv/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r locks/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
