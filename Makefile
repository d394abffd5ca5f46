# Two commands a newcomer needs: `make run` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: run test check bench clean

run: $(STAMP)          ## bring up the demonstration province and serve it
	@exec $(BIN)/trustctl serve --demo

test: check            ## everything CI runs
	$(BIN)/python -m pytest -n auto

check: $(STAMP)        ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP)        ## ratios measured in one run
	$(BIN)/python -m tests.benchmarks

$(STAMP): pyproject.toml setup.py $(wildcard certs/sm/_native/*)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

clean:                 ## forget what was built, keep what was issued
	rm -rf $(VENV) .cache build *.egg-info
