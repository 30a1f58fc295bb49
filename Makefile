# A fresh machine needs Python 3.11 or newer and make. `make run` starts everything.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run install system test unit lint fmt types check bench chaos simulate burst screenshots assets clean

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
# Two more than there are cores: what is killed, limited or long polled mostly waits for a clock.
WORKERS ?= $(shell echo $$(($$(nproc 2>/dev/null || echo 2) + 2)))
SEED ?= 1
# Where it is set, every process and every worker of the tests would compile all its modules anew.
unexport PYTHONDONTWRITEBYTECODE
SOURCES := hub bots channels admin_web tests

# What tests need beyond Python: a browser, and foreign servers of every kind.
SYSTEM_PACKAGES := chromium fonts-noto-color-emoji \
	kannel kannel-extras dovecot-core dovecot-imapd dovecot-lmtpd exim4-daemon-light \
	kamailio kamailio-extra-modules kamailio-utils-modules kamailio-json-modules sip-tester

help:
	@echo 'make run          install and start everything with sample data'
	@echo 'make install      the set-up part alone; does nothing the second time'
	@echo 'make test         system packages, lint, types, import rules and every test'
	@echo 'make unit         the tests that need no store, socket or process, in ten seconds'
	@echo 'make lint fmt types   one step each'
	@echo 'make bench        the measurements of docs/performance.md'
	@echo 'make chaos        messages under kill -9, the long form'
	@echo 'make simulate     a day of the whole house on a virtual clock; SEED=2 for another one'
	@echo 'make burst        ten thousand updates at once after an hour of silence; WEBHOOK=1: posted'
	@echo 'make screenshots  pictures of the pages for README and docs'
	@echo 'make assets       vendor fonts, CSS and JS of the pages anew (needs npm)'

run: install
	@$(BIN)/hub run --demo

install:
	@PYTHON='$(PYTHON)' VENV='$(VENV)' .ci/install

system:
	@.ci/system-packages $(SYSTEM_PACKAGES)

test: install system check
	@HUB_TESTS=thorough $(BIN)/pytest -n $(WORKERS)

unit: install
	@$(BIN)/pytest -n 2 tests/unit

check: lint types

lint: install
	@$(BIN)/ruff check -q $(SOURCES)
	@$(BIN)/ruff format -q --check $(SOURCES)
	@said=$$($(BIN)/lint-imports 2>&1) || { echo "$$said"; exit 1; }

types: install
	@$(BIN)/mypy --no-error-summary

fmt: install
	@$(BIN)/ruff check -q --fix $(SOURCES)
	@$(BIN)/ruff format -q $(SOURCES)

bench: install
	@for what in intake notify desk updates; do $(BIN)/hub bench $$what || exit 1; done

simulate: install
	@$(BIN)/python -m tests.simulation --seed $(SEED)

burst: install
	@$(BIN)/python -m tests.simulation.burst 10000 $(if $(WEBHOOK),--webhook)

chaos: install
	@HUB_CHAOS=long $(BIN)/pytest -n0 -s -m chaos

screenshots: install
	@HUB_SCREENSHOTS=docs/screenshots $(BIN)/pytest -n0 -m chromium tests/browser/test_screenshots.py

assets:
	@cd admin_web/assets && npm ci --silent && node build.mjs

clean:
	@rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
