# Everything here needs only Python 3.11+ and make; each target installs what it lacks into .venv/.
# Variables: PYTHON (interpreter), ARGS (passed on by run and test), WORKERS (test processes),
# WHEELHOUSE (where `make wheels` puts its files).

PYTHON ?= python3
ARGS ?=
WORKERS ?= 2
WHEELHOUSE ?= wheelhouse
DEMO ?= cypn-demo.sqlite3

PLUGINS := venue_bank transport procurement region_banes
INSTALLED := . $(PLUGINS:%=./plugins/%) ./services
DISTRIBUTIONS := $(INSTALLED) ./examples/region_northshire ./examples/exchange_starter
SOURCES := src $(wildcard plugins/*/src services/src examples/*/src)

# Two environments: the tests install a second region, and a hub with two regions wants a choice.
RUN := .venv/run
DEV := .venv/dev
RUN_STAMP := $(RUN)/installed
DEV_STAMP := $(DEV)/installed
INPUTS := requirements.lock pyproject.toml \
  $(wildcard plugins/*/pyproject.toml services/pyproject.toml examples/*/pyproject.toml)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test check lint types imports dependencies docs packaging bench race crash styles texts wheels

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1|/p' Makefile | while IFS='|' read -r name text; do \
	  printf '%-14s%s\n' "$$name" "$$text"; done

run: $(RUN_STAMP)  ## load the demo network, match it, print it and serve the site (ARGS=--no-serve ends after printing)
	@rm -f "$(DEMO)" "$(DEMO)-wal" "$(DEMO)-shm" "$(DEMO)-journal"
	CYPN_DATABASE_URL="sqlite:///$(DEMO)" $(RUN)/bin/cypn demo
ifeq ($(filter --no-serve,$(ARGS)),)
	CYPN_DATABASE_URL="sqlite:///$(DEMO)" $(RUN)/bin/cypn serve $(ARGS)
endif

test: $(DEV_STAMP)  ## every test on SQLite and PostgreSQL, doctests included (ARGS=tests/laws runs a part)
	$(DEV)/bin/python -m pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: lint types imports dependencies docs packaging  ## style, types, import contracts, declared dependencies, docs, wheels in clean environments

lint: $(DEV_STAMP)  ## ruff, its rules and its format
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .

types: $(DEV_STAMP)  ## mypy --strict over every distribution
	$(DEV)/bin/mypy $(SOURCES)

imports: $(DEV_STAMP)  ## the import contracts of pyproject.toml
	$(DEV)/bin/lint-imports --no-cache  # the cache outlives modules that have moved

dependencies: $(DEV_STAMP)  ## each distribution declares what it imports and no more
	@for each in $(DISTRIBUTIONS); do \
	  echo "deptry $$each"; (cd $$each && "$(abspath $(DEV))/bin/deptry" --no-ansi src) || exit 1; done

docs: $(DEV_STAMP)  ## build docs/_build/html, every warning an error
	$(DEV)/bin/python -m sphinx -q -n -W --keep-going -b html docs docs/_build/html

packaging: $(DEV_STAMP)  ## build the wheels and test them in clean environments
	$(DEV)/bin/python -m pytest tests/packaging

bench: $(DEV_STAMP)  ## run the comparisons of benchmarks/
	@for each in benchmarks/*.py; do if [ -e "$$each" ]; then $(DEV)/bin/python "$$each" || exit 1; fi; done

race: $(DEV_STAMP)  ## 200 rounds in which sixteen processes want the same, in the store and over HTTP, on both stores (ROUNDS=20 makes it shorter)
	CYPN_RACE_ROUNDS=$(or $(ROUNDS),200) $(DEV)/bin/python -m pytest tests/campaigns/test_races.py

crash: $(DEV_STAMP)  ## kill -9 writers 30 times on each store and look what is left (KILLS=3 makes it shorter)
	CYPN_CRASHES=$(or $(KILLS),30) $(DEV)/bin/python -m pytest tests/campaigns/test_crashes.py

figures: $(DEV_STAMP)  ## count journeys, axe runs and page weights of the demo in a browser into docs/browser-figures.json
	CYPN_BROWSER_FIGURES=docs/browser-figures.json $(DEV)/bin/python -m pytest -n $(WORKERS) --dist loadfile tests/browser

screenshots: $(DEV_STAMP)  ## take the pictures of the main pages again (docs/screenshots)
	$(DEV)/bin/python -m tests.browser.screenshots

styles:  ## compile the site's style sheet again (needs npm; what it makes is committed)
	bash services/src/cypn_site/styles/compile

texts: $(DEV_STAMP)  ## collect what the site says into its catalogues, where new texts wait to be translated
	cd services && ../$(DEV)/bin/pybabel -q extract -F babel.cfg -k marked -k gettext -k ngettext:1,2 \
	  --no-location --sort-output -o ../.venv/site.pot src
	cd services && for each in src/cypn_site/locale/*.po; do ../$(DEV)/bin/pybabel -q update --no-fuzzy-matching \
	  --ignore-obsolete --ignore-pot-creation-date -w 100 -i ../.venv/site.pot -l "$$(basename "$$each" .po)" -o "$$each" || exit 1; done

wheels: $(DEV_STAMP)  ## fill WHEELHOUSE with our wheels and all they need, to install elsewhere offline
	$(DEV)/bin/python -m pip wheel --quiet --no-build-isolation -c requirements.lock \
	  --wheel-dir "$(WHEELHOUSE)" ".[web,postgresql]" $(filter-out .,$(DISTRIBUTIONS))

$(RUN_STAMP): $(INPUTS)
	@$(call environment,$(RUN))
	$(RUN)/bin/python -m pip install --quiet -c requirements.lock $(INSTALLED:%=-e %)
	@touch $@

$(DEV_STAMP): $(INPUTS) requirements-dev.txt
	@$(call environment,$(DEV))
	$(DEV)/bin/python -m pip install --quiet -c requirements.lock -r requirements-dev.txt
	@touch $@

define environment
"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }; \
"$(PYTHON)" -m venv "$(1)" \
  || { echo "The venv module is missing: on Debian or Ubuntu, apt-get install python3-venv"; exit 1; }
endef
