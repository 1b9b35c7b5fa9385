# Everything a person needs, one word each. Only Python 3.11 and make must be there.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
TORCH := torch==2.13.0
# Where to take PyTorch from, for example PyTorch's own index of CPU wheels; empty: the default index.
TORCH_INDEX ?=
# What `make setup` installs beside the project's own needs: extras of pyproject.toml.
EXTRAS ?= dev
# What `make run` and `make serve` are given: make serve ARGS='--host 0.0.0.0 --port 80'
ARGS ?=
MINUTES ?= 10
BIN := .venv/bin
ROOMS := engines eval gallery graph llms nodes prompts serve sketchbook tools ui

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check serve studio sketchbook bench

help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/ready  ## install everything into .venv (make setup TORCH_INDEX=... takes PyTorch from elsewhere)

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make setup PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@mkdir -p .types/minidalle3
	@for room in $(ROOMS); do ln -sfn ../../$$room .types/minidalle3/$$room; done
	@touch $@

run: setup  ## serve the page at http://localhost:8501, on the embedded models unless .env says otherwise
	$(BIN)/minidalle3 ui $(ARGS)

demo: setup  ## replay the paper's Figures 1, 4 and 8 and write one HTML page with the conversations
	$(BIN)/python -m minidalle3.ui.demo

test: setup  ## run the tests
	$(BIN)/python -m pytest

check: setup  ## lint, types, and which room may import which
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

serve: setup  ## serve LangServe's and OpenAI's clients at http://localhost:8000
	$(BIN)/python -m minidalle3.serve $(ARGS)

studio: setup  ## serve the graph for LangGraph Studio
	$(BIN)/langgraph dev

sketchbook: setup  ## train the embedded model for MINUTES, from where it stands
	$(BIN)/python -m minidalle3.sketchbook.training --minutes $(MINUTES)

bench: setup  ## run the benchmarks, of which the page's needs Chromium; tables on screen, figures in eval/results/
	$(BIN)/python -m minidalle3.eval.memory
	$(BIN)/python -m minidalle3.eval.cost
	$(BIN)/python -m minidalle3.eval.conversation
	$(BIN)/python -m minidalle3.eval.fuzz
	$(BIN)/python -m minidalle3.eval.sketchbook
	$(BIN)/python -m minidalle3.eval.consistency
	$(BIN)/python -m minidalle3.eval.upscale
	$(BIN)/python -m minidalle3.eval.load
	$(BIN)/python -m minidalle3.eval.page
