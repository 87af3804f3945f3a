# Bare `make` lists the commands. Every environment comes from the hashed locks in requirements/.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
# What the tools of this folder read and write never meets a real installation.
DEVELOPMENT := MILEPOST_DATA=$(CURDIR)/.data/development
TESTS ?=
WORKERS ?= 2
HISTORIES ?= 10000
TICKETS ?= 1000000
SYNCED ?= 200000
EVERY ?=

.PHONY: help setup demo test test-fast test-oracle test-time-travel test-killed test-large-sync test-help-desks test-engines check format run bench docs pictures lock translate change landed try-container wheel clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

setup: .venv/.dev ## make the development environment and the commit hooks
	@if [ -d .git ]; then $(BIN)/prek install --quiet; fi

demo: .venv/.run ## load the demo desk, serve it, print its address and sign-in
	@$(BIN)/milepost demo

test: .venv/.dev ## everything: check, all tests on SQLite and on PostgreSQL, the docs
	@tools/system-packages
	@$(MAKE) check
	@$(DEVELOPMENT) $(BIN)/pytest -n $(WORKERS) $(TESTS)
	@$(DEVELOPMENT) tools/with-postgresql $(BIN)/pytest -n $(WORKERS) -m 'database and not browser' $(TESTS)
	@$(MAKE) docs

test-fast: .venv/.dev ## the tests on SQLite without a browser; TESTS=tests/goals runs one noun
	@$(DEVELOPMENT) $(BIN)/pytest -n $(WORKERS) -m 'not browser' $(TESTS)

test-oracle: .venv/.dev ## compare all metrics with the events of HISTORIES random tickets
	@$(DEVELOPMENT) MILEPOST_HISTORIES=$(HISTORIES) $(BIN)/pytest -n $(WORKERS) tests/metrics/test_oracle.py

test-time-travel: .venv/.dev ## compare a year looked at day by day with one slept through
	@$(DEVELOPMENT) MILEPOST_EVERY=1 $(BIN)/pytest tests/progress/test_time_travel.py

test-killed: .venv/.dev ## kill workers for two minutes each, on SQLite and on PostgreSQL
	@$(DEVELOPMENT) MILEPOST_KILLING=120 $(BIN)/pytest tests/acceptance/test_jobs_killed.py tests/acceptance/test_mail_killed.py
	@$(DEVELOPMENT) MILEPOST_KILLING=120 tools/with-postgresql $(BIN)/pytest tests/acceptance/test_jobs_killed.py tests/acceptance/test_mail_killed.py

test-large-sync: .venv/.dev ## kill a sync of SYNCED tickets ten times, and compare it with an undisturbed one
	@$(DEVELOPMENT) MILEPOST_SYNCED=$(SYNCED) $(BIN)/pytest -p no:xdist --capture=no tests/acceptance/test_large_sync.py

test-help-desks: .venv/.dev ## sync with real help desks that are installed from Debian and PyPI and driven for it
	@tools/help-desks
	@$(DEVELOPMENT) tools/with-mariadb $(BIN)/pytest -p no:xdist -m help_desk $(or $(TESTS),tests/help_desks tests/contracts)

test-engines: .venv/.engines ## compare PostgreSQL, Spark and ClickHouse with DuckDB over TICKETS tickets; needs a gigabyte of packages
	@tools/system-packages --engines
	@$(DEVELOPMENT) MILEPOST_TICKETS=$(TICKETS) MILEPOST_EVERY=$(EVERY) tools/with-postgresql tools/with-spark $(BIN)/pytest -p no:xdist --capture=no $(or $(TESTS),tests/engines)

check: .venv/.dev ## style, types, layers, house rules, templates, translations, migrations
	@$(DEVELOPMENT) $(BIN)/python tools/check.py

format: .venv/.dev ## put the code into its form
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

run: .venv/.dev ## serve this folder's own data in .data, with pages that reload
	@$(DEVELOPMENT) MILEPOST_DEBUG=yes $(BIN)/milepost migrate --verbosity 0
	@$(DEVELOPMENT) MILEPOST_DEBUG=yes $(BIN)/milepost runserver

bench: .venv/.dev ## measure imports, the demo, the engine, business time, the grid and the overview, and print what came out
	@$(BIN)/python tools/bench.py
	@$(BIN)/python tools/bench_engine.py --tickets $(TICKETS)
	@$(BIN)/python -m tools.bench_sync --tickets $(TICKETS)
	@$(DEVELOPMENT) $(BIN)/python -m tools.bench_grid
	@$(BIN)/python tools/bench_business_time.py
	@$(BIN)/python tools/bench_overview.py

docs: .venv/.dev ## build the documentation into docs/_build; a warning fails
	@$(DEVELOPMENT) $(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -b html docs docs/_build/html
	@echo docs/_build/html/index.html

pictures: .venv/.dev ## take the pictures of the documentation anew, from tests in a browser
	@$(DEVELOPMENT) MILEPOST_PICTURES=docs/images $(BIN)/pytest -q -k 'language_of_the_reader or silent_source or later_changes_would' tests/browser
	@if [ -x /usr/share/request-tracker5/libexec/rt-server ]; then $(DEVELOPMENT) MILEPOST_PICTURES=docs/images $(BIN)/pytest -q -p no:xdist tests/help_desks/test_newcomer.py; \
	else echo 'Request Tracker is not installed (tools/help-desks): the pictures first-*.png stay as they are.'; fi

lock: .venv/.run ## make the locks anew from pyproject.toml
	@tools/lock

translate: .venv/.dev ## collect texts, tell what lacks Polish, compile
	@cd src/milepost && $(DEVELOPMENT) ../../$(BIN)/milepost makemessages --locale pl --no-location --no-wrap --no-obsolete
	@$(BIN)/python tools/translate.py

change: .venv/.dev ## write a change note: make change NAME=paste.added
	@$(BIN)/towncrier create --no-edit +$(NAME).md

landed: .venv/.dev ## keep a backup of this state, for later ones to be tested with: make landed NAME=0002-calendars
	@$(BIN)/python tools/landed.py $(NAME)

try-container: .venv/.run ## go through deploy/Containerfile without a container, as far as that is possible
	@$(BIN)/python tools/try_container.py

wheel: .venv/.run ## build the package into dist/
	@$(BIN)/uv build --quiet --offline --python $(BIN)/python --wheel --no-build-isolation --out-dir dist

clean: ## remove what the commands made, the environment too
	@rm -rf .venv .data build dist docs/_build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/.made:
	@tools/environment

# The run environment holds nothing but what runs; the development environment adds to it.
.venv/.run: requirements/run.lock requirements/build.lock pyproject.toml | .venv/.made
	@echo 'Installing what runs …'
	@tools/install run build
	@$(BIN)/uv pip install --quiet --offline --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements/dev.lock .venv/.run
	@echo 'Installing what develops …'
	@tools/install dev
	@touch $@

.venv/.engines: requirements/engines.lock .venv/.dev
	@echo 'Installing engines …'
	@tools/install engines
	@touch $@
