PYTHON ?= python3
PORT ?= 8000
ECOM_DATA_DIR ?= var
export ECOM_DATA_DIR PORT

BIN = .venv/bin
PYTEST = $(BIN)/python -m pytest -n 2 --dist loadfile -rs

.PHONY: help run services test test-documentdb lint format lock benchmarks

help:
	@echo 'make run         serve the shop at http://127.0.0.1:8000 (PORT=, ECOM_DATA_DIR=)'
	@echo 'make services    serve it as two services with databases of their own (the same variables)'
	@echo 'make test        run all tests: on SQLite, PostgreSQL and the stand-in for DocumentDB'
	@echo 'make lint        check format, types, imports, migrations and production settings'
	@echo 'make format      format the code'
	@echo 'make lock        write requirements*.txt anew from pyproject.toml'
	@echo 'make benchmarks  measure purchases, lists, sign-ups, start-up, memory, servers, preflight'

run: export ECOM_ENV = development
run: .venv/requirements.txt
	@exec $(BIN)/python manage.py serve

services: .venv/requirements-dev.txt
	@exec $(BIN)/python -m deploy.local

# The monolith on SQLite with all that it does; on PostgreSQL each app's tests as its own service.
# A third worker on two processors: rehearsals wait more than they work.
test: .venv/requirements-dev.txt
	$(BIN)/python -m tests.deploy.preflight.corpus
	$(BIN)/python -m tests.deploy.preflight.blind
	ECOM_TEST_DATABASE=sqlite $(PYTEST) -n 3 --no-loadscope-reorder --ignore=tests/live/test_schemathesis.py
	ECOM_TEST_DATABASE=postgresql $(PYTEST) --ignore=tests/accounts --ignore=tests/catalog
	ECOM_TEST_DATABASE=postgresql $(PYTEST) --ds=tests.settings_accounts tests/accounts
	ECOM_TEST_DATABASE=postgresql $(PYTEST) --ds=tests.settings_catalog tests/catalog
	@$(MAKE) --no-print-directory test-documentdb

# ECOM_TEST_DATABASE_URL names a MongoDB to take instead of the stand-in.
test-documentdb: .venv/requirements-dev.txt
	ECOM_TEST_DATABASE=documentdb $(PYTEST) --ds=tests.settings_documentdb tests/documentdb
	ECOM_TEST_DATABASE=sqlite $(PYTEST) --ds=tests.settings_documentdb tests/documentdb/operations
	ECOM_TEST_DATABASE=documentdb $(PYTEST) --ds=tests.settings_catalog tests/catalog tests/live

lint: .venv/requirements-dev.txt
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy .
	$(BIN)/lint-imports
	.ci/shapes

format: .venv/requirements-dev.txt
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock:
	uv pip compile --upgrade --universal --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.txt
	uv pip compile --universal --generate-hashes --no-header --no-annotate -c requirements.txt --group dev pyproject.toml -o requirements-dev.txt

benchmarks: .venv/requirements-dev.txt
	$(BIN)/python -m benchmarks.replay
	$(BIN)/python -m benchmarks.lists
	$(BIN)/python -m benchmarks.signups
	$(BIN)/python -m benchmarks.start
	$(BIN)/python -m benchmarks.memory
	$(BIN)/python -m benchmarks.servers
	$(BIN)/python -m benchmarks.engines
	$(BIN)/python -m benchmarks.backend
	$(BIN)/python -m benchmarks.preflight

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

# What is installed, as a copy of the lock file it came from.
.venv/%.txt: %.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@cp $< $@
