# make setup | demo | run | test | lint: see README.md. Repeating or interrupting any of them is safe:
# what is finished is marked by a file written last, and not done again.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
HOST ?= 127.0.0.1
PORT ?= 8000
export MUSIC
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/done
PIP := $(BIN)/python -m pip --disable-pip-version-check
# One line a package, so that a person sees it go on; pip's warnings go to a file.
INSTALL = install() { $(PIP) install --progress-bar off --require-hashes --no-deps "$$@" \
	2> $(DONE)/pip-messages | awk '\
		/^(Collecting|Processing)/ { gsub(".*/|-(py|cp)[0-9].*", "", $$2); printf "  %3d  %s\n", ++n, $$2; fflush() } \
		/^Installing/ { print "  Unpacking them ..."; fflush() }' \
	|| { grep -v '^WARNING' $(DONE)/pip-messages >&2; exit 1; }; }; install
SCRIPTS := $(shell find static/js -name '*.js' 2>/dev/null)
# npm and its scripts call `node`, which comes with the Python packages.
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm

.PHONY: help setup setup-dev reference annoy demo run test test-js test-python lint requirements clean
.DEFAULT_GOAL := help

help:
	@echo "make demo                  try it: 28 tracks of free music, analysed and served"
	@echo "make run MUSIC=~/Music     analyse a folder of your own, and serve its map"
	@echo "make run                   serve what has been analysed"
	@echo "make setup                 only install everything into $(VENV)"
	@echo "make test, make lint       for development: see CONTRIBUTING.md"

setup: $(DONE)/packages static/dist/.done

# The demo's home and database are its own, whatever is set for the library of one's own.
IN_DEMO := env DATABASE_URL= AUDIO_DIR= EXCLUDE= REDIS_URL= MUSICEXPLORE_HOME=var/demo
demo: setup
	@$(IN_DEMO) $(BIN)/python manage.py demo
	@exec $(IN_DEMO) $(BIN)/python manage.py serve --host "$(HOST)" --port "$(PORT)"

run: setup
	@exec $(BIN)/python manage.py serve --host "$(HOST)" --port "$(PORT)" $(if $(MUSIC),--process "$$MUSIC")

setup-dev: setup $(DONE)/dev-packages reference annoy

# Essentia with TensorFlow, which results are compared with (`benchmark`, `--backend essentia`).
reference: $(DONE)/reference

# The original's index, which `benchmark search` compares with. Not every machine can compile it.
annoy: $(DONE)/packages
	@$(MAKE) --silent $(VENV)/annoy 2> /dev/null || echo "Annoy could not be compiled, so \`benchmark" \
		"search\` leaves it out. It takes a C++ compiler, such as g++; then run make annoy. What pip" \
		"said is in $(DONE)/pip-messages."

test: test-js test-python

test-js: setup
	$(NPM) test

test-python: setup-dev
	$(BIN)/python -m pytest

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy musicexplore tracks embeddings explorer
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/hadolint Dockerfile
	$(NPM) run --silent lint

$(DONE)/venv:
	@echo "Making the Python environment in $(VENV) ..."
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || { \
		echo "Music Explore needs Python 3.11; '$(PYTHON)' is: $$("$(PYTHON)" --version 2>&1 || true)." \
			"Install it, or say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; \
		exit 1; }
	@"$(PYTHON)" -m venv $(VENV)
	@mkdir -p $(DONE) && touch $@

# pip takes a package that it was interrupted in for an installed one. So it is marked while it
# works, and after an interruption starts from an empty environment.
$(DONE)/packages: requirements.txt $(DONE)/venv
	@if [ -e $(DONE)/installing ]; then \
		echo "The last installation was interrupted: starting it again."; \
		"$(PYTHON)" -m venv --clear $(VENV) && mkdir -p $(DONE) && touch $(DONE)/venv; fi
	@touch $(DONE)/installing
	@echo "Installing $$(grep -c == requirements.txt) Python packages (1.3 GB on disk) ..."
	@$(INSTALL) -r requirements.txt
	@rm -f $(DONE)/installing && touch $@

$(DONE)/dev-packages: requirements-dev.txt $(DONE)/packages
	@if [ -e $(DONE)/installing ]; then $(MAKE) --no-print-directory -B $(DONE)/packages; fi
	@echo "Installing packages for tests ..."
	@touch $(DONE)/installing
	@$(INSTALL) -r requirements-dev.txt
	@rm -f $(DONE)/installing && touch $@

# Essentia with TensorFlow, which the results are compared with. It has the module name of the
# Essentia that we run on, so it lies in a directory of its own.
$(DONE)/reference: requirements-reference.txt $(DONE)/packages
	@echo "Installing the reference (Essentia with TensorFlow, 291 MB) ..."
	@rm -rf $(VENV)/reference
	@$(INSTALL) --target $(VENV)/reference -r requirements-reference.txt
	@touch $@

$(VENV)/annoy: requirements-annoy.txt
	@echo "Compiling Annoy ..."
	@rm -rf $@.part
	@$(INSTALL) --target $@.part -r requirements-annoy.txt
	@rm -rf $@ && mv $@.part $@ && touch $@

node_modules/.done: package.json package-lock.json $(DONE)/packages
	@echo "Installing Node packages ..."
	@$(NPM) ci --silent
	@touch $@

static/dist/.done: $(SCRIPTS) package.json node_modules/.done
	@echo "Bundling the front end ..."
	@$(NPM) run --silent build
	@touch $@

# Pins anew what the *.in files ask for. No index or host is written down.
COMPILE := $(BIN)/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe --strip-extras \
	--no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
requirements: setup-dev
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --output-file requirements-web.txt --constraint requirements.txt requirements-web.in
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in

clean:
	rm -rf $(VENV) node_modules static/dist
