# What a person types here: `make setup`, `make demo`, `make test`, `make check`.
#
# Needs Python 3.11 or newer, make, and the network for the first `make setup`; nothing else is put
# on the machine, everything lies in .venv beside this file. GNU make 3.81 (macOS) is enough.
#   PYTHON=python3.13 make setup   another Python      make test ARGS='-k merkle'   more arguments

# The folder of this file, whatever it is called and from wherever make was called.
quoted = '$(subst ','\'',$(1))'
ROOT := $(shell cd "$$(dirname "$$(printf %s $(call quoted,$(MAKEFILE_LIST)) | sed 's/^ *//')")" && pwd)
HERE := cd $(call quoted,$(ROOT)) &&
BIN := .venv/bin

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_USER := 0
unexport PYTHONHOME
unexport PYTHONPATH
# What is compiled is kept: a service, a test and a command would each compile all of it again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lint format format-check types imports words pictures benchmark lock clean

help: ## say what there is
	@$(HERE) sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' Makefile | \
		awk -F '|' '{ printf "  %-18s %s\n", $$1, $$2 }'

# A Python that is new enough and can make environments. PYTHON goes first, if it is given.
define find_python
	python=; \
	for candidate in $(call quoted,$(PYTHON)) python3.14 python3.13 python3.12 python3.11 python3 python; do \
		[ -n "$$candidate" ] || continue; \
		if "$$candidate" -c 'import sys; assert sys.version_info >= (3, 11); import ensurepip, venv' \
			>/dev/null 2>&1; then python=$$candidate; break; fi; \
		[ "$$candidate" != $(call quoted,$(PYTHON)) ] || \
			echo "PYTHON=$$candidate is not a Python 3.11 or newer with venv: looking for another." >&2; \
	done; \
	if [ -z "$$python" ]; then \
		echo "No Python 3.11 or newer (with its modules venv and ensurepip) was found." >&2; \
		echo "Install one (Debian, Ubuntu: the packages python3 and python3-venv), or name it:" >&2; \
		echo "    make setup PYTHON=/path/to/python3.11" >&2; \
		exit 1; \
	fi
endef

# What .venv must be: made here (an environment breaks when its folder moves), by this Python, from
# this lock. The version of an unusable Python is empty, so it never agrees with what is stamped.
version_of = "$$("$(1)" -c 'import os, sys; print(*sys.version_info[:2], os.uname().machine)' 2>/dev/null || echo none)"
define wanted_stamp
	{ printf '%s\n' $(call quoted,$(ROOT)) "$$version"; cksum < requirements.lock; }
endef

setup: ## make .venv, install what is locked, build the pages' assets; nothing if that is done
	@$(HERE) set -e; \
	version=$(call version_of,.venv/bin/python); \
	wanted=$$($(wanted_stamp)); \
	asked=$(call quoted,$(PYTHON)); \
	[ -z "$$asked" ] || asked=$(call version_of,$$asked); \
	if [ "$$version" = none ] || [ "$$wanted" != "$$(cat .venv/.installed 2>/dev/null)" ] || \
		{ [ -n "$$asked" ] && [ "$$asked" != none ] && [ "$$asked" != "$$version" ]; }; \
	then \
		$(find_python); \
		version=$(call version_of,$$python); \
		echo "Making .venv with Python $$(echo "$$version" | sed 's/ /./; s/ .*//') and installing requirements.lock ..."; \
		rm -rf .venv; \
		"$$python" -m venv .venv; \
		$(BIN)/python -m pip install -qq --progress-bar off --require-hashes -r requirements.lock; \
		$(wanted_stamp) > .venv/.installed; \
	fi; \
	wanted=$$(cksum < pyproject.toml); \
	if [ "$$wanted" != "$$(cat .venv/.project 2>/dev/null)" ]; then \
		echo "Installing the project itself ..."; \
		$(BIN)/python -m pip install -qq --no-index --no-deps --no-build-isolation -e .; \
		echo "$$wanted" > .venv/.project; \
		echo "Ready: .venv/bin/ledger"; \
	fi; \
	$(BIN)/python -E src/api/assets/make.py; \
	[ ! -d tests/journeys/provider ] || \
		$(BIN)/python -E src/api/assets/make.py install tests/journeys/provider

demo: setup ## the ledger with the case files, on a database of its own; prints the address and tokens
	@$(HERE) exec $(BIN)/ledger demo $(ARGS)

test: setup ## all tests; ARGS='-k word' for some
	@$(HERE) $(BIN)/python -m tests.journeys.pages.chromium; $(BIN)/python -m pytest $(ARGS)

check: format-check lint types imports test ## everything that must hold before a commit

lint: setup ## ruff's rules
	@$(HERE) $(BIN)/ruff check $(ARGS)

format: setup ## put the source into its form
	@$(HERE) $(BIN)/ruff check --select I --fix && $(BIN)/ruff format

format-check: setup ## say what `make format` would change
	@$(HERE) $(BIN)/ruff format --check

types: setup ## mypy, strict
	@$(HERE) $(BIN)/mypy

imports: setup ## the architecture, as .importlinter states it
	@$(HERE) $(BIN)/lint-imports

words: setup ## the catalogues of the pages' words brought up to date; says what is missing
	@$(HERE) $(BIN)/python -m api.pages.frame.catalogues

pictures: setup ## the pictures of the pages in docs/pictures, taken anew
	@$(HERE) $(BIN)/python docs/draw_pages.py

benchmark: setup ## the figures of the README, measured anew; ARGS='--only verify' for some
	@$(HERE) $(BIN)/ledger benchmark $(ARGS)

lock: ## requirements.lock anew, keeping what still fits; ARGS=--upgrade for the newest
	@$(HERE) set -e; \
	$(find_python); \
	work=$$(mktemp -d); \
	trap 'rm -rf "$$work"' EXIT; \
	if command -v uv >/dev/null 2>&1; then uv=uv; else \
		echo "Installing uv for this once ..."; \
		"$$python" -m venv "$$work/venv"; \
		"$$work/venv/bin/python" -m pip install -qq --progress-bar off uv; \
		uv=$$work/venv/bin/uv; \
	fi; \
	[ ! -f requirements.lock ] || cp requirements.lock "$$work/lock"; \
	"$$uv" pip compile -q --universal --python-version 3.11 --generate-hashes --extra dev \
		--no-header --no-emit-index-url --no-emit-find-links --output-file "$$work/lock" $(ARGS) \
		pyproject.toml >/dev/null; \
	{ echo "# What is installed, to the byte. Made by: make lock"; grep -v '^# ' "$$work/lock"; } \
		> "$$work/named"; \
	cp "$$work/named" requirements.lock; \
	echo "requirements.lock names $$(grep -c '==' requirements.lock) packages."

clean: ## take away what was built, .venv included; data stay
	@$(HERE) rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache \
		.ruff_cache src/api/static src/api/assets/node_modules
	@$(HERE) for folder in src tests; do [ ! -d $$folder ] || \
		find $$folder -name __pycache__ -type d -prune -exec rm -rf {} +; done
