# The README's two commands are `make run` and `make test`. Both need Python 3.11 or newer and make, nothing else.

PYTHON ?= python3
PY = .venv/bin/python

.PHONY: run test coverage editor bench lint lock install install-dev

run: install
	@$(PY) manage.py serve

test: install-dev
	@$(PY) -m pytest

coverage: install-dev
	@$(PY) -m pytest --cov --cov-report=term:skip-covered

editor: install
	@$(PY) manage.py create_editor

bench: install-dev
	@$(PY) tests/bench/pages.py
	@$(PY) tests/bench/publishing.py
	@$(PY) tests/bench/sealing.py
	@$(PY) tests/bench/journal.py
	@$(PY) tests/bench/practices.py
	@$(PY) tests/bench/reminders.py

lint: install-dev
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports

# After a change of the dependencies in pyproject.toml.
lock: install-dev
	@$(PY) -m pip install --quiet uv
	@$(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
		--upgrade --quiet --output-file requirements.lock
	@$(PY) -m uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-header --upgrade --quiet --constraint requirements.lock --output-file requirements-dev.lock

install: python
	@$(PYTHON) deploy/bootstrap.py requirements.lock

install-dev: python
	@$(PYTHON) deploy/bootstrap.py requirements-dev.lock

.PHONY: python
python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
		echo "CFT Course needs Python 3.11 or newer, and '$(PYTHON)' is not here."; \
		echo "Install it, or name another: PYTHON=python3.12 make run"; exit 1; }
