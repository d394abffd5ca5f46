# Two commands a newcomer needs: `make run` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PEERS  := .cache/peers
PGADMIN := .cache/pgadmin

.PHONY: run test check peers pgadmin bench clean

run: $(STAMP)          ## bring up the demonstration province and serve it
	@exec $(BIN)/trustctl serve --demo

test: check peers      ## everything CI runs
	$(BIN)/python -m pytest -n auto

check: $(STAMP)        ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

peers:                 ## what npm has of others' software that the tests talk to; without npm those tests are skipped
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(PEERS)/.installed; fi

$(PEERS)/.installed: tests/peers/package.json tests/peers/package-lock.json
	@mkdir -p $(PEERS)
	@cp $^ $(PEERS)
	npm ci --prefix $(PEERS) --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

pgadmin: $(PGADMIN)/.installed  ## pgAdmin 4 in an environment of its own, 126 MB; without it its test is skipped

$(PGADMIN)/.installed: Makefile
	$(PYTHON) -m venv $(PGADMIN)
	$(PGADMIN)/bin/pip install --quiet --disable-pip-version-check pgadmin4==9.18
	@touch $@

bench: $(STAMP)        ## ratios measured in one run
	$(BIN)/python -m tests.benchmarks

$(STAMP): pyproject.toml setup.py $(wildcard certs/sm/_native/*)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

clean:                 ## forget what was built, keep what was issued
	rm -rf $(VENV) .cache build *.egg-info
