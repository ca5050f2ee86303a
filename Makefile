# Two commands: `make lab` opens the notebooks, `make test` runs every test.
# Both make the environment .venv first, from any Python >= 3.11 (or the one given as PYTHON=...).
#
# Windows without make, in the project's folder:
#     py -3.12 -m venv .venv
#     .venv\Scripts\python -m pip install -e ".[lab,own]"
#     .venv\Scripts\python -m jupyterlab --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

ENV := .venv
PY := $(ENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python
PYTHONS := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python)
# In a container one is often root, where Jupyter refuses to start unless told; it still listens on this machine only.
ROOT_FLAG := $(if $(filter 0,$(shell id -u)),--allow-root)

# The static site is built in an environment of its own; so are the tests with the oldest versions supported.
SITE_ENV := .venv-site
SITE_PY := $(SITE_ENV)/$(notdir $(patsubst %/,%,$(dir $(PY))))/python
OLD_ENV := .venv-oldest
OLD_PY := $(OLD_ENV)/$(notdir $(patsubst %/,%,$(dir $(PY))))/python
AUDIT_PY := $(PY:$(ENV)%=$(ENV)-audit%)
PYTHON312 ?= $(shell for python in $(PYTHON) python3.12 $(HOME)/.pyenv/versions/3.12.*/bin/python3.12; do \
    "$$python" -c 'import ensurepip, sys; sys.exit(sys.version_info[:2] != (3, 12))' 2>/dev/null && \
    echo "$$python" && break; done)
OLDEST := "numpy==2.0.*" "matplotlib==3.8.*" "pillow==10.1.*" "ipywidgets==8.1.0" "anywidget==0.9.13"
BENCHES := kernel labs model ops site slow_line

.PHONY: help lab test oldest python312 notebooks format slides site serve bench mutants audit full clean
.DEFAULT_GOAL := help

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' $(firstword $(MAKEFILE_LIST))

lab: $(ENV)/.lab  ## open the notebooks in JupyterLab
	$(PY) -m jupyterlab $(ROOT_FLAG) --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

# Two workers, one thread each: with more, numpy's threads wait for each other many times as long as they compute.
# Files go to them in the order of tests/conftest.py, the longest first.
test: export OPENBLAS_NUM_THREADS = 1
test: $(ENV)/.test $(if $(PYODIDE_DIR),site)  ## run every test; those of the site if it is built or PYODIDE_DIR is set
	$(PY) -m ruff check .
	$(PY) -m ruff format --check --quiet convlab
	$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

# What an old library makes of a newer neighbour is not ours to fail on; everything else is.
oldest: export CONVLAB_STRICT = 1
oldest: export OPENBLAS_NUM_THREADS = 1
oldest: $(OLD_ENV)/.oldest  ## run unit and lab tests on Python 3.12 with the oldest libraries supported
	$(OLD_PY) -m pytest -n 2 --dist loadfile -W "ignore::DeprecationWarning" \
	    -o addopts="--strict-markers --import-mode=importlib --doctest-modules" tests/unit tests/labs convlab

python312:
	@echo $(PYTHON312)

notebooks: $(ENV)/.test  ## run all notebooks again and store their results
	$(PY) -m tools.notebooks
	$(PY) -m tools.routes

format: $(ENV)/.test  ## format the package's Python, and JavaScript and CSS; prettier comes by npx, part of Node
	$(PY) -m ruff format convlab
	$(PY) -m tools.format

slides: $(ENV)/.test  ## slides of every notebook, in build/slides
	$(PY) -m tools.slides

quiz: $(ENV)/.lab  ## tests on paper and their key, in build/quiz: make quiz SEED=7
	$(PY) -m tools.quiz $(SEED)

assignment: $(ENV)/.test  ## graded work for nbgrader and for pytest, in build/assignment
	$(PY) -m tools.assignment $(EXERCISES)

links: $(ENV)/pyvenv.cfg  ## point all links to your copy: make links ORG=account HUB=hub.school.edu
	$(PY) -m tools.links account=$(ORG) hub=$(HUB) binder=$(BINDER)

site: $(SITE_ENV)/.site  ## build the static site in _site: every notebook, with Python in the browser
	PYTHON312="$(PYTHON312)" $(SITE_PY) -m tools.site.build

serve: $(ENV)/pyvenv.cfg  ## show the built site at http://127.0.0.1:8000
	$(PY) -m http.server --directory _site --bind 127.0.0.1 8000

bench: $(ENV)/.bench  ## measure the speeds the README states, beside the usual ways; draws its plot
	@for part in $(BENCHES); do echo "== tools/bench/$$part.py"; $(PY) -m tools.bench.$$part || exit 1; done

mutants: $(ENV)/.test  ## break the project in fifty ways; a test must notice each
	$(PY) -m tests.mutants.run

# A version of a dependency with a published hole fails this. It asks the network for the list of holes.
audit: $(ENV)/.lab  ## look for known holes in everything installed
	$(PY) -m venv $(ENV)-audit
	$(AUDIT_PY) -m pip install --quiet --disable-pip-version-check pip-audit
	$(PY) -m pip list --disable-pip-version-check --format=freeze --exclude-editable >$(ENV)-audit/installed.txt
	$(AUDIT_PY) -m pip_audit --strict --no-deps --disable-pip -r $(ENV)-audit/installed.txt

# What takes longer than a check of every change may.
full: export CONVLAB_FULL = 1
full: test mutants bench  ## also ten thousand inputs and more, other front ends, every Python, mutants, speeds

clean:  ## remove the environment and all caches
	rm -rf $(ENV) $(ENV)-audit $(SITE_ENV) $(OLD_ENV) .venv-notebook .venv-jupyterlab42 .venv-hub _site build dist .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(ENV)/.lab: pyproject.toml $(ENV)/pyvenv.cfg
	$(PY) -m pip install --quiet --disable-pip-version-check -e ".[lab,own]"
	@touch $@

$(ENV)/.test: pyproject.toml $(ENV)/pyvenv.cfg
	$(PY) -m pip install --quiet --disable-pip-version-check -e ".[test]"
	@touch $@ $(ENV)/.lab

$(SITE_ENV)/.site: tools/site/requirements.txt $(ENV)/pyvenv.cfg
	$(PY) -m venv $(SITE_ENV)
	$(SITE_PY) -m pip install --quiet --disable-pip-version-check -r tools/site/requirements.txt
	@touch $@

$(OLD_ENV)/.oldest: pyproject.toml
	@[ -n "$(PYTHON312)" ] || { echo "make oldest needs Python 3.12; give its path as PYTHON312=..."; exit 1; }
	"$(PYTHON312)" -m venv $(OLD_ENV)
	$(OLD_PY) -m pip install --quiet --disable-pip-version-check -e . $(OLDEST) \
	    hypothesis jupyter_client ipykernel nbformat onnx playwright "pytest>=8.2" pytest-xdist scipy websocket-client
	@touch $@

$(ENV)/.bench: $(ENV)/.test
	$(PY) -m pip install --quiet --disable-pip-version-check ipympl
	@touch $@

$(ENV)/pyvenv.cfg:
	@for python in $(PYTHONS); do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "making $(ENV) with $$python"; \
	        "$$python" -m venv $(ENV) && exit 0; \
	        rm -rf $(ENV); echo "that Python cannot make environments (on Debian: apt install python3-venv)"; exit 1; \
	    fi; \
	done; \
	echo "convlab needs Python 3.11 or newer; none found among: $(PYTHONS)"; \
	echo "If you have one elsewhere: make PYTHON=/path/to/python"; exit 1
