# make setup   environment, data and sandbox helper, all inside this folder; no root needed
# make demo    sets up, then grades the sample submissions with the real nbgrader
# make test    make check, then every test
# make quick   sets up, then runs the tests that take no more than a few seconds each
# make check   sets up, then looks at the sources: lint and format (ruff), types (mypy)
# make fuzz    throws made-up claims at the reader of claims, FUZZ_S seconds long, on one core
# make pictures  makes the README's pictures again
# make clean   removes what these commands made
#
# PYTHON=python3.12 chooses another Python; TENSORFLOW=gpu installs TensorFlow for NVIDIA's GPUs.

PYTHON ?= python3
TENSORFLOW ?= cpu
FUZZ_S ?= 600

VENV := .venv
INSTALLED := $(VENV)/.installed-$(TENSORFLOW)
OTHERS := $(filter-out $(INSTALLED),$(wildcard $(VENV)/.installed-*))

# nbgrader calls alembic through PATH; the environment's bin also has the fetched bwrap.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

setup: $(INSTALLED)
	@$(VENV)/bin/python -m autograder.tools.fetch

demo: setup
	@$(VENV)/bin/autograder demo

test: check
	$(VENV)/bin/python -m pytest -n 2 --dist loadgroup

quick: setup
	$(VENV)/bin/python -m pytest -n 2 --dist loadgroup -m 'not slow'

check: setup
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy

# Guided by coverage, see tests/fuzz_claims.py. atheris is not in constraints.txt: nothing else
# needs it, and it has no wheel for some platforms.
fuzz: .fuzz/.installed
	.fuzz/bin/python tests/fuzz_claims.py .fuzz/corpus -max_total_time=$(FUZZ_S)

.fuzz/.installed:
	$(PYTHON) -m venv .fuzz
	.fuzz/bin/pip install -q atheris numpy
	@touch $@

# What the README shows; needs Debian's chromium.
pictures: demo
	@$(VENV)/bin/python docs/make_pictures.py

clean:
	rm -rf $(VENV) .fuzz .data build dist demo-course *.egg-info

# The two builds of TensorFlow share a folder of site-packages, so changing over starts afresh.
# Debian and Ubuntu keep ensurepip in a package of its own, which a fresh machine may lack: then pip
# comes from their archive.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit( \
	    "This needs Python 3.11, 3.12 or 3.13: make setup PYTHON=python3.12 (or where it is)")'
	@$(if $(OTHERS),rm -rf $(VENV))
	@echo 'Making $(VENV): about a minute, and more on a slow line ...'
	@if $(PYTHON) -c 'from ensurepip import bootstrap' 2>/dev/null; then $(PYTHON) -m venv $(VENV); else \
	    $(PYTHON) -m venv --clear --without-pip $(VENV) && \
	    $(PYTHON) autograder/tools/debian.py python3-pip-whl $(VENV)/debian && \
	    pip=$$(echo $(VENV)/debian/usr/share/python-wheels/pip-*.whl) && \
	    PYTHONPATH=$$pip $(VENV)/bin/python -m pip install -q --ignore-installed $$pip; fi
	@$(VENV)/bin/pip install --quiet -c constraints.txt -e '.[$(TENSORFLOW),dev]'
	@touch $@

.PHONY: setup demo test quick check fuzz pictures clean
