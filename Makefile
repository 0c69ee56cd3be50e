# make run           set up and open the program on a bundled sample
# make test          set up, check, and run the whole test suite, offscreen
# make check         formatting, lint, types, import contracts
# make fuzz          read 20,000 hostile files, or FILES=n of them, as SEED says
# make soak          kill batches, share work, open windows, play with them, for long; SEED, DATA
# make screenshots   draw the pictures of the documentation anew
# make paper         measure the paper's tables anew: DATA=folder of Set5 and Set14, WEIGHTS=authors' weights
# make clean         remove everything these made
#
# PYTHON=python3.12  another interpreter       TORCH_INDEX=URL  one more index for pip to look in

PYTHON ?= python3
SEED ?= 0
BIN := .venv/bin
INSTALL = $(BIN)/python -m pip install $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX)) \
          --constraint constraints.txt --editable
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run test check fuzz soak screenshots paper clean

run: .venv/run.stamp
	@$(BIN)/python -m scripts.start

test: check
	$(BIN)/python -m scripts.qt_libraries
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest --cov --numprocesses auto --maxprocesses 4

check: .venv/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

FILES ?= 20000

fuzz: .venv/test.stamp
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.fuzz.run --files $(FILES) --seed $(SEED)

soak: .venv/test.stamp
	$(BIN)/python -m scripts.qt_libraries
	$(BIN)/python -m tests.soak.killed_batch --kills 100 --seed $(SEED)
	$(BIN)/python -m tests.soak.many_workers --workers 4 --files 2000
	$(BIN)/python -m tests.soak.window_cycles --cycles 200 --seed $(SEED)
	$(BIN)/python -m tests.soak.monkey --actions 20000 --seed $(SEED)
	$(if $(DATA),$(BIN)/python -m tests.soak.sweep $(DATA)/T91)

screenshots: .venv/run.stamp
	$(BIN)/python -m scripts.screenshots

paper: .venv/run.stamp
	$(BIN)/python -m scripts.paper --data $(DATA) $(if $(WEIGHTS),--weights $(WEIGHTS))

clean:
	rm -rf .venv out build dist .coverage .*_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/run.stamp: pyproject.toml constraints.txt | .venv/bin/pip
	$(INSTALL) .
	touch $@

.venv/test.stamp: pyproject.toml constraints.txt | .venv/bin/pip
	$(INSTALL) '.[test,onnx,formats]'
	touch .venv/run.stamp $@

# Debian keeps what a whole venv needs in a package of its own; the outer pip does without it.
.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or \
	    sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv > /dev/null 2>&1 || { $(PYTHON) -m venv --without-pip .venv \
	    && $(PYTHON) -m pip --python $(BIN)/python install pip; }
