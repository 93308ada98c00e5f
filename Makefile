# Each target makes the environment that it needs first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench clean help

run: $(VENV)/run.stamp ## start the app (the default)
	$(BIN)/streamlit run app.py

# ARGS="tests/lab -k pool" chooses; CNNVIZ_SLOW=1 adds what is slow by nature. One thread each, also
# of the programs that tests start: threads on shared cores wait for each other.
test: $(VENV)/test.stamp ## everything that must hold
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist loadgroup \
		-m "not benchmark$(if $(CNNVIZ_SLOW),, and not slow)" $(ARGS)

check: $(VENV)/test.stamp ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/test.stamp ## measurements
	$(BIN)/python -m pytest -m benchmark -s tests/benchmarks $(ARGS)

clean: ## remove the environment
	rm -rf $(VENV)

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1@/p' $(MAKEFILE_LIST) | column -t -s @

$(VENV)/run.stamp: requirements.txt
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'cnnviz needs Python 3.11 or newer: make PYTHON=python3.11')"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/test.stamp: requirements-dev.txt requirements-onnx.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
