# Each line is a command a person could type.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test check bench lock environment console

demo: ## the whole line on this machine: make demo [SECONDS=120] [CLIP=file|rtsp://...]
	$(PYTHON) deploy/bootstrap.py environment demo
	$(PYTHON) deploy/bootstrap.py console
	$(BIN)/zhian demo $(if $(SECONDS),--seconds $(SECONDS)) $(if $(CLIP),--clip $(CLIP))

test: environment console ## the suite; what is not on this machine is skipped by name
	$(PYTHON) deploy/bootstrap.py npm test
	$(BIN)/pytest

check: environment console ## format, lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(PYTHON) deploy/bootstrap.py npm run check

bench: environment console ## accuracy of every installed detector, load and latency; JSON in tests/bench/results
	$(BIN)/python -m tests.bench

environment:
	$(PYTHON) deploy/bootstrap.py environment dev

console: environment
	$(PYTHON) deploy/bootstrap.py console

LOCK := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"
lock: ## needs uv; with UPGRADE=1 takes newer versions
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra edge --extra hub --group demo --group dev -o requirements/dev.txt
	$(LOCK) -c requirements/dev.txt --extra edge --extra hub --group demo --group build -o requirements/demo.txt
	$(LOCK) -c requirements/dev.txt --extra edge -o requirements/edge.txt
	$(LOCK) -c requirements/dev.txt --extra hub -o requirements/hub.txt
