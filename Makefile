## make lab         open the course in JupyterLab         (ARGS="--no-browser --port 9000")
## make test        prove all of it: lint, types, tests   (ARGS="tests/lab -x"); two files at a time
## make test-fast   the same without what is slow or needs a browser
## make build       build the notebooks from notebooks/source
## make check       is what is checked in what the sources give?
## make constraints pin today's newest versions (needs uv)
## make clean       back to a fresh clone; keeps notebooks and gradebook
##
## The first two make .venv when it is missing or out of date: with uv when it is installed, with
## venv and pip otherwise. PYTHON=/path/to/python names the Python; NEWEST=1 tests in a second
## environment with the newest versions instead of the pinned ones.

VENV := $(if $(NEWEST),.build/newest,.venv)
BIN := $(VENV)/bin

export PYTHON NEWEST

.PHONY: help lab test test-fast lint build check constraints clean

help:
	@sed -n 's/^## \{0,1\}//p' Makefile

lab:
	@bash .ci/setup $(VENV)
	@$(BIN)/cachelab lab $(ARGS)

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

test-fast: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not browser" $(ARGS)

lint:
	@bash .ci/setup $(VENV) test
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy --no-error-summary

build:
	@bash .ci/setup $(VENV) test
	@$(BIN)/cachelab build $(ARGS)

check:
	@bash .ci/setup $(VENV) test
	@$(BIN)/cachelab build --check $(ARGS)

constraints:
	@{ echo "# What was tested, made by \`make constraints\`: one pin for every platform and Python."; \
	uv pip compile --quiet pyproject.toml --all-extras --universal --upgrade --no-header \
		--no-annotate --no-emit-index-url; } > constraints.new && mv constraints.new constraints.txt

clean:
	rm -rf .venv .build artifacts dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
