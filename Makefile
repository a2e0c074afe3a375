# Every target sets up what it needs; `make` alone lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE = 1
# Thai text and Bangkok time must not depend on the machine.
export PYTHONUTF8 = 1

.PHONY: help setup run test check floors contract chaos e2e bench package lock clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/.ready: requirements.txt requirements-dev.txt
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or newer is needed"'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check 'pip<26.3'
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

# htmx comes from a pinned package, so that no copy of it lies in this repository.
chalicelib/web/static/htmx.js: $(VENV)/.ready
	cp $(VENV)/lib/python*/site-packages/django_htmx/static/django_htmx/htmx-2.min.js $@

setup: $(VENV)/.ready chalicelib/web/static/htmx.js ## the virtual environment with pinned packages

run: setup ## the whole promise on this machine: 17 communities, two marketplaces, buyers, balance (ONCE=1, FRESH=1)
	$(BIN)/python -m sandbox.world.run

test: setup ## every test that needs no browser and no account
	$(BIN)/pytest -m 'not e2e and not dynamodb_local'

check: setup floors ## lint, types, floors, infrastructure
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

floors: setup ## imports go down the house
	$(BIN)/lint-imports

contract: setup ## shared suites for connectors and stores (CHANNEL=lazada|shopee, STORE=memory|moto|dynamodb-local)
	$(BIN)/pytest tests/contract tests/sync tests/connectors $(if $(CHANNEL),-k $(CHANNEL))

chaos: setup ## seeded storms over the whole engine (SEEDS=200 START=0); a failing seed prints its replay
	$(BIN)/python -m sandbox.chaos --seeds $(or $(SEEDS),200) --start $(or $(START),0)

e2e: setup ## a browser looks at the pages and shop fronts (needs Chromium)
	$(BIN)/pytest -m e2e tests/e2e

bench: setup ## measurements into bench/results.json
	$(BIN)/python -m bench

package: setup ## the deployable archive, opened and proven
	$(BIN)/python -m infra.package

lock: setup ## pin the packages named in requirements*.in anew
	$(BIN)/pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --upgrade --no-header --no-annotate --strip-extras --no-emit-index-url --no-emit-find-links requirements.in -o requirements.txt
	$(BIN)/pip-compile --quiet --upgrade --no-header --no-annotate --strip-extras --no-emit-index-url --no-emit-find-links requirements-dev.in -o requirements-dev.txt

clean: ## forget everything made here
	rm -rf $(VENV) var build .pytest_cache .mypy_cache .ruff_cache .hypothesis
