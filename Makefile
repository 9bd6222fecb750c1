# The day's list. Every target sets itself up on a machine with Python 3.11 or newer.
.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage check fix bench site docs lock clean

BIN := .venv/bin
DATA ?= $(wildcard ../shared/data)
DEMO_HOME ?= ./home
PORT ?= 8000
WORKERS ?= 2
PATHS ?= tests

help: ## say what there is to do
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## put the environment, with the command openjustice, into .venv
	@sh requirements/install.sh run

demo: ## the whole road, from an agency's file to a site in your browser (DATA=DIR: real files from there)
	@sh requirements/install.sh run
	@$(BIN)/openjustice demo --home $(DEMO_HOME) --port $(PORT) $(if $(DATA),--data $(DATA))

test: ## every test (PATHS=tests/unit: only those)
	@sh requirements/install.sh run test
	@sh requirements/browser.sh
	@sh requirements/postgresql.sh
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(PATHS)

coverage: ## every test, and the share of each room that they touch
	@sh requirements/install.sh run test
	@sh requirements/browser.sh
	@sh requirements/postgresql.sh
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup --cov --cov-report=json:.coverage.json --cov-report= tests
	@$(BIN)/python .ci/coverage_floors.py .coverage.json

check: ## format, lint, types, imports, registry, generated pages: runs all, then counts failures
	@sh requirements/install.sh run test check # the types of the tests are checked too
	@bash .ci/check

fix: ## format, and mend what can be mended by itself
	@sh requirements/install.sh run check
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: ## measure speed and memory beside the peers
	@sh requirements/install.sh run bench
	@for script in benchmarks/*/run.py; do $(BIN)/python $$script || exit 1; done

site: ## build the public site again from the sealed releases of the home
	@sh requirements/install.sh run
	@$(BIN)/openjustice publish --home $(DEMO_HOME)

docs: ## write the generated reference pages
	@sh requirements/install.sh run
	@$(BIN)/openjustice docs

lock: ## lock every dependency again, by version and hash
	@sh requirements/lock.sh

clean: ## remove the environment and what tools leave behind
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.json build dist
