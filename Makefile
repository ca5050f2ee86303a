# Two commands: `make lab` opens the notebooks, `make test` runs every test.
# Both make the environment .venv first, from any Python >= 3.11 (or the one given as PYTHON=...).
#
# Windows without make, in the project's folder:
#     py -3.12 -m venv .venv
#     .venv\Scripts\python -m pip install -e ".[lab]"
#     .venv\Scripts\python -m jupyterlab --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

ENV := .venv
PY := $(ENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)/python
PYTHONS := $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 python)
# In a container one is often root, where Jupyter refuses to start unless told; it still listens on this machine only.
ROOT_FLAG := $(if $(filter 0,$(shell id -u)),--allow-root)

.PHONY: help lab test notebooks slides bench clean
.DEFAULT_GOAL := help

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' $(firstword $(MAKEFILE_LIST))

lab: $(ENV)/.lab  ## open the notebooks in JupyterLab
	$(PY) -m jupyterlab $(ROOT_FLAG) --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

# Two workers, one thread each: with more, numpy's threads wait for each other many times as long as they compute.
test: export OPENBLAS_NUM_THREADS = 1
test: $(ENV)/.test  ## run every test
	$(PY) -m ruff check .
	$(PY) -m pytest -n 2 --dist loadfile

notebooks: $(ENV)/.test  ## run all notebooks again and store their results
	$(PY) tools/notebooks.py

slides: $(ENV)/.test  ## slides of every notebook, in build/slides
	$(PY) tools/slides.py

bench: $(ENV)/.test  ## measure the speeds the README states
	@for script in $(wildcard tools/bench_*.py); do echo "== $$script"; $(PY) $$script || exit 1; done

clean:  ## remove the environment and all caches
	rm -rf $(ENV) build dist .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(ENV)/.lab: pyproject.toml $(ENV)/pyvenv.cfg
	$(PY) -m pip install --quiet --disable-pip-version-check -e ".[lab]"
	@touch $@

$(ENV)/.test: pyproject.toml $(ENV)/pyvenv.cfg
	$(PY) -m pip install --quiet --disable-pip-version-check -e ".[test]"
	@touch $@ $(ENV)/.lab

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
