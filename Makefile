# make compile and make test are all the set-up that a machine with python3, make, gcc and cargo needs.

PYTHON ?= python3
PYTEST_ARGS ?= -n auto --dist loadfile
VENV := .venv
BIN := $(VENV)/bin
SPECS := $(sort $(filter-out %.lock.toml,$(wildcard specs/*.toml)))
WORKSPACES := $(sort $(wildcard specs/workspaces/*/Cargo.lock)) tests/embed/macros/Cargo.lock
SOURCES := flakegen tests

export PYTHON
MAKEFLAGS += --no-print-directory

.PHONY: compile test check bench format clean tools crates
.DEFAULT_GOAL := compile

compile: $(VENV)/installed
	$(BIN)/flakegen compile specs/lana.toml

# Everything, real Nix included. A tool that cannot be had is named by the tests that miss it; in CI they fail.
test: $(VENV)/installed-dev tools crates
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/installed-dev
	$(BIN)/black --check --quiet $(SOURCES)
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/flakegen check $(SPECS)

# BENCH names some parts of it: make bench BENCH="compile scale"
bench: $(VENV)/installed-dev tools crates
	@$(BIN)/python tests/bench/run.py $(BENCH)

format: $(VENV)/installed-dev tools
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/black --quiet $(SOURCES)
	@nixfmt=.cache/tools/bin/nixfmt; [ -x $$nixfmt ] || nixfmt=nixfmt; find flakegen tests/nixpkgs -name '*.nix' -exec $$nixfmt {} +

# The store's folders are read-only.
clean:
	[ ! -d .cache ] || chmod -R u+w .cache
	rm -rf $(VENV) .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
	find flakegen tests -name __pycache__ -type d -prune -exec rm -rf {} +

tools:
	@tests/tools/setup || true

# The crates that the test workspaces build from: cargo's own cache is where the stand-in nixpkgs takes them from.
crates:
	@set -e; for lock in $(WORKSPACES); do cargo fetch --quiet --locked --manifest-path "$${lock%.lock}.toml"; done
	@tests/tools/fetch-programs

$(VENV)/installed: pyproject.toml
	tests/tools/make-venv $(VENV) .
	@touch $@

$(VENV)/installed-dev: pyproject.toml
	tests/tools/make-venv $(VENV) '.[dev]'
	@touch $@ $(VENV)/installed
