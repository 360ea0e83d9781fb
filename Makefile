# Two commands for a fresh machine with Python 3.11 or 3.12; a second call installs nothing again.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: synthesize test check clean

synthesize: $(VENV)/.installed
	$(BIN)/kedro run --pipeline=synthesize

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/.installed: pyproject.toml constraints.txt
	@echo "installing into $(VENV): about three minutes, once"
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --no-compile --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) install --no-compile --constraint constraints.txt --editable ".[dev]"
	@touch $@

clean:
	rm -rf $(VENV) data/work
