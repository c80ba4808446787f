# make setup   environment, data and sandbox helper, all inside this folder; no root needed
# make demo    sets up, then grades the sample submissions for real
# make test    sets up, then runs every test

PYTHON ?= python3
TENSORFLOW ?= cpu
VENV := .venv

setup: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install -e '.[$(TENSORFLOW),dev]'
	touch $@

demo: setup
	$(VENV)/bin/autograder demo

test: setup
	$(VENV)/bin/python -m pytest

.PHONY: setup demo test
