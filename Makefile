# make run: the app.  make test: everything that must hold.  Both make the environment first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check bench clean

run: $(VENV)/run.stamp
	$(BIN)/streamlit run app.py

# CNNVIZ_SLOW=1 adds what is slow by nature.
test: $(VENV)/test.stamp
	$(BIN)/python -m pytest -n 2 --dist loadgroup \
		-m "not benchmark$(if $(CNNVIZ_SLOW),, and not slow)" $(ARGS)

check: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/test.stamp
	$(BIN)/python -m pytest -m benchmark -s tests/benchmarks $(ARGS)

clean:
	rm -rf $(VENV)

$(VENV)/run.stamp: requirements.txt
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'cnnviz needs Python 3.11 or newer: make PYTHON=python3.11')"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/test.stamp: requirements-dev.txt requirements-onnx.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@
