# Everything that a checkout needs is Python, make and the package index.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test check fuzz lock bench

setup: .venv/ready

.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Tocsin needs Python 3.11 or newer, this is " + sys.version.split()[0] + ": make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

demo: setup
	@$(BIN)/tocsin demo

test: setup
	$(BIN)/pytest

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# 20,000 requests that no sender would send, and what became of them.
fuzz: setup
	$(BIN)/python -m tests.starter.fuzz

# Every figure that the documents claim (docs/benchmarks.md), in about ten minutes: make bench ONLY=new-incidents
bench: setup
	@$(BIN)/python -m benchmarks $(ONLY:%=--only %)

# Needs uv on the path; every version with its hashes, by name only.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --extra dev --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements.lock pyproject.toml
