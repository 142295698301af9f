# Every target sets up what it needs on a fresh machine: a virtual environment in .venv, the locked
# dependencies (checked by hash), and the project itself, editable.

PYTHON ?= python3
# Compiled modules are kept, whatever the surroundings say: without them a command's start is mostly compiling what it imports.
export PYTHONDONTWRITEBYTECODE :=
UV_VERSION := 0.13.9

VENV := .venv
BIN := $(VENV)/bin
RIVALS := build/rivals/env
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test bench mutation bench-rivals handbook check lock clean
.DEFAULT_GOAL := run

# A family's year in the terminal and as a page; then the office with a demonstration city (in build/office, kept for the next
# time), served on this machine until Ctrl-C.
run: $(VENV)/.run
	@mkdir -p build
	$(BIN)/sanchong settle examples/subsistence-family.json --accept-assumed --format table
	$(BIN)/sanchong settle examples/subsistence-family.json --accept-assumed --format html --out build/subsistence-family.html
	@echo "The same bill as a page: $(CURDIR)/build/subsistence-family.html"
	$(BIN)/sanchong office try

# Everything, the office on SQLite, types beside it; then the office once more on PostgreSQL but for its pages (CONTRIBUTING.md has
# the whole).
test: $(VENV)/.dev
	@mkdir -p build
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy & types=$$!; $(BIN)/pytest -n 2 -rs --junitxml=build/tests.xml && wait $$types
	$(BIN)/python -m tests.office.server $(BIN)/pytest -n 2 -rs --junitxml=build/tests-postgresql.xml tests/office --ignore-glob='*/test_web_*'
	@$(BIN)/python -c "import xml.etree.ElementTree as E; \
	print('skipped:', sum(int(s.get('skipped')) for s in E.parse('build/tests.xml').iter('testsuite')))"

check: $(VENV)/.dev
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

bench: bench-rivals
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/simulation.py
	$(BIN)/python -m benchmarks.tables.run --write
	$(BIN)/python -m benchmarks.office.run

# Mutation testing of rules/ and settlement/: docs/mutation.md says what it does and how long it takes.
mutation: $(VENV)/.dev
	$(BIN)/python -m tests.mutation.run

# Beside OpenFisca-core, zen-engine, plain Python and DuckDB, in one run.
bench-rivals: $(VENV)/.dev $(RIVALS)/.installed
	$(BIN)/python -m benchmarks.rivals.run

# The pictures of docs/handbook, from those that the browser tests have made.
handbook: $(VENV)/.dev
	$(BIN)/python -m tests.browser.handbook

# Remakes both lock files: versions and hashes only, no address of any package host.
LOCK := build/lock/bin/uv pip compile --quiet --universal --upgrade --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

lock: build/lock/.uv
	$(LOCK) --all-extras pyproject.toml -o requirements.lock
	echo hatchling | $(LOCK) --extra office --extra batch -c requirements.lock pyproject.toml - -o requirements-run.lock
	$(LOCK) --python-version 3.11 benchmarks/rivals/requirements.in -o benchmarks/rivals/requirements.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# What `run` needs: the dependencies of the rules, the office and its synthetic city, and the build backend.
$(VENV)/.run: requirements-run.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --no-compile --require-hashes -r requirements-run.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# What everything else needs, on top of it.
$(VENV)/.dev: requirements.lock $(VENV)/.run
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

# The rivals of the benchmark, apart from everything else.
$(RIVALS)/.installed: benchmarks/rivals/requirements.lock
	test -x $(RIVALS)/bin/python || $(PYTHON) -m venv $(RIVALS)
	$(RIVALS)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r $<
	@touch $@

build/lock/.uv:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check --quiet install uv==$(UV_VERSION)
	@touch $@
