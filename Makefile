# Everything that a checkout needs is Python, make and the package index.
PYTHON ?= python3
BIN := .venv/bin

# A lock file names everything, so there is nothing to resolve; what pip prints is the progress.
INSTALL := $(BIN)/pip install --disable-pip-version-check --no-deps
PIN := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

.PHONY: setup setup-dev demo test check fuzz lock bench bench-cluster

setup: .venv/ready
setup-dev: .venv/ready-dev

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit("Tocsin needs Python 3.11 or newer, this is " + sys.version.split()[0] + ": make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	@echo "Setting up .venv, once: some seventy packages, half a minute with a quick package index"
	$(PYTHON) -m venv .venv
	@touch $@

# What runs, and the sandbox.
.venv/ready: .venv/python requirements.lock pyproject.toml
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-build-isolation -e .
	@touch $@

# Twice as much: what tests and checks need beside it.
.venv/ready-dev: .venv/ready requirements-dev.lock
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

# make demo OPEN=1 opens the board in this machine's browser, KEEP=1 leaves everything running.
demo: setup
	@$(BIN)/tocsin demo $(if $(OPEN),--open) $(if $(KEEP),--keep)

test: setup-dev
	$(BIN)/pytest

check: setup-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# 20,000 requests that no sender would send, and what became of them.
fuzz: setup-dev
	$(BIN)/python -m tests.starter.fuzz

# Every figure that the documents claim (docs/benchmarks.md), in about ten minutes: make bench ONLY=new-incidents
# or, over more open incidents, make bench ONLY=storm N=10000
bench: setup-dev
	@$(BIN)/python -m benchmarks $(ONLY:%=--only %) $(N:%=--open-first %)

# The storm, and what more processes bring, on the Temporal that TEMPORAL_ADDRESS names (benchmarks/README.md):
# make bench-cluster, or make bench-cluster ONLY=storm N=10000
bench-cluster: setup-dev
	@$(BIN)/python -m benchmarks --cluster $(ONLY:%=--only %) $(N:%=--open-first %)

# Needs uv on the path; every version with its hashes, by name only.
lock:
	$(PIN) --extra s3 --extra sandbox --extra build -o requirements.lock pyproject.toml
	$(PIN) --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
