# Every command of the project. Each brings what it needs by itself: see scripts/setup.py.
PYTHON ?= python3

.PHONY: help run unit test test-all flaky bench lint fuzz prove sync audit

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/'
run:  ## set up, train what is not trained yet, serve http://127.0.0.1:8080/
	@exec $(PYTHON) scripts/setup.py run
unit:  ## the tests that need neither a model nor a process (two minutes)
	@exec $(PYTHON) scripts/setup.py unit $(ARGS)
test:  ## set up, train, and run the tests of every push (some 15 minutes; ARGS="tests/process/web -k exit" for some)
	@exec $(PYTHON) scripts/setup.py test $(ARGS)
test-all:  ## every test there is, those of the night too (an hour)
	@exec $(PYTHON) scripts/setup.py test-all $(ARGS)
flaky:  ## a tier again and again, in another order each time (ARGS="unit model --times 20")
	@exec $(PYTHON) scripts/setup.py flaky $(ARGS)
bench:  ## the benchmarks, each beside its baseline
	@exec $(PYTHON) scripts/setup.py bench $(ARGS)
lint:  ## ruff, mypy and import-linter
	@exec $(PYTHON) scripts/setup.py lint
fuzz:  ## 100,000 inputs and more to every parser and every route, counted (minutes)
	@exec $(PYTHON) scripts/setup.py fuzz $(ARGS)
prove:  ## takes each protection of the threat model away and sees its test fail (an hour)
	@exec $(PYTHON) scripts/setup.py prove $(ARGS)
sync:  ## only make the two environments
	@exec $(PYTHON) scripts/setup.py sync
audit:  ## known vulnerabilities of the two locks, asked of OSV (ARGS="--database all.zip": without a network)
	@exec $(PYTHON) scripts/audit.py $(ARGS)
