PYTHON ?= python3
PORT ?= 8000
ECOM_DATA_DIR ?= var
export ECOM_DATA_DIR

BIN = .venv/bin

.PHONY: help run test lint format lock benchmarks

help:
	@echo 'make run         serve the shop at http://127.0.0.1:8000 (PORT=, ECOM_DATA_DIR=)'
	@echo 'make test        run all tests, on SQLite and on PostgreSQL'
	@echo 'make lint        check format, types, imports, migrations and production settings'
	@echo 'make format      format the code'
	@echo 'make lock        write requirements*.txt anew from pyproject.toml'
	@echo 'make benchmarks  measure purchases, lists and sign-ups'

run: export ECOM_ENV = development
run: .venv/requirements.txt
	@exec $(BIN)/python manage.py serve --port '$(PORT)'

test: .venv/requirements-dev.txt
	ECOM_TEST_DATABASE=sqlite $(BIN)/python -m pytest -n 2 --dist loadfile
	ECOM_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 --dist loadfile

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

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

# What is installed, as a copy of the lock file it came from.
.venv/%.txt: %.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@cp $< $@
